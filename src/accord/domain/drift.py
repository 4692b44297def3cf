"""What is out of step in one order, by its pattern, with evidence and a deadline. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from accord.domain.tracks import Track


class DriftPattern(StrEnum):
    """In which way an order is out of step, in the order of what one such order costs."""

    GHOST_FULFILLMENT = "ghost_fulfillment"
    ORPHANED_PAYMENT = "orphaned_payment"
    UNACKNOWLEDGED_ORDER = "unacknowledged_order"
    REFUNDED_AND_OPEN = "refunded_and_open"
    UNPROCESSED_RETURN = "unprocessed_return"
    STALE_SHIPPING_STATUS = "stale_shipping_status"
    DELIVERED_AND_UNFULFILLED = "delivered_and_unfulfilled"
    FOREIGN_EDIT = "foreign_edit"
    CORRECTED_TWICE = "corrected_twice"
    LEFT_UNDONE = "left_undone"
    OPEN_PARTIAL_SHIPMENT = "open_partial_shipment"
    MISSED_FIRST_UPDATE = "missed_first_update"
    UNKNOWN_WORD = "unknown_word"
    STALLED_STAGE = "stalled_stage"
    NO_COUNTERPART = "no_counterpart"
    DISAGREEMENT = "disagreement"


class DriftClass(StrEnum):
    """Whether a drift has had its time, and whether it came alone."""

    IN_FLIGHT = "in_flight"
    ISOLATED = "isolated"
    SYSTEMIC = "systemic"


# What a person corrects twice within this time will be undone a third time.
CORRECTED_WITHIN = timedelta(days=7)
# So many orders with one cause have one fault behind them, and one fix.
SYSTEMIC_FROM = 5


class Drift(Struct, frozen=True, kw_only=True):
    """One way in which one order is out of step.

    ``subject`` is what of the order it is about, empty for the whole. ``what`` is a sentence for a
    person; ``cause`` is the same for all orders that have it for one reason. ``evidence`` has the
    numbers of the envelopes it rests on. ``since`` is when it began, ``deadline`` until when it
    should be settled.
    """

    pattern: DriftPattern
    system: str
    track: Track
    subject: str
    what: str
    cause: str
    since: datetime
    deadline: datetime
    evidence: tuple[str, ...] = ()
    standing: DriftClass = DriftClass.ISOLATED

    @property
    def key(self) -> tuple[DriftPattern, str, str]:
        """Return what tells it from every other drift of its order."""
        return (self.pattern, self.system, self.subject)


class Unread(Struct, frozen=True):
    """A word of one order that is in no table, and the envelope that waits in quarantine."""

    system: str
    kind: str
    word: str
    envelope: str
    since: datetime


_MEANINGS: Mapping[DriftPattern, str] = {
    DriftPattern.GHOST_FULFILLMENT: "The shop cancelled it, and somebody ships or has shipped it.",
    DriftPattern.ORPHANED_PAYMENT: "Money came in and goods left, and no books have the order.",
    DriftPattern.UNACKNOWLEDGED_ORDER: "Paid and not shipped, and no books have the order.",
    DriftPattern.REFUNDED_AND_OPEN: "All money went back, and a system still works on the order.",
    DriftPattern.UNPROCESSED_RETURN: "A return is open in the shop, and the books know of none.",
    DriftPattern.STALE_SHIPPING_STATUS: "The shop waits for goods that have left elsewhere.",
    DriftPattern.DELIVERED_AND_UNFULFILLED: "A parcel arrived that a system has not as shipped.",
    DriftPattern.FOREIGN_EDIT: "A mirror that was in step was changed there, past the owner.",
    DriftPattern.CORRECTED_TWICE: "A mirror was changed by hand twice within a week.",
    DriftPattern.LEFT_UNDONE: "There is something to be done at a system, and nobody is at it.",
    DriftPattern.OPEN_PARTIAL_SHIPMENT: "A part has shipped, and the rest never follows.",
    DriftPattern.MISSED_FIRST_UPDATE: "A system has the order and has never said a word on it.",
    DriftPattern.UNKNOWN_WORD: "A system uses a word that stands in no table.",
    DriftPattern.STALLED_STAGE: "An order is in a stage for longer than the accord allows.",
    DriftPattern.NO_COUNTERPART: "The books have an order that the shop does not know.",
    DriftPattern.DISAGREEMENT: "A mirror says something else than the owner, or nothing.",
}

_FIXES: Mapping[DriftPattern, str] = {
    DriftPattern.GHOST_FULFILLMENT: "Call the warehouse; if it left, let the carrier intercept it.",
    DriftPattern.ORPHANED_PAYMENT: "Book the order by hand; see why the import passed it over.",
    DriftPattern.UNACKNOWLEDGED_ORDER: "See why the import passed it over; book it by hand.",
    DriftPattern.REFUNDED_AND_OPEN: "Cancel in the shop what is not to be sent.",
    DriftPattern.UNPROCESSED_RETURN: "Book the return there, for the lines the shop names.",
    DriftPattern.STALE_SHIPPING_STATUS: "Repaired by itself where the shop can be told.",
    DriftPattern.DELIVERED_AND_UNFULFILLED: "Repaired by itself where the system can be told.",
    DriftPattern.FOREIGN_EDIT: "Ask who changed it; the rule of the track reverts, adopts or asks.",
    DriftPattern.CORRECTED_TWICE: "Ask who corrects it and why: the owner or a mapping is wrong.",
    DriftPattern.LEFT_UNDONE: "Put down as a repair.",
    DriftPattern.OPEN_PARTIAL_SHIPMENT: "Ship the rest, or take it out of the order in the shop.",
    DriftPattern.MISSED_FIRST_UPDATE: "Read the order again from that system.",
    DriftPattern.UNKNOWN_WORD: "Map the word; what waited for it is then read by itself.",
    DriftPattern.STALLED_STAGE: "Ask the person of that stage.",
    DriftPattern.NO_COUNTERPART: "Find out where the order came from; link or cancel it.",
    DriftPattern.DISAGREEMENT: "Repaired by itself where the system can be told; a case if not.",
}


def drift_meanings() -> Mapping[DriftPattern, str]:
    """Return what each pattern means, one sentence each, the costliest first."""
    return _MEANINGS


def drift_fix(pattern: DriftPattern) -> str:
    """Return what settles a drift of this pattern."""
    return _FIXES[pattern]
