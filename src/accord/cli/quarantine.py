"""``accord quarantine``: what is set aside, why, and what becomes of it."""

import json
from datetime import timedelta
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
    now,
    print_json,
    print_table,
    printable,
    refuse,
    required,
    some,
)
from accord.domain.reason import REASONS, Objection, reason_code, record_of, remedy, what, word_of
from accord.engine.desk import Aside, Chosen, Desk
from accord.engine.emptying import all_aside, do_to_all

# A part that came before its order usually waits for seconds.
LONG_WAIT = timedelta(hours=1)

Reason = Annotated[str, typer.Option("--reason", help="Only for this reason.")]
Word = Annotated[str | None, typer.Option("--word", help="Only with this word.")]

quarantine = typer.Typer(help="Show and empty what is set aside.", no_args_is_help=True)


@quarantine.command(name="list")
def list_(
    context: typer.Context,
    *,
    system: System = "",
    reason: Reason = "",
    word: Word = None,
    order: Order = "",
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Parts that wait for their order over an hour.")
    ] = False,
    limit: Limit = 100,
    as_json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Show what is set aside and why, oldest first.

    Exit status: 0 nothing is, 1 something is, 2 an option or the database cannot be used.
    """
    place = Place(context, database, data)
    chosen = _chosen(None, system, reason, word, order)
    if waiting:
        _list_parked(place, limit, as_json=as_json)
        return

    async def look(desk: Desk) -> tuple[int, list[Aside]]:
        return await desk.count_aside(chosen), list(await desk.aside(chosen, 0, limit))

    total, found = place.at_desk(look)
    if as_json:
        print_json({"total": total, "envelopes": [_object(one) for one in found]})
    else:
        _print_list(total, found)
    raise typer.Exit(FOUND if total else NOTHING)


def _print_list(total: int, found: list[Aside]) -> None:
    if found:
        rows = [
            (one.id, moment(one.received_at), reason_code(each.reason), what(each.reason))
            for one in found
            for each in one.objections
        ]
        print_table(("envelope", "received (UTC)", "reason", "what was found"), rows)
        typer.echo("")
    more = f"; the oldest {len(found)} are shown" if total > len(found) else ""
    typer.echo(f"{counted(total, 'envelope').capitalize()} in quarantine{more}.")


def _list_parked(place: Place, limit: int, *, as_json: bool) -> None:
    found = place.at_desk(lambda desk: desk.parked(now() - LONG_WAIT, limit))
    if as_json:
        print_json({"envelopes": [to_builtins(one) for one in found]})
    else:
        rows = [
            (one.id, one.system, one.topic, moment(one.received_at), one.waits_for.value)
            for one in found
        ]
        print_table(("envelope", "system", "topic", "received (UTC)", "waits for order"), rows)
    raise typer.Exit(FOUND if found else NOTHING)


@quarantine.command()
def show(
    context: typer.Context,
    envelope: Annotated[
        int, typer.Argument(metavar="ID", max=LARGEST, help="The number of the envelope.")
    ],
    *,
    payload: Annotated[
        bool, typer.Option("--payload", help="Print the payload, which may name people.")
    ] = False,
    as_json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Show one envelope in quarantine, every reason it is there, and what to do.

    Exit status: 0 shown, 1 it is not in quarantine, 2 the database cannot be used.
    """
    place = Place(context, database, data)

    async def look(desk: Desk) -> tuple[Aside | None, str]:
        found = await desk.aside(Chosen(ids=(envelope,)), 0, 1)
        kept = await desk.payload(envelope) if payload else None
        return (found[0] if found else None), kept.body.decode(errors="replace") if kept else ""

    one, body = place.at_desk(look)
    if one is None:
        typer.echo(f"Envelope {envelope} is not in quarantine.", err=True)
        raise typer.Exit(NOT_THERE)
    if as_json:
        print_json(_object(one) | ({"payload": body} if payload else {}))
        return
    typer.echo(f"Envelope {one.id} of {one.system}, {printable(one.topic)} ({one.origin}),")
    typer.echo(f"received {moment(one.received_at)} UTC, set aside {moment(one.decided_at)} UTC.")
    for each in one.objections:
        typer.echo(f"\n{reason_code(each.reason)}: {printable(what(each.reason))}")
        typer.echo(f"  {printable(remedy(each.reason))}")
        if each.names:
            typer.echo(f"  The order's names: {printable(', '.join(each.names))}")
    if payload:
        typer.echo(f"\n{_laid_out(body)}")


def _laid_out(body: str) -> str:
    try:
        text = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        text = body
    return "\n".join(printable(line) for line in text.split("\n"))


@quarantine.command()
def release(
    context: typer.Context,
    ids: Ids = None,
    *,
    system: System = "",
    reason: Reason = "",
    word: Word = None,
    order: Order = "",
    everything: Everything = False,
    dry_run: DryRun = False,
    who: Who = "",
    why: Why = "",
    as_json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Let what is set aside be read again, in the order in which it arrived, each once.

    Exit status: 0 released (or would be), 1 nothing of it is in quarantine, 2 it is not said
    which are meant, or the database cannot be used.
    """
    place = Place(context, database, data)
    chosen = some(_chosen(ids, system, reason, word, order), everything=everything)
    deed = place.deed("released", who, why)
    _empty(place, chosen, deed.what, dry_run=dry_run, as_json=as_json, deed=deed)


@quarantine.command()
def discard(
    context: typer.Context,
    ids: Ids = None,
    *,
    system: System = "",
    reason: Reason = "",
    word: Word = None,
    order: Order = "",
    everything: Everything = False,
    dry_run: DryRun = False,
    who: Who = "",
    why: Why = "",
    as_json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Let what is set aside count as ignored. It is kept; who decided it and why is on record.

    Exit status: 0 discarded (or would be), 1 nothing of it is in quarantine, 2 it is not said
    which are meant, who decides and why, or the database cannot be used.
    """
    place = Place(context, database, data)
    chosen = some(_chosen(ids, system, reason, word, order), everything=everything)
    required(who, why)
    deed = place.deed("discarded", who, why)
    _empty(place, chosen, deed.what, dry_run=dry_run, as_json=as_json, deed=deed)


def _empty(
    place: Place, chosen: Chosen, verb: str, *, dry_run: bool, as_json: bool, deed: Any
) -> None:
    async def work(desk: Desk) -> int:
        total = await desk.count_aside(chosen)
        if dry_run:
            return total
        doing = desk.release if verb == "released" else desk.discard
        with Meter(verb, total) as meter:
            return await do_to_all(all_aside(desk, chosen), doing, deed, meter.moved)

    number = place.at_desk(work)
    if as_json:
        print_json({verb: number, "dry_run": dry_run})
    else:
        would = " would be" if dry_run else ""
        typer.echo(f"{counted(number, 'envelope').capitalize()}{would} {verb}.")
    raise typer.Exit(DONE if number else NOT_THERE)


def _chosen(
    ids: list[int] | None, system: str, reason: str, word: str | None, order: str
) -> Chosen:
    if reason and reason not in REASONS:
        refuse(f"--reason: there is no reason {reason!r}. They are: {', '.join(REASONS)}.")
    return Chosen(ids=tuple(ids or ()), system=system, reason=reason, word=word, order=order)


def _object(one: Aside) -> dict[str, Any]:
    return {
        "id": one.id,
        "system": one.system,
        "topic": one.topic,
        "origin": one.origin,
        "received_at": one.received_at,
        "decided_at": one.decided_at,
        "reasons": [_reason_object(each) for each in one.objections],
    }


def _reason_object(each: Objection) -> dict[str, Any]:
    return {
        "reason": reason_code(each.reason),
        "record": record_of(each.reason),
        "word": word_of(each.reason),
        "names": list(each.names),
        "what": what(each.reason),
        "remedy": remedy(each.reason),
    }
