"""``accord bench accept|decide|agree|backlog|sweep``: how much each step of the road bears."""

import asyncio
import os
from collections.abc import Callable, Coroutine, Mapping
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from accord.bench.accept import accept as measure_accept
from accord.bench.agree import agree as measure_agree
from accord.bench.backlog import PART, WHOLE
from accord.bench.backlog import backlog as measure_backlog
from accord.bench.decide import decide as measure_decide
from accord.bench.measured import Figure, LostError, Measured, Tell
from accord.bench.sweep import sweep as measure_sweep
from accord.cli.bench import bench
from accord.cli.surroundings import surroundings
from accord.settings.process import ProcessSettings, process_settings

__all__ = ["bench"]

LOST = 1

Database = Annotated[
    str | None, typer.Option(help="A PostgreSQL server; by default the embedded one.")
]
AsObject = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@bench.command(name="accept")
def accept(
    context: typer.Context,
    *,
    count: Annotated[int, typer.Option(min=1000, help="Different deliveries.")] = 60_000,
    database: Database = None,
    as_object: AsObject = False,
) -> None:
    """Deliver signed bodies over HTTP to `accord serve`, beside a bare receiver.

    Exit status: 0 measured, 1 what was answered for was not in the database.
    """
    given = _settings(context, database)
    _measure(
        lambda tell: measure_accept(count, given.database_url, given.data, tell),
        as_object=as_object,
    )


@bench.command(name="decide")
def decide(
    context: typer.Context,
    *,
    count: Annotated[int, typer.Option(min=500, help="Orders; each has four events.")] = 10_000,
    processes: Annotated[
        int | None,
        typer.Option(min=1, show_default="one for each core", help="Workers side by side."),
    ] = None,
    database: Database = None,
    as_object: AsObject = False,
) -> None:
    """Decide what waits in the database, beside decoding and upserting alone.

    Exit status: 0 measured, 1 an event was not found in the end.
    """
    given = _settings(context, database)
    side_by_side = processes or os.cpu_count() or 1
    _measure(
        lambda tell: measure_decide(count, side_by_side, given.database_url, given.data, tell),
        as_object=as_object,
    )


@bench.command(name="agree")
def agree(
    context: typer.Context,
    *,
    count: Annotated[int, typer.Option(min=20, help="Orders.")] = 1_000,
    database: Database = None,
    as_object: AsObject = False,
) -> None:
    """Tell a pretend shop of parcels and read them back, beside the same calls alone.

    Exit status: 0 measured, 1 an order is not in the shop as it should be.
    """
    given = _settings(context, database)
    _measure(
        lambda tell: measure_agree(count, given.database_url, given.data, tell),
        as_object=as_object,
    )


@bench.command(name="backlog")
def backlog(
    context: typer.Context,
    *,
    whole: Annotated[
        bool,
        typer.Option(
            "--whole", help="All that is promised; takes a quarter of an hour and much disk."
        ),
    ] = False,
    database: Database = None,
    as_object: AsObject = False,
) -> None:
    """Decide with masses waiting and among masses stored, beside few of both.

    Exit status: 0 measured, 1 an event was not found in the end.
    """
    given = _settings(context, database)
    masses = WHOLE if whole else PART
    _measure(
        lambda tell: measure_backlog(masses, given.database_url, given.data, tell),
        as_object=as_object,
    )


@bench.command(name="sweep")
def sweep(
    context: typer.Context,
    *,
    count: Annotated[
        int, typer.Option(min=1000, help="Orders of four systems; one in a hundred drifts.")
    ] = 1_000_000,
    database: Database = None,
    as_object: AsObject = False,
) -> None:
    """Compare all orders with the truth by meaning, beside reading the same rows in SQL alone.

    Exit status: 0 measured, 1 what was found is not exactly what was planted.
    """
    given = _settings(context, database)
    _measure(
        lambda tell: measure_sweep(count, given.database_url, given.data, tell),
        as_object=as_object,
    )


def _settings(context: typer.Context, database: str | None) -> ProcessSettings:
    return process_settings(surroundings(context).environment, database_url=database)


def _measure(
    measuring: Callable[[Tell], Coroutine[Any, Any, Measured]], *, as_object: bool
) -> None:
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=as_object,
    ) as progress:
        bar = progress.add_task("Starting PostgreSQL", total=1.0)

        def tell(what: str, done: float) -> None:
            progress.update(bar, description=what, completed=done)

        try:
            measured = asyncio.run(measuring(tell))
        except LostError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(LOST) from error
    if as_object:
        typer.echo(msgspec.json.format(msgspec.json.encode(measured)).decode())
    else:
        Console().print(_table(measured))


def _table(measured: Measured) -> Table:
    table = Table("figure", "Accord", "bare road")
    names = dict.fromkeys([*measured.figures, *measured.baseline])
    for name in names:
        table.add_row(name, _said(measured.figures, name), _said(measured.baseline, name))
    table.add_row("ratio", str(measured.ratio), "1.0", end_section=True)
    for name, value in measured.setting.items():
        table.add_row(name, str(value), "", style="dim")
    return table


def _said(figures: Mapping[str, Figure], name: str) -> str:
    return str(figures[name]) if name in figures else ""
