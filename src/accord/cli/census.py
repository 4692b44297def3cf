"""``accord census``: which hours are certified, and every hole by its name."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from msgspec import Struct, to_builtins

from accord.cli.desk import (
    FOUND,
    NOTHING,
    AsJson,
    Data,
    Database,
    Place,
    System,
    moment,
    now,
    print_json,
    print_table,
    printable,
)
from accord.engine.census_book import HOUR, Census, CensusState, Hole
from accord.engine.census_telling import done
from accord.engine.heard import MissCount, TrafficHour
from accord.storage.postgres import PostgresStore

DAY = timedelta(days=1)
# Of one system a day has 24 hours; nobody has so many systems.
MOST = 10_000


class Found(Struct, frozen=True, kw_only=True):
    """What the command shows of some hours."""

    hours: Sequence[Census]
    holes: Sequence[Hole]
    missed: Sequence[MissCount]
    silent: Sequence[TrafficHour]


def census(
    context: typer.Context,
    *,
    system: System = "",
    day: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="The day, in UTC; by default the last twenty-four hours."
        ),
    ] = None,
    as_json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Show for each hour and system whether everything it lists was here, and each hole by name.

    Exit status: 0 every hour that has settled is certified (or its system cannot list one), 1 one
    is not, or none was asked for yet, 2 the database cannot be used.

    Examples:  accord census    accord census --system shop --day 2026-11-28
    """
    begin = day.replace(tzinfo=UTC) if day else _closed() - DAY
    end = begin + DAY if day else _closed()
    found = Place(context, database, data).at_store(lambda s: _found(s, system, begin, end))
    if as_json:
        print_json(_object(found))
    else:
        _print(found)
    settled = [one for one in found.hours if not is_to_come(one)]
    good = {CensusState.CERTIFIED, CensusState.NOT_POSSIBLE}
    certified = settled and all(one.state in good for one in settled)
    raise typer.Exit(NOTHING if certified else FOUND)


def _closed() -> datetime:
    return now().replace(minute=0, second=0, microsecond=0)


def is_to_come(one: Census) -> bool:
    """Return whether an hour has not been asked for, since it has not settled."""
    return one.state is CensusState.OPEN and one.asked_at is None and one.due > now()


async def _found(store: PostgresStore, system: str, begin: datetime, end: datetime) -> Found:
    missed = await store.heard.missed(system, begin, end)
    silent = [one for one in await store.heard.silent(begin) if one.hour < end]
    return Found(
        hours=await store.census.hours(system, begin, end, MOST),
        holes=await store.census.open_holes(system, begin, end),
        missed=missed,
        silent=[one for one in silent if system in {"", one.system}],
    )


def _print(found: Found) -> None:
    rows = [(one.state, one.sentence) for one in reversed(found.hours) if not is_to_come(one)]
    if not rows:
        typer.echo("No hour of this time was asked for yet. accord serve does, in the role sweep.")
    else:
        print_table(("state", "hour"), rows)
    if found.holes:
        typer.echo("\nOpen holes:")
        print_table(
            ("system", "hour (UTC)", "what", "since (UTC)", "done"),
            [(h.system, moment(h.hour), h.name, moment(h.found_at), done(h)) for h in found.holes],
        )
    for miss in found.missed:
        hour = f"{moment(miss.hour)} to {miss.hour + HOUR:%H:%M} UTC"
        typer.echo(f"{miss.system}: {miss.hooks} {printable(miss.topic)} did not come, {hour}")
    for one in found.silent:
        way = f"{one.usual} by {one.origin} are usual"
        typer.echo(f"{one.system}: silent from {moment(one.hour)} UTC, where {way}")


def _object(found: Found) -> dict[str, Any]:
    told: dict[str, Any] = to_builtins(found)
    return told
