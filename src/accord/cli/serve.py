"""``accord serve``: take hooks, read change feeds, keep mirrors in step, show the pages."""

import logging
from pathlib import Path
from typing import Annotated

import typer
from psycopg import OperationalError

from accord.cli.process import run
from accord.cli.surroundings import surroundings
from accord.domain.errors import UnusableInputError
from accord.engine.loop import run_fast
from accord.settings.accord_file import FILE_NAME, UnsoundAccordError
from accord.settings.process import HIGHEST_PORT, process_settings

UNUSABLE = 2


def serve(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The accord file.")] = Path(FILE_NAME),
    *,
    role: Annotated[
        str | None,
        typer.Option(help="What this process does: receive, work, sweep, console; by default all."),
    ] = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=HIGHEST_PORT, help="The port to listen on.")
    ] = None,
    database: Annotated[
        str | None, typer.Option(help="A PostgreSQL server; by default the embedded one.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="The data folder.")] = None,
) -> None:
    """Run Accord until it is told to stop; what is under way is finished first, within 10 s.

    Any number of processes may share one PostgreSQL server, each with the roles it is given. A
    second signal ends the process at once.

    Exit status: 0 it was told to stop, 2 the accord file is not sound, the port is taken or the
    database cannot be reached.

    Examples:  accord serve    accord serve shop.toml --port 8080    accord serve --role work,sweep
    """
    around = surroundings(context)
    settings = process_settings(
        around.environment, database_url=database, data=data, host=host, port=port, roles=role
    )
    # A line for every call to a vendor is noise; what fails is still said.
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    try:
        run_fast(run(file, around, settings))
    except (UnsoundAccordError, UnusableInputError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(UNUSABLE) from error
    except OperationalError as error:
        typer.echo(f"The database cannot be used: {error}", err=True)
        raise typer.Exit(UNUSABLE) from error
