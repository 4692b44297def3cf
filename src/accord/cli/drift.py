"""``accord drift``: what is out of step, by its cause, and each finding with its evidence."""

from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec import to_builtins

from accord.cli.accord_at import File, accord_at
from accord.cli.desk import (
    FOUND,
    LARGEST,
    NOT_THERE,
    NOTHING,
    AsJson,
    Data,
    Database,
    Limit,
    Order,
    Place,
    System,
    moment,
    now,
    print_json,
    print_table,
    printable,
)
from accord.domain.drift import DriftClass, DriftPattern, drift_fix, drift_meanings
from accord.engine.compare_all import Compared, Comparing
from accord.engine.drift_ledger import Cause, DriftFile, DriftSought
from accord.settings.accord_file import FILE_NAME
from accord.storage.postgres import PostgresStore

drift = typer.Typer(help="Show what is out of step with the truth.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar="DRIFT", max=LARGEST, help="Its number.")]


@drift.command(name="list")
def list_(
    context: typer.Context,
    *,
    pattern: Annotated[DriftPattern | None, typer.Option(help="Only of this pattern.")] = None,
    system: System = "",
    standing: Annotated[
        DriftClass | None, typer.Option("--class", help="Only of this class.")
    ] = None,
    cause: Annotated[str, typer.Option(help="Only of exactly this cause.")] = "",
    order: Order = "",
    each: Annotated[bool, typer.Option("--each", help="Every order instead of causes.")] = False,
    cleared: Annotated[bool, typer.Option("--cleared", help="The cleared ones instead.")] = False,
    limit: Limit = 100,
    as_json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Show what was out of step at the last comparison, by cause: one fix often settles many.

    Exit status: 0 there is none, 1 there is some, 2 the database cannot be used.
    """
    sought = DriftSought(
        pattern=pattern,
        system=system,
        standing=standing,
        cause=cause,
        order=order,
        cleared=cleared,
    )

    async def work(store: PostgresStore) -> tuple[list[Cause], list[DriftFile]]:
        drifts = await store.drifts.list_drifts(sought, limit) if each or as_json else []
        return list(await store.drifts.causes(sought)), list(drifts)

    causes, drifts = Place(context, database, data).at_store(work)
    if as_json:
        found = [_object(one) for one in drifts]
        print_json({"causes": [to_builtins(one) for one in causes], "drifts": found})
    elif each:
        _print_each(drifts)
    else:
        _print_causes(causes)
    raise typer.Exit(FOUND if causes else NOTHING)


@drift.command()
def show(
    context: typer.Context,
    number: Number,
    *,
    as_json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Show one drift with what it rests on and what settles it.

    Exit status: 0 shown, 1 there is no such drift, 2 the database cannot be used.
    """
    one = Place(context, database, data).at_store(lambda store: store.drifts.read_drift(number))
    if one is None:
        typer.echo(f"There is no drift {number}.", err=True)
        raise typer.Exit(NOT_THERE)
    if as_json:
        print_json(_object(one))
        return
    found = one.drift
    typer.echo(f"Drift {one.id}, order {printable(one.number or one.order)}: {found.pattern}")
    typer.echo(f"{drift_meanings()[found.pattern]} {printable(found.what)}\n")
    typer.echo(f"At {found.system}; {found.standing.replace('_', ' ')}.")
    typer.echo(f"Cause: {printable(found.cause)}.")
    typer.echo(f"Since {moment(found.since)} UTC, to be settled by {moment(found.deadline)} UTC.")
    typer.echo(f"Found {moment(one.found_at)} UTC, last seen {moment(one.seen_at)} UTC.")
    if one.times > 1:
        typer.echo(f"It came about {one.times} times.")
    if one.cleared_at is not None:
        typer.echo(f"Cleared {moment(one.cleared_at)} UTC.")
        return
    envelopes = ", ".join(map(printable, found.evidence)) or "none"
    typer.echo(f"Envelopes it rests on: {envelopes}.")
    typer.echo(f"What settles it: {drift_fix(found.pattern)}")


@drift.command()
def compare(
    context: typer.Context,
    *,
    file: File = Path(FILE_NAME),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count, and keep nothing.")] = False,
    as_json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Compare all orders with the truth now. Nothing is read from or told to any system.

    Exit status: 0 nothing drifts, 1 something does, 2 the accord or the database cannot be used.
    """
    accord = accord_at(context, file)

    async def work(store: PostgresStore) -> Compared:
        comparing = Comparing(ledger=store.drifts, accord=accord, clock=now, note=not dry_run)
        return await comparing.run()

    compared = Place(context, database, data).at_store(work)
    if as_json:
        print_json(to_builtins(compared))
    else:
        _print_compared(compared)
    raise typer.Exit(FOUND if compared.drifting else NOTHING)


def _print_compared(compared: Compared) -> None:
    typer.echo(
        f"{compared.orders} orders: {compared.agreeing} in agreement, "
        f"{compared.in_flight} in flight, {compared.drifting} drifting."
    )
    rows = [
        (name, count.agreeing, count.in_flight, count.drifting)
        for name, count in compared.systems.items()
    ]
    print_table(("system", "in agreement", "in flight", "drifting"), rows)
    if compared.causes:
        _print_causes(compared.causes)


def _print_causes(causes: "list[Cause] | tuple[Cause, ...]") -> None:
    rows = [
        (
            one.orders,
            one.pattern.replace("_", " "),
            one.system,
            one.standing.replace("_", " "),
            one.cause,
            moment(one.deadline),
        )
        for one in causes
    ]
    print_table(("orders", "pattern", "system", "class", "cause", "first due (UTC)"), rows)


def _print_each(drifts: list[DriftFile]) -> None:
    rows = [
        (
            one.id,
            one.number or one.order,
            one.drift.pattern.replace("_", " "),
            one.drift.system,
            one.drift.standing.replace("_", " "),
            one.drift.what,
            moment(one.drift.deadline),
        )
        for one in drifts
    ]
    print_table(("number", "order", "pattern", "system", "class", "what", "due (UTC)"), rows)


def _object(one: DriftFile) -> dict[str, Any]:
    told: dict[str, Any] = to_builtins(one)
    found = told.pop("drift")
    return {
        **told,
        **found,
        "class": found.pop("standing"),
        "settled_by": drift_fix(one.drift.pattern),
    }
