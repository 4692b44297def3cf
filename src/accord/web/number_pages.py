"""How it stands, for programs: as metrics and as one JSON object."""

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
from litestar import Response, get
from litestar.enums import MediaType
from litestar.handlers import HTTPRouteHandler

from accord.engine.health import Health, health
from accord.storage.overview import Overview
from accord.telemetry.metrics import CONTENT_TYPE, exposition
from accord.telemetry.summary import summary


def number_pages(
    overview: Overview, target: timedelta, clock: Callable[[], datetime]
) -> list[HTTPRouteHandler]:
    """Return the handlers of ``/metrics`` and ``/status.json``."""

    async def look() -> Health:
        now = clock()
        links = {line.system: line.state for line in await overview.links(now)}
        return await health(overview, links, target, now)

    @get("/metrics", sync_to_thread=None)
    async def metrics() -> Response[bytes]:
        # As a header, since to a media type the framework adds a second charset, and a scraper
        # that reads the type strictly refuses that.
        return Response(exposition(await look()), headers={"content-type": CONTENT_TYPE})

    @get("/status.json", media_type=MediaType.JSON, sync_to_thread=None)
    async def status() -> Response[bytes]:
        told = msgspec.json.encode(summary(await look()))
        return Response(told, media_type=MediaType.JSON)

    return [metrics, status]
