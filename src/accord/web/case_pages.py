"""The page of what needs a person, worst first. It only shows."""

from collections.abc import Callable
from datetime import datetime

from litestar import Response, get
from litestar.enums import MediaType
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery
from msgspec import Struct

from accord.domain.case import CaseKind, case_meanings, steps
from accord.engine.case_desk import CaseFile, Sought
from accord.storage.overview import Overview
from accord.web.pages import page, templates

ROWS = 200
CLOSED = 20


class Row(Struct, frozen=True, kw_only=True):
    """One open case, with what to do."""

    one: CaseFile
    meaning: str
    steps: tuple[str, ...]


def case_pages(
    overview: Overview, clock: Callable[[], datetime], refresh: int | None
) -> list[HTTPRouteHandler]:
    """Return the page handlers. ``refresh`` is after how many seconds a page loads itself again."""
    given = templates()
    meanings = case_meanings()

    @get("/cases", media_type=MediaType.HTML, sync_to_thread=None)
    async def cases(kind: FromQuery[str] = "") -> Response[str]:
        now = clock()
        sought = Sought(kind=CaseKind(kind) if kind in {*CaseKind} else None)
        found = await overview.cases.cases(sought, now, ROWS)
        rows = [
            Row(one=one, meaning=meanings[one.kind], steps=steps(one.kind, one.system))
            for one in found
        ]
        return page(
            given,
            "cases.html",
            rows=rows,
            total=await overview.cases.count_cases(sought, now),
            closed=await overview.cases.cases(Sought(closed=True), now, CLOSED),
            refresh=refresh,
        )

    return [cases]
