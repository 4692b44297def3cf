"""What was read in one envelope, and what becomes of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from accord.domain.reason import Objection, Poison, Reason, sentence
from accord.domain.report import Ref
from accord.engine.envelope import Envelope, Parsed, Standing
from accord.engine.ports import Verdict

# The weightiest of what became of an envelope's reports is what became of the envelope.
_WEIGHT = {
    Standing.IGNORED: 0,
    Standing.REPEATED: 1,
    Standing.LATE: 2,
    Standing.APPLIED: 3,
    Standing.QUARANTINED: 4,
    Standing.WAITING: 5,
}


@dataclass(slots=True)
class Reading:
    """An envelope with what was read in it and what becomes of it."""

    envelope: Envelope
    parsed: Parsed
    standing: Standing = Standing.IGNORED
    reasons: list[str] = field(default_factory=list)
    objections: list[Objection] = field(default_factory=list)
    waits_for: Ref | None = None
    # Whose its latest report was: the order with these names has this key.
    names: tuple[Ref, ...] | None = None
    order: str = ""

    def rule(self, standing: Standing, reason: str = "") -> None:
        """Take in what became of one report; the weightiest decides."""
        if _WEIGHT[standing] > _WEIGHT[self.standing]:
            self.standing = standing
        if reason:
            self.reasons.append(reason)

    def object(self, reason: Reason, names: tuple[Ref, ...] = ()) -> None:
        """Set the envelope aside, for a reason that concerns the order of these names."""
        self.rule(Standing.QUARANTINED, sentence(reason))
        self.objections.append(Objection(reason, tuple(dict.fromkeys(ref.value for ref in names))))

    def verdict(self) -> Verdict:
        """Return what became of the envelope."""
        aside = self.standing is Standing.QUARANTINED
        return Verdict(
            envelope=self.envelope.id,
            standing=self.standing,
            reason="; ".join(dict.fromkeys(self.reasons)),
            waits_for=self.waits_for,
            objections=tuple(dict.fromkeys(self.objections)) if aside else (),
        )


def poisoned(envelopes: Sequence[Envelope]) -> list[Reading]:
    """Return that nothing is read in these: whoever had them in hand died or failed."""
    readings = [Reading(envelope, Parsed()) for envelope in envelopes]
    for reading in readings:
        reading.object(Poison(reading.envelope.system, reading.envelope.tries))
    return readings
