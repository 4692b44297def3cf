"""How it stands, as a page that is read in ten seconds: what needs somebody first."""

from datetime import timedelta

import typer

from accord.cli.desk import counted, print_table, printable
from accord.domain.plain_time import plain_length, plain_share
from accord.telemetry.summary import AgreementLine, Summary

# What each count is called, and the command that lists it.
_NEEDS = {
    "alerts": ("alert", "accord alerts list"),
    "cases": ("case", "accord cases list"),
    "dead_letters": ("dead letter", "accord dead-letters list"),
    "quarantined": ("envelope in quarantine", "accord quarantine list"),
    "pauses": ("pause", "accord resume"),
}


def print_standing(found: Summary) -> None:
    """Print one look."""
    typer.echo(f"Accord at {found.at[:16].replace('T', ' ')} UTC: {_verdict(found)}")
    for name, number in found.needs.items():
        if number:
            thing, command = _NEEDS[name]
            things = thing.replace("envelope ", "envelopes ") if number > 1 else thing
            told = f"{number} {things}" if " in " in thing else counted(number, thing)
            typer.echo(f"  {told} ({command})")
    share = plain_share(found.orders - found.orders_drifting, found.orders)
    typer.echo(f"\nIn agreement: {share} of {counted(found.orders, 'order')}, as compared last.")
    typer.echo(
        f"Reading: the oldest waits {_length(found.queue_oldest_s)}; within the hour half waited "
        f"{_length(found.queue_p50_s)}, ninety-nine of a hundred {_length(found.queue_p99_s)}."
    )
    typer.echo(
        f"In a day: {found.received_a_day} deliveries, {counted(found.exceptions_a_day, 'case')}.\n"
    )
    print_table(
        ("system", "answers", "behind", "late", "given up", "hooks taken in a day"),
        [
            (
                one.system,
                "yes" if one.answers else f"NO: {printable(one.why)}",
                one.behind,
                one.late,
                one.dead_letters,
                plain_share(one.hooks_taken, one.hooks_taken + one.hooks_refused),
            )
            for one in found.systems
        ],
    )
    if found.agreement:
        typer.echo("\nTime to agree, within a day:")
        print_table(("system", "track", "agreed", "p50", "p99"), map(_agreement, found.agreement))


def _verdict(found: Summary) -> str:
    return "all is well." if found.is_well else "somebody is needed."


def _agreement(line: AgreementLine) -> tuple[object, ...]:
    return (line.system, line.track, line.agreed, _length(line.p50_s), _length(line.p99_s))


def _length(seconds: float | None) -> str:
    return plain_length(None if seconds is None else timedelta(seconds=seconds))
