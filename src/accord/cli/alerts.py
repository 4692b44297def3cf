"""``accord alerts``: what is wrong right now, who is called for what, whether the channels work."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec import to_builtins

from accord.cli.accord_at import File, accord_at
from accord.cli.desk import (
    DONE,
    FOUND,
    NOT_THERE,
    NOTHING,
    AsJson,
    Data,
    Database,
    Limit,
    Place,
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
from accord.cli.surroundings import surroundings
from accord.domain.alert import Alert
from accord.domain.alert_rules import AlertRules, rule_meanings
from accord.domain.alert_text import subject
from accord.domain.errors import UnusableInputError
from accord.engine.alert_desk import Unsent
from accord.engine.gauges import REVIEWED
from accord.engine.loop import run_fast
from accord.notify.alert_channel import alert_channels
from accord.settings.accord_file import FILE_NAME
from accord.settings.alerts import channel_addresses
from accord.storage.postgres import PostgresStore

UNSENT = 20

alerts = typer.Typer(help="Show what is wrong, and who is called for what.", no_args_is_help=True)


@alerts.command(name="list")
def list_(
    context: typer.Context,
    *,
    closed: Annotated[bool, typer.Option("--closed", help="The closed ones instead.")] = False,
    limit: Limit = 100,
    as_json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Show the alerts that are open, latest first; with --closed those that are over.

    Exit status: 0 there is none, 1 there is some, 2 the database cannot be used.
    """

    async def work(store: PostgresStore) -> tuple[list[Alert], list[Unsent]]:
        found = await store.alerts.alerts(limit, closed=closed)
        return list(found), list(await store.alerts.unsent(UNSENT))

    found, unsent = Place(context, database, data).at_store(work)
    if as_json:
        print_json(
            {
                "alerts": [{**_plain(one), "subject": subject(one)} for one in found],
                "unsent": [to_builtins(one) for one in unsent],
            }
        )
    else:
        _print(found, unsent)
    raise typer.Exit(FOUND if found else NOTHING)


def _print(found: list[Alert], unsent: list[Unsent]) -> None:
    if found:
        rows = [
            (
                subject(one),
                one.what,
                one.worst,
                moment(one.noted_at),
                moment(one.closed_at) if one.closed_at else "",
            )
            for one in found
        ]
        print_table(("alert", "what", "worst", "since (UTC)", "over (UTC)"), rows)
    else:
        typer.echo("No alert.")
    for letter in unsent:
        typer.echo(
            f"Not told yet, after {letter.tries} tries, since {moment(letter.since)} UTC: "
            f"{printable(letter.title)} ({printable(letter.why)})",
            err=True,
        )


@alerts.command()
def rules(context: typer.Context, *, file: File = Path(FILE_NAME), as_json: AsJson = False) -> None:
    """Show every rule of the accord: from which figure on it calls, whom, and what to do first.

    Exit status: 0 shown, 2 the accord file cannot be used.
    """
    given = accord_at(context, file).alerts
    if as_json:
        print_json({"rules": [_plain(rule) for rule in given.rules.values()]})
        return
    rows = [
        (
            name,
            rule_meanings()[name].replace("`", ""),
            f"more than {rule.more_than}" if rule.on else "off",
            _length(rule.lasts),
            ", ".join(given.channels_of(name)) or "nobody",
        )
        for name, rule in given.rules.items()
    ]
    print_table(("rule", "counts", "calls at", "once it lasts", "calls"), rows)


def _length(value: timedelta) -> str:
    return f"{value // timedelta(minutes=1)} min" if value else "at once"


@alerts.command(name="test")
def try_out(
    context: typer.Context, *, file: File = Path(FILE_NAME), as_json: AsJson = False
) -> None:
    """Send a message to every channel now, and say which of them took it.

    Exit status: 0 all of them did, 1 one did not, 2 the accord names none or it cannot be used.
    """
    given = accord_at(context, file).alerts
    told = run_fast(_tell(given, surroundings(context).environment))
    if as_json:
        print_json({"channels": {name: why or "taken" for name, why in told.items()}})
    else:
        for name, why in told.items():
            typer.echo(f"{name}: {printable(why) or 'taken'}")
    raise typer.Exit(NOT_THERE if any(told.values()) else DONE)


async def _tell(given: AlertRules, environment: Mapping[str, str]) -> dict[str, str]:
    if not given.channels:
        refuse('The accord names no channel: add [alerts] with channels = ["…"].')
    try:
        ways = alert_channels(channel_addresses(given, environment))
    except UnusableInputError as error:
        refuse(str(error))
    text = "This is a test. Whoever reads it will be called when something is wrong."
    return {name: await way.tell("Accord: a test", text) for name, way in ways.items()}


def reviewed(
    context: typer.Context,
    *,
    who: Who = "",
    why: Why = "",
    database: Database = None,
    data: Data = None,
) -> None:
    """Say that the accord file was read again by whoever answers for it.

    Exit status: 0 noted, 2 it is not said who and why, or the database cannot be used.
    """
    required(who, why)
    place = Place(context, database, data)
    deed = place.deed(REVIEWED, who, why)
    place.at_store(lambda store: store.desk.remember(deed))
    typer.echo(f"Noted: the accord was read again by {printable(deed.who)}, {moment(now())} UTC.")


def _plain(value: object) -> dict[str, Any]:
    told: dict[str, Any] = to_builtins(value, str_keys=True, builtin_types=(timedelta,))
    return {k: v.total_seconds() if isinstance(v, timedelta) else v for k, v in told.items()}
