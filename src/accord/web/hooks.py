"""Where systems call: one address per system and topic, an answer once it is kept.

Every rule of the door is here, in ``Knock``. The server's protocol knocks straight from its
parser; ``Hooks`` as an ASGI application knocks for callers in the same process.
"""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from itertools import chain
from typing import Any

from litestar.types import Receive, Scope, Send

from accord.engine.ports import Delivery
from accord.engine.receive import DEADLINE, Receipt, Receiver

HOOKS = b"/hooks/"
LARGEST_BODY = 1024 * 1024
LARGEST_HEADERS = 64 * 1024
MOST_HEADERS = 64
COME_BACK = (b"retry-after", b"5")

# Proxies on the way add themselves to these. Of everything else only one may be there: which of
# two signatures counts is not ours to choose.
_LISTS = frozenset(
    [b"via", b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto"]
)

# A system's own headers, which prove the body or hint at what it is. Who carried the request
# proves nothing and is of no use later, yet would be written with every envelope, and again.
_OWN = b"x-"

# A number with more digits than this is not worth reading.
_LONGEST_LENGTH = 15

Headers = list[tuple[bytes, bytes]]

_ANSWERS = {
    Receipt.KEPT: HTTPStatus.OK,
    Receipt.UNPROVEN: HTTPStatus.UNAUTHORIZED,
    Receipt.BUSY: HTTPStatus.SERVICE_UNAVAILABLE,
}


class Knock:
    """One request, from its head to its answer, which is given once.

    Implements ``engine.receive.Waiting``.
    """

    __slots__ = ("_address", "_answer", "_body", "_headers", "_hooks", "waits")

    def __init__(
        self, hooks: "Hooks", headers: dict[bytes, bytes], answer: Callable[[HTTPStatus], None]
    ) -> None:
        self._hooks = hooks
        self._headers = headers
        self._answer = answer
        self._address = ("", "")
        self._body: bytes | bytearray = b""
        self.waits = True

    def begin(self, method: bytes, path: bytes, query: bytes, headers: Headers) -> None:
        """Refuse what needs no body to be refused."""
        refused = refusal(method, headers, self._headers)
        address = _address(path, query)
        if refused is not None:
            self._end(refused)
        elif address is None:
            self._end(HTTPStatus.UNAUTHORIZED)
        else:
            self._address = address

    def feed(self, piece: bytes) -> None:
        """Take a piece of the body."""
        if not self._body:
            self._body = piece  # all of it, nearly always
        else:
            if isinstance(self._body, bytes):
                self._body = bytearray(self._body)
            self._body += piece
        if len(self._body) > LARGEST_BODY:
            self._end(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    def complete(self) -> None:
        """Prove what came and have it kept."""
        if not self.waits:
            return
        system, topic = self._address
        named = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in self._headers.items()
            if name.startswith(_OWN)
        }
        try:
            receipt = self._hooks.receiver.take(
                system, Delivery(topic, named, bytes(self._body)), self
            )
        except Exception as error:  # noqa: BLE001 - nothing was promised
            self.hear(error)
            return
        if receipt is not None:
            self._end(_ANSWERS[receipt])

    def hear(self, error: Exception | None) -> None:
        """Answer: it is kept, or could not be."""
        if not self.waits:
            return
        receipt = Receipt.KEPT if error is None else Receipt.BUSY
        self._hooks.receiver.count(self._address[0], receipt)
        if error is not None:
            self._hooks.failed(error)
        self._end(_ANSWERS[receipt])

    def leave(self) -> None:
        """Wait no more, and answer nothing."""
        self.waits = False
        self._body = b""

    def _end(self, status: HTTPStatus) -> None:
        self.leave()
        self._answer(status)


class Hooks:
    """The door behind ``/hooks/SYSTEM/TOPIC``; by itself an ASGI application."""

    def __init__(self, receiver: Receiver, failed: Callable[[Exception], None]) -> None:
        """Hand deliveries to ``receiver``; ``failed`` hears why one was not kept."""
        self.receiver = receiver
        self.failed = failed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        asked: Any = scope
        headers = asked["headers"]
        status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        if not is_too_large(headers):
            path = asked.get("raw_path") or asked["path"].encode("latin-1", "replace")
            answered: asyncio.Future[HTTPStatus] = asyncio.get_running_loop().create_future()
            knock = Knock(self, dict(headers), answered.set_result)
            knock.begin(asked["method"].encode(), path, asked.get("query_string", b""), headers)
            status = await _answer(knock, receive, answered)
        start, end = _response(status)
        await send(start)
        await send(end)


async def _answer(
    knock: Knock, receive: Receive, answered: asyncio.Future[HTTPStatus]
) -> HTTPStatus:
    try:
        async with asyncio.timeout(DEADLINE.total_seconds()):
            more = True
            while knock.waits and more:
                message: Any = await receive()
                if message["type"] == "http.disconnect":
                    knock.leave()
                    return HTTPStatus.BAD_REQUEST
                knock.feed(message.get("body", b""))
                more = message.get("more_body", False)
            knock.complete()
            return await asyncio.shield(answered)
    except TimeoutError as error:
        knock.hear(error)
        return await answered


def is_too_large(headers: Headers, target: bytes = b"", came_in: int | None = None) -> bool:
    """Return whether a head is more than anybody needs.

    Nearly every head came in one piece of so many bytes, and need not be counted again.
    """
    if len(headers) > MOST_HEADERS:
        return True
    if came_in is not None and came_in <= LARGEST_HEADERS:
        return False
    return len(target) + len(b"".join(chain.from_iterable(headers))) > LARGEST_HEADERS


def has_one_host(headers: Headers, by_name: dict[bytes, bytes]) -> bool:
    """Return whether a head says once for whom it is."""
    if len(by_name) == len(headers):
        return b"host" in by_name
    return [name for name, _ in headers].count(b"host") == 1


def refusal(method: bytes, headers: Headers, by_name: dict[bytes, bytes]) -> HTTPStatus | None:
    """Return why a delivery is refused before a byte of its body is read, or None."""
    if method != b"POST":
        return HTTPStatus.METHOD_NOT_ALLOWED
    if _is_ambiguous(headers, by_name):
        return HTTPStatus.BAD_REQUEST
    # The signature covers the bytes on the wire; what inflates a thousandfold is not read.
    if by_name.get(b"content-encoding", b"identity") != b"identity":
        return HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    return _length_refusal(by_name.get(b"content-length", b"0"))


def _length_refusal(length: bytes) -> HTTPStatus | None:
    if not length.isdigit():
        return HTTPStatus.BAD_REQUEST
    if len(length) > _LONGEST_LENGTH or int(length) > LARGEST_BODY:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return None


def _is_ambiguous(headers: Headers, by_name: dict[bytes, bytes]) -> bool:
    if len(by_name) == len(headers):
        return False
    seen: set[bytes] = set()
    for name, _ in headers:
        if name in seen and name not in _LISTS:
            return True
        seen.add(name)
    return False


def _address(path: bytes, query: bytes) -> tuple[str, str] | None:
    """Return system and topic from the path as it came, which nobody has normalised."""
    if not path.startswith(HOOKS) or query:
        return None
    system, _, topic = path[len(HOOKS) :].decode("latin-1").partition("/")
    return system, topic


def _response(status: HTTPStatus) -> tuple[Any, Any]:
    headers = [(b"content-length", b"0")]
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers.append(COME_BACK)
    start = {"type": "http.response.start", "status": int(status), "headers": headers}
    return start, {"type": "http.response.body", "body": b"", "more_body": False}
