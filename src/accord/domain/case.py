"""What in one order needs a person: a closed set of kinds, each with the steps to take."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from msgspec import Struct

from accord.domain.action import Action, action_name, stops
from accord.domain.outcome import Refused

AT_ONCE = timedelta(0)


class CaseKind(StrEnum):
    """What kind of exception it is, the worst first."""

    SHIPPED_AFTER_CANCEL = "shipped_after_cancel"
    STOP_REFUSED = "stop_refused"
    STOP_UNCONFIRMED = "stop_unconfirmed"
    SHIPPED_TOO_MUCH = "shipped_too_much"
    FOREIGN_CHANGE = "foreign_change"
    RETURN_NOT_BOOKED = "return_not_booked"
    DOUBTFUL_MATCH = "doubtful_match"
    ACTION_REFUSED = "action_refused"
    GIVEN_UP = "given_up"
    REPAIR_HELD = "repair_held"
    NOTICE_AMBIGUOUS = "notice_ambiguous"
    CONTRADICTION = "contradiction"


# These follow from what was asked of a mirror, or sent, and what came of it; all others from facts.
OF_WORK = frozenset(
    {
        CaseKind.STOP_REFUSED,
        CaseKind.ACTION_REFUSED,
        CaseKind.GIVEN_UP,
        CaseKind.REPAIR_HELD,
        CaseKind.NOTICE_AMBIGUOUS,
    }
)
OF_FACTS = frozenset(CaseKind) - OF_WORK


class Case(Struct, frozen=True, order=True):
    """One exception of one order. Kind, system and subject tell it from every other.

    ``what`` is a whole sentence, made of states and words only: as long as it stays the same,
    nothing new has happened. ``after`` is how long it must last before it counts: what clears
    within that time was on its way.
    """

    kind: CaseKind
    system: str
    subject: str
    what: str
    after: timedelta = AT_ONCE

    @property
    def key(self) -> tuple[CaseKind, str, str]:
        """Return what tells it from every other case of its order."""
        return (self.kind, self.system, self.subject)


_MEANINGS: Mapping[CaseKind, str] = {
    CaseKind.SHIPPED_AFTER_CANCEL: "An order was cancelled, and goods of it left all the same.",
    CaseKind.STOP_REFUSED: "A system will not cancel or hold what is to be stopped.",
    CaseKind.STOP_UNCONFIRMED: "What is to be stopped is not seen to have stopped in time.",
    CaseKind.SHIPPED_TOO_MUCH: "More of a line left than the order wants: it was called off late.",
    CaseKind.FOREIGN_CHANGE: 'A mirror changed by itself, and the rule of the track is "ask".',
    CaseKind.RETURN_NOT_BOOKED: "A return stands in no books, and nothing can book it.",
    CaseKind.DOUBTFUL_MATCH: "Two records match equally well; which is which is not guessed.",
    CaseKind.ACTION_REFUSED: "A system refused what it was asked to do.",
    CaseKind.GIVEN_UP: "Work at a system failed too often and was given up.",
    CaseKind.REPAIR_HELD: "A mirror is to be put right, among too many at once to be believed.",
    CaseKind.NOTICE_AMBIGUOUS: "A customer may have been told of a milestone, or not.",
    CaseKind.CONTRADICTION: "A system contradicts the truth, and nothing can be asked of it.",
}

_STEPS: Mapping[CaseKind, tuple[str, ...]] = {
    CaseKind.SHIPPED_AFTER_CANCEL: (
        "Ask the carrier to intercept the parcel, by its tracking number.",
        "If it cannot, write to the customer and open a return in the shop.",
        "Refund only what the shop's own rules say; Accord refunds nothing.",
    ),
    CaseKind.STOP_REFUSED: (
        "Call {system}: is the parcel still in the house? Then let them take it off the line.",
        "If it left, ask the carrier to intercept it, and open a return in the shop.",
        "If it can be stopped after all, run: accord retry.",
    ),
    CaseKind.STOP_UNCONFIRMED: (
        "Call {system} and have the goods taken off the line by hand.",
        "If they are with the carrier, ask the carrier to intercept them.",
        "See whether the link is down: the page of the order says what was answered last.",
    ),
    CaseKind.SHIPPED_TOO_MUCH: (
        "Ask the carrier to intercept the parcel, or let the customer keep or return it.",
        "Record what was decided in the shop, as a return or by putting the line back.",
    ),
    CaseKind.FOREIGN_CHANGE: (
        "Ask who changed it at {system}, and why.",
        "To undo the change there: accord cases decide NUMBER --revert.",
        "To let it stand: accord cases decide NUMBER --adopt.",
    ),
    CaseKind.RETURN_NOT_BOOKED: (
        "Book the return at {system} by hand, for the lines the shop names.",
        "Check that {system} has the order at all.",
    ),
    CaseKind.DOUBTFUL_MATCH: (
        "Find out which record at {system} is which parcel or return.",
        "Give the right one the tracking number; that tells them apart.",
    ),
    CaseKind.ACTION_REFUSED: (
        "Read the reason, and put right at {system} what it names.",
        "Then run: accord retry.",
    ),
    CaseKind.GIVEN_UP: (
        "See why it failed: accord dead-letters show.",
        "Once the cause is gone, run: accord retry.",
    ),
    CaseKind.REPAIR_HELD: (
        "Find out what they have in common: accord repair list --system {system}.",
        "Where a mapping is wrong, correct the accord; what is in step by it closes by itself.",
        "To see what would be done at this one: accord repair NUMBER --dry-run.",
        "To do this one: accord repair NUMBER.",
        "To do them all: accord resume --repairs --system {system}.",
    ),
    CaseKind.NOTICE_AMBIGUOUS: (
        "Find the message with: accord notices list.",
        "Ask the mail server or the service whether it took it, by its key.",
        "Say so with accord notices resolve: --sent, or --again if it did not.",
    ),
    CaseKind.CONTRADICTION: (
        "Compare the order's page with what {system} shows.",
        "Put right by hand whichever of the two is wrong; the case then closes by itself.",
    ),
}


def case_meanings() -> Mapping[CaseKind, str]:
    """Return what each kind means, one sentence each, the worst first."""
    return _MEANINGS


def steps(kind: CaseKind, system: str) -> tuple[str, ...]:
    """Return what a person does about a case, first things first."""
    return tuple(step.format(system=system) for step in _STEPS[kind])


def case_of_refusal(system: str, action: Action, refused: Refused) -> Case:
    """Return the case that follows when a system will not do what it was asked."""
    kind = CaseKind.STOP_REFUSED if stops(action) else CaseKind.ACTION_REFUSED
    name = action_name(type(action))
    about = _about(action)
    done = f"{name.replace('_', ' ')} {about}".strip()
    what = f"{system} refused to {done}: {refused.message.rstrip('.')} ({refused.code})."
    return Case(kind, system, f"{name} {about}".strip(), what)


def case_of_giving_up(system: str, note: str) -> Case:
    """Return the case that follows when work at a system is given up."""
    return Case(CaseKind.GIVEN_UP, system, "", f"Work at {system} was given up: {note}.")


def case_of_hold(system: str, why: str) -> Case:
    """Return the case that follows when a repair at a system is held among too many."""
    return Case(
        CaseKind.REPAIR_HELD, system, "", f"{system} is to be put right: {why}. It is held."
    )


def _about(action: Action) -> str:
    for name in ("parcel", "subject"):
        found = getattr(action, name, None)
        if isinstance(found, str):
            return found
    source = getattr(action, "source", None)
    return f"{source.scope}:{source.value}" if source is not None else ""
