"""The page of what is out of step, by its cause. It only shows."""

from collections.abc import Callable
from datetime import datetime

from litestar import Response, get
from litestar.enums import MediaType
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery

from accord.domain.drift import DriftClass, DriftPattern, drift_fix, drift_meanings
from accord.engine.drift_ledger import DriftSought
from accord.storage.overview import Overview
from accord.web.pages import page, templates

ROWS = 200
CLEARED = 20


def drift_pages(
    overview: Overview, clock: Callable[[], datetime], refresh: int | None
) -> list[HTTPRouteHandler]:
    """Return the page handlers. ``refresh`` is after how many seconds a page loads itself again."""
    given = templates()

    @get("/drift", media_type=MediaType.HTML, sync_to_thread=None)
    async def drift(
        pattern: FromQuery[str] = "", system: FromQuery[str] = "", standing: FromQuery[str] = ""
    ) -> Response[str]:
        sought = DriftSought(
            pattern=DriftPattern(pattern) if pattern in {*DriftPattern} else None,
            system=system,
            standing=DriftClass(standing) if standing in {*DriftClass} else None,
        )
        return page(
            given,
            "drift.html",
            causes=await overview.drifts.causes(sought),
            rows=await overview.drifts.list_drifts(sought, ROWS),
            cleared=await overview.drifts.list_drifts(DriftSought(cleared=True), CLEARED),
            meanings=drift_meanings(),
            fix=drift_fix,
            most=ROWS,
            now=clock(),
            refresh=refresh,
        )

    return [drift]
