"""The ledger of repairs: what was found out of step with nobody at work on it, and its fate."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from accord.domain.action import Action
from accord.domain.case import Case
from accord.engine.desk import Deed
from accord.engine.envelope import Standing

# Who decides where no person does.
ACCORD = "Accord"


class RepairOutcome(StrEnum):
    """What became of a repair that was found."""

    WAITING = "waiting"  # nobody decided yet: it may still be on its way
    HELD = "held"  # there were too many; a person decides
    RELEASED = "released"  # the same was still to be done: it is being done
    REPAIRED = "repaired"  # and seen to be done
    GIVEN_UP = "given_up"  # it could not be read, or not be done
    CLEARED = "cleared"  # on a second look nothing was to be done
    OVERTAKEN = "overtaken"  # something new was said meanwhile, and it became ordinary work


UNDECIDED = frozenset({RepairOutcome.WAITING, RepairOutcome.HELD})
LET_GO = frozenset({RepairOutcome.RELEASED, RepairOutcome.REPAIRED, RepairOutcome.GIVEN_UP})


class Look(Struct, frozen=True):
    """The second look at a repair: when it was taken, and the envelopes that came of it."""

    at: datetime
    envelopes: tuple[tuple[str, bytes], ...]


class Repair(Struct, frozen=True, kw_only=True):
    """One mirror of one order that was found out of step, with what became of it.

    ``why`` says what led to it; the same words stand for the same cause. ``actions`` are what
    was to be done, as of the look or the decision. ``who`` decided for which ``reason``;
    ``by_hand``: a person, whom no cap holds.
    """

    id: int
    order: str
    number: str
    system: str
    found_at: datetime
    why: str
    outcome: RepairOutcome = RepairOutcome.WAITING
    look: Look | None = None
    actions: tuple[Action, ...] = ()
    by_hand: bool = False
    who: str = ""
    reason: str = ""
    decided_at: datetime | None = None
    ended_at: datetime | None = None


class Tally(Struct, frozen=True):
    """How many repairs count against the cap, and the cause of ``most`` of them."""

    every: int = 0
    cause: str = ""
    most: int = 0


class RepairLedger(Protocol):
    """What was repaired, is held or waits. Every store offers it as ``repairs``."""

    async def is_idle(self, system: str) -> bool:
        """Return whether nothing is to be repaired at ``system``, and nothing under way."""

    async def undecided(
        self, system: str, orders: Collection[str], now: datetime
    ) -> Mapping[str, Repair]:
        """Return the rows of claimed repairs by order; one that has none yet gets one.

        One that was let go and is a repair again is undecided once more, without its look.
        """

    async def let_go(self, system: str) -> Mapping[str, Repair]:
        """Return by order what was let go and is not seen to be done yet."""

    async def waiting(self, system: str, limit: int) -> Sequence[Repair]:
        """Return repairs that are neither decided nor held, oldest first."""

    async def tally(self, system: str, since: datetime) -> Tally:
        """Count what was found since a person last accepted it, and let go after ``since``."""

    async def orders_known(self, most: int) -> int:
        """Return how many orders are known, counted no further than ``most``."""

    async def standings(self, look: Look) -> Mapping[tuple[str, bytes], Standing]:
        """Return what became of the envelopes of a look."""

    async def write(self, rows: Sequence[Repair]) -> None:
        """Store what became of rows that nobody decided about until now."""

    async def in_hand(self, system: str) -> int:
        """Return how many were let go and are not seen to be done yet."""

    async def is_stopped(self, system: str) -> bool:
        """Return whether no repairs may be done at ``system``, but by hand."""

    async def stop(self, system: str, deed: Deed) -> bool:
        """Let no repairs be done at ``system``; return False if that was so already."""

    async def hold(self, rows: Sequence[Repair], cases: Mapping[str, Case], now: datetime) -> None:
        """Put rows down as held, with a case for the order of each."""

    async def ask_by_hand(self, order: str, system: str, deed: Deed) -> bool:
        """Let one repair be done whatever the cap; return False if there is none to be done."""

    async def tidy(self, system: str, now: datetime) -> int:
        """End what went on as ordinary work; return how many rows that were."""

    async def rows(self, system: str, since: datetime, limit: int) -> Sequence[Repair]:
        """Return what is under way, then what ended after ``since``, latest first."""
