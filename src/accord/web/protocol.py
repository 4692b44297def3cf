"""HTTP/1.1 as strict as a door to the world needs it: one request means one thing, and soon.

The parser is llhttp by httptools. It refuses what could be read in two ways: both a length and
chunks, two lengths, folded headers, bare line feeds, spaces before colons. What it lets through
is refused here: a request without one Host, too many or too large headers, headers after a
chunked body, and anything that takes too long to arrive.
"""

import asyncio
from functools import partial
from http import HTTPStatus
from itertools import chain
from typing import Any

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from accord.web.connections import Connections
from accord.web.hooks import ARRIVED, COME_BACK, LARGEST_HEADERS, MOST_HEADERS

_VERSIONS = ("1.1", "1.0")


class _RefusedError(Exception):
    """The request is answered with ``status`` and the connection closed."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


class _TooSoonError(Exception):
    """The next request came before the answer to the one before."""


class StrictProtocol(HttpToolsProtocol):
    """One connection, with one request at a time."""

    def __init__(
        self,
        table: Connections,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._table = table
        self._head = 0  # bytes of the head so far, but for the piece it began in
        self._began = False  # whether a request began in the present piece
        self._head_is_whole = False
        self._held = 0  # bytes of a body in hand
        self._deaf = False  # whether whatever comes is thrown away

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request, if there is room for one more sender."""
        super().connection_made(transport)
        if self._table.admit():
            self._table.arriving[self] = self.loop.time()
        else:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)

    def connection_lost(self, exc: Exception | None) -> None:
        """Give everything back."""
        self._table.forget(self)
        self._table.open -= 1
        self._let_go()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on."""
        if self._deaf or self.transport.is_closing():
            return
        self._unset_keepalive_if_required()
        self._table.idle.pop(self, None)
        self._table.arriving.setdefault(self, self.loop.time())
        self._began = False
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserCallbackError as error:
            self._stumble(error.__context__)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._refuse(HTTPStatus.BAD_REQUEST)
        else:
            self._head += 0 if self._began or self._head_is_whole else len(data)
            if self._head > LARGEST_HEADERS:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_message_begin(self) -> None:
        """Begin a request, once the one before is answered."""
        if self.cycle is not None and not self.cycle.response_complete:
            raise _TooSoonError
        super().on_message_begin()
        self._head = 0
        self._began = True
        self._head_is_whole = False
        self._table.arriving.setdefault(self, self.loop.time())

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take one header, but none after the body, where it would come unchecked."""
        if self._head_is_whole:
            raise _RefusedError(HTTPStatus.BAD_REQUEST)
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Hand over a request whose head means one thing."""
        size = len(self.url) + len(b"".join(chain.from_iterable(self.headers)))
        if len(self.headers) > MOST_HEADERS or size > LARGEST_HEADERS:
            raise _RefusedError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        names = [name for name, _ in self.headers]
        hosts = names.count(b"host")
        if b"expect" in names:
            self.expect_100_continue = (b"expect", b"100-continue") in self.headers
        version: str = self.parser.get_http_version()
        if hosts != 1 or not self.url.startswith(b"/") or version not in _VERSIONS:
            raise _RefusedError(HTTPStatus.BAD_REQUEST)
        self._head_is_whole = True
        scope: Any = self.scope
        scope[ARRIVED] = self._table.arriving[self]
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body, if there is room for it."""
        if not self.cycle.response_complete:
            self._held += len(body)
            if not self._table.weigh(len(body), self):
                raise _RefusedError(HTTPStatus.SERVICE_UNAVAILABLE)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Wait for nothing more: from here on it is our turn."""
        self._table.arriving.pop(self, None)
        super().on_message_complete()
        if self.cycle.response_complete:  # refused before its body was here
            super().on_response_complete()
            self._table.idle[self] = None

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        self._let_go()
        super().on_response_complete()
        if not self.transport.is_closing() and self not in self._table.arriving:
            self._table.idle[self] = None

    def give_up(self) -> None:
        """End the connection now; who has sent a part of a request hears that it took too long."""
        self._table.forget(self)
        if not self._deaf and not (self.cycle is not None and self.cycle.response_started):
            self._answer(HTTPStatus.REQUEST_TIMEOUT)
        self.transport.close()

    def _stumble(self, cause: BaseException | None) -> None:
        if isinstance(cause, _TooSoonError):
            # The answer under way says that the connection ends with it; nothing after it counts.
            self.cycle.keep_alive = False
            self._deaf = True
            self._table.forget(self)
        else:
            self._refuse(
                cause.status if isinstance(cause, _RefusedError) else HTTPStatus.BAD_REQUEST
            )

    def _refuse(self, status: HTTPStatus) -> None:
        """Answer without the application and listen no more.

        What is still coming is thrown away for a while: to hang up at once would take the answer
        out of the sender's hands.
        """
        self._deaf = True
        self._answer(status)
        self._let_go()
        self.flow.resume_reading()
        self._table.arriving[self] = self.loop.time()
        if self.transport.can_write_eof():
            self.transport.write_eof()

    def _answer(self, status: HTTPStatus) -> None:
        if self.transport.is_closing():
            return
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.write(_RESPONSES[status])

    def _let_go(self) -> None:
        self._table.in_hand -= self._held
        self._held = 0


def protocol_for(table: Connections) -> Any:
    """Return what makes a connection for each sender, all in one ``table``."""
    return partial(StrictProtocol, table)


def _response(status: HTTPStatus) -> bytes:
    lines = [b"HTTP/1.1 %d %s" % (status, status.phrase.encode()), b"content-length: 0"]
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        lines.append(b": ".join(COME_BACK))
    return b"\r\n".join([*lines, b"connection: close", b"", b""])


_RESPONSES = {
    status: _response(status)
    for status in (
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        HTTPStatus.SERVICE_UNAVAILABLE,
    )
}
