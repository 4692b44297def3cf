"""``accord sweep``: list again what changed lately, take in what was missed, compare."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec import to_builtins
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from accord.bootstrap import Engine, engine
from accord.cli.desk import (
    DONE,
    NOT_THERE,
    AsJson,
    Data,
    Database,
    DryRun,
    Place,
    moment,
    print_json,
    print_table,
    printable,
    refuse,
)
from accord.cli.dry_sweep import DrySweep, DrySweeper
from accord.cli.surroundings import surroundings
from accord.domain.action import action_name
from accord.engine.sweep_book import Sweep
from accord.engine.sweep_comparison import SweepComparison
from accord.settings.accord_file import FILE_NAME, Loaded, UnsoundAccordError, load_accord
from accord.settings.durations import duration
from accord.settings.linking import links
from accord.storage.clock import DatabaseClock
from accord.storage.postgres import PostgresStore

# How often the bar moves, and how long a sweep may stand still before it is left to the others.
LOOK_EVERY = timedelta(seconds=1)
PATIENCE = timedelta(minutes=2)

Systems = Annotated[
    list[str] | None, typer.Option("--system", help="Only this system; several may be given.")
]


def sweep(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The accord file.")] = Path(FILE_NAME),
    *,
    system: Systems = None,
    since: Annotated[
        str, typer.Option(help="How far back, as 24h or 3 days; by default as the accord says.")
    ] = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """List again what changed lately, take in what nobody told of, and compare.

    A sweep that is stopped goes on where it was: by the same command, or in accord serve. With
    --dry-run it is only said what would be taken in and what would be asked of whom.

    Exit status: 0 every system was swept to the end, 1 one could not be, 2 the accord file is not
    sound or the database cannot be used.

    Examples:  accord sweep    accord sweep --system shop --since 24h    accord sweep --dry-run
    """
    around = surroundings(context)
    try:
        loaded = load_accord(file, around.catalogue(), around.environment)
    except UnsoundAccordError as error:
        refuse(str(error))
    length = duration(since) if since else loaded.accord.sweep.since
    if length is None:
        refuse(f"{since!r} is not a length of time. Write --since 24h or --since '3 days'.")
    unknown = sorted({*(system or ())} - loaded.systems.keys())
    if unknown:
        refuse(f"The accord names no system {unknown[0]!r}, only {', '.join(loaded.systems)}.")
    chosen, place = list(dict.fromkeys(system or loaded.systems)), Place(context, database, data)
    if dry_run:
        _tell_dry(place.at_store(lambda s: _dry(s, loaded, chosen, length)), as_json=as_json)
        return
    ended = place.at_store(lambda store: _swept(store, loaded, chosen, length))
    _tell(ended, as_json=as_json)
    raise typer.Exit(DONE if all(one.ended_at for one in ended) else NOT_THERE)


@asynccontextmanager
async def _works(store: PostgresStore, loaded: Loaded) -> AsyncIterator[Engine]:
    clock = DatabaseClock(store.time)
    await clock.set()
    works = engine(
        loaded.accord,
        links(loaded.systems, {}, clock.now),
        store,
        clock=clock.now,
        compare=SweepComparison(loaded.accord, store, store.drifts, clock.now),
    )
    try:
        yield works
    finally:
        await works.close()


async def _dry(
    store: PostgresStore, loaded: Loaded, systems: Sequence[str], since: timedelta
) -> DrySweep:
    async with _works(store, loaded) as works:
        dry = DrySweeper(loaded.accord, works.links, store, works.clock)
        return await dry.run(systems, since)


async def _swept(
    store: PostgresStore, loaded: Loaded, systems: Sequence[str], since: timedelta
) -> list[Sweep]:
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[found]}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    async with _works(store, loaded) as works:
        with bar:
            return list(await asyncio.gather(*(_one(works, name, since, bar) for name in systems)))


async def _one(works: Engine, system: str, since: timedelta, bar: Progress) -> Sweep:
    """Bring the sweep of one system forward until it ends, or stands still for too long."""
    going = await works.sweeper.demand(system, since)
    whole = (going.until - going.since).total_seconds()
    measured = bar.add_task(system, total=whole, found="")
    moved = works.clock()
    while going.ended_at is None:
        await works.sweeper.turn(system)
        while await works.interpreter.turn():
            continue
        now = await _as_it_stands(works, going)
        if (now.place, now.phase, now.counts) != (going.place, going.phase, going.counts):
            moved = works.clock()
        going = now
        done = (going.place - going.since).total_seconds()
        found = f"{going.counts.new} new of {going.counts.read}  {printable(going.trouble)}"
        bar.update(measured, completed=done, found=found)
        if going.ended_at is None and works.clock() - moved > PATIENCE:
            return going
        if going.ended_at is None:
            await asyncio.sleep(LOOK_EVERY.total_seconds())
    return going


async def _as_it_stands(works: Engine, sweep_: Sweep) -> Sweep:
    """Return a sweep as whoever has it in hand left it; ``accord serve`` may."""
    for one in await works.store.sweeps.sweeps(sweep_.system, 10):
        if one.id == sweep_.id:
            return one
    return sweep_


def _tell(ended: Sequence[Sweep], *, as_json: bool) -> None:
    if as_json:
        print_json({"sweeps": [_object(one) for one in ended]})
        return
    titles = ("system", "from (UTC)", "to", "read", "new", "hooks missed", "read again", "holes")
    rows = [
        (
            one.system,
            moment(one.since),
            moment(one.until),
            one.counts.read,
            one.counts.new,
            one.counts.missed,
            one.counts.reread,
            one.counts.holes,
            "not compared" if one.counts.drifting is None else one.counts.drifting,
            "" if one.counts.asked is None else one.counts.asked,
        )
        for one in ended
    ]
    print_table((*titles, "drifting", "repairs asked"), rows)
    for one in ended:
        if one.ended_at is None:
            left = "It goes on where it is, by the same command or in accord serve."
            typer.echo(f"{one.system} is not swept to the end: {printable(one.trouble)}. {left}")
        elif one.trouble:
            typer.echo(f"{one.system}: {printable(one.trouble)}.")


def _tell_dry(found: DrySweep, *, as_json: bool) -> None:
    if as_json:
        print_json({"dry_run": True, **_object(found)})
    else:
        news = [(one.system, one.about, one.topic, one.standing, one.reason) for one in found.taken]
        typer.echo(f"{found.read} rows listed, {len(news)} of them new. Nothing was written.")
        if news:
            print_table(("system", "about", "row", "would be", "because"), news)
        for asked in found.asked:
            what = ", ".join(action_name(type(action)) for action in asked.actions)
            typer.echo(f"{asked.system} would be asked for order {asked.order}: {what}")
        for thing in found.reread:
            typer.echo(f"{printable(thing)} would be read again")
        for name, why in found.trouble.items():
            typer.echo(f"{name} was not listed to the end: {printable(why)}", err=True)
    raise typer.Exit(NOT_THERE if found.trouble else DONE)


def _object(one: Sweep | DrySweep) -> dict[str, Any]:
    told: dict[str, Any] = to_builtins(one)
    return told
