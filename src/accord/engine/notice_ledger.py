"""The ledger of notices and its send epoch: what is durable before a customer is written to."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from accord.domain.notice import Notice, NoticeState
from accord.domain.telling import NOTICES
from accord.engine.desk import Deed

__all__ = ["NOTICES", "Ending", "Epoch", "Looked", "Mark", "NoticeLedger", "SendMark", "Sending"]


class Mark(Struct, frozen=True):
    """What is known outside of the database of what was sent: the epoch, and how much of it."""

    epoch: str
    sends: int


class Epoch(Struct, frozen=True, kw_only=True):
    """From when on customers are told out of this database, and how much was sent since.

    ``cluster`` names the server and its timeline; another one means that the database was
    restored or a replica took over. ``former`` are the epochs a person ended. ``things`` has when
    each system, channel and stage began to be told of. ``stopped`` says why nothing is sent.
    """

    id: str
    since: datetime
    sends: int
    cluster: str
    former: tuple[str, ...] = ()
    things: Mapping[str, datetime] = {}
    stopped: str = ""


class Sending(Struct, frozen=True, kw_only=True):
    """A message about to be sent: its rows, its key, what it says, and in whose hand.

    ``again``: its outcome is unknown, and it is sent once more under the same key.
    """

    rows: tuple[int, ...]
    message: str
    content: str
    token: int
    at: datetime
    again: bool = False


class Ending(Struct, frozen=True, kw_only=True):
    """What came of one call about a message.

    ``not_before`` holds the next try back where there may be one.
    """

    message: str
    token: int
    state: NoticeState
    answer: str
    at: datetime
    not_before: datetime | None = None


class Looked(Struct, frozen=True, kw_only=True):
    """Which notices are meant. What is empty restricts nothing; ``order`` is any name of one."""

    states: frozenset[NoticeState] = frozenset()
    order: str = ""


class NoticeLedger(Protocol):
    """Every notice of every order, for ever. Every store offers it as ``notices``."""

    async def of_order(self, order: str) -> Sequence[Notice]:
        """Return all rows of one order, oldest first."""

    async def note(self, rows: Sequence[Notice]) -> None:
        """Add rows; where one is there already for its milestone, that one stands."""

    async def drop(self, rows: Sequence[Notice]) -> None:
        """Store why rows that still wait will not be sent."""

    async def intend(self, sending: Sending, mark: Mark) -> int | None:
        """Write down, durably, that a message is about to be sent; return how many were by now.

        None, and nothing is written, unless all of its rows wait (or, ``again``, are of unknown
        outcome under this key), no later hand had them, the epoch is that of ``mark`` and has
        counted no fewer sends, the server is the one the epoch began on, and nobody stopped it.
        """

    async def end(self, ending: Ending) -> bool:
        """Store what came of a call; return whether it counted.

        That a message was sent counts whoever says so. Anything else counts only from the hand
        that wrote the intent last.
        """

    async def recover(self, order: str, token: int, now: datetime) -> int:
        """Make ambiguous what hands before ``token`` meant to send and said no more about."""

    async def epoch(self) -> Epoch | None:
        """Return the send epoch, None before there was one."""

    async def cluster(self) -> str:
        """Return a name for the server that changes when it is restored or taken over."""

    async def begin(self, epoch: Epoch) -> Epoch:
        """Begin the first epoch unless there is one; return the one that holds."""

    async def tell_of(self, names: Collection[str], now: datetime) -> None:
        """Note that these systems, channels and stages are told of from ``now`` on, if not yet."""

    async def stop(self, why: str) -> None:
        """Let nothing be sent until a person resumes it; the first reason stands."""

    async def renew(self, epoch: Epoch, deed: Deed) -> bool:
        """Put ``epoch`` in the place of the one it names last in ``former``; keep the deed.

        Returns False if somebody else did so first.
        """

    async def listed(self, looked: Looked, limit: int) -> Sequence[Notice]:
        """Return notices, newest first."""

    async def notice(self, number: int) -> Notice | None:
        """Return one notice."""

    async def counts(self) -> Mapping[NoticeState, int]:
        """Return how many notices are in which state."""

    async def resolve(self, number: int, state: NoticeState, deed: Deed) -> Sequence[int]:
        """Say what became of a message of unknown outcome; return the rows it was told in.

        Empty if it is not ambiguous. ``waiting`` lets it be sent once more.
        """


class SendMark(Protocol):
    """What is kept outside of the database, so that an older copy of it gives itself away."""

    async def read(self) -> Mark | None:
        """Return what was written last, None if nothing was."""

    async def write(self, mark: Mark) -> None:
        """Keep ``mark`` durably, unless more is known of the same epoch already."""
