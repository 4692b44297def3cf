"""The outcome of an audit as one page that can be mailed: no script, nothing from elsewhere."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from typing import NamedTuple

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from accord.audit.money import written
from accord.audit.outcome import AGREEING, Outcome, SetAside
from accord.audit.telling import (
    COSTS,
    TITLES,
    Group,
    count,
    groups,
    headline,
    refusals,
    set_aside,
    unknown_word,
    words_of,
    worth_of,
)

# A mailed page stays small; the whole list is what the workbook is for. However many causes
# there are, each shows a few of its orders.
_SHOWN, _SHOWN_IN_ALL, _SHOWN_OF_EACH = 200, 2000, 5
_ASIDE_SHOWN = 200
_REFUSED_SHOWN = 50
_DAYS_SHOWN = 90


class Bar(NamedTuple):
    """One bar of a chart, in its units: where it begins, how long it is, what it says."""

    at: float
    length: float
    label: str
    value: int
    look: str = "bar"


def page(outcome: Outcome) -> str:
    """Return the page as HTML."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    text = files("accord.audit").joinpath("templates", "report.html").read_text(encoding="utf-8")
    days = _day_bars(outcome)
    return environment.from_string(text).render(
        outcome=outcome,
        sentences=headline(outcome),
        groups=_shown(groups(outcome)),
        titles=TITLES,
        costs=COSTS,
        shares=_shares(outcome),
        patterns=_pattern_bars(outcome),
        worth=_worth(outcome),
        days=days,
        days_told=_days_told(days),
        aside=_aside(outcome),
        refused=refusals(outcome, _REFUSED_SHOWN),
        words_of=words_of,
        worth_of=worth_of,
        unknown_word=unknown_word,
        marked=_marked,
        time=_time,
        count=count,
    )


def _time(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M}"


def _marked(text: str) -> Markup:
    """Return a sentence with the words it quotes set apart."""
    return Markup(re.sub(r"`([^`]*)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped


def _shown(found: Sequence[Group]) -> list[tuple[Group, Sequence[object]]]:
    """Return each cause with those of its findings that the page has room for."""
    left = _SHOWN_IN_ALL
    shown: list[tuple[Group, Sequence[object]]] = []
    for group in found:
        few = group.findings[: min(_SHOWN, max(_SHOWN_OF_EACH, left))]
        left -= len(few)
        shown.append((group, few))
    return shown


def _aside(outcome: Outcome) -> list[tuple[str, list[SetAside], list[SetAside]]]:
    return [(reason, orders, orders[:_ASIDE_SHOWN]) for reason, orders in set_aside(outcome)]


def _worth(outcome: Outcome) -> dict[str, list[str]]:
    """Return the sums of each pattern, one for each currency."""
    worth = outcome.worth()
    return {
        pattern: [written(amount, name) for name, amount in sorted(worth.get(pattern, {}).items())]
        for pattern in outcome.counts()
    }


def _shares(outcome: Outcome) -> list[Bar]:
    """Return agreement, drift and what was set aside as parts of one bar of length 100."""
    parts = (
        ("in agreement", outcome.agreeing, "good"),
        ("not in agreement", outcome.tally.disagreeing, "bad"),
        ("set aside", outcome.orders_set_aside, "aside"),
    )
    whole = max(1, sum(number for _, number, _ in parts))
    bars, at = [], 0.0
    for label, number, look in parts:
        length = 100 * number / whole
        bars.append(Bar(round(at, 2), round(length, 2), label, number, look))
        at += length
    return bars


def _pattern_bars(outcome: Outcome) -> list[Bar]:
    """Return the patterns found; those in which nobody contradicts anybody look quieter."""
    totals = outcome.counts()
    most = max(totals.values(), default=1)
    return [
        Bar(
            0,
            round(max(1, 100 * number / most), 1),
            pattern,
            number,
            "aside" if pattern in AGREEING else "bar",
        )
        for pattern, number in totals.items()
    ]


def _day_bars(outcome: Outcome) -> list[Bar]:
    """Return how much drift began on each day; empty where the files tell no times.

    Every day has its place, also one on which nothing began.
    """
    began = Counter(one.since.astimezone(UTC).date() for one in outcome.findings if one.since)
    if not began:
        return []
    last = max(began)
    span = min((last - min(began)).days + 1, _DAYS_SHOWN)
    days = [last - timedelta(days=span - 1 - at) for at in range(span)]
    most = max(began[day] for day in days)
    return [_day_bar(at * 640 / span, day, began[day], most) for at, day in enumerate(days)]


def _day_bar(at: float, day: date, number: int, most: int) -> Bar:
    return Bar(round(at, 2), round(max(2, 110 * number / most), 1), f"{day}", number)


def _days_told(days: Sequence[Bar]) -> str:
    """Return the fullest day in words."""
    if not days:
        return ""
    most = max(days, key=lambda bar: bar.value)
    return f"most on {most.label}: {most.value:,}"
