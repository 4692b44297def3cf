"""The page of alerts: what is wrong right now, what to do first, what was over lately."""

from litestar import Response, get
from litestar.enums import MediaType
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from accord.domain.alert import Alert
from accord.domain.alert_rules import AlertRules
from accord.domain.alert_text import subject
from accord.storage.overview import Overview
from accord.web.pages import page, templates

ROWS = 200
CLOSED = 30
UNSENT = 20


class Row(Struct, frozen=True, kw_only=True):
    """One alert, with what to do first and who was called."""

    one: Alert
    subject: str
    first_response: str
    called: str


def alert_pages(
    overview: Overview, rules: AlertRules, refresh: int | None
) -> list[HTTPRouteHandler]:
    """Return the page handlers. ``refresh`` is after how many seconds a page loads itself again."""
    given = templates()

    def row(alert: Alert) -> Row:
        return Row(
            one=alert,
            subject=subject(alert),
            first_response=rules.rules[alert.rule].first_response,
            called=", ".join(rules.channels_of(alert.rule)),
        )

    @get("/alerts", media_type=MediaType.HTML, sync_to_thread=None)
    async def alerts() -> Response[str]:
        return page(
            given,
            "alerts.html",
            rows=[row(alert) for alert in await overview.alerts.alerts(ROWS)],
            closed=[row(alert) for alert in await overview.alerts.alerts(CLOSED, closed=True)],
            unsent=await overview.alerts.unsent(UNSENT),
            refresh=refresh,
        )

    return [alerts]
