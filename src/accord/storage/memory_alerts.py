"""The incidents and the numbers of the memory store."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

import msgspec

from accord.domain.alert import Alert, Steps
from accord.domain.alert_rules import RuleName
from accord.domain.alert_text import Message
from accord.engine.alert_desk import PATIENCE, Letter, Unsent
from accord.engine.gauges import REVIEWED, USUAL_OVER, Door, Gauges, Tally, hour_of, systems_of
from accord.engine.receive import Receipt
from accord.storage.memory_desk import MemoryDesk
from accord.storage.memory_rows import EnvelopeRow
from accord.storage.memory_tasks import TaskTable


@dataclass(slots=True)
class _MessageRow:
    letter: Letter
    key: str
    made_at: datetime
    due: datetime
    why: str = ""
    sent_at: datetime | None = None


def _has_older(row: _MessageRow, unsent: Sequence[_MessageRow]) -> bool:
    return any(
        older.letter.channel == row.letter.channel
        and older.letter.id < row.letter.id
        and older.letter.tries < PATIENCE
        for older in unsent
    )


class MemoryAlerts:
    """An ``AlertDesk``, as simple as its meaning allows."""

    def __init__(self) -> None:
        self._alerts: dict[int, Alert] = {}
        self._messages: list[_MessageRow] = []
        self._numbers = 0

    async def known(self, closed_after: datetime) -> Sequence[Alert]:
        """Return the incidents that are noted or open, and those closed after a moment."""
        rows = self._alerts.values()
        return [row for row in rows if row.closed_at is None or row.closed_at > closed_after]

    async def follow(self, steps: Steps, messages: Sequence[Message], now: datetime) -> None:
        """Store what became of incidents and what is to be told of it, all at once."""
        for alert in steps.forgotten:
            self._alerts.pop(alert.id, None)
        for alert in steps.alerts:
            kept = alert if alert.id else msgspec.structs.replace(alert, id=self._next())
            self._alerts[kept.id] = kept
        for message in messages:
            named = (message.channel, message.key)
            if named not in {(row.letter.channel, row.key) for row in self._messages}:
                letter = Letter(
                    id=self._next(),
                    token=0,
                    channel=message.channel,
                    title=message.title,
                    text=message.text,
                    tries=0,
                )
                self._messages.append(_MessageRow(letter, message.key, now, now))

    def _next(self) -> int:
        self._numbers += 1
        return self._numbers

    async def letters(self, limit: int, lease: timedelta, now: datetime) -> Sequence[Letter]:
        """Lease messages that are due, oldest first."""
        unsent = [row for row in self._messages if row.sent_at is None]
        due = [row for row in unsent if row.due <= now and not _has_older(row, unsent)]
        taken = due[:limit]
        for row in taken:
            row.due = now + lease
            row.letter = msgspec.structs.replace(row.letter, token=self._next())
        return sorted((row.letter for row in taken), key=attrgetter("id"))

    async def sent(self, letter: Letter, now: datetime) -> None:
        """Note that a channel took a message."""
        for row in self._held(letter):
            row.sent_at, row.why = now, ""

    async def put_off(self, letter: Letter, until: datetime, why: str) -> None:
        """Note that a channel did not take a message, and when to try again."""
        for row in self._held(letter):
            row.due, row.why = until, why
            row.letter = msgspec.structs.replace(row.letter, tries=row.letter.tries + 1)

    def _held(self, letter: Letter) -> list[_MessageRow]:
        rows = self._messages
        return [row for row in rows if row.letter.token == letter.token and row.sent_at is None]

    async def alerts(self, limit: int, *, closed: bool = False) -> Sequence[Alert]:
        """Return open incidents, or the closed ones, latest first."""
        meant = [a for a in self._alerts.values() if a.opened_at and bool(a.closed_at) == closed]
        meant.sort(key=lambda a: (a.closed_at or a.opened_at, a.id), reverse=True)
        return meant[:limit]

    def last_opened(self) -> datetime | None:
        """Return when one opened last, that of a due review set aside."""
        rows = [row for row in self._alerts.values() if row.rule is not RuleName.REVIEW]
        return max((row.opened_at for row in rows if row.opened_at is not None), default=None)

    def opened(self, since: datetime) -> int:
        """Return how many opened from a moment on."""
        times = [row.opened_at for row in self._alerts.values()]
        return sum(opened_at is not None and opened_at >= since for opened_at in times)

    def closed(self, since: datetime) -> int:
        """Return how many closed from a moment on."""
        times = [row.closed_at for row in self._alerts.values()]
        return sum(closed_at is not None and closed_at >= since for closed_at in times)

    async def taken(self) -> frozenset[str]:
        """Return the channels that took a message."""
        return frozenset(row.letter.channel for row in self._messages if row.sent_at)

    async def tidy(self, sent_before: datetime, closed_before: datetime) -> None:
        """Forget messages that were taken before one moment, and incidents over before another."""
        told = self._messages
        self._messages = [one for one in told if not one.sent_at or one.sent_at >= sent_before]
        for row in list(self._alerts.values()):
            if row.closed_at and row.closed_at < closed_before:
                del self._alerts[row.id]

    async def unsent(self, limit: int) -> Sequence[Unsent]:
        """Return messages that no channel has taken though it was tried, oldest first."""
        rows = [row for row in self._messages if row.sent_at is None and row.letter.tries]
        return [
            Unsent(
                channel=row.letter.channel,
                title=row.letter.title,
                since=row.made_at,
                tries=row.letter.tries,
                why=row.why,
            )
            for row in rows[:limit]
        ]


class MemoryInstruments:
    """``Instruments``, read off the tables themselves."""

    def __init__(
        self,
        envelopes: Sequence[EnvelopeRow],
        waiting: Mapping[int, EnvelopeRow],
        tasks: TaskTable,
        desk: MemoryDesk,
        alerts: MemoryAlerts,
    ) -> None:
        """Look at what the store holds; nobody came to a door yet."""
        self._envelopes = envelopes
        self._waiting = waiting
        self._tasks = tasks
        self._desk = desk
        self._alerts = alerts
        self._doors: dict[tuple[str, datetime], Counter[Receipt]] = {}

    async def gauges(self, lately: timedelta, now: datetime) -> Gauges:
        """Return the numbers of this moment."""
        since, start = hour_of(now - lately), hour_of(now - USUAL_OVER)
        systems = sorted({system for system, hour in self._doors if hour >= start})
        doors = tuple(self._door(system, since, start) for system in systems)
        ready = [row for row in self._waiting.values() if row.is_ready and not row.tries]
        return Gauges(
            first_received_at=_first(self._envelopes),
            oldest_waiting_at=_first(ready),
            reviewed_at=self._desk.last(REVIEWED),
            last_alert_at=self._alerts.last_opened(),
            given_up=self._tasks.given_up_by_system(),
            doors=doors,
        )

    def _door(self, system: str, since: datetime, start: datetime) -> Door:
        recent: Counter[Receipt] = Counter()
        usual: Counter[Receipt] = Counter()
        for (name, hour), counted in self._doors.items():
            if name == system and hour >= start:
                (recent if hour >= since else usual).update(counted)
        return Door(
            system=system,
            taken=recent[Receipt.KEPT],
            refused=recent[Receipt.UNPROVEN] + recent[Receipt.BUSY],
            usually_taken=usual[Receipt.KEPT],
            usually_refused=usual[Receipt.UNPROVEN] + usual[Receipt.BUSY],
        )

    def answered(self, receipt: Receipt, since: datetime) -> int:
        """Return how many deliveries were answered so in the hours from a moment on."""
        return sum(n[receipt] for (_, hour), n in self._doors.items() if hour >= since)

    async def count(self, tally: Tally, now: datetime) -> None:
        """Add to how deliveries were answered in this hour."""
        for system in systems_of(tally):
            counted = self._doors.setdefault((system, hour_of(now)), Counter())
            counted.update({receipt: n for (name, receipt), n in tally.items() if name == system})


def _first(rows: Sequence[EnvelopeRow]) -> datetime | None:
    return rows[0].incoming.received_at if rows else None
