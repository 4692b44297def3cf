"""``accord init``: write a first accord file from a few answers."""

from pathlib import Path
from typing import Annotated

import typer

from accord.cli.answer_text import Given
from accord.cli.check import WITH_FINDINGS, in_words
from accord.cli.interview import Interview
from accord.cli.surroundings import Surroundings, surroundings
from accord.domain.finding import Code
from accord.settings.accord_file import FILE_NAME, AccordFile, read_accord
from accord.settings.draft import draft
from accord.settings.presets import OwnershipPreset, StagePreset


def init(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The file to write.")] = Path(FILE_NAME),
    *,
    system: Annotated[
        list[str] | None,
        typer.Option(help="A system, as NAME=CONNECTOR or CONNECTOR. May be repeated."),
    ] = None,
    setting: Annotated[
        list[str] | None,
        typer.Option(help="A connector's own setting, as SYSTEM.NAME=VALUE. May be repeated."),
    ] = None,
    ships: Annotated[
        list[str] | None,
        typer.Option(help="The system that ships, or LOCATION=SYSTEM. May be repeated."),
    ] = None,
    place: Annotated[
        list[str] | None,
        typer.Option(
            help="What a system calls a location, as LOCATION.SYSTEM=ID. May be repeated; only "
            "where goods leave from several places."
        ),
    ] = None,
    ownership: Annotated[
        OwnershipPreset | None, typer.Option(help="Who owns what; support writes nothing.")
    ] = None,
    stages: Annotated[StagePreset | None, typer.Option(help="The story told to customers.")] = None,
    responsible: Annotated[
        str | None, typer.Option(help="The one person responsible: Name <address>.")
    ] = None,
    no_questions: Annotated[
        bool, typer.Option("--no-questions", help="Ask nothing; the rest takes its defaults.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over an existing file.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print it, write nothing.")] = False,
) -> None:
    """Write a commented accord file. What no option says is asked."""
    _refuse_to_overwrite(file, allowed=force or dry_run)
    around = surroundings(context)
    given = Given(
        systems=system or [],
        settings=setting or [],
        ships=ships or [],
        places=place or [],
        ownership=ownership,
        stages=stages,
        responsible=responsible,
    )
    answers = Interview(given, around.catalogue(), may_ask=not no_questions).answers()
    text = draft(answers, around.catalogue())
    read = _proven(file, text, around)
    if dry_run:
        typer.echo(text, nl=False)
        return
    _write(file, text)
    typer.echo(_next_steps(file, read))


def _refuse_to_overwrite(file: Path, *, allowed: bool) -> None:
    if file.exists() and not allowed:
        typer.echo(f"{file} exists and stays as it is. To write over it, add --force.", err=True)
        raise typer.Exit(WITH_FINDINGS)


def _proven(file: Path, text: str, around: Surroundings) -> AccordFile:
    read = read_accord(text, around.catalogue(), around.environment)
    if not read.sound:
        typer.echo("These answers do not make a sound accord; nothing was written.\n", err=True)
        typer.echo(in_words(file, read), err=True)
        raise typer.Exit(WITH_FINDINGS)
    return read


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        typer.echo(f"{file} cannot be written: {error.strerror}.", err=True)
        raise typer.Exit(WITH_FINDINGS) from error


def _next_steps(file: Path, read: AccordFile) -> str:
    secrets = [f.remedy for f in read.findings if f.code is Code.SECRET_MISSING]
    steps = [*secrets, f"Read it, then: accord check {file}"]
    return "\n".join([f"Wrote {file}. Next:", *(f"  {step}" for step in steps)])
