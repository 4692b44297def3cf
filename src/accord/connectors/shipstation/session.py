"""Calls to ShipStation's V2 API, with every way to fail as a value."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from accord.connector_kit.connector import Context
from accord.connector_kit.http import Answer, Http, as_json
from accord.connector_kit.retry_after import retry_after
from accord.connectors.shipstation.limits import allowance
from accord.domain.outcome import Refused, Throttled, Unauthorized, Unavailable

T = TypeVar("T")

Failure = Refused | Throttled | Unavailable | Unauthorized

# Asked for when a 429 names no wait: the documented limit counts requests per minute.
UNTOLD_WAIT = timedelta(minutes=1)
TOO_MANY_REQUESTS = 429
# Whose limit it may have been as well: that of whoever ShipStation asked in turn.
OTHERS = frozenset({"carrier", "order_source"})
NOT_FOUND = 404
TAKEN = range(200, 300)
SERVER_ERROR = 500
SIGN_IN = frozenset({401, 403})


class VendorError(Struct):
    """One error as ShipStation lists it."""

    message: str = ""
    error_source: str = ""
    error_type: str = ""
    error_code: str = ""


class VendorErrors(Struct):
    """The body of almost every failed call."""

    errors: list[VendorError]
    request_id: str = ""


class Shipments(Struct):
    """One page of a list of shipments. An answer without any list is no empty one."""

    page: int
    pages: int
    shipments: list[dict[str, Any]]
    total: int | None = None


class Labels(Struct):
    """One page of a list of labels."""

    page: int
    pages: int
    labels: list[dict[str, Any]]
    total: int | None = None


class Session:
    """A connection to one account, signed in by its API key on every call."""

    def __init__(self, context: Context) -> None:
        """Open nothing yet."""
        self._http = Http(
            str(context.settings["base_url"]), context.transport, context.answer_within
        )
        self._key = context.secrets.get("api_key", "")
        self._meter = context.meter
        self.clock = context.clock

    async def get(
        self, path: str, shape: type[T], params: Mapping[str, str] | None = None
    ) -> T | Failure:
        """Return what is at ``path``, or why it could not be read."""
        answer = await self.call("GET", path, params=params)
        return answer.read(shape) if isinstance(answer, Answer) else answer

    async def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: object = None,
    ) -> Answer | Failure:
        """Return the answer to a call that was taken, or why it was not."""
        throttled = self._meter.spend(1, self.clock())
        if throttled is not None:
            return throttled
        headers = {"api-key": self._key, "accept": "application/json"}
        if body is not None:
            headers["content-type"] = "application/json"
        answer = await self._http.call(
            method,
            path,
            headers=headers,
            params=params,
            content=None if body is None else as_json(body),
        )
        if isinstance(answer, Unavailable):
            return answer
        judged = self._judged(answer, f"{method} {path}")
        self._meter.met(judged, self.clock())
        return judged

    def _judged(self, answer: Answer, asked: str) -> Answer | Failure:
        """Return the answer where it is one; status and the vendor's code together decide."""
        self._meter.told(allowance(answer.headers, self.clock()))
        errors = _errors(answer)
        first = errors[0] if errors else VendorError()
        if answer.status == TOO_MANY_REQUESTS or first.error_code == "rate_limit_exceeded":
            wait = retry_after(answer.headers, self.clock(), UNTOLD_WAIT)
            return Throttled(wait, link_wide=first.error_source not in OTHERS)
        if answer.status in SIGN_IN:
            return Unauthorized(first.message or f"{asked}: status {answer.status}")
        if _is_page(answer) or answer.status >= SERVER_ERROR or first.error_type == "system":
            return Unavailable(f"{asked}: status {answer.status} {first.message}".rstrip())
        return answer if answer.status in TAKEN else _refused(answer, errors, asked)

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.close()


def about(answer: T | Failure, **asked: str) -> T | Failure:
    """Return an answer if it is of what was asked for: what stands between may mix them up."""
    for name, value in asked.items():
        told = answer.get(name) if isinstance(answer, dict) else getattr(answer, name, value)
        if told != value:
            return Unavailable(f"asked for {name} {value}, ShipStation answered with {told}")
    return answer


def _refused(answer: Answer, errors: Sequence[VendorError], asked: str) -> Refused | Unavailable:
    said = "; ".join(error.message for error in errors)
    if answer.status == NOT_FOUND:  # a missing label has an empty body
        return Refused("not_found", said or f"{asked}: there is none")
    if not errors:
        return Unavailable(f"{asked}: status {answer.status} without a reason")
    return Refused(errors[0].error_code or "unspecified", said)


def _is_page(answer: Answer) -> bool:
    """Return whether a page for people came where data was due, whatever its status says."""
    return answer.headers.get("content-type", "").startswith("text/html")


def _errors(answer: Answer) -> list[VendorError]:
    if answer.status in TAKEN:
        return []
    try:
        return msgspec.json.decode(answer.body, type=VendorErrors).errors
    except (ValueError, RecursionError):
        return []
