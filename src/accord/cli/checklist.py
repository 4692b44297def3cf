"""``accord checklist``: what should be so after the first week, and what to do where it is not."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer
from msgspec import to_builtins

from accord.cli.accord_at import File, loaded_at
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
from accord.cli.doctor import look_at
from accord.domain.checklist import Item
from accord.domain.checklist import checklist as listed
from accord.engine.first_week import FirstWeek
from accord.settings.accord_file import FILE_NAME
from accord.storage.postgres import PostgresStore


def checklist(
    context: typer.Context,
    *,
    file: File = Path(FILE_NAME),
    as_json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Show what should be so after the first week: done, or open with what to do.

    Until the first week is over the digest tells what is open as well. Nothing is changed.

    Exit status: 0 all is done, 1 something is open, 2 the accord file or the database cannot be
    used.

    Examples:  accord checklist    accord checklist --file shop.toml --json
    """
    accord, systems, _ = loaded_at(context, file)
    hooked = {name for name, given in systems.items() if given.connector.topics}
    place = Place(context, database, data)

    async def work(store: PostgresStore) -> list[Item]:
        unsound = [
            f"{each.what.rstrip('.')}: {found}"
            for each in await look_at(store, place)
            for found in each.found
        ]
        return listed(await FirstWeek(accord, store, hooked).begun(now(), unsound))

    items = place.at_store(work)
    is_done = all(item.is_done for item in items)
    if as_json:
        print_json({"items": [_plain(item) for item in items], "done": is_done})
    else:
        _print(items)
    raise typer.Exit(NOTHING if is_done else FOUND)


def _plain(item: Item) -> dict[str, Any]:
    told: dict[str, Any] = to_builtins(item)
    return {**told, "done": item.is_done}


def _print(items: Sequence[Item]) -> None:
    done = sum(item.is_done for item in items)
    typer.echo(f"{done} of {len(items)} done.\n")
    for item in items:
        typer.echo(f"{'✓' if item.is_done else '✗'} {item.what}")
        for one in item.open:
            typer.echo(f"    {printable(one)}")
        if not item.is_done:
            typer.echo(f"    → {item.remedy}")
