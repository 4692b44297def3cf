"""``accord pause`` and ``accord resume``: the switch that stops all writing to a system."""

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
from accord.engine.desk import EVERYWHERE, Deed, Desk, Pause


def pause(
    context: typer.Context,
    *,
    system: System = "",
    everything: Everything = False,
    who: Who = "",
    why: Why = "",
    as_json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Write nothing more to a system, or to any; everything is still read and kept.

    Every worker heeds it before its next action, without a restart.

    Exit status: 0 it is paused, 2 it is not said what, who and why, or the database cannot be used.
    """
    name = _what(system, everything=everything)
    required(who, why)
    place = Place(context, database, data)
    deed = place.deed("paused", who, why)
    _turn(place, name, deed, as_json=as_json)


def resume(
    context: typer.Context,
    *,
    system: System = "",
    everything: Everything = False,
    who: Who = "",
    why: Why = "",
    as_json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Write to a system again; --all lifts the pause of all and leaves those of single systems.

    Exit status: 0 it is not paused any more, 2 it is not said what, who and why, or the database
    cannot be used.
    """
    name = _what(system, everything=everything)
    required(who, why)
    place = Place(context, database, data)
    deed = place.deed("resumed", who, why)
    _turn(place, name, deed, as_json=as_json)


def _what(system: str, *, everything: bool) -> str:
    if bool(system) == everything:
        refuse("Say either --system NAME or --all.")
    return system or EVERYWHERE


def _turn(place: Place, system: str, deed: Deed, *, as_json: bool) -> None:
    async def work(desk: Desk) -> tuple[bool, list[Pause]]:
        act = desk.pause if deed.what == "paused" else desk.resume
        return await act(system, deed), list(await desk.pauses())

    changed, pauses = place.at_desk(work)
    if as_json:
        print_json({"changed": changed, "paused": [one.system for one in pauses]})
        return
    name = "every system" if system == EVERYWHERE else system
    before = "" if changed else ", as before"
    if deed.what == "paused":
        typer.echo(f"Nothing is written to {name}{before}.")
    else:
        typer.echo(f"The pause of {name} is lifted{before}.")
    for one in pauses:
        told = "every system" if one.system == EVERYWHERE else one.system
        typer.echo(f"Paused: {told}, by {one.who}: {one.why}")
