"""The accord: the systems, who owns what, the stages told to customers, who answers for it."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from msgspec import Struct

from accord.domain.action import ActionKind
from accord.domain.alert_rules import AlertRules, usual_rules
from accord.domain.notice_rules import NoticeRules
from accord.domain.ownership import Ownership
from accord.domain.repair_rules import RepairRules
from accord.domain.sweep_rules import SweepRules
from accord.domain.tracks import State, Track
from accord.domain.vocabulary import Reading, Row, Vocabulary


class Role(StrEnum):
    """What a system is for in the stack."""

    STOREFRONT = "storefront"
    MARKETPLACE = "marketplace"
    ERP = "erp"
    WAREHOUSE = "warehouse"
    CARRIER = "carrier"
    HELPDESK = "helpdesk"


class Gate(StrEnum):
    """How a warehouse is kept from shipping what was cancelled."""

    HOLD = "hold"  # nothing leaves without a fresh permission
    CANCEL_LANE = "cancel_lane"  # it is told to stop, and watched until it has


class Rule(StrEnum):
    """What happens when a system that does not own a track changes it by itself."""

    REVERT = "revert"
    ADOPT = "adopt"
    ASK = "ask"


class Notify(StrEnum):
    """Whether reaching a stage is told to the customer by a message."""

    NEVER = "never"
    ONCE = "once"


class Stage(Struct, frozen=True):
    """One step of the story told to customers, computed from the matrix.

    ``when`` names a column (a track or ``progress``) and the states that satisfy it; every
    column must be satisfied by the truth of some row. ``stall_after`` is how long an order may
    stay here before ``person`` is asked to look; None where it may rest for good.
    """

    name: str
    definition: str
    when: dict[str, tuple[State, ...]]
    customer_facing: bool
    notify: Notify
    stall_after: timedelta | None
    person: str


class System(Struct, frozen=True):
    """One connected system as the accord knows it.

    ``places`` maps a location of the accord to the id this system gives it. ``settings`` are
    the declared facts on which the meaning of its words depends. ``able_to_own`` and
    ``able_to_mirror`` are the tracks its connector can speak the truth on and be brought into
    step on. ``gate`` is how goods are kept from leaving after a cancellation, which must be
    confirmed ``cancel_within``. Under ``hold`` they rest for ``hold_for``, and a permission to
    ship holds for ``permit_for``. ``subscribe``: we look after what it sends us.
    """

    name: str
    connector: str
    role: Role
    vocabulary: Vocabulary
    can: frozenset[ActionKind]
    settings: Mapping[str, str | bool] = {}
    places: Mapping[str, str] = {}
    able_to_own: frozenset[Track] = frozenset(Track)
    able_to_mirror: frozenset[Track] = frozenset(Track)
    gate: Gate = Gate.CANCEL_LANE
    cancel_within: timedelta = timedelta(minutes=15)
    hold_for: timedelta = timedelta(0)
    permit_for: timedelta = timedelta(hours=4)
    subscribe: bool = True

    @property
    def is_gated(self) -> bool:
        """Whether nothing leaves here without a permission."""
        return self.gate is Gate.HOLD

    def read(self, kind: str, word: str) -> Reading:
        """Return what a word of this system means here."""
        return self.vocabulary.read(kind, word, self.settings)

    def location(self, place: str | None) -> str:
        """Return the accord's name for a place of this system; its own id where none is given."""
        if place is None:
            return ""
        return next((name for name, own in self.places.items() if own == place), place)

    def word_for(self, column: str, state: State) -> Row | None:
        """Return the row whose word this system is expected to show for ``state``."""
        return self.vocabulary.word_for(column, state, self.settings)


class Accord(Struct, frozen=True):
    """Everything the pure functions need to know about the stack they serve.

    ``address`` is below which our hooks are reached from outside; empty if nobody said.
    """

    systems: Mapping[str, System]
    ownership: Ownership
    rules: Mapping[Track, Rule] = {}
    stages: tuple[Stage, ...] = ()
    responsible: str = ""
    review_every: timedelta = timedelta(weeks=1)
    review_when_stable: timedelta = timedelta(weeks=4)
    latency_target: timedelta = timedelta(minutes=5)
    partial_limit: timedelta = timedelta(days=14)
    refund_within: timedelta | None = None
    notices: NoticeRules | None = None
    alerts: AlertRules = usual_rules()
    repairs: RepairRules = RepairRules()
    sweep: SweepRules = SweepRules()
    address: str = ""

    def rule(self, track: Track) -> Rule:
        """Return what to do about a change of ``track`` by a system that does not own it."""
        return self.rules.get(track, Rule.REVERT)
