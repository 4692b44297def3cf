"""Look every minute whether what must always be so is so; stop the lane where it is not."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from accord.engine.desk import EVERYWHERE, INTERPRETING, Deed, Desk

EVERY = timedelta(minutes=1)
# Whose name stands at a pause that no person made.
OURSELVES = "accord's own check"


class Lane(StrEnum):
    """What stops when an invariant of it is broken. Intake never does."""

    INTERPRETING = "interpreting"
    WRITING = "writing"


class Violation(Struct, frozen=True, kw_only=True):
    """One place where something is not as it must be. ``system`` is empty where it is none's."""

    invariant: str
    lane: Lane
    system: str
    place: str
    told: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.invariant.replace('_', ' ')}, but at {self.place} {self.told}"


class Checks(Protocol):
    """Where the invariants can be asked."""

    async def violations(self, *, lately: bool) -> Sequence[Violation]:
        """Return where one is broken, at most a few each; ``lately`` looks at new rows only."""


class SelfCheck:
    """Better no write at all than a wrong one: a lane that is broken waits for a person."""

    def __init__(
        self,
        checks: Checks,
        desk: Desk,
        clock: Callable[[], datetime],
        tell: Callable[[Violation], None],
    ) -> None:
        """Call ``tell`` with each violation that stops something."""
        self._checks = checks
        self._desk = desk
        self._clock = clock
        self._tell = tell
        self._looked: datetime | None = None

    async def turn(self) -> int:
        """Look, if it is time; nothing ever waits for it."""
        now = self._clock()
        if self._looked is not None and now - self._looked < EVERY:
            return 0
        self._looked = now
        for found in _first_of_each(await self._checks.violations(lately=True)):
            deed = Deed(what="paused", who=OURSELVES, why=f"{found}. {found.remedy}", at=now)
            if await self._desk.pause(stopped_by(found), deed):
                self._tell(found)
        return 0


def stopped_by(violation: Violation) -> str:
    """Return what a violation pauses: a system, all writing, or interpretation."""
    if violation.lane is Lane.INTERPRETING:
        return INTERPRETING
    return violation.system or EVERYWHERE


def _first_of_each(violations: Iterable[Violation]) -> list[Violation]:
    first: dict[str, Violation] = {}
    for violation in violations:
        first.setdefault(stopped_by(violation), violation)
    return list(first.values())
