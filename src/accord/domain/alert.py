"""What is wrong right now, and what becomes of it: one incident, told once, closed when it clears.

Pure: conditions in, steps out. Whoever sees a condition says since when it is so.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from accord.domain.alert_rules import AlertRules, RuleName

# What is gone for so long is over. Shorter, and a figure that swings about its limit would call
# somebody each time.
CALM = timedelta(minutes=10)
# What comes back within this time of its end is the same incident.
SAME_WITHIN = timedelta(hours=2)
# Nobody hears twice of one incident within this time, however much it grows or comes and goes.
QUIET = timedelta(hours=1)
# It is told anew once it is so many times as bad as when it was told last.
WORSE = 2


class Condition(Struct, frozen=True, order=True, kw_only=True):
    """Something that is so right now. Rule and key tell it from every other.

    ``key`` is what it is about: a system, a word, a stage. ``figure`` is what the rule counts.
    ``what`` is a whole sentence for whoever is called. ``since`` is when it came about, None
    where that is not known: then the moment it is first seen counts.
    """

    rule: RuleName
    key: str
    figure: int
    what: str
    since: datetime | None = None


class Telling(StrEnum):
    """What a message says of an incident."""

    OPENED = "opened"
    WORSE = "worse"
    STILL = "still"
    CLOSED = "closed"


class Alert(Struct, frozen=True, kw_only=True):
    """One incident. ``id`` is 0 until it is stored.

    It is noted as soon as its condition is seen, and open once that has lasted long enough to
    call somebody. ``clear_since`` is since when the condition is gone; ``told``, ``told_at`` and
    ``told_figure`` are of the last message. ``times`` counts how often it came about.
    """

    id: int = 0
    rule: RuleName
    key: str
    what: str
    figure: int
    worst: int
    noted_at: datetime
    opened_at: datetime | None = None
    seen_at: datetime
    clear_since: datetime | None = None
    closed_at: datetime | None = None
    told: Telling | None = None
    told_at: datetime | None = None
    told_figure: int = 0
    times: int = 1

    @property
    def name(self) -> tuple[RuleName, str]:
        """Return what tells it from every other."""
        return (self.rule, self.key)


class Told(Struct, frozen=True):
    """What somebody is to hear of one incident."""

    telling: Telling
    alert: Alert


class Steps(Struct, frozen=True):
    """What became of the incidents: as they are now, those to forget, what is to be told."""

    alerts: tuple[Alert, ...]
    forgotten: tuple[Alert, ...]
    told: tuple[Told, ...]


def follow(
    known: Sequence[Alert], conditions: Iterable[Condition], rules: AlertRules, now: datetime
) -> Steps:
    """Return what becomes of every incident, given what is so ``now``.

    ``known`` are those noted or open, and those closed lately; the newest of a name counts.
    """
    latest = {alert.name: alert for alert in sorted(known, key=lambda a: (a.noted_at, a.id))}
    seen = {(c.rule, c.key): c for c in sorted(conditions) if _counts(c, rules)}
    alerts: list[Alert] = []
    forgotten: list[Alert] = []
    told: list[Told] = []
    for name in sorted({*latest, *seen}):
        before, condition = latest.get(name), seen.get(name)
        after = _after(before, condition, rules, now)
        if after is None:
            forgotten += [before] if before is not None and before.closed_at is None else []
            continue
        telling = _telling(after, rules, now)
        if telling is not None:
            after = replace(after, told=telling, told_at=now, told_figure=after.figure)
            told.append(Told(telling, after))
        if after != before:
            alerts.append(after)
    return Steps(tuple(alerts), tuple(forgotten), tuple(told))


def _counts(condition: Condition, rules: AlertRules) -> bool:
    rule = rules.rules[condition.rule]
    return rule.on and condition.figure > rule.more_than


def _after(
    before: Alert | None, condition: Condition | None, rules: AlertRules, now: datetime
) -> Alert | None:
    """Return an incident as it is now; None where there is none, or it was only noted."""
    if condition is None:
        return _cleared(before, now)
    if before is None or (before.closed_at and now - before.closed_at > SAME_WITHIN):
        since = min(condition.since or now, now)
        before = _noted(condition, since, now)
    elif before.closed_at is not None:
        before = replace(before, closed_at=None, times=before.times + 1)
    lasted = now - before.noted_at >= rules.rules[condition.rule].lasts
    return replace(
        before,
        what=condition.what,
        figure=condition.figure,
        worst=max(before.worst, condition.figure),
        opened_at=before.opened_at or (now if lasted else None),
        seen_at=now,
        clear_since=None,
    )


def _noted(condition: Condition, since: datetime, now: datetime) -> Alert:
    return Alert(
        rule=condition.rule,
        key=condition.key,
        what=condition.what,
        figure=condition.figure,
        worst=condition.figure,
        noted_at=since,
        seen_at=now,
    )


def _cleared(before: Alert | None, now: datetime) -> Alert | None:
    if before is None or before.closed_at is not None:
        return before
    if before.opened_at is None:
        return None
    clear_since = before.clear_since or now
    closed_at = now if now - clear_since >= CALM else None
    return replace(before, clear_since=clear_since, closed_at=closed_at)


def _telling(alert: Alert, rules: AlertRules, now: datetime) -> Telling | None:
    """Return what is to be told of an incident now, if anything."""
    heard = alert.told not in {None, Telling.CLOSED}
    if alert.closed_at is not None:
        # Its end is told once, to whoever heard that it began.
        return Telling.CLOSED if heard else None
    if alert.opened_at is None or alert.clear_since is not None:
        return None
    quiet = timedelta.max if alert.told_at is None else now - alert.told_at
    if quiet < QUIET:
        return None
    if not heard:
        return Telling.OPENED
    if alert.figure >= WORSE * max(alert.told_figure, 1):
        return Telling.WORSE
    return Telling.STILL if quiet >= rules.remind_after else None
