"""What is looked at every minute: each sensor says what is so right now, and nothing else."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from accord.domain.accord import Accord
from accord.domain.alert import Condition
from accord.domain.alert_rules import RuleName
from accord.domain.case import CaseKind, case_meanings
from accord.domain.link_state import LinkState
from accord.domain.reason import UnknownWord, reason_code
from accord.engine.case_desk import CaseDesk, Sought
from accord.engine.desk import Desk, Grounds, Pause
from accord.engine.gauges import Door, Gauges, Instruments
from accord.engine.ports import Store
from accord.engine.repair_ledger import ACCORD
from accord.engine.review import review_due
from accord.engine.self_check import OURSELVES

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
# Refused deliveries are worth a word only where their share is so many times the usual one.
UNUSUAL = 3
# Without so many deliveries to go by, nothing is usual yet.
ENOUGH_TO_GO_BY = 100
# Of repairs that were stopped, since they were more than may be.
SO_MANY_REPAIRS = (
    "So many at once are mostly one wrong word of the accord, not so many orders: look at the "
    "cause before anything is written. Each order has a case: accord cases list --kind repair_held."
)
# Somebody has to be called for these at once: goods are under way, or may be.
PRESSING = (
    CaseKind.SHIPPED_AFTER_CANCEL,
    CaseKind.STOP_REFUSED,
    CaseKind.STOP_UNCONFIRMED,
    CaseKind.SHIPPED_TOO_MUCH,
)


class DeskSensors:
    """Looks at what is stuck and stopped."""

    def __init__(self, desk: Desk, cases: CaseDesk) -> None:
        self._desk = desk
        self._cases = cases

    async def pressing(self, now: datetime) -> list[Condition]:
        """Return which kinds of pressing cases are open."""
        found = []
        for kind in PRESSING:
            open_ = await self._cases.count_cases(Sought(kind=kind), now)
            if open_:
                what = f"{case_meanings()[kind]} Open: {open_} (accord cases list --kind {kind})."
                found.append(Condition(rule=RuleName.CASES, key=kind, figure=open_, what=what))
        return found

    async def pauses(self, now: datetime) -> list[Condition]:
        """Return what is paused, and by whom: ourselves or a person."""
        del now
        return [_paused(pause) for pause in await self._desk.pauses()]

    async def unknown_words(self, now: datetime) -> list[Condition]:
        """Return which words are in no vocabulary."""
        del now
        word = reason_code(UnknownWord)
        return [_unknown(one) for one in await self._desk.grounds() if one.reason == word]


def _paused(pause: Pause) -> Condition:
    rule = RuleName.STOPPED if pause.who in {OURSELVES, ACCORD} else RuleName.PAUSED
    what = f"Paused by {pause.who}: {pause.what}. {pause.why}".rstrip()
    if pause.who == ACCORD:
        what = f"{what.rstrip('.')}. {SO_MANY_REPAIRS}"
    return Condition(rule=rule, key=pause.what, figure=1, what=what, since=pause.since)


def _unknown(one: Grounds) -> Condition:
    what = f"{one.system} says {one.word!r} on {one.record}, which is in no vocabulary."
    key = f"{one.system}: {one.record} {one.word}"
    return Condition(rule=RuleName.UNKNOWN_WORD, key=key, figure=one.envelopes, what=what)


class GaugeSensors:
    """Looks at numbers of the database."""

    def __init__(self, accord: Accord, instruments: Instruments) -> None:
        self._accord = accord
        self._instruments = instruments

    async def look(self, now: datetime) -> list[Condition]:
        """Return what the numbers of this moment say."""
        within = self._accord.alerts.rules[RuleName.HOOKS].within
        gauges = await self._instruments.gauges(within, now)
        return [
            *_given_up(gauges),
            *_slow(gauges, now),
            *(found for door in gauges.doors for found in _refused(door)),
            *_review(self._accord, gauges, now),
        ]


def _given_up(gauges: Gauges) -> Iterator[Condition]:
    for one in gauges.given_up:
        what = f"Work given up at {one.system}: {one.letters}."
        yield Condition(
            rule=RuleName.DEAD_LETTERS,
            key=one.system,
            figure=one.letters,
            what=what,
            since=one.since,
        )


def _slow(gauges: Gauges, now: datetime) -> Iterator[Condition]:
    since = gauges.oldest_waiting_at
    if since is not None and since < now:
        seconds = (now - since) // SECOND
        what = f"The oldest of what was received has waited {seconds} seconds to be read."
        yield Condition(rule=RuleName.QUEUE, key="", figure=seconds, what=what)


def _refused(door: Door) -> Iterator[Condition]:
    """Yield that more is refused than usual; without anything usual, that much is."""
    all_now, usual = door.taken + door.refused, door.usually_taken + door.usually_refused
    if usual >= ENOUGH_TO_GO_BY:
        unusual = door.refused * usual > UNUSUAL * door.usually_refused * all_now
    else:
        unusual = door.refused > door.taken
    if door.refused and unusual:
        what = f"Of {all_now} deliveries of {door.system}, {door.refused} were refused."
        yield Condition(rule=RuleName.HOOKS, key=door.system, figure=door.refused, what=what)


def _review(accord: Accord, gauges: Gauges, now: datetime) -> Iterator[Condition]:
    due = review_due(accord, gauges, now)
    if due is not None and due < now:
        days = (now - due) // DAY + 1
        what = f"The accord should have been read again by {due:%Y-%m-%d}."
        yield Condition(rule=RuleName.REVIEW, key="", figure=days, what=what, since=due)


class LinkSensors:
    """Looks at which systems answer, and which refuse us."""

    def __init__(self, systems: Iterable[str], store: Store) -> None:
        self._systems = sorted(systems)
        self._store = store

    async def look(self, now: datetime) -> list[Condition]:
        """Return which links are down."""
        del now
        states = [(system, await self._store.link_state(system)) for system in self._systems]
        return [_down(system, state) for system, state in states if state.breaker.opened_at]


def _down(system: str, state: LinkState) -> Condition:
    refused = state.breaker.unauthorized
    rule = RuleName.UNAUTHORIZED if refused else RuleName.DOWN
    what = f"{system} {'refuses our credentials' if refused else 'does not answer'}"
    return Condition(
        rule=rule,
        key=system,
        figure=1,
        what=f"{what}: {state.breaker.why.rstrip('.')}.",
        since=state.breaker.opened_at,
    )
