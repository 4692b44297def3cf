"""Where systems call: one address per system and topic, raw ASGI, an answer once it is kept."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from litestar import asgi
from litestar.handlers import ASGIRouteHandler
from litestar.types import Receive, Scope, Send

from accord.engine.ports import Delivery
from accord.engine.receive import Receipt

# Shopify gives up after five seconds; the answer, good or bad, must be there before.
DEADLINE = timedelta(seconds=4)
LARGEST_BODY = 1024 * 1024
LARGEST_HEADERS = 64 * 1024
MOST_HEADERS = 64
COME_BACK = (b"retry-after", b"5")

Receiving = Callable[[str, Delivery], Awaitable[Receipt]]

_ANSWERS = {
    Receipt.KEPT: HTTPStatus.OK,
    Receipt.UNPROVEN: HTTPStatus.UNAUTHORIZED,
    Receipt.BUSY: HTTPStatus.SERVICE_UNAVAILABLE,
}


class _TooLargeError(Exception):
    """More came than any documented delivery holds."""


class _GoneError(Exception):
    """The sender hung up before the body was whole."""


def hooks(receiving: Receiving, failed: Callable[[Exception], None]) -> ASGIRouteHandler:
    """Return the handler for ``/hooks/SYSTEM/TOPIC``. ``failed`` hears why nothing was kept."""

    @asgi("/hooks", is_mount=True, copy_scope=False)
    async def handler(scope: Scope, receive: Receive, send: Send) -> None:
        status = _refusal(scope)
        if status is None:
            status = await _take(scope, receive, receiving, failed)
        await _answer(send, status)

    return handler


def _refusal(scope: Any) -> HTTPStatus | None:
    """Return why a request is refused before a byte of its body is read."""
    if scope["type"] != "http" or scope["method"] != "POST":
        return HTTPStatus.METHOD_NOT_ALLOWED
    headers = list(scope["headers"])
    names = [name for name, _ in headers]
    if len(headers) > MOST_HEADERS or sum(len(n) + len(v) for n, v in headers) > LARGEST_HEADERS:
        return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    if len(set(names)) != len(names):
        return HTTPStatus.BAD_REQUEST  # which of two signatures counts is not ours to choose
    given = dict(headers)
    # The signature covers the bytes on the wire; what inflates a thousandfold is not read.
    if given.get(b"content-encoding", b"identity") != b"identity":
        return HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    length = given.get(b"content-length", b"0")
    if not length.isdigit():
        return HTTPStatus.BAD_REQUEST
    return HTTPStatus.REQUEST_ENTITY_TOO_LARGE if int(length) > LARGEST_BODY else None


async def _take(
    scope: Scope, receive: Receive, receiving: Receiving, failed: Callable[[Exception], None]
) -> HTTPStatus:
    system, _, topic = _path(scope).partition("/")
    headers = {n.decode("latin-1"): v.decode("latin-1") for n, v in scope["headers"]}
    try:
        async with asyncio.timeout(DEADLINE.total_seconds()):
            body = await _body(receive)
            return _ANSWERS[await receiving(system, Delivery(topic, headers, body))]
    except _TooLargeError:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    except _GoneError:
        return HTTPStatus.BAD_REQUEST
    except TimeoutError as error:
        failed(error)
        return HTTPStatus.SERVICE_UNAVAILABLE
    except Exception as error:  # noqa: BLE001 - whatever the store raised, nothing was promised
        failed(error)
        return HTTPStatus.SERVICE_UNAVAILABLE


def _path(scope: Scope) -> str:
    """Return what follows ``/hooks/`` on the raw path, which nobody has normalised."""
    raw: Any = scope.get("raw_path") or scope["path"].encode("latin-1", "replace")
    path: str = raw.decode("latin-1").partition("?")[0]
    return path.removeprefix("/hooks").strip("/")


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message: Any = await receive()
        if message["type"] == "http.disconnect":
            raise _GoneError
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            raise _TooLargeError
        if not message.get("more_body", False):
            return bytes(body)


async def _answer(send: Send, status: HTTPStatus) -> None:
    headers = [(b"content-length", b"0")]
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers.append(COME_BACK)
    start: Any = {"type": "http.response.start", "status": int(status), "headers": headers}
    await send(start)
    end: Any = {"type": "http.response.body", "body": b"", "more_body": False}
    await send(end)
