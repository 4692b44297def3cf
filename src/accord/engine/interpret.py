"""Take kept envelopes in batches: parse, decide, and store what follows, all in one transaction."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from msgspec.structs import replace

from accord.domain.accord import Accord
from accord.domain.boundary import untimely, unusable
from accord.domain.decision import (
    Applied,
    Decision,
    Ignored,
    Late,
    Quarantined,
    Repeated,
    decide_usable,
)
from accord.domain.errors import UnreadableError
from accord.domain.matrix import Cell, Matrix
from accord.domain.reason import (
    ContradictingNames,
    ReaderFailed,
    Reason,
    RivalOrder,
    UnknownSystem,
    UnreadablePayload,
)
from accord.domain.report import Ref, Report
from accord.engine.answers import Answers
from accord.engine.envelope import Envelope, Lookup, Origin, Parsed, Standing
from accord.engine.one_envelope import Reading, poisoned
from accord.engine.order_finding import Contradiction, Found, New, Unlinked, find_order, names_of
from accord.engine.out_of_step import change_of
from accord.engine.ports import Change, Link, LinkTakenError, Sitting, Store, Verdict
from accord.engine.trial import Trial, survives

BATCH = 500
# After so many hands died or failed over an envelope, alone with it in the end, it is set aside.
# Failing is an error and tells where it comes from. A death does not: it may have come from
# outside, so the envelope is first tried out where only a copy of this process can die of it.
SUSPICIOUS = 3
# What kills no copy and is in hand at so many deaths kills in a way that no copy shows.
MOST_TRIES = 12
# More of an error than this tells nobody anything.
LONGEST_ERROR = 500


@dataclass(slots=True)
class _Batch:
    """The orders of one sitting while they change. New ones have a key of their own for now."""

    known: dict[Ref, str]
    matrices: dict[str, Matrix]
    told: dict[str, list[Cell]] = field(default_factory=dict)
    lookups: dict[str, set[Lookup]] = field(default_factory=dict)
    touched: dict[str, Matrix] = field(default_factory=dict)  # as they were before
    news: set[str] = field(default_factory=set)

    def open_order(self) -> str:
        key = f"new:{len(self.matrices)}"
        self.matrices[key] = Matrix()
        return key

    def take(self, key: str, decision: Decision) -> None:
        """Go on with the order as ``decision`` leaves it."""
        before, after = self.matrices[key], decision.matrix
        if after is not before:
            self.matrices[key] = after
            self.touched.setdefault(key, before)
            if after.refs is not before.refs:
                self.known.update(dict.fromkeys(after.refs, key))
        if isinstance(decision, Applied):
            self.news.add(key)
            self.told.setdefault(key, []).extend(decision.cells)

    def ask(self, system: str, lookup: Lookup) -> None:
        self.lookups.setdefault(system, set()).add(lookup)


class Interpreter:
    """The second step of the road."""

    def __init__(
        self,
        accord: Accord,
        links: Mapping[str, Link],
        store: Store,
        clock: Callable[[], datetime],
        trial: Trial = survives,
    ) -> None:
        """Try out by ``trial`` what others may have died of."""
        self._accord = accord
        self._links = links
        self._store = store
        self._clock = clock
        self._trial = trial
        self._answers = Answers(accord)
        # Neighbours in the queue are often of one order: one batch is decided after the other.
        self._deciding = asyncio.Lock()
        self._is_behind = False
        self.reports = 0  # decided by this process, for its figures

    async def turn(self) -> int:
        """Settle one batch of waiting envelopes; return how many there were."""
        now = self._clock()
        try:
            # What is taken for deciding is given back when the outcome is durable, not before.
            async with AsyncExitStack() as until_durable:
                async with self._store.interpreting(BATCH, now) as sitting:
                    self._is_behind = len(sitting.envelopes) == BATCH
                    if sitting.envelopes:
                        readings = await self._read_batch(sitting.envelopes)
                        await until_durable.enter_async_context(self._deciding)
                        await self._settle(sitting, readings, now)
                return len(sitting.envelopes)
        except LinkTakenError:
            # Another hand linked the same new order a moment ago; the next turn will find it.
            return 1

    async def turn_beside(self) -> int:
        """Read the next batch while the last one's outcome is written, if as much is waiting."""
        return await self.turn() if self._is_behind else 0

    async def _read_batch(self, envelopes: Sequence[Envelope]) -> list[Reading]:
        read = partial(self._read_all, envelopes)
        return read() if await self._survives(envelopes, read) else poisoned(envelopes)

    async def _settle(self, sitting: Sitting, readings: list[Reading], now: datetime) -> None:
        envelopes = sitting.envelopes
        systems = self._accord.systems
        names: set[Ref] = set()
        for reading in readings:
            # Most envelopes speak of one order, by the same names in every report.
            spoken = {id(report.order): report for report in reading.parsed.reports}
            names.update(*(names_of(report, systems) for report in spoken.values()))
        known = dict(await sitting.find(names))
        matrices = dict(await sitting.matrices(frozenset(known.values())))
        conclude = partial(self._conclude, readings, _Batch(known, matrices))
        if not await self._survives(envelopes, conclude):
            conclude = partial(self._conclude, poisoned(envelopes), _Batch({}, {}))
        await sitting.write(*conclude(), now)

    async def _survives(self, envelopes: Sequence[Envelope], work: Callable[[], object]) -> bool:
        """Return whether ``work`` on these may be done in this process."""
        for envelope in envelopes:
            if envelope.tries >= SUSPICIOUS:  # then it is alone
                if envelope.failed_here or envelope.tries >= MOST_TRIES:
                    return False
                return await self._trial(work)
        return True

    def _read_all(self, envelopes: Sequence[Envelope]) -> list[Reading]:
        return [self._read(envelope) for envelope in envelopes]

    def _conclude(
        self, readings: Sequence[Reading], batch: _Batch
    ) -> tuple[list[Change], list[Verdict], dict[str, list[Lookup]]]:
        """Return what becomes of the orders and the envelopes, and what is to be read again."""
        for reading in readings:
            self._decide_all(reading, batch)
        verdicts = [reading.verdict() for reading in readings]
        lookups = {system: sorted(asked, key=str) for system, asked in batch.lookups.items()}
        return self._changes(batch), verdicts, lookups

    def _read(self, envelope: Envelope) -> Reading:
        parsed = self._parsed(envelope)
        if isinstance(parsed, Parsed):
            return Reading(envelope, parsed)
        reading = Reading(envelope, Parsed())
        reading.object(parsed)
        return reading

    def _parsed(self, envelope: Envelope) -> Parsed | Reason:
        system = envelope.system
        link = self._links.get(system)
        if link is None:
            return UnknownSystem(system)
        try:
            return link.parse(envelope)
        except UnreadableError as error:
            return UnreadablePayload(system, str(error)[:LONGEST_ERROR])
        except Exception as error:  # noqa: BLE001 - one poisoned envelope must not stop the rest
            return ReaderFailed(system, f"{type(error).__name__}: {error}"[:LONGEST_ERROR])

    def _decide_all(self, reading: Reading, batch: _Batch) -> None:
        envelope, parsed = reading.envelope, reading.parsed
        flawed = {flaw.order for flaw in parsed.flaws}
        for flaw in parsed.flaws:
            reading.object(flaw.reason, (flaw.order,))
        if parsed.ignored:
            reading.rule(Standing.IGNORED, parsed.ignored)
        elif parsed.lookups and not parsed.reports:
            reading.rule(Standing.IGNORED, "a hint: what it names is read again")
        for lookup in parsed.lookups:
            batch.ask(envelope.system, lookup)
        for report in parsed.reports:
            if flawed.isdisjoint(report.order):
                self._decide_one(report, reading, batch)

    def _decide_one(self, report: Report, reading: Reading, batch: _Batch) -> None:
        reason = unusable(report) or untimely(report, reading.envelope.received_at)
        if reason is not None:
            reading.object(reason, report.order)
            return
        if report.order is not reading.names:  # most envelopes speak of one order
            key = self._place(report, reading, batch)
            if key is None:
                return
            reading.names, reading.order = report.order, key
        key = reading.order
        self.reports += 1
        envelope = reading.envelope
        if envelope.origin is not Origin.HOOK:
            report = replace(report, read_at=envelope.received_at)
        decision = decide_usable(batch.matrices[key], report, self._accord, str(envelope.id))
        self._note(decision, report, reading, batch)
        batch.take(key, decision)

    def _place(self, report: Report, reading: Reading, batch: _Batch) -> str | None:
        """Return the key of the order a report speaks of; None where it can be given to none."""
        match find_order(report, self._accord.systems, batch.known):
            case Found(key):
                pass
            case New():
                key = batch.open_order()
            case Unlinked(ref):
                reading.waits_for = ref
                reading.rule(Standing.WAITING, f"waits for the order {ref.value} of {ref.scope}")
                batch.ask(report.system, Lookup(Ref("order", ref.value)))
                return None
            case Contradiction():
                names = tuple(f"{ref.scope} {ref.value}" for ref in report.order)
                reading.object(ContradictingNames(report.system, names), report.order)
                return None
        rival = _rival(batch.matrices[key], report)
        if rival is not None:
            reading.object(rival, report.order)
            return None
        return key

    @staticmethod
    def _note(decision: Decision, report: Report, reading: Reading, batch: _Batch) -> None:
        match decision:
            case Applied():
                reading.rule(Standing.APPLIED)
            case Repeated():
                reading.rule(Standing.REPEATED)
            case Late(doubtful=doubtful):
                reading.rule(Standing.LATE)
                if doubtful:
                    batch.ask(report.system, Lookup(Ref("order", report.order[0].value)))
            case Ignored(reason=reason):
                reading.rule(Standing.IGNORED, reason)
            case Quarantined(reason=why):
                reading.object(why, report.order)

    def _changes(self, batch: _Batch) -> list[Change]:
        return [
            self._change(key, batch)
            for key in sorted(batch.touched)
            if key in batch.news or batch.matrices[key] != batch.touched[key]
        ]

    def _change(self, key: str, batch: _Batch) -> Change:
        """Return what became of one order, and what follows from it."""
        return change_of(
            None if key.startswith("new:") else key,
            batch.touched[key],
            batch.matrices[key],
            self._accord,
            told=tuple(batch.told.get(key, ())),
            news=key in batch.news,
            now=self._clock(),
            answers=self._answers,
        )


def _rival(matrix: Matrix, report: Report) -> RivalOrder | None:
    """Return why the report cannot be of this order: its system knows it by another id."""
    own = matrix.own_ref(report.system)
    if own is None:
        return None
    for ref in report.order:
        if ref.scope == report.system:
            return None if ref.value == own else RivalOrder(report.system, own, ref.value)
    return None
