"""What pages and commands read from the store: a second, read-only port beside ``Store``."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from accord.domain.action import Action
from accord.domain.link_state import LinkState
from accord.domain.matrix import Cell, Matrix
from accord.domain.outcome import Outcome
from accord.engine.alert_desk import AlertDesk
from accord.engine.case_desk import CaseDesk
from accord.engine.census_book import CensusBook
from accord.engine.desk import Desk
from accord.engine.drift_ledger import DriftLedger
from accord.engine.envelope import Origin, Standing
from accord.engine.gauges import Instruments
from accord.engine.heard import HeardBook
from accord.engine.numbers import Numbers
from accord.engine.subscription_book import SubscriptionLine
from accord.engine.sweep_book import SweepBook


class OrderLine(Struct, frozen=True, kw_only=True):
    """One order in a list."""

    order: str
    matrix: Matrix
    updated_at: datetime


class Told(Struct, frozen=True, kw_only=True):
    """One change of a cell, and when Accord took it over."""

    cell: Cell
    decided_at: datetime


class Tried(Struct, frozen=True, kw_only=True):
    """One try of an action at a mirror."""

    system: str
    action: Action
    outcome: Outcome
    at: datetime
    took: timedelta


class Pending(Struct, frozen=True, kw_only=True):
    """What is still to be done at one mirror. ``dead``: given up, with its ``note``."""

    system: str
    due: datetime
    leased_until: datetime | None
    failures: int
    dead: bool
    note: str


class OrderFile(Struct, frozen=True, kw_only=True):
    """Everything on one order; lists are oldest first."""

    line: OrderLine
    history: Sequence[Told]
    attempts: Sequence[Tried]
    pending: Sequence[Pending]


class AttemptCount(Struct, frozen=True, order=True, kw_only=True):
    """How many tries of one kind of action at one mirror ended one way."""

    system: str
    action: str
    outcome: str
    attempts: int


class LinkLine(Struct, frozen=True, kw_only=True):
    """One link and its work. ``oldest`` is since when the oldest of what waits has waited."""

    system: str
    state: LinkState
    waiting: int
    urgent: int
    dead: int
    oldest: datetime | None


class Counts(Struct, frozen=True, kw_only=True):
    """How much there is of everything."""

    orders: int
    history: int
    envelopes: Mapping[Origin, int]
    attempts: Sequence[AttemptCount]


class Overview(Protocol):
    """Reading without locking. Every store offers it."""

    @property
    def desk(self) -> Desk:
        """What is stuck, and what people do about it."""

    @property
    def drifts(self) -> DriftLedger:
        """What is out of step."""

    @property
    def cases(self) -> CaseDesk:
        """What needs a person, and what people decide about it."""

    @property
    def instruments(self) -> Instruments:
        """The numbers of the moment."""

    @property
    def numbers(self) -> Numbers:
        """Agreement as a number."""

    @property
    def alerts(self) -> AlertDesk:
        """Incidents, and what is told of them."""

    @property
    def sweeps(self) -> SweepBook:
        """How far each sweep has come."""

    @property
    def census(self) -> CensusBook:
        """How each closed hour stands."""

    @property
    def heard(self) -> HeardBook:
        """Which hooks did not come, and which hours were silent."""

    async def orders(
        self, search: str = "", before: str | None = None, limit: int = 50
    ) -> Sequence[OrderLine]:
        """Return orders, newest first, from the one older than ``before`` on.

        ``search`` is the beginning of an order number, or the whole of any system's own id.
        """

    async def order(self, order: str) -> OrderFile | None:
        """Return everything on one order, or None if there is no such order."""

    async def links(self, now: datetime) -> Sequence[LinkLine]:
        """Return every link that has work or has been heard of, by name.

        What was asked for after ``now`` does not wait yet.
        """

    async def balance(self) -> Mapping[str, Mapping[Standing, int]]:
        """Return for each system how many envelopes stand where."""

    async def subscriptions(self) -> Sequence[SubscriptionLine]:
        """Return what every system should send us, by system and topic."""

    async def counts(self) -> Counts:
        """Return how much there is of everything."""
