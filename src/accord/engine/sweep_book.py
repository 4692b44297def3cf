"""What a sweep writes down: how far it has come, so that it goes on there, and what it found."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from accord.domain.matrix import Matrix
from accord.domain.report import Ref
from accord.engine.envelope import Incoming


class Occasion(StrEnum):
    """Why a sweep is made."""

    SCHEDULE = "schedule"  # the accord's schedule came true
    DEMAND = "demand"  # a person asked for it


class Phase(StrEnum):
    """What a sweep does next."""

    READING = "reading"  # it lists what changed and keeps it
    REREADING = "rereading"  # it asks for a sample of orders to be read again whole
    COMPARING = "comparing"  # it waits until all of it is interpreted, and compares
    ENDED = "ended"


class Counts(Struct, frozen=True, kw_only=True):
    """What a sweep found.

    Rows it ``read`` (those of a window read twice, twice), which of them were ``new``, orders to
    be ``reread``; hooks ``missed`` and open ``holes`` of the census within its time. ``drifting``
    and ``asked`` (for repairs) come from the comparison, None where none was made.
    """

    read: int = 0
    new: int = 0
    reread: int = 0
    missed: int = 0
    holes: int = 0
    drifting: int | None = None
    asked: int | None = None


class Sweep(Struct, frozen=True, kw_only=True):
    """One sweep of one system, from ``since`` to ``until``.

    Everything changed before ``place`` is read; ``step`` is how much is listed at once.
    ``trouble`` says why it does not go on at the moment.
    """

    id: int = 0
    system: str
    occasion: Occasion
    since: datetime
    until: datetime
    place: datetime
    step: timedelta
    phase: Phase = Phase.READING
    phase_since: datetime
    started_at: datetime
    ended_at: datetime | None = None
    counts: Counts = Counts()
    trouble: str = ""


class Sampled(Struct, frozen=True, kw_only=True):
    """An order that may be read again, and when a sweep last had it read."""

    order: str
    matrix: Matrix
    updated_at: datetime
    asked_at: datetime | None


class SweepBook(Protocol):
    """Every sweep of every system. Every store offers it as ``sweeps``."""

    async def open(self, system: str) -> Sweep | None:
        """Return the sweep of ``system`` that has not ended."""

    async def begin(self, sweep: Sweep) -> Sweep:
        """Begin a sweep; while another of the same system has not ended, return that one."""

    async def note(self, sweep: Sweep, incoming: Sequence[Incoming] = ()) -> Sweep | None:
        """Keep what was found and how far the sweep has come, in one commit.

        What was new is added to its count. None, and only what was found is kept, where the sweep
        has ended or somebody brought it further meanwhile.
        """

    async def sweeps(self, system: str, limit: int) -> Sequence[Sweep]:
        """Return sweeps of one system, or of all, newest first."""

    async def is_read(self, system: str, until: datetime) -> bool:
        """Return whether all that was kept of ``system`` up to a moment and can be read is."""

    async def sample(self, system: str, limit: int) -> Sequence[Sampled]:
        """Return the newest orders that ``system`` knows."""

    async def sampled(self, system: str, orders: Collection[str], now: datetime) -> None:
        """Note that these orders are read again."""

    async def named(self, refs: Collection[Ref]) -> Mapping[Ref, str]:
        """Return which of ``refs`` name one order; nothing is locked."""
