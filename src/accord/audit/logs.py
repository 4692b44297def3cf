"""Where transport fails, from the export of an integration's log."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
from msgspec import Struct, structs

from accord.audit.encoding import Progress
from accord.audit.errors import UnusableError
from accord.audit.exports import plain_name
from accord.audit.lines import Refused
from accord.audit.log_telling import Failures, concentration
from accord.audit.reading import read_table
from accord.audit.times import UTC_ZONE, is_zone, time_column

PERIOD = timedelta(days=14)

# What the columns are called in the logs of Celigo, Make, Workato and others, best first.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "time": (
        "time", "timestamp", "occurredat", "createdat", "date", "datetime", "errortime",
        "executedat", "started", "startedat", "executionstart",
    ),
    "system": (
        "system", "application", "app", "connector", "connection", "source", "service", "flow",
        "flowname", "scenario", "scenarioname", "stepname", "step", "module", "integration",
    ),
    "status": ("statuscode", "httpstatus", "httpstatuscode", "responsecode", "status", "code"),
    "message": (
        "message", "errormessage", "error", "description", "reason", "details", "detail", "text",
    ),
    "code": ("errorcode", "code", "errortype", "type", "classification"),
}  # fmt: skip

# A refusal for coming too fast, by code or by words; NetSuite's is a 400, or even a 401.
_THROTTLED = (
    r"(?i)SSS_REQUEST_LIMIT_EXCEEDED|CONCURREN|RATE.?LIMIT|TOO MANY REQUESTS|THROTTL"
    r"|WS_REQUEST_BLOCKED|QUOTA|LIMIT EXCEEDED|MAX_COST_EXCEEDED|governance"
)
_SCHEMA = (
    r"(?i)INVALID_(CONTENT|PARAMETER|KEY_OR_REF|REQUEST|FIELD)|NONEXISTENT_FIELD|USER_ERROR|schema"
    r"|validation|required|unprocessable|malformed|must be|invalid (value|field|reference|format)"
    r"|unknown field|missing|not a valid|does not match|parse error"
)
_SIGN_IN = r"(?i)INVALID_LOGIN|unauthori[sz]ed|forbidden|expired|INSUFFICIENT_PERMISSION|token"

THROTTLING, SCHEMA, SIGN_IN = "throttling", "schema", "sign_in"
OUTAGE, MISSING, OTHER = "outage", "not_found", "other"
_NOT_FOUND = 404
_TOO_MANY = 429
_UNPROCESSABLE = 422
_CLIENT, _SERVER, _LAST = 400, 500, 600


class LogOutcome(Struct, frozen=True, kw_only=True):
    """Failures in the last 14 days of a log, counted in five ways, and what stands out.

    ``time_zone`` is where hours and days are counted, and where clocks stand that name no zone.
    """

    file: str
    time_zone: str
    rows_read: int
    rows_refused: int
    since: datetime | None
    until: datetime | None
    events: int
    failures: int
    client_errors: int
    server_errors: int
    by_kind: tuple[Failures, ...]
    by_system: tuple[Failures, ...]
    by_hour: tuple[Failures, ...]
    by_error: tuple[Failures, ...]
    by_day: tuple[Failures, ...]
    concentration: tuple[str, ...]
    columns: Mapping[str, str]
    refused: tuple[Refused, ...] = ()


def audit_logs(path: Path, folder: Path, advance: Progress, zone: str | None = None) -> LogOutcome:
    """Return where calls failed in the last 14 days of the log, by system, hour and error.

    ``zone`` is where hours of the day are counted, and where the clock stood if it names no zone
    itself. Raises ``UnusableError`` where the log has no column of times, or none of status codes
    or errors.
    """
    zone = zone or UTC_ZONE
    if not is_zone(zone):
        reason = f"there is no time zone {zone!r}; one is named as in Europe/Berlin."
        flag = "--time-zone"
        raise UnusableError(flag, reason)
    table = read_table(path, folder, advance)
    found = {role: _column(table.columns, names) for role, names in _NAMES.items()}
    columns = {role: column for role, column in found.items() if column}
    if columns.get("code") == columns.get("status"):  # one column is not two things
        columns.pop("code", None)
    if "status" not in columns and "message" not in columns:
        reason = "it has no column of status codes or messages, and so is no log of calls."
        raise UnusableError(path.name, reason, 1)
    when = time_column(table.sample, columns["time"]) if "time" in columns else None
    if when is None:
        raise UnusableError(path.name, "it has no column of times that can be read.", 1)
    raw = table.select(list(dict.fromkeys(columns.values())))
    events = raw.select(
        time=when._replace(zone=zone).read(raw).dt.convert_time_zone(zone),
        **{r: pl.col(c) for r, c in columns.items() if r != "time"},
    )
    outcome = _judged(path.name, events.with_columns(_absent(columns)), columns, zone)
    return _with_rows(outcome, table.rows, tuple(table.refused))


def _column(columns: Sequence[str], names: Sequence[str]) -> str | None:
    plain = {plain_name(column): column for column in reversed(columns)}
    return next((plain[name] for name in names if name in plain), None)


def _absent(columns: Mapping[str, str]) -> list[pl.Expr]:
    return [pl.lit("", pl.String).alias(role) for role in _NAMES if role not in columns]


def _with_rows(outcome: LogOutcome, rows: int, refused: tuple[Refused, ...]) -> LogOutcome:
    return structs.replace(outcome, rows_read=rows, rows_refused=len(refused), refused=refused)


def _judged(file: str, events: pl.DataFrame, columns: Mapping[str, str], zone: str) -> LogOutcome:
    until = events.get_column("time").max()
    if not isinstance(until, datetime):
        raise UnusableError(file, "no time in it can be read.", 1)
    recent = events.filter(pl.col("time") > until - PERIOD)
    failed = _failed(recent)
    status = failed.get_column("http")
    counted: dict[str, tuple[Failures, ...]] = {
        "by_kind": _counts(failed, "kind"),
        "by_system": _counts(failed, "system"),
        "by_hour": _counts(failed.with_columns(hour=pl.col("time").dt.strftime("%H:00")), "hour"),
        "by_error": _counts(failed, "error"),
        "by_day": _counts(failed.with_columns(day=pl.col("time").dt.strftime("%Y-%m-%d")), "day"),
    }
    first = recent.get_column("time").min()
    return LogOutcome(
        file=file,
        time_zone=zone,
        rows_read=0,
        rows_refused=0,
        since=first if isinstance(first, datetime) else None,
        until=until,
        events=recent.height,
        failures=failed.height,
        client_errors=int(status.is_between(_CLIENT, _SERVER - 1).sum()),
        server_errors=int(status.is_between(_SERVER, _LAST - 1).sum()),
        concentration=tuple(concentration(failed, counted)),
        columns=columns,
        by_kind=counted["by_kind"],
        by_system=counted["by_system"],
        by_hour=counted["by_hour"],
        by_error=counted["by_error"],
        by_day=counted["by_day"],
    )


def _failed(events: pl.DataFrame) -> pl.DataFrame:
    """Return the failed calls with ``http``, ``kind`` and ``error``."""
    said = pl.concat_str("status", "code", "message", separator=" ", ignore_nulls=True)
    http = (
        pl.coalesce(
            pl.col("status").str.extract(r"\b([1-5][0-9]{2})\b", 1),
            pl.col("code").str.extract(r"^\s*([45][0-9]{2})\s*$", 1),
            pl.col("message").str.extract(
                r"(?i)(?:status|code|http|error)\D{0,8}([45][0-9]{2})\b", 1
            ),
        )
        .cast(pl.Int32, strict=False)
        .alias("http")
    )
    judged = events.with_columns(http, said=said).with_columns(kind=_kind())
    bad = pl.col("http").is_between(_CLIENT, _LAST - 1)
    unsaid = pl.col("http").is_null() & (pl.col("kind") != OTHER)
    error = pl.coalesce(
        pl.col("said").str.extract(r"\b([A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+)\b", 1),
        pl.col("code").str.strip_chars().replace("", None),
        pl.col("message").str.replace_all(r"[0-9a-fA-F-]{8,}|\d+", "…").str.slice(0, 60),
    )
    number = pl.col("http").cast(pl.String).fill_null("")
    named = pl.concat_str(number, pl.lit(" "), error, ignore_nulls=True).str.strip_chars()
    return judged.filter(bad | unsaid).with_columns(error=named, system=_named("system"))


def _named(column: str) -> pl.Expr:
    text = pl.col(column).fill_null("")
    return pl.when(text == "").then(pl.lit("(not named)")).otherwise(text)


def _kind() -> pl.Expr:
    said, http = pl.col("said"), pl.col("http").fill_null(0)
    return (
        pl.when((http == _TOO_MANY) | said.str.contains(_THROTTLED)).then(pl.lit(THROTTLING))
        .when(http.is_between(_SERVER, _LAST)).then(pl.lit(OUTAGE))
        .when(http.is_in([401, 403])).then(pl.lit(SIGN_IN))
        .when(http == _NOT_FOUND).then(pl.lit(MISSING))
        .when((http == _UNPROCESSABLE) | said.str.contains(_SCHEMA)).then(pl.lit(SCHEMA))
        .when(said.str.contains(_SIGN_IN)).then(pl.lit(SIGN_IN))
        .otherwise(pl.lit(OTHER))
    )  # fmt: skip


def _counts(failed: pl.DataFrame, column: str) -> tuple[Failures, ...]:
    counted = failed.group_by(column).len().sort(["len", column], descending=[True, False])
    return tuple(Failures(str(name), number) for name, number in counted.rows())
