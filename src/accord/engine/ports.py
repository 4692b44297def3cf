"""Everything the use cases need from the world; of single systems, in ``link``."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from accord.domain.action import Action
from accord.domain.agreement import Agreed
from accord.domain.case import Case
from accord.domain.errors import AccordError
from accord.domain.link_state import LinkState
from accord.domain.matrix import Cell, Condition, Known, Matrix, anyhow
from accord.domain.outcome import Outcome
from accord.domain.reason import Objection
from accord.domain.report import Ref
from accord.engine.census_book import CensusBook
from accord.engine.desk import Desk
from accord.engine.envelope import Envelope, Incoming, Lookup, Standing
from accord.engine.heard import HeardBook
from accord.engine.link import Delivery, Document, FeedError, Link, Page, Subscription
from accord.engine.repair_ledger import RepairLedger
from accord.engine.subscription_book import SubscriptionBook
from accord.engine.sweep_book import SweepBook

__all__ = ["Delivery", "Document", "FeedError", "Link", "Page", "Subscription"]


class TaskKind(StrEnum):
    """What kind of work outlives the process."""

    PROPAGATE = "propagate"  # bring one mirror of one order into step; key: the order
    REREAD = "reread"  # read one thing again; key: scope and id
    POLL = "poll"  # page through the change feed; key: ``*``
    NOTIFY = "notify"  # tell the customer what there is to tell; key: the order
    WATCH = "watch"  # look whether anything is worth an alert; system and key: ``*``
    SWEEP = "sweep"  # list again what changed lately, and compare; key: ``*``
    CENSUS = "census"  # hold a closed hour against the system's own list; key: ``*``
    SUBSCRIBE = "subscribe"  # see that hooks are sent, and have them sent; key: ``*``


class Doubt(Struct, frozen=True):
    """A write of unknown outcome may still happen at the mirror, at the latest at ``until``.

    ``seen`` counts how often in a row the mirror was then found in step.
    """

    until: datetime
    seen: int = 0


class Task(Struct, frozen=True, kw_only=True):
    """Leased work. ``token`` fences it: whoever holds an older token settles nothing.

    ``urgent`` work and ``repair`` have lanes of their own. ``taken_over``: the lease before ran
    out, so whoever had it may have asked for something and not said so.
    """

    kind: TaskKind
    system: str
    key: str
    token: int
    failures: int
    urgent: bool = False
    repair: bool = False
    taken_over: bool = False
    doubt: Doubt | None = None


class Settlement(Struct, frozen=True, kw_only=True):
    """How a task ends for now: done (``due`` None), or due again at ``due``.

    ``failed`` counts one more failure in a row; ``dead`` ends the trying and keeps the task
    with its ``note`` for a person. A ``firm`` wait is not cut short by new wishes, unless they
    are urgent; one that is no failure leaves the count as it is. ``urgent``, ``repair`` and
    ``doubt`` are as of now. ``cases`` need a person now; ``cleared``: and no others that followed
    from this work.
    """

    task: Task
    due: datetime | None = None
    failed: bool = False
    dead: bool = False
    firm: bool = False
    urgent: bool = False
    repair: bool = False
    doubt: Doubt | None = None
    note: str = ""
    cases: tuple[Case, ...] = ()
    cleared: bool = False


class Attempt(Struct, frozen=True, kw_only=True):
    """One try of an action at a mirror, kept for ever.

    ``made`` is what is known by it of the record the mirror made: kept with the order's facts.
    """

    order: str
    system: str
    action: Action
    outcome: Outcome
    at: datetime
    took: timedelta
    made: Known | None = None


class Verdict(Struct, frozen=True, kw_only=True):
    """What became of one envelope, with the reason where a person may have to act.

    ``objections`` are the reasons of one in quarantine, each as a value; ``reason`` has them all
    as sentences.
    """

    envelope: int
    standing: Standing
    reason: str = ""
    waits_for: Ref | None = None
    objections: tuple[Objection, ...] = ()


class Change(Struct, frozen=True, kw_only=True):
    """What one batch did to one order. ``told`` are the cells that changed, for the history.

    ``order`` is None for an order not seen before; ``due`` names the mirrors now out of step,
    ``urgent`` those of them where something is to be stopped, ``repairs`` those where nobody
    said anything new, each with what led to it: they wait for ``wait``. ``cases`` are all that
    need a person now, as far as the facts tell. ``tell``: the customer may have to be told.
    ``agreed`` tells which mirrors came into step by it, and how long that took.
    """

    order: str | None
    matrix: Matrix
    told: tuple[Cell, ...] = ()
    due: tuple[str, ...] = ()
    urgent: frozenset[str] = frozenset()
    repairs: Mapping[str, str] = {}
    wait: timedelta = timedelta(0)
    cases: tuple[Case, ...] = ()
    tell: bool = False
    agreed: tuple[Agreed, ...] = ()


class LinkTakenError(AccordError):
    """Another hand gave this name to an order first. Start the sitting again."""

    def __init__(self, ref: Ref) -> None:
        super().__init__(f"{ref.scope} {ref.value} was linked to another order meanwhile")
        self.ref = ref


class Sitting(Protocol):
    """A batch of envelopes in one hand, inside one transaction."""

    @property
    def envelopes(self) -> Sequence[Envelope]:
        """The claimed envelopes, oldest first."""

    async def find(self, refs: Collection[Ref]) -> Mapping[Ref, str]:
        """Return which of ``refs`` already name an order, and lock those orders."""

    async def matrices(self, orders: Collection[str]) -> Mapping[str, Matrix]:
        """Return the matrices of locked orders."""

    async def write(
        self,
        changes: Sequence[Change],
        verdicts: Sequence[Verdict],
        lookups: Mapping[str, Sequence[Lookup]],
        now: datetime,
    ) -> None:
        """Store the outcome of the batch: matrices, history, verdicts, follow-up tasks."""


class Store(Protocol):
    """The database. Everything that must outlive the process, and nothing else."""

    @property
    def desk(self) -> Desk:
        """What is stuck, and what people do about it."""

    @property
    def repairs(self) -> RepairLedger:
        """What was found out of step with nobody at work on it, and what became of it."""

    @property
    def sweeps(self) -> SweepBook:
        """How far each sweep has come."""

    @property
    def census(self) -> CensusBook:
        """How each closed hour stands."""

    @property
    def heard(self) -> HeardBook:
        """Which hooks did not come, and which hours were silent."""

    @property
    def subscription_book(self) -> SubscriptionBook:
        """What every system was last seen to send us."""

    async def keep(self, incoming: Sequence[Incoming]) -> int:
        """Keep what was received in one commit; return how many were not copies."""

    def interpreting(self, limit: int, now: datetime) -> AbstractAsyncContextManager[Sitting]:
        """Claim up to ``limit`` waiting envelopes until the block ends, then commit."""

    async def ask(self, kind: TaskKind, system: str, keys: Collection[str], due: datetime) -> None:
        """Put work down; what is already asked for is not asked twice, only made due earlier."""

    async def ask_repairs(
        self, system: str, orders: Collection[str], why: str, due: datetime, now: datetime
    ) -> None:
        """Put down that orders are out of step at ``system`` with nobody at work; not if so."""

    async def claim(
        self,
        kind: TaskKind,
        systems: Collection[str],
        limit: int,
        lease: timedelta,
        now: datetime,
        *,
        urgent: bool = False,
    ) -> Sequence[Task]:
        """Lease due tasks of one lane, repairs left out, oldest first; each has a new token."""

    async def claim_repairs(
        self, system: str, limit: int, lease: timedelta, now: datetime
    ) -> Sequence[Task]:
        """Lease due repairs, oldest first; while they are stopped, only those asked for by hand."""

    async def is_at_work(self, order: str, systems: Collection[str]) -> bool:
        """Return whether work on an order at one of these mirrors may not be over yet."""

    async def settle(self, settlements: Sequence[Settlement], now: datetime) -> Sequence[Task]:
        """End leases; return the tasks whose token was no longer the newest."""

    async def record(self, attempts: Sequence[Attempt]) -> None:
        """Keep what was tried, and what is known by it of orders, in one commit."""

    async def load(self, orders: Collection[str]) -> Mapping[str, Matrix]:
        """Return the matrices of some orders, unlocked."""

    async def link(self, order: str, matrix: Matrix, only_if: Condition = anyhow) -> bool:
        """Merge facts learned outside an envelope into an order; ``only_if`` is held of it now."""

    async def bookmark(self, system: str) -> str | None:
        """Return where the change feed of ``system`` was left."""

    async def advance(self, system: str, incoming: Sequence[Incoming], bookmark: str) -> int:
        """Keep a page of a feed and its bookmark in one commit; return how many were new."""

    async def why_paused(self, system: str) -> str | None:
        """Return who lets nothing be written to ``system`` for now, and why; None if nobody."""

    async def link_state(self, system: str) -> LinkState:
        """Return what all processes know of one link."""

    async def reckon(
        self, system: str, change: Callable[[LinkState], LinkState]
    ) -> tuple[LinkState, LinkState]:
        """Change what is known of one link, one hand at a time; return it before and after."""

    async def due(self, now: datetime) -> frozenset[tuple[TaskKind, str]]:
        """Return what kinds of work, of which systems, can be claimed at ``now``."""

    async def balance(self) -> Mapping[str, Mapping[Standing, int]]:
        """Return for each system how many envelopes stand where."""
