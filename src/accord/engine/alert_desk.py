"""Where incidents are kept, and what is still to be told of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from accord.domain.alert import Alert, Steps
from accord.domain.alert_text import Message

# A message that its channel refused so often gives way to those after it: it may be the message's
# own fault. That is after about two hours.
PATIENCE = 12


class Letter(Struct, frozen=True, kw_only=True):
    """A message in somebody's hands. ``token`` fences it, as for tasks."""

    id: int
    token: int
    channel: str
    title: str
    text: str
    tries: int


class Unsent(Struct, frozen=True, kw_only=True):
    """A message that its channel has not taken yet, and why."""

    channel: str
    title: str
    since: datetime
    tries: int
    why: str


class AlertDesk(Protocol):
    """Incidents and messages. Every store offers it as ``alerts``."""

    async def known(self, closed_after: datetime) -> Sequence[Alert]:
        """Return the incidents that are noted or open, and those closed after a moment."""

    async def follow(self, steps: Steps, messages: Sequence[Message], now: datetime) -> None:
        """Store what became of incidents and what is to be told of it, all at once.

        A message with a key that its channel had before is not told again.
        """

    async def letters(self, limit: int, lease: timedelta, now: datetime) -> Sequence[Letter]:
        """Lease messages that are due: of each channel the oldest that it has not taken.

        One that it refused ``PATIENCE`` times keeps no other back.
        """

    async def sent(self, letter: Letter, now: datetime) -> None:
        """Note that a channel took a message."""

    async def put_off(self, letter: Letter, until: datetime, why: str) -> None:
        """Note that a channel did not take a message, and when to try again."""

    async def alerts(self, limit: int, *, closed: bool = False) -> Sequence[Alert]:
        """Return open incidents, or the closed ones, latest first."""

    async def taken(self) -> frozenset[str]:
        """Return the channels that took a message."""

    async def tidy(self, sent_before: datetime, closed_before: datetime) -> None:
        """Forget messages that were taken before one moment, and incidents over before another."""

    async def unsent(self, limit: int) -> Sequence[Unsent]:
        """Return messages that no channel has taken though it was tried, oldest first."""
