"""Take kept envelopes in batches: parse, decide, and store what follows, all in one transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

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
    decide,
)
from accord.domain.errors import UnreadableError
from accord.domain.matrix import Cell, Matrix
from accord.domain.reason import (
    ContradictingNames,
    Objection,
    Poison,
    ReaderFailed,
    Reason,
    RivalOrder,
    UnknownSystem,
    UnreadablePayload,
    sentence,
)
from accord.domain.report import Ref, Report
from accord.engine.envelope import Envelope, Lookup, Origin, Parsed, Standing
from accord.engine.order_finding import Contradiction, Found, New, Unlinked, find_order, names_of
from accord.engine.out_of_step import change_of
from accord.engine.ports import Change, Link, LinkTakenError, Sitting, Store, Verdict

BATCH = 500
# An envelope is set aside once this many hands died or failed over it, alone with it in the end.
MOST_TRIES = 3
# More of an error than this tells nobody anything.
LONGEST_ERROR = 500

# The weightiest of what became of an envelope's reports is what became of the envelope.
_WEIGHT = (
    Standing.IGNORED,
    Standing.REPEATED,
    Standing.LATE,
    Standing.APPLIED,
    Standing.QUARANTINED,
    Standing.WAITING,
)


@dataclass(slots=True)
class _Reading:
    """An envelope with what was read in it and what becomes of it."""

    envelope: Envelope
    parsed: Parsed
    standing: Standing = Standing.IGNORED
    reasons: list[str] = field(default_factory=list)
    objections: list[Objection] = field(default_factory=list)
    waits_for: Ref | None = None

    def rule(self, standing: Standing, reason: str = "") -> None:
        if _WEIGHT.index(standing) > _WEIGHT.index(self.standing):
            self.standing = standing
        if reason:
            self.reasons.append(reason)

    def object(self, reason: Reason, names: tuple[Ref, ...] = ()) -> None:
        self.rule(Standing.QUARANTINED, sentence(reason))
        self.objections.append(Objection(reason, tuple(dict.fromkeys(ref.value for ref in names))))

    def verdict(self) -> Verdict:
        aside = self.standing is Standing.QUARANTINED
        return Verdict(
            envelope=self.envelope.id,
            standing=self.standing,
            reason="; ".join(dict.fromkeys(self.reasons)),
            waits_for=self.waits_for,
            objections=tuple(dict.fromkeys(self.objections)) if aside else (),
        )


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
        self, accord: Accord, links: Mapping[str, Link], store: Store, clock: Callable[[], datetime]
    ) -> None:
        self._accord = accord
        self._links = links
        self._store = store
        self._clock = clock
        self.reports = 0  # decided by this process, for its figures

    async def turn(self) -> int:
        """Settle one batch of waiting envelopes; return how many there were."""
        now = self._clock()
        try:
            async with self._store.interpreting(BATCH, now) as sitting:
                if sitting.envelopes:
                    await self._settle(sitting, now)
                return len(sitting.envelopes)
        except LinkTakenError:
            # Another hand linked the same new order a moment ago; the next turn will find it.
            return 1

    async def _settle(self, sitting: Sitting, now: datetime) -> None:
        readings = [self._read(envelope) for envelope in sitting.envelopes]
        systems = self._accord.systems
        names: set[Ref] = set()
        for reading in readings:
            # Most envelopes speak of one order, by the same names in every report.
            spoken = {id(report.order): report for report in reading.parsed.reports}
            names.update(*(names_of(report, systems) for report in spoken.values()))
        known = dict(await sitting.find(names))
        matrices = dict(await sitting.matrices(frozenset(known.values())))
        batch = _Batch(known, matrices)
        for reading in readings:
            self._decide_all(reading, batch)
        verdicts = [reading.verdict() for reading in readings]
        lookups = {system: sorted(asked, key=str) for system, asked in batch.lookups.items()}
        await sitting.write(self._changes(batch), verdicts, lookups, now)

    def _read(self, envelope: Envelope) -> _Reading:
        parsed = self._parsed(envelope)
        if isinstance(parsed, Parsed):
            return _Reading(envelope, parsed)
        reading = _Reading(envelope, Parsed())
        reading.object(parsed)
        return reading

    def _parsed(self, envelope: Envelope) -> Parsed | Reason:
        system = envelope.system
        link = self._links.get(system)
        if link is None:
            return UnknownSystem(system)
        if envelope.tries >= MOST_TRIES:
            return Poison(system, envelope.tries)
        try:
            return link.parse(envelope)
        except UnreadableError as error:
            return UnreadablePayload(system, str(error)[:LONGEST_ERROR])
        except Exception as error:  # noqa: BLE001 - one poisoned envelope must not stop the rest
            return ReaderFailed(system, f"{type(error).__name__}: {error}"[:LONGEST_ERROR])

    def _decide_all(self, reading: _Reading, batch: _Batch) -> None:
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

    def _decide_one(self, report: Report, reading: _Reading, batch: _Batch) -> None:
        reason = unusable(report) or untimely(report, reading.envelope.received_at)
        if reason is not None:
            reading.object(reason, report.order)
            return
        match find_order(report, self._accord.systems, batch.known):
            case Found(key):
                pass
            case New():
                key = batch.open_order()
            case Unlinked(ref):
                reading.waits_for = ref
                reading.rule(Standing.WAITING, f"waits for the order {ref.value} of {ref.scope}")
                batch.ask(report.system, Lookup(Ref("order", ref.value)))
                return
            case Contradiction():
                names = tuple(f"{ref.scope} {ref.value}" for ref in report.order)
                reading.object(ContradictingNames(report.system, names), report.order)
                return
        self.reports += 1
        before = batch.matrices[key]
        rival = _rival(before, report)
        if rival is not None:
            reading.object(rival, report.order)
            return
        envelope = reading.envelope
        if envelope.origin is not Origin.HOOK:
            report = replace(report, read_at=envelope.received_at)
        decision = decide(before, report, self._accord, str(envelope.id))
        self._note(decision, report, reading, batch)
        batch.take(key, decision)

    @staticmethod
    def _note(decision: Decision, report: Report, reading: _Reading, batch: _Batch) -> None:
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
            if batch.matrices[key] != batch.touched[key]
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
