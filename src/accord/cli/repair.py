"""``accord repair``: what is put right that nobody asked for, and having a held one done."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec import Struct, to_builtins
from typer.core import TyperGroup

from accord.cli.accord_at import File, accord_at
from accord.cli.desk import (
    DONE,
    FOUND,
    LARGEST,
    NOT_THERE,
    NOTHING,
    AsJson,
    Data,
    Database,
    DryRun,
    Limit,
    Place,
    System,
    Who,
    Why,
    moment,
    now,
    print_json,
    print_table,
    printable,
    required,
)
from accord.domain.accord import Accord
from accord.domain.action import Action, action_name
from accord.domain.case import CaseKind
from accord.domain.plan import plan
from accord.engine.case_desk import CaseFile
from accord.engine.repair import asked_again
from accord.engine.repair_ledger import Repair, RepairOutcome
from accord.settings.accord_file import FILE_NAME
from accord.storage.postgres import PostgresStore

# What ended longer ago is in the database only.
LATELY = timedelta(days=1)


class RepairGroup(TyperGroup):
    """``accord repair CASE`` needs no name of a command; ``list`` is a command of its own."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take the number of a case for the one to do."""
        if args and args[0].isdigit():
            args = ["do", *args]
        return super().parse_args(ctx, args)


repair = typer.Typer(
    cls=RepairGroup,
    help="Show what is put right that nobody asked for, and have a held one done: accord repair 12",
    no_args_is_help=True,
)


class Proposed(Struct, frozen=True, kw_only=True):
    """What would be done about one held repair: who is read again, what is asked of the mirror."""

    case: int
    order: str
    system: str
    read_again: tuple[str, ...]
    actions: tuple[Action, ...]


@repair.command(name="list")
def list_(
    context: typer.Context,
    *,
    system: System = "",
    limit: Limit = 100,
    as_json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Show repairs under way, then those of the last day, latest first, with who and why.

    Exit status: 0 none is held, 1 some are, 2 the database cannot be used.
    """
    place = Place(context, database, data)
    rows = place.at_store(lambda store: store.repairs.rows(system, now() - LATELY, limit))
    if as_json:
        print_json({"repairs": [to_builtins(row) for row in rows]})
    else:
        titles = ("order", "system", "found (UTC)", "what led to it", "to do", "outcome", "by")
        print_table(titles, [_line(row) for row in rows])
    held = any(row.outcome is RepairOutcome.HELD for row in rows)
    raise typer.Exit(FOUND if held else NOTHING)


@repair.command()
def do(
    context: typer.Context,
    number: Annotated[
        int, typer.Argument(metavar="CASE", max=LARGEST, help="The number of its case.")
    ],
    *,
    dry_run: DryRun = False,
    who: Who = "",
    why: Why = "",
    file: File = Path(FILE_NAME),
    as_json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Have one held repair done, though there are too many; accord repair CASE is the same.

    Owners and mirror are still read again first: only what is the same then is done.

    Exit status: 0 it will be done (or would be), 1 there is no such held repair, 2 it is not said
    who and why, or the database or the accord file cannot be used.
    """
    if not dry_run:
        required(who, why)
    place = Place(context, database, data)
    one = _held(place, number)
    if dry_run:
        accord = accord_at(context, file)
        proposed = place.at_store(lambda store: _proposed(store, accord, one))
        _show(proposed, as_json=as_json)
        return
    deed = place.deed("repaired", who, why)
    done = place.at_store(lambda store: store.repairs.ask_by_hand(one.order, one.system, deed))
    if as_json:
        print_json({"case": number, "asked": done})
    elif done:
        typer.echo(f"Case {number}: {one.system} will be put right, if it is still the same.")
    else:
        typer.echo(f"Case {number}: there is nothing to be put right any more.", err=True)
    raise typer.Exit(DONE if done else NOT_THERE)


def _held(place: Place, number: int) -> CaseFile:
    one = place.at_store(lambda store: store.cases.case(number))
    if one is None or one.kind is not CaseKind.REPAIR_HELD or one.closed_at is not None:
        typer.echo(f"Case {number} is no held repair. See: accord cases list.", err=True)
        raise typer.Exit(NOT_THERE)
    return one


async def _proposed(store: PostgresStore, accord: Accord, one: CaseFile) -> Proposed:
    matrix = (await store.load([one.order]))[one.order]
    return Proposed(
        case=one.id,
        order=one.number or one.order,
        system=one.system,
        read_again=tuple(asked_again(matrix, accord, one.system)),
        actions=tuple(plan(matrix, accord, one.system, now=await store.time())),
    )


def _show(proposed: Proposed, *, as_json: bool) -> None:
    if as_json:
        print_json({**to_builtins(proposed), "dry_run": True})
        return
    typer.echo(f"Case {proposed.case}, order {printable(proposed.order)}; nothing is done now.")
    typer.echo(f"Read again first: {', '.join(proposed.read_again)}.")
    if not proposed.actions:
        typer.echo(f"Nothing is to be asked of {proposed.system} any more.")
        return
    typer.echo(f"If it is the same then, this is asked of {proposed.system}:")
    rows = [(action_name(type(each)), _told(each)) for each in proposed.actions]
    print_table(("action", "with"), rows)


def _line(row: Repair) -> Sequence[object]:
    actions = ", ".join(action_name(type(each)) for each in row.actions)
    by = f"{row.who}: {row.reason}" if row.who else ""
    outcome = row.outcome.replace("_", " ")
    return (
        row.number or row.order,
        row.system,
        moment(row.found_at),
        row.why,
        actions,
        outcome,
        by,
    )


def _told(action: Action) -> str:
    fields = to_builtins(action)
    return ", ".join(f"{name} {each}" for name, each in fields.items() if name != "type" and each)
