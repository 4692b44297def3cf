"""``accord doctor``: is what Accord stands on sound, and is everything as it must always be."""

import os
from collections.abc import Sequence
from datetime import timedelta
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
    now,
    print_json,
    printable,
)
from accord.storage.invariants import invariants
from accord.storage.postgres import PostgresStore

# What a server must be set to so that what is acknowledged survives a power cut.
DURABLE = ("fsync", "full_page_writes", "synchronous_commit")
# Leases are longer than a minute; a host this far off shows wrong times to people.
CLOCK = timedelta(seconds=30)
# A share of the disk, in hundredths, below which the database soon cannot write.
ROOM = 15


class Check(Struct, frozen=True, kw_only=True):
    """One thing looked at. ``found`` is empty where it is sound."""

    name: str
    what: str
    found: tuple[str, ...] = ()
    remedy: str = ""


def doctor(
    context: typer.Context,
    *,
    as_json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Look whether the database is safe and whether everything in it is as it must always be.

    Every invariant is asked of everything there is; accord serve asks them of what is new every
    minute. Nothing is changed.

    Exit status: 0 all is well, 1 something is not, 2 the database cannot be used.

    Examples:  accord doctor    accord doctor --database postgresql://host/accord --json
    """
    place = Place(context, database, data)
    checks = place.at_store(lambda store: look_at(store, place))
    if as_json:
        print_json({"checks": _plain(checks), "sound": not any(each.found for each in checks)})
    else:
        _print(checks)
    raise typer.Exit(FOUND if any(each.found for each in checks) else NOTHING)


async def look_at(store: PostgresStore, place: Place) -> list[Check]:
    """Return everything that was looked at, sound or not."""
    of_database = [await _settings(store), await _clock(store), *await _invariants(store)]
    return [*of_database, *_of_disk(place)]


async def _settings(store: PostgresStore) -> Check:
    wrong = [
        f"{name} is {value}" for name, value in await store.settings(DURABLE) if value == "off"
    ]
    return Check(
        name="durability",
        what="The server writes what it confirms to disk.",
        found=tuple(wrong),
        remedy="Set it to on in postgresql.conf and reload the server.",
    )


async def _clock(store: PostgresStore) -> Check:
    apart = abs(await store.time() - now())
    found = (f"this machine and the database are {apart} apart",) if apart > CLOCK else ()
    return Check(
        name="clock",
        what="This machine and the database agree about the time.",
        found=found,
        remedy="Let both take their time from NTP. Leases go by the database's time in any case.",
    )


async def _invariants(store: PostgresStore) -> list[Check]:
    broken = await store.violations(lately=False)
    return [
        Check(
            name=one.name,
            what=one.meaning,
            found=tuple(f"{v.place}: {v.told}" for v in broken if v.invariant == one.name),
            remedy=one.remedy,
        )
        for one in invariants()
    ]


def _of_disk(place: Place) -> list[Check]:
    folder = place.data
    if folder is None:
        return []  # the server's disk is the server's
    disk = os.statvfs(folder)
    free = 100 * disk.f_bavail // max(disk.f_blocks, 1)
    return [
        Check(
            name="disk",
            what="The disk of the data folder has room.",
            found=(f"{free} % is free",) if free < ROOM else (),
            remedy="Make room. When none is left, deliveries are answered 503 until there is.",
        )
    ]


def _print(checks: Sequence[Check]) -> None:
    for each in checks:
        typer.echo(f"{'✗' if each.found else '✓'} {each.what}")
        for one in each.found:
            typer.echo(f"    {printable(one)}")
        if each.found:
            typer.echo(f"    → {each.remedy}")


def _plain(checks: Sequence[Check]) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = to_builtins(checks)
    return told
