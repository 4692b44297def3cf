"""The web application: hooks and pages behind one door."""

from collections.abc import Callable
from pathlib import Path

from litestar import Litestar
from litestar.static_files import create_static_files_router

from accord.domain.accord import Accord
from accord.engine.receive import Receiver
from accord.storage.overview import Overview
from accord.web.hooks import hooks
from accord.web.pages import order_pages

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


def web_app(
    receiver: Receiver,
    overview: Overview,
    accord: Accord,
    *,
    failed: Callable[[Exception], None],
    refresh: int | None = None,
) -> Litestar:
    """Return the application. ``failed`` hears of every delivery that could not be kept."""
    static = create_static_files_router(path="/static", directories=[STATIC])
    return Litestar(
        route_handlers=[
            hooks(receiver.receive, failed),
            *order_pages(overview, accord, refresh),
            static,
        ],
        openapi_config=None,
        logging_config=None,
        response_headers=SECURITY_HEADERS,
    )
