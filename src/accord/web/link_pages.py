"""The page of links: which of them answer, what waits for them and since when."""

from collections.abc import Callable
from datetime import datetime

from litestar import Response, get
from litestar.enums import MediaType
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from accord.domain.breaker import Circuit
from accord.storage.overview import LinkLine, Overview
from accord.web.pages import page, templates

ANSWERING = {
    Circuit.CLOSED: "answers",
    Circuit.HALF_OPEN: "being tried again",
    Circuit.OPEN: "does not answer",
}


class LinkRow(Struct, frozen=True, kw_only=True):
    """One link as people read it."""

    system: str
    answering: str
    is_well: bool
    why: str
    next_at: datetime | None
    limit: str
    waiting: int
    urgent: int
    oldest: datetime | None
    dead: int


def link_pages(
    overview: Overview, clock: Callable[[], datetime], refresh: int | None
) -> list[HTTPRouteHandler]:
    """Return the page handlers. ``refresh`` is after how many seconds a page loads itself again."""
    given = templates()

    @get("/links", media_type=MediaType.HTML, sync_to_thread=None)
    async def links() -> Response[str]:
        now = clock()
        rows = [_row(line, now) for line in await overview.links(now)]
        return page(given, "links.html", rows=rows, refresh=refresh)

    return [links]


def _row(line: LinkLine, now: datetime) -> LinkRow:
    state = line.state
    circuit = state.breaker.circuit(now)
    next_at = state.next_at(now, urgent=False)
    throttled = state.not_before is not None and state.not_before > now
    limit = state.allowance
    return LinkRow(
        system=line.system,
        answering="asks us to wait" if throttled else ANSWERING[circuit],
        is_well=not throttled and circuit is Circuit.CLOSED,
        why=state.breaker.why,
        next_at=next_at if next_at > now else None,
        limit="" if limit is None else f"{limit.at(now):.0f} of {limit.size:.0f}",
        waiting=line.waiting,
        urgent=line.urgent,
        oldest=line.oldest,
        dead=line.dead,
    )
