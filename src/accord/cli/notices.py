"""``accord notices``: what customers were told or not, and what people decide about it."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import uuid4

import typer
from msgspec import to_builtins

from accord.cli.desk import (
    DONE,
    FOUND,
    NOT_THERE,
    NOTHING,
    AsJson,
    Data,
    Database,
    DryRun,
    Everything,
    Limit,
    Order,
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
from accord.domain.notice import Notice, NoticeState, state_meanings, why_meanings
from accord.engine.notice_ledger import NOTICES, Looked
from accord.engine.notice_sending import LEASE
from accord.engine.pausing import pause as pause_and_wait
from accord.engine.ports import TaskKind
from accord.engine.send_epoch import resume as resume_sending
from accord.storage.postgres import PostgresStore
from accord.storage.send_mark import SendMarkFile

notices = typer.Typer(
    help="Show what customers were told, and settle what is not known.", no_args_is_help=True
)

Number = Annotated[int, typer.Argument(metavar="NOTICE", help="The number of the notice.")]
# Of these somebody should know.
TO_LOOK_AT = frozenset({NoticeState.AMBIGUOUS, NoticeState.REFUSED})


@notices.command(name="list")
def list_(
    context: typer.Context,
    *,
    state: Annotated[
        list[NoticeState] | None, typer.Option(help="Only in this state; several may be given.")
    ] = None,
    everything: Everything = False,
    order: Order = "",
    limit: Limit = 100,
    as_json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Show messages of unknown outcome and refused ones, newest first; with --all every notice.

    Exit status: 0 there is nothing to look at, 1 there is, or nothing is sent at all, 2 the
    database cannot be used.
    """
    place = Place(context, database, data)
    states = frozenset(state or ()) or (frozenset() if everything or order else TO_LOOK_AT)

    async def work(store: PostgresStore) -> tuple[list[Notice], dict[str, int], str]:
        found = list(await store.notices.listed(Looked(states=states, order=order), limit))
        return found, _named(await store.notices.counts()), await _why_stopped(store)

    found, counts, stopped = place.at_store(work)
    if as_json:
        told = [_object(one) for one in found]
        print_json({"notices": told, "counts": counts, "stopped": stopped})
    else:
        _print(found, counts, stopped)
    open_ = stopped or any(counts.get(each) for each in TO_LOOK_AT)
    raise typer.Exit(FOUND if open_ else NOTHING)


@notices.command()
def show(
    context: typer.Context,
    number: Number,
    *,
    as_json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Show one notice: what it said, its key at the provider, and what the provider answered.

    Exit status: 0 shown, 1 there is no such notice, 2 the database cannot be used.
    """
    one = _found(Place(context, database, data), number)
    if as_json:
        print_json(_object(one))
        return
    typer.echo(f"Notice {one.id}, order {one.order}: {one.stage} {printable(one.subject)}".rstrip())
    typer.echo(f"{one.channel}, {one.state}. {state_meanings()[one.state]}")
    if one.why is not None:
        typer.echo(why_meanings()[one.why])
    typer.echo(f"Came about {moment(one.came_about)} UTC, noticed {moment(one.noticed_at)} UTC.")
    if one.called_at is not None:
        typer.echo(f"Sent {moment(one.called_at)} UTC under the key {one.message}.")
    if one.answer:
        typer.echo(f"Answer: {printable(one.answer)}")
    if one.who:
        typer.echo(f"Decided by {printable(one.who)}.")


@notices.command()
def resolve(
    context: typer.Context,
    number: Number,
    *,
    sent: Annotated[bool, typer.Option("--sent", help="The provider took it.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="The provider did not take it: send it once more.")
    ] = False,
    never: Annotated[bool, typer.Option("--never", help="It is not to be sent any more.")] = False,
    who: Who = "",
    why: Why = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Say what became of a message of unknown outcome, once the provider was asked.

    With --again it is sent once more, if it is still so and not too old.

    Exit status: 0 done, 1 there is no such notice of unknown outcome, 2 it is not said what, who
    and why, somebody may still be sending it, or the database cannot be used.
    """
    if sent + again + never != 1:
        refuse("Say one of --sent, --again and --never.")
    required(who, why)
    place = Place(context, database, data)
    state = NoticeState.SENT if sent else NoticeState.WAITING if again else NoticeState.SUPPRESSED
    deed = place.deed(f"notice {'sent' if sent else 'again' if again else 'never'}", who, why)
    one = _found(place, number)
    free = (one.called_at or one.noticed_at) + LEASE
    if again and now() < free:
        refuse(f"Somebody may still be sending it. Say so again after {moment(free)} UTC.")

    async def work(store: PostgresStore) -> list[int]:
        done = list(await store.notices.resolve(number, state, deed))
        await store.ask(TaskKind.NOTIFY, NOTICES, [one.order] if done else [], deed.at)
        return done

    is_open = one.state is NoticeState.AMBIGUOUS
    done = ([number] if is_open else []) if dry_run else place.at_store(work)
    if as_json:
        print_json({"resolved": done, "state": state, "dry_run": dry_run})
    elif done:
        would = "would be" if dry_run else "is"
        typer.echo(f"Notice {', '.join(map(str, done))} {would} {state}.")
    else:
        typer.echo(f"The outcome of notice {number} is not unknown: {one.state}.", err=True)
    raise typer.Exit(DONE if done else NOT_THERE)


@notices.command()
def pause(
    context: typer.Context,
    *,
    who: Who = "",
    why: Why = "",
    as_json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Tell customers nothing until somebody resumes; what comes about meanwhile is noted.

    Exit status: 0 it is paused, 2 it is not said who and why, or the database cannot be used.
    """
    required(who, why)
    place = Place(context, database, data)
    deed = place.deed("paused", who, why)
    changed = place.at_desk(lambda desk: pause_and_wait(desk, NOTICES, deed))
    if as_json:
        print_json({"changed": changed})
        return
    typer.echo(f"Customers are told nothing{'' if changed else ', as before'}.")


@notices.command()
def resume(
    context: typer.Context,
    *,
    who: Who = "",
    why: Why = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Tell customers again, after a pause or after the database was restored.

    After a restore a new send epoch begins: whatever came about before is never told, since it
    may have been told already.

    Exit status: 0 done, 1 nothing had stopped or everything is paused, 2 it is not said who and
    why, or the database
    cannot be used.
    """
    required(who, why)
    place = Place(context, database, data)
    mark = SendMarkFile(place.send_mark)

    async def work(store: PostgresStore) -> tuple[str, str, int]:
        stopped = await _why_stopped(store)
        counts = await store.notices.counts()
        if not dry_run and stopped:
            await store.desk.resume(NOTICES, place.deed("resumed", who, why))
            deed = place.deed("notices resumed", who, why)
            await resume_sending(store.notices, mark, uuid4().hex, deed)
        still = "" if dry_run else await _why_stopped(store)
        return stopped, still, counts.get(NoticeState.WAITING, 0)

    stopped, still, waiting = place.at_store(work)
    if as_json:
        told = {"stopped": stopped, "still_stopped": still, "waiting": waiting}
        print_json({**told, "dry_run": dry_run})
    elif still:
        typer.echo(f"Customers are still told nothing: {printable(still)}", err=True)
    elif not stopped:
        typer.echo("Nothing had stopped.")
    else:
        would = "would be" if dry_run else "are"
        typer.echo(f"Customers {would} told again. It had stopped: {printable(stopped)}")
        typer.echo(f"{waiting} notices wait; those from before a restore are not sent.")
    raise typer.Exit(DONE if stopped and not still else NOT_THERE)


async def _why_stopped(store: PostgresStore) -> str:
    """Return why customers are told nothing; empty if they are."""
    epoch = await store.notices.epoch()
    paused = await store.why_paused(NOTICES)
    return (epoch.stopped if epoch else "") or (f"paused by {paused}" if paused else "")


def _print(found: list[Notice], counts: Mapping[str, int], stopped: str) -> None:
    rows = [
        (
            one.id,
            one.order,
            one.stage,
            one.subject,
            one.channel,
            one.state,
            one.answer or (one.why or ""),
            moment(one.called_at or one.noticed_at),
        )
        for one in found
    ]
    titles = ("number", "order", "stage", "parcel", "channel", "state", "answer", "at (UTC)")
    print_table(titles, rows)
    typer.echo(", ".join(f"{count} {state}" for state, count in counts.items()) or "no notices")
    if stopped:
        typer.echo(f"Customers are told nothing: {printable(stopped)}")


def _named(counts: Mapping[NoticeState, int]) -> dict[str, int]:
    return {state.value: counts[state] for state in NoticeState if state in counts}


def _found(place: Place, number: int) -> Notice:
    one = place.at_store(lambda store: store.notices.notice(number))
    if one is None:
        typer.echo(f"There is no notice {number}.", err=True)
        raise typer.Exit(NOT_THERE)
    return one


def _object(one: Notice) -> dict[str, Any]:
    told: dict[str, Any] = to_builtins(one)
    return told
