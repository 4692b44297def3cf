"""``accord dead-letters`` and ``accord retry``: work that was given up, and another try at it."""

from typing import Annotated, Any

import typer
from msgspec import to_builtins

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
    Everything,
    Ids,
    Limit,
    Meter,
    Order,
    Place,
    System,
    Who,
    Why,
    counted,
    moment,
    print_json,
    print_table,
    printable,
    some,
)
from accord.domain.action import action_name
from accord.engine.desk import Chosen, DeadLetter, Desk
from accord.engine.emptying import all_dead_letters, do_to_all

dead_letters = typer.Typer(help="Show work that was given up.", no_args_is_help=True)


@dead_letters.command(name="list")
def list_(
    context: typer.Context,
    *,
    system: System = "",
    order: Order = "",
    limit: Limit = 100,
    as_json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Show work that was given up and how its last try ended, oldest first.

    Exit status: 0 there is none, 1 there is some, 2 the database cannot be used.
    """
    place = Place(context, database, data)
    chosen = Chosen(system=system, order=order)
    found = place.at_desk(lambda desk: desk.dead_letters(chosen, 0, limit))
    if as_json:
        print_json({"dead_letters": [_object(one) for one in found]})
    else:
        rows = [
            (one.id, one.system, _about(one), moment(one.since), one.failures, one.note)
            for one in found
        ]
        titles = ("number", "system", "what", "given up (UTC)", "tries", "how the last one ended")
        print_table(titles, rows)
    raise typer.Exit(FOUND if found else NOTHING)


@dead_letters.command()
def show(
    context: typer.Context,
    number: Annotated[
        int, typer.Argument(metavar="ID", max=LARGEST, help="The number of the dead letter.")
    ],
    *,
    as_json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Show one dead letter with the last tries: what was asked, and what came of it.

    Exit status: 0 shown, 1 there is no such dead letter, 2 the database cannot be used.
    """
    place = Place(context, database, data)
    found = place.at_desk(lambda desk: desk.dead_letters(Chosen(ids=(number,)), 0, 1))
    if not found:
        typer.echo(f"There is no dead letter {number}.", err=True)
        raise typer.Exit(NOT_THERE)
    (one,) = found
    if as_json:
        print_json(_object(one))
        return
    typer.echo(f"{_about(one)} at {one.system}: given up {moment(one.since)} UTC,")
    typer.echo(f"{counted(one.failures, 'failure')} in a row. {printable(one.note)}\n")
    rows = [
        (moment(each.at), action_name(type(each.action)), _told(each.action), _told(each.outcome))
        for each in one.tries
    ]
    print_table(("tried (UTC)", "action", "asked", "came of it"), rows)


def retry(
    context: typer.Context,
    ids: Ids = None,
    *,
    system: System = "",
    order: Order = "",
    everything: Everything = False,
    dry_run: DryRun = False,
    who: Who = "",
    why: Why = "",
    as_json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Try work again that was given up: what is still needed is planned anew, then asked for.

    Exit status: 0 put back (or would be), 1 there is no such dead letter, 2 it is not said which
    are meant, or the database cannot be used.
    """
    place = Place(context, database, data)
    given = Chosen(ids=tuple(ids or ()), system=system, order=order)
    chosen = some(given, everything=everything)
    deed = place.deed("retried", who, why)

    async def work(desk: Desk) -> int:
        steps = all_dead_letters(desk, chosen)
        if dry_run:
            return sum([len(step) async for step in steps])
        with Meter("retried", 0) as meter:
            return await do_to_all(steps, desk.retry, deed, meter.moved)

    number = place.at_desk(work)
    if as_json:
        print_json({"retried": number, "dry_run": dry_run})
    else:
        would = "would be" if dry_run else "will be"
        typer.echo(f"{counted(number, 'dead letter').capitalize()} {would} tried again.")
    raise typer.Exit(DONE if number else NOT_THERE)


def _about(one: DeadLetter) -> str:
    match one.kind:
        case "propagate":
            return f"order {one.key} into step"
        case "reread":
            return f"read {one.key} again"
        case _:
            return "read the change feed"


def _told(value: object) -> str:
    fields = to_builtins(value)
    return ", ".join(f"{name} {each}" for name, each in fields.items() if name != "type" and each)


def _object(one: DeadLetter) -> dict[str, Any]:
    told: dict[str, Any] = to_builtins(one)
    return told
