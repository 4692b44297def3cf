"""The web application: hooks and pages behind one door."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from litestar import Litestar
from litestar.static_files import create_static_files_router
from litestar.types import ASGIApp, Receive, Scope, Send

from accord.bootstrap import utc_now
from accord.domain.accord import Accord
from accord.engine.receive import Receiver
from accord.storage.overview import Overview
from accord.web.alert_pages import alert_pages
from accord.web.case_pages import case_pages
from accord.web.census_pages import census_pages
from accord.web.drift_pages import drift_pages
from accord.web.hooks import HOOKS, Hooks
from accord.web.link_pages import link_pages
from accord.web.names import UNKNOWN_NAME, is_own, own_names
from accord.web.number_pages import number_pages
from accord.web.pages import order_pages
from accord.web.stuck_pages import stuck_pages

STATIC = Path(__file__).parent / "static"

# Nothing is loaded from elsewhere, nothing runs in the page, and no other page may frame it.
SECURITY_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
}


class Door:
    """Shows each request to the hooks or to the pages; what this process has not is not found.

    It stands before the pages' framework, which would cost a delivery more than all of our own
    checks.
    """

    def __init__(
        self, hooks: Hooks | None, pages: ASGIApp | None, names: frozenset[str] = frozenset()
    ) -> None:
        """Answer for ``pages`` only to ``names`` and to what can be nobody else's."""
        self.hooks = hooks
        self._pages = pages or _not_found
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        asked: Any = scope
        path = asked.get("raw_path") or asked["path"].encode("latin-1", "replace")
        answering: ASGIApp = _misdirected
        if path.startswith(HOOKS):
            answering = self.hooks or _not_found
        elif is_own(dict(asked["headers"]).get(b"host", b""), self._names):
            answering = self._pages
        await answering(scope, receive, send)


async def _not_found(_scope: Scope, _receive: Receive, send: Send) -> None:
    await _say(send, HTTPStatus.NOT_FOUND, b"")


async def _misdirected(_scope: Scope, _receive: Receive, send: Send) -> None:
    await _say(send, HTTPStatus.MISDIRECTED_REQUEST, UNKNOWN_NAME)


async def _say(send: Send, status: HTTPStatus, words: bytes) -> None:
    headers = [(b"content-length", str(len(words)).encode()), (b"content-type", b"text/plain")]
    start: Any = {"type": "http.response.start", "status": int(status), "headers": headers}
    await send(start)
    end: Any = {"type": "http.response.body", "body": words, "more_body": False}
    await send(end)


def pages_app(
    overview: Overview,
    accord: Accord,
    refresh: int | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> Litestar:
    """Return the pages for people, which load themselves again every ``refresh`` seconds."""
    static = create_static_files_router(path="/static", directories=[STATIC])
    return Litestar(
        route_handlers=[
            *order_pages(overview, accord, refresh),
            *link_pages(overview, clock, refresh),
            *stuck_pages(overview, clock, refresh),
            *case_pages(overview, clock, refresh),
            *drift_pages(overview, clock, refresh),
            *alert_pages(overview, accord.alerts, refresh),
            *number_pages(overview, accord.latency_target, clock),
            *census_pages(overview, clock, refresh),
            static,
        ],
        openapi_config=None,
        logging_config=None,
        response_headers=SECURITY_HEADERS,
    )


def web_app(
    receiver: Receiver,
    overview: Overview,
    accord: Accord,
    *,
    failed: Callable[[Exception], None],
    refresh: int | None = None,
) -> ASGIApp:
    """Return hooks and pages. ``failed`` hears of every delivery that could not be kept."""
    pages = pages_app(overview, accord, refresh)
    return Door(Hooks(receiver, failed), pages, own_names(accord.address, ()))
