"""The desk of the memory store."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from accord.domain.reason import Objection, reason_code, record_of, word_of
from accord.engine.desk import (
    EVERYWHERE,
    Aside,
    Chosen,
    DeadLetter,
    Deed,
    Grounds,
    Parked,
    Pause,
    Payload,
    Try,
)
from accord.engine.envelope import Standing
from accord.engine.ports import Attempt, TaskKind
from accord.storage.facts import names_meant, without_address
from accord.storage.memory_rows import EnvelopeRow, OrderRow
from accord.storage.memory_tasks import TaskTable


class MemoryDesk:
    """A ``Desk``, as simple as its meaning allows."""

    def __init__(
        self,
        envelopes: list[EnvelopeRow],
        waiting: dict[int, EnvelopeRow],
        tasks: TaskTable,
        attempts: list[Attempt],
        orders: Mapping[str, OrderRow],
    ) -> None:
        """Look at what the store holds; nothing was done yet."""
        self._envelopes = envelopes
        self._waiting = waiting
        self._tasks = tasks
        self._attempts = attempts
        self._orders = orders
        self._pauses: dict[str, Pause] = {}
        self._deeds: list[Deed] = []

    def _in_quarantine(self) -> list[EnvelopeRow]:
        rows = self._envelopes
        return [row for row in rows if row.standing is Standing.QUARANTINED and row.objections]

    async def aside(self, chosen: Chosen, after: int, limit: int) -> Sequence[Aside]:
        """Return envelopes in quarantine with a number above ``after``, oldest first."""
        meant = [r for r in self._in_quarantine() if r.id > after and _is_meant(r, chosen)]
        return [_aside(row) for row in meant[:limit]]

    async def count_aside(self, chosen: Chosen) -> int:
        """Return how many envelopes in quarantine are meant."""
        return sum(_is_meant(row, chosen) for row in self._in_quarantine())

    async def grounds(self) -> Sequence[Grounds]:
        """Return how many envelopes are in quarantine for what."""
        counted = Counter(
            ground
            for row in self._in_quarantine()
            for ground in {(row.incoming.system, *_columns(each)) for each in row.objections}
        )
        return sorted(
            Grounds(system=system, reason=reason, record=record, word=word, envelopes=count)
            for (system, reason, record, word), count in counted.items()
        )

    async def payload(self, envelope: int) -> Payload | None:
        """Return the bytes of an envelope, whatever its standing."""
        found = [row.incoming for row in self._envelopes if row.id == envelope]
        return Payload(topic=found[0].topic, body=found[0].body) if found else None

    async def parked(self, before: datetime, limit: int) -> Sequence[Parked]:
        """Return envelopes received before a moment that still wait for their order."""
        found = [
            Parked(
                id=row.id,
                system=row.incoming.system,
                topic=row.incoming.topic,
                received_at=row.incoming.received_at,
                waits_for=row.waits_for,
            )
            for row in self._envelopes
            if row.waits_for is not None and row.incoming.received_at < before
        ]
        return found[:limit]

    async def release(self, ids: Sequence[int], deed: Deed) -> Sequence[int]:
        """Put envelopes in quarantine back to waiting; return those that were in it."""
        rows = [row for row in self._in_quarantine() if row.id in set(ids)]
        for row in rows:
            row.standing, row.reason, row.objections = Standing.WAITING, "", ()
            row.decided_at, row.tries = None, 0
            self._put_back(row)
        return self.note(deed, [row.id for row in rows])

    def _put_back(self, row: EnvelopeRow) -> None:
        later = {number: other for number, other in self._waiting.items() if number > row.id}
        for number in later:
            del self._waiting[number]
        self._waiting |= {row.id: row, **later}

    async def discard(self, ids: Sequence[int], deed: Deed) -> Sequence[int]:
        """Let envelopes in quarantine count as ignored, for the deed's reason; keep them."""
        rows = [row for row in self._in_quarantine() if row.id in set(ids)]
        for row in rows:
            was = f"; was set aside: {row.reason}"
            row.standing, row.objections = Standing.IGNORED, ()
            row.reason = f"discarded by {deed.who}: {deed.why}{was}"
            row.decided_at = deed.at
        return self.note(deed, [row.id for row in rows])

    async def dead_letters(self, chosen: Chosen, after: int, limit: int) -> Sequence[DeadLetter]:
        """Return given-up tasks with a number above ``after``, oldest first."""
        meant = [one for one in self._letters() if one.id > after and self._is_about(one, chosen)]
        return meant[:limit]

    async def retry(self, ids: Sequence[int], deed: Deed) -> Sequence[int]:
        """Make given-up tasks due at once with a fresh count; return those that were given up."""
        return self.note(deed, self._tasks.revive(ids, deed.at))

    async def pauses(self) -> Sequence[Pause]:
        """Return the pauses in force, by system."""
        return sorted(self._pauses.values())

    async def pause(self, system: str, deed: Deed) -> bool:
        """Let nothing be written to a system; return False if that was so already."""
        if system in self._pauses:
            return False
        self._pauses[system] = Pause(system=system, who=deed.who, why=deed.why, since=deed.at)
        self.note(deed, [system])
        return True

    async def resume(self, system: str, deed: Deed) -> bool:
        """Lift a pause; return False if there was none."""
        if self._pauses.pop(system, None) is None:
            return False
        self.note(deed, [system])
        return True

    async def deeds(self, limit: int) -> Sequence[Deed]:
        """Return the latest deeds, newest first."""
        return self._deeds[::-1][:limit]

    def why_paused(self, system: str) -> str | None:
        """Return who lets nothing be written to ``system``, and why; None if nobody."""
        pause = self._pauses.get(system) or self._pauses.get(EVERYWHERE)
        return f"{pause.who}: {pause.why}" if pause else None

    def is_paused(self, what: str) -> bool:
        """Return whether there is a pause of exactly this name."""
        return what in self._pauses

    def resumed_at(self, what: str) -> datetime | None:
        """Return when a pause of this name was last lifted."""
        lifted = [d.at for d in self._deeds if d.what == "resumed" and d.things == (what,)]
        return max(lifted, default=None)

    async def remember(self, deed: Deed) -> None:
        """Put on record what somebody did elsewhere."""
        self._deeds.append(deed)

    def note(self, deed: Deed, things: list[int] | list[str]) -> list[int]:
        """Put a deed on record for the things it was done to; return their numbers."""
        if things:
            done = tuple(str(thing) for thing in things)
            self._deeds.append(
                Deed(what=deed.what, things=done, who=deed.who, why=deed.why, at=deed.at)
            )
        return [thing for thing in things if isinstance(thing, int)]

    def last(self, what: str) -> datetime | None:
        """Return when something was done last."""
        return max((deed.at for deed in self._deeds if deed.what == what), default=None)

    def _letters(self) -> Iterator[DeadLetter]:
        for (kind, system, key), row in self._tasks.given_up():
            tries = [
                Try(at=one.at, action=without_address(one.action), outcome=one.outcome)
                for one in self._attempts
                if kind is TaskKind.PROPAGATE and one.system == system and one.order == key
            ]
            yield DeadLetter(
                id=row.place,
                kind=kind.value,
                system=system,
                key=key,
                failures=row.failures,
                note=row.note,
                since=row.settled_at or row.due,
                tries=tuple(tries),
            )

    def _is_about(self, letter: DeadLetter, chosen: Chosen) -> bool:
        order = self._orders.get(letter.key) if letter.kind == TaskKind.PROPAGATE else None
        named = {ref.value for ref in order.matrix.refs} if order else set()
        return (
            (not chosen.ids or letter.id in chosen.ids)
            and (not chosen.system or letter.system == chosen.system)
            and (not chosen.order or not named.isdisjoint(names_meant(chosen.order)))
        )


def _columns(objection: Objection) -> tuple[str, str, str]:
    reason = objection.reason
    return reason_code(reason), record_of(reason), word_of(reason)


def _is_meant(row: EnvelopeRow, chosen: Chosen) -> bool:
    checks: list[Callable[[Objection], bool]] = [
        lambda each: not chosen.reason or _columns(each)[0] == chosen.reason,
        lambda each: not chosen.record or _columns(each)[1] == chosen.record,
        lambda each: chosen.word is None or _columns(each)[2] == chosen.word,
        lambda each: not chosen.order or not {*each.names}.isdisjoint(names_meant(chosen.order)),
    ]
    return (
        (not chosen.ids or row.id in chosen.ids)
        and (not chosen.system or row.incoming.system == chosen.system)
        and any(all(check(each) for check in checks) for each in row.objections)
    )


def _aside(row: EnvelopeRow) -> Aside:
    return Aside(
        id=row.id,
        system=row.incoming.system,
        topic=row.incoming.topic,
        origin=row.incoming.origin,
        received_at=row.incoming.received_at,
        decided_at=row.decided_at or row.incoming.received_at,
        objections=tuple(row.objections),
    )
