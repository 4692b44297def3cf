"""What the watch reads off the database, in a few numbers."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from accord.engine.receive import Receipt

# What is on record when somebody read the accord again.
REVIEWED = "reviewed"


class GivenUp(Struct, frozen=True, kw_only=True):
    """How much work was given up at one system, and since when."""

    system: str
    letters: int
    since: datetime


class Door(Struct, frozen=True, kw_only=True):
    """How deliveries of one system were answered lately, and how they usually are.

    ``refused`` are those without a proof and those sent away to come back soon.
    """

    system: str
    taken: int
    refused: int
    usually_taken: int
    usually_refused: int


class Gauges(Struct, frozen=True, kw_only=True):
    """The numbers of one moment. None: there is no such thing.

    ``last_alert_at`` is when an alert opened last, that of a due review set aside.
    """

    first_received_at: datetime | None
    oldest_waiting_at: datetime | None
    reviewed_at: datetime | None
    last_alert_at: datetime | None
    given_up: tuple[GivenUp, ...] = ()
    doors: tuple[Door, ...] = ()


Tally = Mapping[tuple[str, Receipt], int]


class Instruments(Protocol):
    """Where the numbers are read and added to. Every store offers it as ``instruments``."""

    async def gauges(self, lately: timedelta, now: datetime) -> Gauges:
        """Return the numbers of this moment; ``lately`` is what the doors are looked at over."""

    async def count(self, tally: Tally, now: datetime) -> None:
        """Add to how deliveries were answered in this hour."""


def hour_of(moment: datetime) -> datetime:
    """Return the beginning of the hour."""
    return moment.replace(minute=0, second=0, microsecond=0)


# How long back is looked for what is usual.
USUAL_OVER = timedelta(weeks=2)


def systems_of(tally: Tally) -> Sequence[str]:
    """Return the systems that a tally tells of, by name."""
    return sorted({system for system, _ in tally})
