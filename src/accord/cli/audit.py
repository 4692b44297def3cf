"""``accord audit``: exports in, a drift report out."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec import structs
from typer.core import TyperCommand, TyperGroup

from accord.audit.as_json import as_json, unusable_as_json
from accord.audit.errors import UndecidedError, UnusableError
from accord.audit.hints import Hints, with_hint
from accord.audit.mapping import read_mapping, write_mapping
from accord.audit.outcome import Outcome
from accord.audit.output import FORMATS, check_format, save
from accord.audit.run import Request
from accord.audit.run import audit as run_audit
from accord.cli.audit_logs import logs
from accord.settings.durations import duration

AGREEMENT, DRIFT, UNUSABLE = 0, 1, 2

# Files that are read before one could see a bar need none.
_LONG = 20 * 1024 * 1024

Pairs = list[str] | None


class AuditGroup(TyperGroup):
    """``accord audit FILES`` needs no name of a command; ``logs`` is a command of its own."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take everything that does not begin with a command for the comparing of files."""
        if not args:  # nothing was compared: that must not pass for agreement
            typer.echo("Name two exports or more. `accord audit --help` tells the rest.", err=True)
            raise typer.Exit(UNUSABLE)
        if args[0] not in self.commands:
            args = ["files", *args]
        return super().parse_args(ctx, args)


class _Unnamed(typer.Context):
    """Where a command runs that nobody has to name: its usage is that of the group."""

    @property
    def command_path(self) -> str:
        """Return what a person types, without the name that the group fills in."""
        return self.parent.command_path if self.parent else super().command_path


class FilesCommand(TyperCommand):
    """The comparing of files, called ``accord audit`` in usage, help and errors."""

    context_class = _Unnamed


audit = typer.Typer(cls=AuditGroup, help="Compare exports; no credentials, no database.")
audit.command(name="logs")(logs)


@audit.command(name="files", cls=FilesCommand)
def files(
    exports: Annotated[list[Path], typer.Argument(help="CSV, TSV or XLSX exports, two or more.")],
    *,
    system: Annotated[Pairs, typer.Option(help="FILE=SYSTEM, where a file is from.")] = None,
    kind: Annotated[Pairs, typer.Option(help="FILE=KIND, such as orders or returns.")] = None,
    join: Annotated[Pairs, typer.Option(help="FILE=COLUMN with the order's number.")] = None,
    status: Annotated[Pairs, typer.Option(help="FILE=COLUMN with a status.")] = None,
    setting: Annotated[Pairs, typer.Option(help="SYSTEM.NAME=VALUE, a fact of it.")] = None,
    mapping: Annotated[Path | None, typer.Option(help="A file that says all this.")] = None,
    write: Annotated[
        Path | None, typer.Option("--write-mapping", help="Write down what was assumed.")
    ] = None,
    time_zone: Annotated[
        str | None, typer.Option(help="Where clocks stand that name no zone: Europe/Berlin.")
    ] = None,
    in_flight: Annotated[
        str | None, typer.Option(help="Set aside what is younger; 0 for nothing.")
    ] = None,
    partial_limit: Annotated[
        str, typer.Option(help="How long the rest of a partial shipment may take.")
    ] = "14 days",
    out: Annotated[
        list[Path] | None, typer.Option(help=f"Write a report: {', '.join(FORMATS)}.")
    ] = None,
    most: Annotated[int, typer.Option("--show", help="Orders shown of each cause.")] = 10,
    as_object: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Compare exports of a shop, the books, a warehouse, payments and returns, order by order.

    `accord audit logs FILE` reads an integration log instead. Exit status: 0 nothing was found,
    1 something was, 2 the files cannot be used.
    """
    said = {"--system": system, "--kind": kind, "--join": join, "--status": status}
    try:
        for path in out or ():
            check_format(path)
        request = Request(
            files=exports,
            hints=_hints(mapping, said, time_zone),
            settings=_settings(setting or ()),
            window=None if in_flight is None else _length(in_flight, "--in-flight"),
            partial_limit=_length(partial_limit, "--partial-limit"),
        )
        outcome = _answered(request, asking=not as_object)
        _written(outcome, out or (), write)
    except UnusableError as error:
        _print_unusable(error, as_object=as_object)
        raise typer.Exit(UNUSABLE) from error
    if as_object:
        typer.echo(as_json(outcome))
    else:
        _show(outcome, most)
    raise typer.Exit(DRIFT if outcome.findings else AGREEMENT)


def _hints(
    mapping: Path | None, said: Mapping[str, Sequence[str] | None], time_zone: str | None
) -> Hints:
    """Return what the flags say, and after them what the mapping file says."""
    hints = read_mapping(mapping) if mapping else Hints()
    hints = structs.replace(hints, time_zone=time_zone or hints.time_zone)
    for flag, pairs in said.items():
        for pair in reversed(pairs or ()):
            file, equals, value = pair.partition("=")
            if not equals or not value:
                reason = f"{pair!r} is not of the form FILE=VALUE."
                raise UnusableError(flag, reason)
            hints = with_hint(hints, flag, Path(file).name, value)
    return hints


def _show(outcome: Outcome, most: int) -> None:
    # Whoever asked for JSON need not wait until what prints colours is loaded.
    from rich.console import Console  # noqa: PLC0415 - only where it is needed

    from accord.audit.terminal import show  # noqa: PLC0415 - the same

    show(outcome, Console(highlight=False, soft_wrap=True), most)


def _settings(pairs: Sequence[str]) -> Mapping[str, Mapping[str, str | bool]]:
    settings: dict[str, dict[str, str | bool]] = {}
    flag = "--setting"
    for pair in pairs:
        name, equals, value = pair.partition("=")
        system, dot, key = name.partition(".")
        if not equals or not dot:
            reason = f"{pair!r} is not of the form SYSTEM.NAME=VALUE."
            raise UnusableError(flag, reason)
        plain = {"true": True, "false": False}.get(value.casefold(), value)
        settings.setdefault(system, {})[key] = plain
    return settings


def _length(text: str, flag: str) -> timedelta:
    if text.strip() == "0":
        return timedelta(0)
    found = duration(text)
    if found is None:
        raise UnusableError(flag, f"{text!r} is no length of time, such as '2 hours'.")
    return found


def _answered(request: Request, *, asking: bool) -> Outcome:
    """Run the audit; where two readings are as good, ask a person who is there."""
    while True:
        try:
            with _bar(request.files) as advance:
                return run_audit(replace(request, advance=advance))
        except UndecidedError as error:
            if not (asking and sys.stdin.isatty() and sys.stderr.isatty()):
                raise
            typer.echo(f"{error.file}: {error.question}", err=True)
            answer = typer.prompt("Which is it", default=error.choices[0], err=True)
            hints = with_hint(request.hints, error.flag, error.file, answer)
            request = replace(request, hints=hints)


@contextmanager
def _bar(exports: Sequence[Path]) -> Iterator[Callable[[int], None]]:
    """Show how far the reading has come, for long files on a terminal."""
    size = sum(path.stat().st_size for path in exports if path.is_file())
    if size < _LONG or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - only where there is a terminal
    from rich.progress import (  # noqa: PLC0415 - the same
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
    )

    console = Console(stderr=True)
    columns = (TextColumn("Reading"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=size * 2)  # once for the encoding, once for the lines
        yield lambda read: progress.advance(task, read)


def _written(outcome: Outcome, out: Sequence[Path], mapping: Path | None) -> None:
    for path in out:
        save(outcome, path)
    if mapping:
        write_mapping(mapping, outcome)


def _print_unusable(error: UnusableError, *, as_object: bool) -> None:
    if as_object:
        typer.echo(unusable_as_json(error))
    else:
        typer.echo(str(error), err=True)
