"""``accord status``: how much stands where, what is stuck, what is paused, who did what lately."""

from collections.abc import Mapping, Sequence
from typing import Any

import typer
from msgspec import Struct, to_builtins

from accord.cli.desk import (
    FOUND,
    NOTHING,
    AsJson,
    Data,
    Database,
    Place,
    counted,
    moment,
    print_json,
    print_table,
)
from accord.engine.desk import EVERYTHING, Deed, Grounds, Pause
from accord.engine.envelope import Standing
from accord.storage.postgres import PostgresStore

DEEDS = 10


class Status(Struct, frozen=True, kw_only=True):
    """What the command shows."""

    balance: Mapping[str, Mapping[Standing, int]]
    grounds: Sequence[Grounds]
    dead_letters: Mapping[str, int]
    pauses: Sequence[Pause]
    deeds: Sequence[Deed]


def status(
    context: typer.Context,
    *,
    as_json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Show how much of each system stands where, what is stuck, and what is paused.

    Exit status: 0 nothing is stuck or paused, 1 something is, 2 the database cannot be used.
    """
    found = Place(context, database, data).at_store(_status)
    if as_json:
        print_json(_object(found))
    else:
        _print(found)
    stuck = found.grounds or found.dead_letters or found.pauses
    raise typer.Exit(FOUND if stuck else NOTHING)


async def _status(store: PostgresStore) -> Status:
    dead: dict[str, int] = {}
    after = 0
    while letters := await store.desk.dead_letters(EVERYTHING, after, 500):
        for letter in letters:
            dead[letter.system] = dead.get(letter.system, 0) + 1
        after = letters[-1].id
    return Status(
        balance=await store.balance(),
        grounds=await store.desk.grounds(),
        dead_letters=dead,
        pauses=await store.desk.pauses(),
        deeds=await store.desk.deeds(DEEDS),
    )


def _object(found: Status) -> dict[str, Any]:
    told: dict[str, Any] = to_builtins(found, str_keys=True)
    return told


def _print(found: Status) -> None:
    standings = list(Standing)
    rows = [
        (system, *(by_standing.get(each, 0) for each in standings))
        for system, by_standing in sorted(found.balance.items())
    ]
    print_table(("system", *(each.value for each in standings)), rows)
    if found.grounds:
        typer.echo("\nIn quarantine (accord quarantine list):")
        print_table(
            ("system", "reason", "record", "word", "envelopes"),
            [(g.system, g.reason, g.record, g.word, g.envelopes) for g in found.grounds],
        )
    for system, number in sorted(found.dead_letters.items()):
        typer.echo(f"\n{counted(number, 'dead letter')} at {system} (accord dead-letters list)")
    for one in found.pauses:
        typer.echo(f"\nPaused since {moment(one.since)} UTC: {one.what}")
        typer.echo(f"  {one.who}: {one.why} (accord resume)")
    if found.deeds:
        typer.echo("\nDone lately:")
        rows_ = [
            (moment(one.at), one.who, one.what, ", ".join(one.things[:9]), one.why)
            for one in found.deeds
        ]
        print_table(("at (UTC)", "who", "what", "to", "why"), rows_)
