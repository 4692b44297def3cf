"""The outcome of an audit as one page that can be mailed: no script, nothing from elsewhere."""

from collections import Counter
from importlib.resources import files
from typing import NamedTuple

from jinja2 import Environment, StrictUndefined

from accord.audit.outcome import Outcome
from accord.audit.telling import COSTS, TITLES, count, groups, headline, refusals, words_of

# A mailed page stays small; the whole list is what the workbook is for.
_SHOWN = 200
_REFUSED_SHOWN = 50
_DAYS_SHOWN = 60


class Bar(NamedTuple):
    """One bar of a chart, in its units: where it begins, how long it is, what it says."""

    at: float
    length: float
    label: str
    value: int
    link: str = ""


def page(outcome: Outcome) -> str:
    """Return the page as HTML."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    text = files("accord.audit").joinpath("templates", "report.html").read_text(encoding="utf-8")
    found = groups(outcome)
    return environment.from_string(text).render(
        outcome=outcome,
        headline=headline(outcome),
        groups=[(group, group.findings[:_SHOWN], len(group.findings)) for group in found],
        titles=TITLES,
        costs=COSTS,
        totals=outcome.counts(),
        shares=_shares(outcome),
        patterns=_pattern_bars(outcome),
        days=_day_bars(outcome),
        refused=refusals(outcome, _REFUSED_SHOWN),
        words_of=words_of,
        count=count,
    )


def _shares(outcome: Outcome) -> list[Bar]:
    """Return agreement, drift and what was set aside as parts of one bar of length 100."""
    drifting = outcome.compared - outcome.agreeing
    parts = (
        ("in agreement", outcome.agreeing),
        ("not in agreement", drifting),
        ("set aside", outcome.orders_set_aside),
    )
    whole = max(1, sum(number for _, number in parts))
    bars, at = [], 0.0
    for label, number in parts:
        length = 100 * number / whole
        bars.append(Bar(round(at, 2), round(length, 2), label, number))
        at += length
    return bars


def _pattern_bars(outcome: Outcome) -> list[Bar]:
    totals = outcome.counts()
    most = max(totals.values(), default=1)
    return [
        Bar(at * 30, round(max(2, 360 * number / most), 1), TITLES[pattern], number, pattern.value)
        for at, (pattern, number) in enumerate(totals.items())
    ]


def _day_bars(outcome: Outcome) -> list[Bar]:
    """Return on how many orders drift began on each day; empty where the files tell no times."""
    days = Counter(f"{one.since:%Y-%m-%d}" for one in outcome.findings if one.since)
    shown = sorted(days.items())[-_DAYS_SHOWN:]
    most = max((number for _, number in shown), default=1)
    return [
        Bar(round(at * 640 / len(shown), 2), round(max(2, 110 * number / most), 1), day, number)
        for at, (day, number) in enumerate(shown)
    ]
