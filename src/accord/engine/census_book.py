"""What a census writes down: one row per system and hour, and every hole by its name."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from accord.engine.envelope import Incoming, Origin, Standing

HOUR = timedelta(hours=1)
# What is settled: nothing more has to become of it.
SETTLED = frozenset({Standing.APPLIED, Standing.REPEATED, Standing.LATE, Standing.IGNORED})


class CensusState(StrEnum):
    """How the census of one hour stands."""

    OPEN = "open"  # not made yet, or could not be made; it is tried again
    CERTIFIED = "certified"  # everything the system lists was here and is settled
    HOLES = "holes"  # something was not, or is not settled
    NOT_POSSIBLE = "not_possible"  # the system cannot list what changed in an hour


class Census(Struct, frozen=True, kw_only=True):
    """The census of one hour of one system.

    Of the ``listed`` rows ``held`` were here before it asked and are settled; ``found`` counts
    the holes it ever named. It is asked again at ``due``. ``sentence`` says it for people.
    """

    system: str
    hour: datetime
    state: CensusState = CensusState.OPEN
    listed: int = 0
    held: int = 0
    found: int = 0
    tries: int = 0
    due: datetime
    asked_at: datetime | None = None
    sentence: str = ""


class Hole(Struct, frozen=True, kw_only=True):
    """One row of a system's list that was not here, or not settled, when the census asked.

    ``name`` is what it is about. ``was_there``: it had been received, but not settled.
    ``standing`` and ``reason`` are how its envelope stands now.
    """

    system: str
    hour: datetime
    identity: bytes
    topic: str
    name: str
    was_there: bool
    found_at: datetime
    standing: Standing | None = None
    reason: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it is still a hole: nothing has settled it."""
        return self.standing not in SETTLED


class Kept(Struct, frozen=True, kw_only=True):
    """How an envelope stands, how it came and when."""

    standing: Standing
    origin: Origin
    received_at: datetime


class CensusBook(Protocol):
    """Every hour of every system. Every store offers it as ``census``."""

    async def latest(self, system: str) -> datetime | None:
        """Return the newest hour that is in the book, None before the first."""

    async def add(self, hours: Sequence[Census]) -> None:
        """Put hours down; those that are there stay as they are."""

    async def next(self, system: str, now: datetime) -> Census | None:
        """Return the oldest hour that is due and neither certified nor impossible."""

    async def next_due(self, system: str) -> datetime | None:
        """Return when the first of those hours is due."""

    async def kept(self, system: str, identities: Collection[bytes]) -> Mapping[bytes, Kept]:
        """Return which of these are received, and how they stand."""

    async def write(
        self, census: Census, holes: Sequence[Hole] = (), incoming: Sequence[Incoming] = ()
    ) -> bool:
        """Store how an hour stands, its new holes and what fills them, in one commit.

        False, and nothing is written, where the hour is certified or impossible already: neither
        is ever written over.
        """

    async def holes(self, system: str, hour: datetime) -> Sequence[Hole]:
        """Return every hole of one hour with how it stands, as they were found."""

    async def open_holes(
        self, system: str, since: datetime | None = None, until: datetime | None = None
    ) -> Sequence[Hole]:
        """Return the holes of one system, or of all, that nothing has settled; oldest first."""

    async def hours(
        self, system: str, since: datetime | None, until: datetime | None, limit: int
    ) -> Sequence[Census]:
        """Return hours of one system, or of all, newest first."""
