"""``accord pause`` and ``accord resume``: the switch that stops all writing to a system."""

from typing import Annotated

import typer

from accord.cli.desk import (
    AsJson,
    Data,
    Database,
    Everything,
    Place,
    System,
    Who,
    Why,
    print_json,
    refuse,
    required,
)
from accord.engine.desk import EVERYWHERE, INTERPRETING, Deed, Desk, Pause, paused_thing, repairs_at
from accord.engine.pausing import pause as pause_and_wait

Interpreting = Annotated[
    bool,
    typer.Option("--interpreting", help="The reading of what was received; it is still kept."),
]
Repairs = Annotated[
    bool,
    typer.Option("--repairs", help="With --system: only the repairs there, that nobody asked for."),
]


def pause(
    context: typer.Context,
    *,
    system: System = "",
    everything: Everything = False,
    interpreting: Interpreting = False,
    repairs: Repairs = False,
    who: Who = "",
    why: Why = "",
    as_json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Write nothing more to a system, or to any; everything is still read and kept.

    When this ends, no process begins another action there; none needs a restart.

    Exit status: 0 it is paused, 2 it is not said what, who and why, or the database cannot be used.
    """
    name = _what(system, everything=everything, interpreting=interpreting, repairs=repairs)
    required(who, why)
    place = Place(context, database, data)
    deed = place.deed("paused", who, why)
    _turn(place, name, deed, as_json=as_json)


def resume(
    context: typer.Context,
    *,
    system: System = "",
    everything: Everything = False,
    interpreting: Interpreting = False,
    repairs: Repairs = False,
    who: Who = "",
    why: Why = "",
    as_json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Write to a system again; --all lifts the pause of all and leaves those of single systems.

    With --repairs, what was found to be put right there until now is done, however much it is.

    Exit status: 0 it is not paused any more, 2 it is not said what, who and why, or the database
    cannot be used.
    """
    name = _what(system, everything=everything, interpreting=interpreting, repairs=repairs)
    required(who, why)
    place = Place(context, database, data)
    deed = place.deed("resumed", who, why)
    _turn(place, name, deed, as_json=as_json)


def _what(system: str, *, everything: bool, interpreting: bool, repairs: bool) -> str:
    if [bool(system), everything, interpreting].count(True) != 1 or (repairs and not system):
        refuse("Say one of --system NAME, --all and --interpreting; --repairs goes with --system.")
    if repairs:
        return repairs_at(system)
    return system or (EVERYWHERE if everything else INTERPRETING)


def _turn(place: Place, system: str, deed: Deed, *, as_json: bool) -> None:
    async def work(desk: Desk) -> tuple[bool, list[Pause]]:
        if deed.what == "paused":
            changed = await pause_and_wait(desk, system, deed)
        else:
            changed = await desk.resume(system, deed)
        return changed, list(await desk.pauses())

    changed, pauses = place.at_desk(work)
    if as_json:
        print_json({"changed": changed, "paused": [one.system for one in pauses]})
        return
    before = "" if changed else ", as before"
    thing = paused_thing(system)
    ends = "is paused" if deed.what == "paused" else "goes on"
    typer.echo(f"{thing[0].upper()}{thing[1:]} {ends}{before}.")
    for one in pauses:
        typer.echo(f"Paused: {one.what}, by {one.who}: {one.why}")
