"""The way into a pretend NetSuite: sign-in, its limits and bad days, and its addresses."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from litestar import Litestar, Request, Response, delete, get, patch, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from accord.connector_kit.simulator import OF_CHANGES, Fault, World, undoing
from accord.connectors.netsuite.simulator_records import ProblemError, RecordService
from accord.connectors.netsuite.simulator_suiteql import QueryService

CLIENT_ID = "5f1c7d0c2b9e4e0b"
CERTIFICATE_ID = "zY3pQ0v7cert"
TOKEN_PATH = "/services/rest/auth/oauth2/v1/token"
TOKEN_HOLDS = 3600
ROWS_PER_QUERY = 100_000

Work = Callable[[], Response[bytes]]
NEVER_SAID = "An unexpected error occurred. Error ID: lb7xk2m0q1"
INVALID_LOGIN = (
    "Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI."
)


class Door:
    """Lets calls in that prove who they are, as many at a time as the account may have.

    ``pool`` is how many calls may run at once; ``full`` is how a full pool answers: 429, 400
    (with a code of scripts) or 401 (a sign-in that seems to fail).
    """

    def __init__(self, world: World, base: str, tables: tuple[dict[str, Any], ...]) -> None:
        """Open with a key pair of its own, before what is kept in ``tables``."""
        self.pool = 5
        self.full = 429
        self.page_size = 1000
        self.faults: deque[Fault] = deque()
        self.tokens_given = 0
        self._world, self._tables = world, tables
        self._audience = f"{base}{TOKEN_PATH}"
        self._private = ec.generate_private_key(ec.SECP256R1())
        self._key = ECKey.import_key(self.private_key)
        self._tokens: dict[str, float] = {}
        self._running = 0

    @property
    def private_key(self) -> str:
        """Return the key of the uploaded certificate."""
        return self._private.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        ).decode()

    def sign_in(self, form: Mapping[str, str]) -> Response[bytes]:
        """Return an access token for a rightly signed statement."""
        if form.get("grant_type") != "client_credentials" or not self._proven(form):
            return answer(400, {"error": "invalid_grant"})
        self.tokens_given += 1
        token = f"token-{self.tokens_given}"
        self._tokens[token] = self._world.clock().timestamp() + TOKEN_HOLDS
        granted = {
            "access_token": token,
            "expires_in": str(TOKEN_HOLDS),
            "token_type": "bearer",
        }
        return answer(200, granted)

    def _proven(self, form: Mapping[str, str]) -> bool:
        try:
            token = jwt.decode(form.get("client_assertion", ""), self._key, algorithms=["ES256"])
        except (JoseError, ValueError):
            return False
        claims, now = token.claims, self._world.clock().timestamp()
        lifetime = int(claims.get("exp", 0)) - int(claims.get("iat", 0))
        return (
            token.header.get("kid") == CERTIFICATE_ID
            and claims.get("iss") == CLIENT_ID
            and claims.get("aud") == self._audience
            and "rest_webservices" in claims.get("scope", ())
            and int(claims["iat"]) - 60 <= now < int(claims["exp"])
            and 0 < lifetime <= TOKEN_HOLDS
        )

    def forget_tokens(self) -> None:
        """End every access token, as a revoked one ends."""
        self._tokens.clear()

    async def through(self, authorization: str, work: Work, *, writes: bool) -> Response[bytes]:
        """Do ``work`` if the caller may and nothing stands in the way."""
        fault = self._next_fault(writes=writes)
        if fault is Fault.EXPIRED:
            self.forget_tokens()
        if self._tokens.get(authorization.removeprefix("Bearer "), 0) <= (
            self._world.clock().timestamp()
        ):
            return problem(401, "INVALID_LOGIN", INVALID_LOGIN)
        if fault is Fault.THROTTLE or self._running >= self.pool:
            return self._pool_is_full()
        self._running += 1
        try:
            await asyncio.sleep(0)  # a call takes a moment, in which others may come
            return await self._under(fault, work)
        finally:
            self._running -= 1

    def _next_fault(self, *, writes: bool) -> Fault | None:
        # A lost reply to a question is no more than a hang; the one that matters is to a write.
        if not self.faults or (self.faults[0] in OF_CHANGES and not writes):
            return None
        return self.faults.popleft()

    def _pool_is_full(self) -> Response[bytes]:
        match self.full:
            case 400:
                return answer(
                    400,
                    {
                        "error": {
                            "code": "SSS_REQUEST_LIMIT_EXCEEDED",
                            "message": "Request limit exceeded.",
                        }
                    },
                )
            case 401:
                return problem(401, "INVALID_LOGIN", INVALID_LOGIN)
            case _:
                return problem(429, "CONCURRENCY_LIMIT", "Too many requests run at once.")

    async def _under(self, fault: Fault | None, work: Work) -> Response[bytes]:
        match fault:
            case Fault.OUTAGE:
                return problem(500, "UNEXPECTED_ERROR", NEVER_SAID)
            case Fault.HTML:
                page = b"<!DOCTYPE html><title>NetSuite</title><p>Scheduled maintenance."
                return Response(page, status_code=200, media_type="text/html")
            case Fault.HANG:
                await asyncio.Event().wait()
            case Fault.REFUSAL:
                return problem(400, "USER_ERROR", "This transaction is in a closed period.")
            case _:
                pass
        if fault is Fault.FORGOTTEN:
            with undoing(self._world, *self._tables):
                return performed(work)
        done = performed(work)
        if fault is Fault.LOST_REPLY:
            await asyncio.Event().wait()
        return done


def performed(work: Work) -> Response[bytes]:
    """Return what ``work`` answers, or its refusal in NetSuite's shape."""
    try:
        return work()
    except ProblemError as error:
        return problem(error.status, error.code, error.detail, error.path)


def answer(status: int, body: object) -> Response[bytes]:
    """Return a JSON answer."""
    return Response(msgspec.json.encode(body), status_code=status, media_type="application/json")


def problem(status: int, code: str, detail: str, path: str = "") -> Response[bytes]:
    """Return an error in NetSuite's shape."""
    reason = {"detail": detail, "o:errorCode": code}
    if path:
        reason["o:errorPath"] = path
    return answer(
        status,
        {
            "type": "https://www.rfc-editor.org/rfc/rfc9110.html#section-15",
            "title": "Bad Request" if status == 400 else "Error",  # noqa: PLR2004
            "status": status,
            "o:errorDetails": [reason],
        },
    )


AnyRequest = Request[Any, Any, Any]


def application(door: Door, records: RecordService, queries: QueryService) -> Litestar:
    """Return the API with NetSuite's addresses."""
    record = "/services/rest/record/v1/{kind:str}/{key:str}"

    @post(TOKEN_PATH)
    async def token(request: AnyRequest) -> Response[bytes]:
        form = await request.form()
        return door.sign_in({name: str(value) for name, value in form.items()})

    @post("/services/rest/query/v1/suiteql")
    async def suiteql(request: AnyRequest) -> Response[bytes]:
        body = await request.body()
        return await _through(door, request, lambda: _page(door, queries, request, body))

    @get(record)
    async def read(request: AnyRequest, kind: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        expanded = request.query_params.get("expandSubResources") == "true"
        return await _through(
            door,
            request,
            lambda: answer(200, records.body(records.find(kind, key), expanded=expanded)),
        )

    @patch(record)
    async def change(
        request: AnyRequest, kind: FromPath[str], key: FromPath[str]
    ) -> Response[bytes]:
        body = await request.body()

        def work() -> Response[bytes]:
            found = records.find(kind, key)
            records.change(found, _json(body))
            return _no_content(f"/services/rest/record/v1/{kind}/{found.id}")

        return await _through(door, request, work, writes=True)

    @delete(record, status_code=200)
    async def remove(
        request: AnyRequest, kind: FromPath[str], key: FromPath[str]
    ) -> Response[bytes]:
        def work() -> Response[bytes]:
            records.delete(records.find(kind, key))
            return Response(b"", status_code=204)

        return await _through(door, request, work, writes=True)

    @post(f"{record}/!transform/{{target:str}}")
    async def transform(
        request: AnyRequest, kind: FromPath[str], key: FromPath[str], target: FromPath[str]
    ) -> Response[bytes]:
        body = await request.body()
        replaced = request.query_params.get("replace") == "item"
        return await _through(
            door,
            request,
            lambda: _no_content(
                records.transform(kind, key, target, _json(body), replaced=replaced)
            ),
            writes=True,
        )

    handlers: list[HTTPRouteHandler] = [token, suiteql, read, change, remove, transform]
    return Litestar(handlers, openapi_config=None, logging_config=None)


def _through(
    door: Door, request: AnyRequest, work: Work, *, writes: bool = False
) -> Awaitable[Response[bytes]]:
    return door.through(request.headers.get("authorization", ""), work, writes=writes)


def _page(door: Door, queries: QueryService, request: AnyRequest, body: bytes) -> Response[bytes]:
    if request.headers.get("prefer") != "transient":
        raise ProblemError(400, "INVALID_HEADER", "Required header Prefer: transient is missing.")
    limit = min(int(request.query_params.get("limit", 1000)), 1000, door.page_size)
    offset = int(request.query_params.get("offset", 0))
    if offset % limit:
        raise ProblemError(400, "INVALID_PARAMETER", "offset must be a multiple of limit.")
    rows = queries.rows(str(_json(body).get("q", "")))[:ROWS_PER_QUERY]
    items = rows[offset : offset + limit]
    return answer(
        200,
        {
            "links": [],
            "count": len(items),
            "hasMore": offset + limit < len(rows),
            "items": items,
            "offset": offset,
            "totalResults": len(rows),
        },
    )


def _json(body: bytes) -> dict[str, Any]:
    with suppress(msgspec.DecodeError):
        decoded = msgspec.json.decode(body)
        if isinstance(decoded, dict):
            return decoded
    raise ProblemError(400, "INVALID_CONTENT", "Invalid content in the request body.")


def _no_content(location: str) -> Response[bytes]:
    return Response(b"", status_code=204, headers={"Location": location})
