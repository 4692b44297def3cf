"""The page of the census: each hour of each system, every hole by name, and the sweeps."""

from collections.abc import Callable
from datetime import datetime, timedelta

from litestar import Response, get
from litestar.enums import MediaType
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery
from msgspec import Struct

from accord.engine.census_book import Hole
from accord.engine.census_telling import done
from accord.storage.overview import Overview
from accord.web.pages import page, templates

HOURS = 200
SWEEPS = 20
DAY = timedelta(days=1)


class Row(Struct, frozen=True, kw_only=True):
    """One open hole, with what was done about it."""

    one: Hole
    done: str


def census_pages(
    overview: Overview, clock: Callable[[], datetime], refresh: int | None
) -> list[HTTPRouteHandler]:
    """Return the page handlers. ``refresh`` is after how many seconds a page loads itself again."""
    given = templates()

    @get("/census", media_type=MediaType.HTML, sync_to_thread=None)
    async def census(system: FromQuery[str] = "") -> Response[str]:
        now, name = clock(), system.replace("\0", "")
        closed = now.replace(minute=0, second=0, microsecond=0)
        holes = await overview.census.open_holes(name)
        silent = await overview.heard.silent(now - DAY)
        return page(
            given,
            "census.html",
            hours=await overview.census.hours(name, None, closed, HOURS),
            holes=[Row(one=hole, done=done(hole)) for hole in holes],
            missed=await overview.heard.missed(name, now - DAY),
            silent=[one for one in silent if name in {"", one.system}],
            sweeps=await overview.sweeps.sweeps(name, SWEEPS),
            refresh=refresh,
        )

    return [census]
