"""The message of the day: is all well, what needs somebody, what a day brought, what is due."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from msgspec import Struct

from accord.domain.agreement import Spread
from accord.domain.alert import Alert
from accord.domain.alert_rules import AlertRules
from accord.domain.alert_text import LISTED, Message, moment_at, most_pressing, subject
from accord.domain.plain_time import plain_length

# What is due later than this is not spoken of yet.
SOON = timedelta(days=3)


class Need(StrEnum):
    """What waits for a person, beside alerts; the most pressing first."""

    CASES = "cases"
    DEAD_LETTERS = "dead_letters"
    QUARANTINED = "quarantined"
    PAUSED = "paused"
    DOWN = "down"


_NEEDS: Mapping[Need, tuple[str, str, str]] = {
    Need.CASES: ("open case", "open cases", "accord cases list"),
    Need.DEAD_LETTERS: ("dead letter", "dead letters", "accord dead-letters list"),
    Need.QUARANTINED: (
        "envelope in quarantine",
        "envelopes in quarantine",
        "accord quarantine list",
    ),
    Need.PAUSED: ("thing that is paused", "things that are paused", "accord status"),
    Need.DOWN: ("system that does not answer", "systems that do not answer", "accord status"),
}


class DayCounts(Struct, frozen=True, kw_only=True):
    """What came about within a day."""

    received: int = 0
    cases_opened: int = 0
    cases_closed: int = 0
    alerts_opened: int = 0
    alerts_closed: int = 0
    repairs_done: int = 0
    hours_certified: int = 0
    holes_named: int = 0


class DigestFigures(Struct, frozen=True, kw_only=True):
    """What a digest is made from.

    ``agreed`` is how long mirrors took within a day, by system. ``review_due`` is by when the
    accord should be read again, None where nothing was received yet. ``to_do`` are the items of
    the first week that are open, None once the week is over.
    """

    at: datetime
    alerts: Sequence[Alert] = ()
    needs: Mapping[Need, int] = {}
    day: DayCounts = DayCounts()
    agreed: Mapping[str, Spread] = {}
    review_due: datetime | None = None
    to_do: Sequence[str] | None = None


def digest_day(rules: AlertRules, zone: tzinfo, now: datetime) -> date | None:
    """Return the day whose digest is due or was, by the clock of ``zone``; None before its time.

    A day that is over gets none any more.
    """
    here = now.astimezone(zone)
    is_due = rules.digest_at is not None and here.time() >= rules.digest_at
    return here.date() if is_due else None


def digests(figures: DigestFigures, rules: AlertRules, zone: tzinfo, day: date) -> list[Message]:
    """Return the digest of a day, one message to each channel."""
    title, text = _title(figures, day), digest_text(figures, zone)
    return [
        Message(key=f"{channel} digest {day}", channel=channel, title=title, text=text)
        for channel in rules.channels
    ]


def _title(figures: DigestFigures, day: date) -> str:
    waiting = _waiting(figures)
    if not waiting:
        return f"Accord, {day}: all is well"
    return f"Accord, {day}: {waiting} {'thing needs' if waiting == 1 else 'things need'} somebody"


def _waiting(figures: DigestFigures) -> int:
    """Return how many things there are to look at: a thousand dead letters are one list."""
    return len(figures.alerts) + sum(1 for number in figures.needs.values() if number)


def digest_text(figures: DigestFigures, zone: tzinfo) -> str:
    """Return what a digest says. Times are told by the clock of ``zone``."""
    parts = [
        _needs(figures, zone),
        _brought(figures.day),
        _pace(figures.agreed),
        list(_due(figures, zone)),
        _first_week(figures.to_do),
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def _needs(figures: DigestFigures, zone: tzinfo) -> list[str]:
    if not _waiting(figures):
        return ["All is well: nothing needs anybody."]
    alerts = sorted(figures.alerts, key=most_pressing)
    lines = [
        f"- {subject(alert)}, since {moment_at(alert.noted_at, zone)}. {alert.what}"
        for alert in alerts[:LISTED]
    ]
    if len(alerts) > LISTED:
        lines.append(f"- {len(alerts) - LISTED} more alerts: accord alerts list")
    for need, (one, many, command) in _NEEDS.items():
        number = figures.needs.get(need, 0)
        if number:
            lines.append(f"- {number} {one if number == 1 else many}: {command}")
    return ["What needs somebody:", *lines]


def _brought(day: DayCounts) -> list[str]:
    lines = [
        f"- {_counted(day.received, 'delivery', 'deliveries')} taken",
        f"- cases: {day.cases_opened} opened, {day.cases_closed} closed",
        f"- alerts: {day.alerts_opened} opened, {day.alerts_closed} over",
        f"- repairs: {day.repairs_done} done",
    ]
    if day.hours_certified or day.holes_named:
        certified = _counted(day.hours_certified, "hour")
        lines.append(f"- census: {certified} certified, {_counted(day.holes_named, 'hole')} found")
    return ["Within a day:", *lines]


def _pace(agreed: Mapping[str, Spread]) -> list[str]:
    lines = [
        f"- {system}: {plain_length(spread.percentile(50))}, "
        f"{plain_length(spread.percentile(99))} ({_counted(spread.total, 'change')})"
        for system, spread in sorted(agreed.items())
        if spread.total
    ]
    head = "Time to agree, half of the changes and ninety-nine of a hundred within:"
    return [head, *lines] if lines else []


def _due(figures: DigestFigures, zone: tzinfo) -> Iterator[str]:
    due = figures.review_due
    if due is None:
        return
    day = due.astimezone(zone).date()
    if due < figures.at:
        yield f"Due since {day}: read the accord file again, then run accord reviewed."
    elif due - figures.at < SOON:
        yield f"Due by {day}: read the accord file again, then run accord reviewed."


def _first_week(to_do: Sequence[str] | None) -> list[str]:
    if to_do is None:
        return []
    if not to_do:
        return ["The checklist of the first week is done."]
    return ["Still to do in the first week (accord checklist):", *(f"- {one}" for one in to_do)]


def _counted(number: int, thing: str, things: str = "") -> str:
    return f"{number or 'no'} {thing if number == 1 else things or f'{thing}s'}"
