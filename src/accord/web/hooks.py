"""Where systems call: one address per system and topic, raw ASGI, an answer once it is kept."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from http import HTTPStatus
from itertools import chain
from typing import Any

from litestar.types import Receive, Scope, Send

from accord.engine.ports import Delivery
from accord.engine.receive import Receipt

HOOKS = b"/hooks/"
# Shopify gives up after five seconds; the answer, good or bad, must be there before.
DEADLINE = timedelta(seconds=4)
LARGEST_BODY = 1024 * 1024
LARGEST_HEADERS = 64 * 1024
MOST_HEADERS = 64
COME_BACK = (b"retry-after", b"5")
# Where in its scope a request carries the loop's time at which it began to arrive.
ARRIVED = "accord.arrived"

# Proxies on the way add themselves to these. Of everything else only one may be there: which of
# two signatures counts is not ours to choose.
_LISTS = frozenset(
    [b"via", b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto"]
)

# A number with more digits than this is not worth reading.
_LONGEST_LENGTH = 15

Headers = Iterable[tuple[bytes, bytes]]
Receiving = Callable[[str, Delivery], Awaitable[Receipt]]

_ANSWERS = {
    Receipt.KEPT: HTTPStatus.OK,
    Receipt.UNPROVEN: HTTPStatus.UNAUTHORIZED,
    Receipt.BUSY: HTTPStatus.SERVICE_UNAVAILABLE,
}


class _TooLargeError(Exception):
    """More came than any documented delivery holds."""


class _GoneError(Exception):
    """The sender hung up, or took too long, before the body was whole."""


class Hooks:
    """The ASGI application behind ``/hooks/SYSTEM/TOPIC``."""

    def __init__(self, receiving: Receiving, failed: Callable[[Exception], None]) -> None:
        """Hand deliveries to ``receiving``; ``failed`` hears why one was not kept."""
        self._receiving = receiving
        self._failed = failed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        asked: Any = scope
        headers = dict(asked["headers"])
        status = refusal(asked["method"], asked["headers"], headers)
        if status is None:
            status = await self._take(asked, headers, receive)
        start, end = _RESPONSES[status]
        await send(start)
        await send(end)

    async def _take(self, scope: Any, headers: dict[bytes, bytes], receive: Receive) -> HTTPStatus:
        address = _address(scope)
        if address is None:
            return HTTPStatus.UNAUTHORIZED
        system, topic = address
        named = {n.decode("latin-1"): v.decode("latin-1") for n, v in headers.items()}
        arrived = scope.get(ARRIVED) or asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout_at(arrived + DEADLINE.total_seconds()):
                body = await _body(receive)
                return _ANSWERS[await self._receiving(system, Delivery(topic, named, body))]
        except _TooLargeError:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        except _GoneError:
            return HTTPStatus.BAD_REQUEST
        except Exception as error:  # noqa: BLE001 - whatever the store raised, nothing was promised
            self._failed(error)
            return HTTPStatus.SERVICE_UNAVAILABLE


def refusal(
    method: str, headers: list[tuple[bytes, bytes]], by_name: dict[bytes, bytes]
) -> HTTPStatus | None:
    """Return why a delivery is refused before a byte of its body is read, or None."""
    if method != "POST":
        return HTTPStatus.METHOD_NOT_ALLOWED
    if len(headers) > MOST_HEADERS or _size(headers) > LARGEST_HEADERS:
        return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    if len(by_name) != len(headers) and _is_ambiguous(headers):
        return HTTPStatus.BAD_REQUEST
    # The signature covers the bytes on the wire; what inflates a thousandfold is not read.
    if by_name.get(b"content-encoding", b"identity") != b"identity":
        return HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    return _length_refusal(by_name.get(b"content-length", b"0"))


def _size(headers: Headers) -> int:
    return len(b"".join(chain.from_iterable(headers)))


def _length_refusal(length: bytes) -> HTTPStatus | None:
    if not length.isdigit():
        return HTTPStatus.BAD_REQUEST
    if len(length) > _LONGEST_LENGTH or int(length) > LARGEST_BODY:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return None


def _is_ambiguous(headers: Headers) -> bool:
    seen: set[bytes] = set()
    for name, _ in headers:
        if name in seen and name not in _LISTS:
            return True
        seen.add(name)
    return False


def _address(scope: Any) -> tuple[str, str] | None:
    """Return system and topic from the path as it came, which nobody has normalised."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode("latin-1", "replace")
    if not raw.startswith(HOOKS) or scope.get("query_string"):
        return None
    system, _, topic = raw[len(HOOKS) :].decode("latin-1").partition("/")
    return system, topic


async def _body(receive: Receive) -> bytes:
    message: Any = await receive()
    if message["type"] == "http.request" and not message.get("more_body", False):
        whole: bytes = message.get("body", b"")
        if len(whole) > LARGEST_BODY:
            raise _TooLargeError
        return whole
    body = bytearray()
    while True:
        if message["type"] == "http.disconnect":
            raise _GoneError
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            raise _TooLargeError
        if not message.get("more_body", False):
            return bytes(body)
        message = await receive()


def _response(status: HTTPStatus) -> tuple[Any, Any]:
    headers = [(b"content-length", b"0")]
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers.append(COME_BACK)
    start = {"type": "http.response.start", "status": int(status), "headers": headers}
    return start, {"type": "http.response.body", "body": b"", "more_body": False}


_RESPONSES = {
    status: _response(status)
    for status in (
        HTTPStatus.OK,
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        HTTPStatus.SERVICE_UNAVAILABLE,
    )
}
