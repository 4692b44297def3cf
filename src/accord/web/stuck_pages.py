"""The pages of what is stuck: the quarantine, the dead letters, the pauses. They only show."""

from collections.abc import Callable
from datetime import datetime, timedelta

from litestar import Response, get
from litestar.enums import MediaType
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery
from msgspec import Struct

from accord.domain.reason import REASONS, reason_code, remedy, what
from accord.engine.desk import EVERYTHING, Aside, Chosen
from accord.storage.overview import Overview
from accord.web.pages import is_number, page, templates

ROWS = 100
PARTS = 20
DEEDS = 20
# A part that came before its order usually waits for seconds.
LONG_WAIT = timedelta(hours=1)


class Why(Struct, frozen=True):
    """One reason as people read it."""

    reason: str
    what: str
    remedy: str


class AsideRow(Struct, frozen=True, kw_only=True):
    """One envelope in quarantine."""

    one: Aside
    why: list[Why]


def stuck_pages(
    overview: Overview, clock: Callable[[], datetime], refresh: int | None
) -> list[HTTPRouteHandler]:
    """Return the page handlers. ``refresh`` is after how many seconds a page loads itself again."""
    given = templates()

    @get("/quarantine", media_type=MediaType.HTML, sync_to_thread=None)
    async def quarantine(reason: FromQuery[str] = "", after: FromQuery[str] = "") -> Response[str]:
        chosen = Chosen(reason=reason if reason in REASONS else "")
        found = await overview.desk.aside(chosen, _number(after), ROWS)
        return page(
            given,
            "quarantine.html",
            rows=[_row(one) for one in found],
            reason=chosen.reason,
            grounds=await overview.desk.grounds(),
            total=await overview.desk.count_aside(chosen),
            newer=found[-1].id if len(found) == ROWS else None,
            parked=await overview.desk.parked(clock() - LONG_WAIT, PARTS),
            refresh=refresh,
        )

    @get("/dead-letters", media_type=MediaType.HTML, sync_to_thread=None)
    async def dead_letters(after: FromQuery[str] = "") -> Response[str]:
        found = await overview.desk.dead_letters(EVERYTHING, _number(after), ROWS)
        newer = found[-1].id if len(found) == ROWS else None
        return page(given, "dead_letters.html", rows=found, newer=newer, refresh=refresh)

    @get("/pauses", media_type=MediaType.HTML, sync_to_thread=None)
    async def pauses() -> Response[str]:
        return page(
            given,
            "pauses.html",
            rows=await overview.desk.pauses(),
            deeds=await overview.desk.deeds(DEEDS),
            refresh=refresh,
        )

    return [quarantine, dead_letters, pauses]


def _number(text: str) -> int:
    return int(text) if is_number(text) else 0


def _row(one: Aside) -> AsideRow:
    why = [
        Why(reason_code(each.reason), what(each.reason), remedy(each.reason))
        for each in one.objections
    ]
    return AsideRow(one=one, why=why)
