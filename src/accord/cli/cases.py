"""``accord cases``: what needs a person, worst first, and what people decide about it."""

from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec import to_builtins

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
    Limit,
    Order,
    Place,
    System,
    Who,
    Why,
    moment,
    now,
    print_json,
    print_table,
    printable,
    refuse,
    required,
)
from accord.domain.accord import Accord
from accord.domain.case import CaseKind, case_meanings, steps
from accord.domain.ruling import Verdict
from accord.engine.case_desk import CaseFile, Sought
from accord.engine.deciding import NotToBeDecidedError, decide_change
from accord.engine.desk import Deed
from accord.settings.accord_file import FILE_NAME
from accord.storage.postgres import PostgresStore

cases = typer.Typer(help="Show and decide what needs a person.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar="CASE", max=LARGEST, help="The number of the case.")]


@cases.command(name="list")
def list_(
    context: typer.Context,
    *,
    kind: Annotated[CaseKind | None, typer.Option(help="Only of this kind.")] = None,
    system: System = "",
    order: Order = "",
    closed: Annotated[bool, typer.Option("--closed", help="The closed ones instead.")] = False,
    limit: Limit = 100,
    as_json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Show what needs a person, worst first; with --closed what was closed, latest first.

    Exit status: 0 there is none, 1 there is some, 2 the database cannot be used.
    """
    place = Place(context, database, data)
    sought = Sought(kind=kind, system=system, order=order, closed=closed)

    async def work(store: PostgresStore) -> tuple[list[CaseFile], int]:
        found = list(await store.cases.cases(sought, now(), limit))
        return found, await store.cases.count_cases(sought, now())

    found, total = place.at_store(work)
    if as_json:
        print_json({"cases": [_object(one) for one in found], "total": total})
    else:
        rows = [
            (one.id, one.number or one.order, one.kind.replace("_", " "), one.system, one.what)
            + ((f"{one.closed_by or 'by itself'}: {one.why}",) if closed else ())
            + (moment(one.opened_at),)
            for one in found
        ]
        titles = ("number", "order", "kind", "system", "what")
        print_table((*titles, *(("closed",) if closed else ()), "since (UTC)"), rows)
        if total > len(found):
            typer.echo(f"{total - len(found)} more; see --limit.")
    raise typer.Exit(FOUND if found else NOTHING)


@cases.command()
def show(
    context: typer.Context,
    number: Number,
    *,
    as_json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Show one case with the steps to take.

    Exit status: 0 shown, 1 there is no such case, 2 the database cannot be used.
    """
    one = _found(Place(context, database, data), number)
    if as_json:
        print_json(_object(one))
        return
    typer.echo(f"Case {one.id}, order {printable(one.number or one.order)}: {one.kind}")
    typer.echo(f"{case_meanings()[one.kind]} {printable(one.what)}\n")
    typer.echo(f"Noticed {moment(one.opened_at)} UTC, last seen {moment(one.seen_at)} UTC.")
    if one.times > 1:
        typer.echo(f"It came about {one.times} times.")
    if one.closed_at is not None:
        by = printable(one.closed_by or "by itself")
        typer.echo(f"Closed {moment(one.closed_at)} UTC, {by}: {printable(one.why)}.")
        return
    typer.echo("What to do:")
    for place, step in enumerate(steps(one.kind, one.system), 1):
        typer.echo(f"  {place}. {step.replace('NUMBER', str(one.id))}")


@cases.command()
def decide(
    context: typer.Context,
    number: Number,
    *,
    revert: Annotated[
        bool, typer.Option("--revert", help="Undo what a mirror changed by itself.")
    ] = False,
    adopt: Annotated[bool, typer.Option("--adopt", help="Let it stand.")] = False,
    close: Annotated[
        bool, typer.Option("--close", help="Close the case; nothing is done.")
    ] = False,
    who: Who = "",
    why: Why = "",
    file: File = Path(FILE_NAME),
    as_json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Decide a case: revert or adopt a mirror's own change, or close any case.

    A closed case opens again only when something new is heard of the same thing.

    Exit status: 0 decided, 1 there is no such open case, 2 it is not said what, who and why, this
    cannot be decided so, or the database cannot be used.
    """
    if revert + adopt + close != 1:
        refuse("Say one of --revert, --adopt and --close.")
    required(who, why)
    place = Place(context, database, data)
    verdict = None if close else Verdict.ADOPT if adopt else Verdict.REVERT
    accord = None if verdict is None else accord_at(context, file)
    one = _found(place, number)
    deed = place.deed(f"case {verdict or 'closed'}", who, why)
    try:
        done = place.at_store(lambda store: _decide(store, one, verdict, accord, deed))
    except NotToBeDecidedError as error:
        refuse(str(error))
    if as_json:
        print_json({"case": number, "decided": done})
    elif done:
        typer.echo(f"Case {number} is decided: {verdict or 'closed'}.")
    else:
        typer.echo(f"Case {number} is not open any more.", err=True)
    raise typer.Exit(DONE if done else NOT_THERE)


async def _decide(
    store: PostgresStore, one: CaseFile, verdict: Verdict | None, accord: Accord | None, deed: Deed
) -> bool:
    if verdict is None or accord is None:
        return await store.cases.close(one.id, deed)
    return await decide_change(store.cases, one, verdict, accord, deed)


def _found(place: Place, number: int) -> CaseFile:
    one = place.at_store(lambda store: store.cases.case(number))
    if one is None:
        typer.echo(f"There is no case {number}.", err=True)
        raise typer.Exit(NOT_THERE)
    return one


def _object(one: CaseFile) -> dict[str, Any]:
    told: dict[str, Any] = to_builtins(one)
    return {**told, "steps": list(steps(one.kind, one.system))}
