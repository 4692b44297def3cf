"""Asking a store: sign-in, one GraphQL call, and every way it can go wrong as a value."""

from datetime import timedelta
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from typing import Any

from msgspec import Struct

from accord.connector_kit.connector import Context
from accord.connector_kit.http import Answer, Http, as_json
from accord.connector_kit.retry_after import retry_after
from accord.connector_kit.token import Token, TokenHolder
from accord.connectors.shopify.limits import Cost
from accord.domain.outcome import (
    Outcome,
    Refused,
    Throttled,
    Unauthorized,
    Unavailable,
)

# https://shopify.dev/docs/api/usage/versioning: released 2026-10-01, supported for a year.
API_VERSION = "2026-10"
GRAPHQL_PATH = f"/admin/api/{API_VERSION}/graphql.json"
TOKEN_PATH = "/admin/oauth/access_token"  # noqa: S105 - an address, not a secret

Data = dict[str, Any]

# Signing in, a store says 400 for invalid_client and shop_not_permitted alike.
REFUSES_CREDENTIALS = frozenset({400, 401, 403})

# Errors of the store itself; what was asked may or may not have been done.
THEIR_FAULT = frozenset({"INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE", "TIMEOUT"})


class _Extensions(Struct, frozen=True):
    cost: Cost | None = None


class _ErrorDetail(Struct, frozen=True):
    code: str | None = None


class _Error(Struct, frozen=True):
    message: str = ""
    extensions: _ErrorDetail | None = None

    @property
    def code(self) -> str:
        return (self.extensions.code if self.extensions else None) or "graphql_error"


class _Reply(Struct, frozen=True):
    data: Data | None = None
    errors: list[_Error] | str | None = None
    extensions: _Extensions | None = None


class _Grant(Struct, frozen=True):
    access_token: str
    expires_in: int


class Session:
    """One store as one app sees it."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._http = Http(
            f"https://{context.settings['shop']}", context.transport, context.answer_within
        )
        self._token = TokenHolder(self._sign_in, context.clock)
        self._costs: dict[str, float] = {}

    async def ask(self, operation: str, **variables: Any) -> Data | Outcome:
        """Return the data of one operation, named like its file, or why there is none.

        A token the store no longer takes is renewed once and the call made once more. What the
        store is sure to throttle, by what it told last, is not sent.
        """
        meter, now = self._context.meter, self._context.clock()
        throttled = meter.spend(self._costs.get(operation, 0.0), now)
        if throttled is not None:
            return throttled
        content = as_json(
            {
                "query": document(operation),
                "operationName": operation_name(operation),
                "variables": variables,
            }
        )
        answer = await self._post(content)
        if isinstance(answer, Answer) and answer.status == HTTPStatus.UNAUTHORIZED:
            answer = await self._post(content)
        if not isinstance(answer, Answer):
            return answer
        understood = self._understood(answer, operation)
        meter.met(understood, self._context.clock())
        return _about(understood, variables.get("id"))

    async def _post(self, content: bytes) -> Answer | Unavailable | Unauthorized:
        token = await self._token.get()
        if not isinstance(token, str):
            return token
        headers = {"content-type": "application/json", "x-shopify-access-token": token}
        answer = await self._http.call("POST", GRAPHQL_PATH, headers=headers, content=content)
        if isinstance(answer, Answer) and answer.status == HTTPStatus.UNAUTHORIZED:
            self._token.drop(token)
        return answer

    def _understood(self, answer: Answer, operation: str) -> Data | Outcome:
        match answer.status:
            case 200:
                reply = answer.read(_Reply)
                if isinstance(reply, Unavailable):
                    return reply
                self._note(operation, reply.extensions)
                return _settled(reply)
            case 401 | 403:
                return Unauthorized(
                    f"The store answered {answer.status}. Check that the app is installed, and "
                    f"its client id, secret and scopes; then connect {self._context.system} again."
                )
            case 429:
                now = self._context.clock()
                return Throttled(retry_after(answer.headers, now, timedelta(seconds=2)))
            case 400 | 406 | 414 | 422:
                return Refused(f"http_{answer.status}", answer.body[:200].decode(errors="replace"))
            case _:
                return Unavailable(f"the store answered {answer.status}")

    def _note(self, operation: str, extensions: _Extensions | None) -> None:
        """Remember what the store tells of its limit, and what this operation asks of it."""
        cost = extensions.cost if extensions else None
        if cost is not None:
            asked = self._costs[operation] = cost.requested_query_cost or 0.0
            self._context.meter.told(cost.allowance(self._context.clock()), asked)

    async def _sign_in(self) -> Token | Unavailable | Unauthorized:
        """Return a token by client credentials; it holds for a day.

        https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens
        """
        secrets = self._context.secrets
        form = {
            "grant_type": "client_credentials",
            "client_id": secrets.get("client_id", ""),
            "client_secret": secrets.get("client_secret", ""),
        }
        now = self._context.clock()
        answer = await self._http.call("POST", TOKEN_PATH, form=form)
        if not isinstance(answer, Answer):
            return answer
        if answer.status in REFUSES_CREDENTIALS:
            return Unauthorized(
                f"The store gave no access token ({answer.status}). Check client_id and "
                "client_secret, and that app and store belong to one organisation."
            )
        if answer.status != HTTPStatus.OK:
            return Unavailable(f"signing in, the store answered {answer.status}")
        grant = answer.read(_Grant)
        if isinstance(grant, Unavailable):
            return Unavailable("signing in, the store gave an unreadable answer")
        return Token(grant.access_token, now + timedelta(seconds=grant.expires_in))

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.close()


def _about(data: Data | Outcome, asked: str | None) -> Data | Outcome:
    """Return the data unless it is of another object than the one asked for by its id."""
    if asked is None or not isinstance(data, dict):
        return data
    for told in data.values():
        if isinstance(told, dict) and told.get("id", asked) != asked:
            return Unavailable(f"asked for {asked}, the store answered with {told['id']}")
    return data


def _settled(reply: _Reply) -> Data | Outcome:
    """Return the data, or what the errors beside it mean.

    Errors come with status 200, and data beside them may be null in places: it is not used.
    """
    errors = reply.errors
    if isinstance(errors, str):
        return Refused("graphql_error", errors)
    if not errors:
        return Unavailable("an answer without data") if reply.data is None else reply.data
    said = "; ".join(f"{error.code}: {error.message}" for error in errors)
    codes = {error.code for error in errors}
    if "THROTTLED" in codes:
        cost = (reply.extensions and reply.extensions.cost) or Cost()
        return Throttled(cost.wait())
    if codes & THEIR_FAULT:
        return Unavailable(said)
    return Refused(errors[0].code, said)


def refusal(payload: Data | None, errors_field: str = "userErrors") -> Outcome | None:
    """Return what a mutation's own errors say, or None if it was done."""
    if payload is None:
        return Unavailable("a mutation that answered null")
    errors = payload.get(errors_field) or []
    if not errors:
        return None
    code = str(errors[0].get("code") or "user_error")
    return Refused(code, "; ".join(str(error.get("message")) for error in errors))


@cache
def document(operation: str) -> str:
    """Return the text of ``operations/<operation>.graphql``."""
    folder = files("accord.connectors.shopify") / "operations"
    return (folder / f"{operation}.graphql").read_text(encoding="utf-8")


def operation_name(operation: str) -> str:
    """Return the name an operation has in its document: ``order_whole`` is ``OrderWhole``."""
    return "".join(part.capitalize() for part in operation.split("_"))


def gid(kind: str, own_id: str) -> str:
    """Return the global id the API asks for, from the digits; a gid stays as it is."""
    return own_id if own_id.startswith("gid://") else f"gid://shopify/{kind}/{own_id}"
