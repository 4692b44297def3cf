"""``accord status``: how it stands in ten seconds, then what is stuck, paused and was done."""

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
    now,
    print_json,
    print_table,
)
from accord.cli.standing_text import print_standing
from accord.engine.desk import EVERYTHING, Deed, Grounds, Pause
from accord.engine.envelope import Standing
from accord.engine.health import health
from accord.settings.accord_file import LATENCY_TARGET
from accord.storage.postgres import PostgresStore
from accord.telemetry.summary import Summary, summary

DEEDS = 10


class Status(Struct, frozen=True, kw_only=True):
    """What the command shows."""

    summary: Summary
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
    """Show how it stands: do systems answer, how long agreeing takes, what needs somebody.

    Exit status: 0 nothing needs anybody, 1 something does, 2 the database cannot be used.
    """
    found = Place(context, database, data).at_store(_status)
    if as_json:
        print_json(_object(found))
    else:
        _print(found)
    raise typer.Exit(NOTHING if found.summary.is_well else FOUND)


async def _status(store: PostgresStore) -> Status:
    dead: dict[str, int] = {}
    after = 0
    while letters := await store.desk.dead_letters(EVERYTHING, after, 500):
        for letter in letters:
            dead[letter.system] = dead.get(letter.system, 0) + 1
        after = letters[-1].id
    links = {line.system: line.state for line in await store.links(now())}
    return Status(
        summary=summary(await health(store, links, LATENCY_TARGET, now())),
        balance=await store.balance(),
        grounds=await store.desk.grounds(),
        dead_letters=dead,
        pauses=await store.desk.pauses(),
        deeds=await store.desk.deeds(DEEDS),
    )


def _object(found: Status) -> dict[str, Any]:
    told: dict[str, Any] = to_builtins(found, str_keys=True)
    return {**told.pop("summary"), **told}


def _print(found: Status) -> None:
    print_standing(found.summary)
    _print_stuck(found)


def _print_stuck(found: Status) -> None:
    standings = list(Standing)
    rows = [
        (system, *(by_standing.get(each, 0) for each in standings))
        for system, by_standing in sorted(found.balance.items())
    ]
    typer.echo("\nEverything received, by where it stands:")
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
