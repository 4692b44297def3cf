"""``accord serve``: take hooks, read change feeds, keep mirrors in step, show the pages."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import structlog
import typer
from sqlalchemy.exc import OperationalError

from accord.bootstrap import engine, links, utc_now
from accord.cli.stopping import told_to_stop
from accord.cli.surroundings import Surroundings, surroundings
from accord.engine.runner import Runner
from accord.settings.accord_file import FILE_NAME, UnsoundAccordError, load_accord
from accord.settings.process import HIGHEST_PORT, ProcessSettings, process_settings
from accord.storage.embedded import embedded
from accord.storage.postgres import PostgresStore, postgres_store
from accord.web.app import web_app
from accord.web.server import listen
from accord.web.server import serve as http_serve

UNUSABLE = 2
REFRESH = 10  # seconds after which a page loads itself again

log = structlog.get_logger()


def serve(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The accord file.")] = Path(FILE_NAME),
    *,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=HIGHEST_PORT, help="The port to listen on.")
    ] = None,
    database: Annotated[
        str | None, typer.Option(help="A PostgreSQL server; by default the embedded one.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="The data folder.")] = None,
) -> None:
    """Run Accord until it is told to stop; what is under way is finished first.

    Exit status: 0 it was told to stop, 2 the accord file is not sound, the port is taken or the
    database cannot be reached.

    Examples:  accord serve    accord serve shop.toml --port 8080
    """
    around = surroundings(context)
    settings = process_settings(
        around.environment, database_url=database, data=data, host=host, port=port
    )
    # A line for every call to a vendor is noise; what fails is still said.
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    try:
        asyncio.run(_serve(file, around, settings))
    except UnsoundAccordError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(UNUSABLE) from error
    except OperationalError as error:
        typer.echo(f"The database cannot be used: {error.orig}", err=True)
        raise typer.Exit(UNUSABLE) from error


def _listen(settings: ProcessSettings) -> socket.socket:
    try:
        return listen(settings.host, settings.port)
    except OSError as error:
        address = f"{settings.host}:{settings.port}"
        typer.echo(f"{address} cannot be listened on: {error.strerror}. Choose --port.", err=True)
        raise typer.Exit(UNUSABLE) from error


def _tell_of_feed(system: str, reason: str) -> None:
    if reason:
        log.warning("a change feed stopped; it is tried again", system=system, reason=reason)
    else:
        log.info("a change feed is read again", system=system)


@asynccontextmanager
async def store_of(settings: ProcessSettings) -> AsyncIterator[PostgresStore]:
    """Yield the store on the given server, or on the embedded one in the data folder."""
    if settings.database_url is not None:
        async with postgres_store(settings.database_url) as store:
            yield store
        return
    async with embedded(settings.data) as url, postgres_store(url) as store:
        yield store


async def _serve(file: Path, around: Surroundings, settings: ProcessSettings) -> None:
    accord, systems, warnings = load_accord(file, around.catalogue(), around.environment)
    for warning in warnings:
        log.warning(warning.what, where=warning.key, remedy=warning.remedy)
    listening = _listen(settings)
    linked = links(systems, {}, utc_now)
    runner = Runner(lambda step, error: log.error("a turn failed", step=step, error=repr(error)))
    async with store_of(settings) as store:
        works = engine(accord, linked, store, wake=runner.wake, news=_tell_of_feed)
        app = web_app(
            works.receiver,
            store,
            accord,
            failed=lambda error: log.error("a delivery was not kept", error=repr(error)),
            refresh=REFRESH,
        )
        await works.begin()
        works.run(runner)
        host, port = listening.getsockname()[:2]
        log.info("serving", address=f"http://{host}:{port}/", accord=str(file))
        try:
            with told_to_stop() as stop:
                await http_serve(app, listening, stop)
        finally:
            await runner.stop()
            await works.close()
            log.info("stopped")
