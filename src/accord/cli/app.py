"""The program ``accord`` and its commands."""

from typing import Annotated

import typer

from accord import __version__
from accord.cli.alerts import alerts, reviewed
from accord.cli.audit import audit
from accord.cli.bench_roads import bench
from accord.cli.cases import cases
from accord.cli.census import census
from accord.cli.check import check
from accord.cli.checklist import checklist
from accord.cli.dead_letters import dead_letters, retry
from accord.cli.demo import demo
from accord.cli.doctor import doctor
from accord.cli.drift import drift
from accord.cli.init import init
from accord.cli.notices import notices
from accord.cli.pausing import pause, resume
from accord.cli.quarantine import quarantine
from accord.cli.repair import repair
from accord.cli.serve import serve
from accord.cli.status import status
from accord.cli.sweep import sweep

app = typer.Typer(
    name="accord",
    help="Keeps every system in a retail stack in agreement about every order.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(alerts, name="alerts")
app.add_typer(audit, name="audit")
app.add_typer(bench, name="bench")
app.add_typer(cases, name="cases")
app.add_typer(dead_letters, name="dead-letters")
app.add_typer(drift, name="drift")
app.add_typer(notices, name="notices")
app.add_typer(quarantine, name="quarantine")
app.add_typer(repair, name="repair")
app.command()(census)
app.command()(check)
app.command()(demo)
app.command()(doctor)
app.command()(checklist)
app.command()(init)
app.command()(pause)
app.command()(resume)
app.command()(retry)
app.command()(reviewed)
app.command()(serve)
app.command()(status)
app.command()(sweep)


def _print_version(asked: bool) -> None:  # noqa: FBT001 - Typer calls it with the flag's value
    if asked:
        typer.echo(f"accord {__version__}")
        raise typer.Exit


@app.callback()
def accord(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Keep every system in a retail stack in agreement about every order."""
