"""What stands out in the failures of a log, in words."""

from collections.abc import Iterator, Mapping

import polars as pl
from msgspec import Struct

# A share that names a cause by itself, and one that is worth a sentence.
_MOST, _MANY = 0.5, 0.25
_HOURS_TOGETHER = 3

KINDS = {
    "throttling": "throttling: calls came faster than the system allows",
    "schema": "schema errors: the system refuses what is sent",
    "sign_in": "sign-in: credentials or permissions",
    "outage": "outages: the system failed to answer",
    "not_found": "records that are not there",
    "other": "other errors",
}

_REMEDIES = {
    "throttling": "Slow down or queue: the same call succeeds later.",
    "schema": "Retrying does not help: the field or mapping has to be put right.",
    "sign_in": "Renew the credentials, or the permission they lack.",
    "outage": "Retry with growing pauses; if it lasts, ask the vendor.",
    "not_found": "Look whether the records were deleted or never made.",
    "other": "Look at the messages.",
}


class Failures(Struct, frozen=True):
    """One way of counting failures: what is counted, how often it failed."""

    name: str
    failures: int


def concentration(
    failed: pl.DataFrame, counted: Mapping[str, tuple[Failures, ...]]
) -> Iterator[str]:
    """Yield sentences on where failures gather, the most telling first."""
    total = failed.height
    if not total:
        return
    for kind in counted["by_kind"]:
        yield f"{_share(kind.failures, total)} {KINDS[kind.name]}. {_REMEDIES[kind.name]}"
    yield from _place(failed, counted, total)
    yield from _hours(failed, total)
    for error in counted["by_error"][:1]:
        if error.failures / total >= _MANY:
            yield f"{_share(error.failures, total)} one error: {error.name}."


def _share(number: int, total: int) -> str:
    calls = "failures is" if number == 1 else "failures are"
    return f"{number:,} of {total:,} {calls} ({number / total:.0%})"


def _place(
    failed: pl.DataFrame, counted: Mapping[str, tuple[Failures, ...]], total: int
) -> Iterator[str]:
    system = counted["by_system"][0]
    if len(counted["by_system"]) > 1 and system.failures / total >= _MANY:
        kinds = failed.filter(pl.col("system") == system.name).get_column("kind")
        kind, number = kinds.value_counts(sort=True).row(0)
        mostly = KINDS[kind].split(":")[0]
        told = f"most of them {mostly}" if number < system.failures else f"all of them {mostly}"
        yield f"{_share(system.failures, total)} in {system.name}, {told}."


def _hours(failed: pl.DataFrame, total: int) -> Iterator[str]:
    """Yield the hours of the day that hold most failures, if a few do."""
    by_hour = dict(failed.group_by(pl.col("time").dt.hour()).len().rows())
    sums = {
        hour: sum(by_hour.get((hour + more) % 24, 0) for more in range(_HOURS_TOGETHER))
        for hour in range(24)
    }
    hour, number = max(sums.items(), key=lambda one: one[1])
    if number / total >= _MOST:
        end = (hour + _HOURS_TOGETHER) % 24
        yield f"{_share(number, total)} between {hour:02}:00 and {end:02}:00 of the day."
