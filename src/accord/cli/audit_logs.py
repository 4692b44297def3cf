"""``accord audit logs``: where transport fails, from the export of an integration's log."""

import json
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from accord.audit.errors import UnusableError
from accord.audit.logs import audit_logs

CLEAN, FAILURES, UNUSABLE = 0, 1, 2


def logs(
    file: Annotated[Path, typer.Argument(help="A log with times, status codes and messages.")],
    *,
    time_zone: Annotated[
        str | None,
        typer.Option(help="Where hours are counted and clocks stand that name no zone; UTC."),
    ] = None,
    as_object: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show where calls fail: 4xx and 5xx of the last 14 days by system, hour and error.

    Throttling is told apart from schema errors. Exit status: 0 no failures, 1 failures, 2 the
    file cannot be used.
    """
    from rich.console import Console  # noqa: PLC0415 - comparing exports needs none of these

    from accord.audit.log_outputs import log_as_json, show_log  # noqa: PLC0415 - the same

    try:
        with tempfile.TemporaryDirectory(prefix="accord-audit-") as folder:
            outcome = audit_logs(file, Path(folder), lambda _: None, time_zone)
    except UnusableError as error:
        reason = {"file": error.file, "line": error.line, "reason": error.reason}
        typer.echo(
            json.dumps({"summary": None, "error": reason}) if as_object else str(error),
            err=not as_object,
        )
        raise typer.Exit(UNUSABLE) from error
    if as_object:
        typer.echo(log_as_json(outcome))
    else:
        show_log(outcome, Console(highlight=False, soft_wrap=True))
    raise typer.Exit(FAILURES if outcome.failures else CLEAN)
