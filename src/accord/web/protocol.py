"""HTTP/1.1 as strict as a door to the world needs it: one request means one thing, and soon.

The parser is llhttp by httptools. It refuses what could be read in two ways: both a length and
chunks, two lengths, folded headers, bare line feeds, spaces before colons. What it lets through
is refused here: a request without one Host, too many or too large headers, headers after a
chunked body, and anything that takes too long to arrive.

Deliveries are taken straight from the parser: no task, no timer and no copy of the head for each.
"""

import asyncio
from functools import partial
from http import HTTPStatus
from typing import Any

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from accord.web.answers import Answers, answer
from accord.web.connections import Connections
from accord.web.heads import means_one_thing
from accord.web.hooks import HOOKS, LARGEST_HEADERS, Hooks, Knock, is_too_large

_EXPECT = (b"expect", b"100-continue")


class _RefusedError(Exception):
    """The request is answered with ``status`` and the connection closed."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


class _TooSoonError(Exception):
    """The next request came before the answer to the one before."""


class StrictProtocol(HttpToolsProtocol):
    """One connection, with one request at a time: a page by uvicorn's cycle, a delivery by none."""

    def __init__(
        self,
        table: Connections,
        *,
        hooks: Hooks | None,
        answers: Answers,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._table = table
        self._hooks = hooks
        self._answers = answers
        self._head = 0  # bytes of the head so far, but for the piece it began in
        self._piece = 0  # bytes of the present piece
        self._began = False  # whether a request began in the present piece
        self._head_is_whole = False
        self._held = 0  # bytes of a body in hand
        self._deaf = False  # whether whatever comes is thrown away
        self._knock: Knock | None = None  # the delivery at hand
        self._is_last = False  # whether the connection ends with its answer
        self._answer_due: HTTPStatus | None = None  # once the present piece is read
        self._reads = False  # whether a piece is being read
        self._answered = False  # whether the delivery at hand has its answer

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request, if there is room for one more sender."""
        super().connection_made(transport)
        if self._table.admit():
            self._table.arriving[self] = self.loop.time()
        else:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)

    def connection_lost(self, exc: Exception | None) -> None:
        """Give everything back. What has arrived whole is kept all the same."""
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
        self._piece = len(data)
        self._reads = True
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
        self._reads = False
        if self._answer_due is not None:
            self._tell(self._answer_due)

    def on_message_begin(self) -> None:
        """Begin a request, once the one before is answered."""
        if self._is_at_work:
            raise _TooSoonError
        self.cycle = None  # type: ignore[assignment]
        self._knock = None
        self._answered = False
        self.url = b""
        self.headers = []
        self._take_header = self.headers.append
        self._head = 0
        self._began = True
        self._head_is_whole = False
        self._table.arriving.setdefault(self, self.loop.time())

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take one header, but none after the body, where it would come unchecked."""
        if self._head_is_whole:
            raise _RefusedError(HTTPStatus.BAD_REQUEST)
        self._take_header((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Hand over a request whose head means one thing."""
        if is_too_large(self.headers, self.url, self._piece if self._began else None):
            raise _RefusedError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        by_name = dict(self.headers)
        version: str = self.parser.get_http_version()
        plain = means_one_thing(self.url, self.headers, by_name, version)
        if self.parser.should_upgrade() or not plain:
            raise _RefusedError(HTTPStatus.BAD_REQUEST)
        self._head_is_whole = True
        if self._hooks is not None and self.url.startswith(HOOKS):
            self._is_last = version == "1.0" or not self.parser.should_keep_alive()
            self._begin_knock(self._hooks, by_name)
            return
        url, headers = self.url, self.headers
        super().on_message_begin()  # makes the scope, which a delivery does without
        self.url = url
        self.headers += headers
        self.expect_100_continue = _EXPECT in headers
        super().on_headers_complete()

    def _begin_knock(self, hooks: Hooks, by_name: dict[bytes, bytes]) -> None:
        self._knock = Knock(hooks, by_name, self._answer_soon)
        path, _, query = self.url.partition(b"?")
        self._knock.begin(self.parser.get_method(), path, query, self.headers)
        if _EXPECT in self.headers and self._knock.waits:
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body, if there is room for it."""
        knock = self._knock
        if self._is_at_work:
            self._held += len(body)
            if not self._table.weigh(len(body), self):
                raise _RefusedError(HTTPStatus.SERVICE_UNAVAILABLE)
        if knock is None:
            super().on_body(body)
        elif knock.waits:
            knock.feed(body)

    def on_message_complete(self) -> None:
        """Wait for nothing more: from here on it is our turn."""
        since = self._table.arriving.pop(self, self.loop.time())
        if self._knock is not None:
            self._knock.complete()
            if self._knock.waits:
                self._table.waiting[self._knock] = since
            elif self._answered:  # refused before its body was here
                self._table.idle[self] = self.loop.time()
            return
        super().on_message_complete()
        if self.cycle.response_complete:  # refused before its body was here
            super().on_response_complete()
            self._table.idle[self] = self.loop.time()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        self._let_go()
        super().on_response_complete()
        if not self.transport.is_closing() and self not in self._table.arriving:
            self._table.idle[self] = self.loop.time()

    def shutdown(self) -> None:
        """Take no further request; a delivery at hand is still answered."""
        self._take_no_more()
        if not self._is_at_work:
            self.transport.close()

    def eof_received(self) -> bool:  # type: ignore[override]
        """Answer who sends no more, if a whole request of his is here; False hangs up."""
        if is_whole := self._is_at_work and self not in self._table.arriving:
            self._take_no_more()
        return is_whole

    def _take_no_more(self) -> None:
        self._is_last = True
        if self.cycle is not None:
            self.cycle.keep_alive = False

    def pause_writing(self) -> None:
        """Hang up on who sends on and hears no answer; a page is only long."""
        if self._knock is None:
            super().pause_writing()
        else:
            self.transport.abort()

    def give_up(self) -> None:
        """End the connection now; who has sent a part of a request hears that it took too long."""
        self._table.forget(self)
        heard = self._answered or (self.cycle is not None and self.cycle.response_started)
        if not self._deaf and not heard:
            self._answer(HTTPStatus.REQUEST_TIMEOUT)
        self._let_go()  # now, for somebody may be making room
        self.transport.close()

    @property
    def _is_at_work(self) -> bool:
        """Whether a request is here, or arrives, that has no answer yet."""
        if self._knock is not None:
            return not self._answered
        return self.cycle is not None and not self.cycle.response_complete

    def _answer_soon(self, status: HTTPStatus) -> None:
        """Answer the delivery at hand, but only after what else is wrong with its piece."""
        if self._reads:
            self._answer_due = status
        else:
            self._tell(status)

    def _tell(self, status: HTTPStatus) -> None:
        self._answer_due = None
        self._answered = True
        if self._knock is not None:
            self._table.waiting.pop(self._knock, None)
        if self.transport.is_closing():
            return
        headers = self.server_state.default_headers
        self.transport.write(self._answers.of(status, headers, last=self._is_last))
        self._let_go()
        if self._is_last:
            self.transport.close()
        elif self not in self._table.arriving:
            self._table.idle[self] = self.loop.time()

    def _stumble(self, cause: BaseException | None) -> None:
        if isinstance(cause, _TooSoonError):
            # The answer under way says that the connection ends with it; nothing after it counts.
            self._take_no_more()
            self._deaf = True
            self._table.forget(self)
        else:
            self._refuse(getattr(cause, "status", HTTPStatus.BAD_REQUEST))

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
        self._answer_due = None
        if self._knock is not None:
            self._knock.leave()
        if self.transport.is_closing() or self._answered:
            return
        self._answered = True
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.write(answer(status, [], last=True))

    def _let_go(self) -> None:
        self._table.in_hand -= self._held
        self._held = 0


def protocol_for(table: Connections, hooks: Hooks | None = None) -> Any:
    """Return what makes a connection for each sender, all in one ``table``.

    Without ``hooks`` deliveries take the same road as pages.
    """
    return partial(StrictProtocol, table, hooks=hooks, answers=Answers())
