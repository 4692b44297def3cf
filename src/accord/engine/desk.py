"""What people do to the work under way: look at what is stuck, put it back, stop it, let it go."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from accord.domain.action import Action
from accord.domain.outcome import Outcome
from accord.domain.reason import Objection
from accord.domain.report import Ref
from accord.domain.telling import NOTICES
from accord.engine.envelope import Origin

# In a pause, this stands for every system.
EVERYWHERE = "*"
# And this for the reading of what was received; it is still received and kept.
INTERPRETING = "*interpreting"
# Followed by a system: the repairs there, of what nobody said anything new about.
_REPAIRS = "*repairs "


class Deed(Struct, frozen=True, kw_only=True):
    """What somebody did, kept for ever: to which ``things``, who, why, when.

    Things are the numbers of envelopes and tasks, or the names of systems.
    """

    what: str
    things: tuple[str, ...] = ()
    who: str
    why: str = ""
    at: datetime


class Chosen(Struct, frozen=True, kw_only=True):
    """Which of the stuck things are meant. What is empty restricts nothing.

    ``order`` is any name of an order; ``reason``, ``record`` and ``word`` are told of envelopes
    only and must be met by one and the same reason of theirs.
    """

    ids: tuple[int, ...] = ()
    system: str = ""
    reason: str = ""
    record: str = ""
    word: str | None = None
    order: str = ""


EVERYTHING = Chosen()


class Aside(Struct, frozen=True, kw_only=True):
    """One envelope in quarantine, and why."""

    id: int
    system: str
    topic: str
    origin: Origin
    received_at: datetime
    decided_at: datetime
    objections: tuple[Objection, ...]


class Parked(Struct, frozen=True, kw_only=True):
    """One envelope that waits for its order to be heard of."""

    id: int
    system: str
    topic: str
    received_at: datetime
    waits_for: Ref


class Payload(Struct, frozen=True, kw_only=True):
    """The bytes of one envelope, as they came."""

    topic: str
    body: bytes


class Grounds(Struct, frozen=True, order=True, kw_only=True):
    """How many envelopes are in quarantine for one reason on one record and word."""

    system: str
    reason: str
    record: str
    word: str
    envelopes: int


class Try(Struct, frozen=True, kw_only=True):
    """One try of an action: what was asked, and what came of it."""

    at: datetime
    action: Action
    outcome: Outcome


class DeadLetter(Struct, frozen=True, kw_only=True):
    """A task that was given up, with everything needed to try it again.

    ``kind`` is the kind of task; ``key`` is an order's id where a mirror is to be brought into
    step, or the thing to read again.
    ``tries`` are the last tries of that order at that mirror, oldest first.
    """

    id: int
    kind: str
    system: str
    key: str
    failures: int
    note: str
    since: datetime
    tries: tuple[Try, ...] = ()


class Pause(Struct, frozen=True, order=True, kw_only=True):
    """Nothing is written to ``system``, or to any (``EVERYWHERE``), until somebody resumes.

    For ``INTERPRETING`` nothing that was received is read.
    """

    system: str
    who: str
    why: str
    since: datetime

    @property
    def what(self) -> str:
        """Return in words what is paused."""
        return paused_thing(self.system)


def repairs_at(system: str) -> str:
    """Return the name under which the repairs at ``system`` are paused, and nothing else there."""
    return f"{_REPAIRS}{system}"


def paused_thing(system: str) -> str:
    """Return in words what a pause of ``system`` stops."""
    if system.startswith(_REPAIRS):
        return f"the repair of {system.removeprefix(_REPAIRS)}"
    special = {
        EVERYWHERE: "writing to every system",
        INTERPRETING: "the reading of what was received",
        NOTICES: "telling customers",
    }
    return special.get(system, f"writing to {system}")


class Desk(Protocol):
    """What is stuck, and what people do about it. Every store offers it as ``desk``."""

    async def aside(self, chosen: Chosen, after: int, limit: int) -> Sequence[Aside]:
        """Return envelopes in quarantine with a number above ``after``, oldest first."""

    async def count_aside(self, chosen: Chosen) -> int:
        """Return how many envelopes in quarantine are meant."""

    async def grounds(self) -> Sequence[Grounds]:
        """Return how many envelopes are in quarantine for what."""

    async def payload(self, envelope: int) -> Payload | None:
        """Return the bytes of an envelope, whatever its standing."""

    async def parked(self, before: datetime, limit: int) -> Sequence[Parked]:
        """Return envelopes received before a moment that still wait for their order."""

    async def release(self, ids: Sequence[int], deed: Deed) -> Sequence[int]:
        """Put envelopes in quarantine back to waiting; return those that were in it.

        However often and by however many hands at once, each is put back once. The deed goes on
        record in the same commit, for those it was done to.
        """

    async def discard(self, ids: Sequence[int], deed: Deed) -> Sequence[int]:
        """Let envelopes in quarantine count as ignored, for the deed's reason; keep them."""

    async def dead_letters(self, chosen: Chosen, after: int, limit: int) -> Sequence[DeadLetter]:
        """Return given-up tasks with a number above ``after``, oldest first."""

    async def retry(self, ids: Sequence[int], deed: Deed) -> Sequence[int]:
        """Make given-up tasks due at once with a fresh count; return those that were given up."""

    async def pauses(self) -> Sequence[Pause]:
        """Return the pauses in force, by system."""

    async def pause(self, system: str, deed: Deed) -> bool:
        """Let nothing be written to a system; return False if that was so already."""

    async def resume(self, system: str, deed: Deed) -> bool:
        """Lift a pause; return False if there was none."""

    async def remember(self, deed: Deed) -> None:
        """Put on record what somebody did elsewhere."""

    async def deeds(self, limit: int) -> Sequence[Deed]:
        """Return the latest deeds, newest first."""
