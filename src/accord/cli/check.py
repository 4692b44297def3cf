"""``accord check``: is the accord file sound, and if not, what is to be done."""

import json
from collections.abc import Sequence
from pathlib import Path
from textwrap import fill
from typing import Annotated

import typer

from accord.cli.surroundings import surroundings
from accord.domain.accord import Accord
from accord.domain.finding import Code, Finding, Severity
from accord.settings.accord_file import (
    FILE_NAME,
    AccordFile,
    UnsoundAccordError,
    file_text,
    read_accord,
)

# Columns of a terminal in which a sentence is read easily.
WIDTH = 92

SOUND, WITH_FINDINGS, UNUSABLE = 0, 1, 2


def check(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The accord file.")] = Path(FILE_NAME),
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say in plain sentences what is missing or contradictory in an accord file.

    Exit status: 0 it is sound (warnings may remain), 1 there are findings, 2 the file is
    missing or cannot be read.
    """
    around = surroundings(context)
    try:
        text = file_text(file)
    except UnsoundAccordError as error:
        _print_unusable(file, str(error), as_json=as_json)
        raise typer.Exit(UNUSABLE) from error
    read = read_accord(text, around.catalogue(), around.environment)
    typer.echo(_as_json(file, read) if as_json else in_words(file, read))
    raise typer.Exit(_status(read))


def in_words(file: Path, read: AccordFile) -> str:
    """Return the errors, then the warnings, each with line and remedy, and a summary."""
    by_weight = sorted(read.findings, key=lambda finding: finding.severity is Severity.WARNING)
    paragraphs = [_paragraph(file, finding) for finding in by_weight]
    return "\n".join([*paragraphs, _summary(file, read)])


def _paragraph(file: Path, finding: Finding) -> str:
    line = f":{finding.line}" if finding.line else ""
    place = f"{file}{line}  {finding.key}".rstrip()
    kind = "" if finding.severity is Severity.ERROR else "Warning: "
    return f"{place}\n{_indented(kind + finding.what)}\n{_indented(finding.remedy)}\n"


def _indented(text: str) -> str:
    return fill(
        text,
        width=WIDTH,
        initial_indent="  ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _summary(file: Path, read: AccordFile) -> str:
    errors = [f for f in read.findings if f.severity is Severity.ERROR]
    warnings = _count(len(read.findings) - len(errors), "warning")
    if errors or read.accord is None:
        return f"{file} is not sound: {_count(len(errors), 'finding')}, {warnings}."
    return f"{file} is sound, with {warnings}.\n{_contents(read.accord)}"


def _contents(accord: Accord) -> str:
    systems = _count(len(accord.systems), "system")
    stages = _count(len(accord.stages), "stage")
    return f"{systems}, {stages}; {accord.responsible} answers for it."


def _count(number: int, thing: str) -> str:
    return f"{number or 'no'} {thing}{'' if number == 1 else 's'}"


def _as_json(file: Path, read: AccordFile) -> str:
    return _object(file, sound=read.sound and read.accord is not None, findings=read.findings)


def _print_unusable(file: Path, why: str, *, as_json: bool) -> None:
    if as_json:
        typer.echo(_object(file, sound=False, findings=(), error=why))
    else:
        typer.echo(why, err=True)


def _object(
    file: Path, *, sound: bool, findings: Sequence[Finding], error: str | None = None
) -> str:
    found = [
        {
            "line": finding.line,
            "where": finding.key,
            "code": finding.code,
            "severity": finding.severity,
            "what": finding.what,
            "remedy": finding.remedy,
        }
        for finding in findings
    ]
    whole = {"file": str(file), "sound": sound, "error": error, "findings": found}
    return json.dumps(whole, indent=2, ensure_ascii=False)


def _status(read: AccordFile) -> int:
    if any(finding.code is Code.NOT_TOML for finding in read.findings):
        return UNUSABLE
    return SOUND if read.sound else WITH_FINDINGS
