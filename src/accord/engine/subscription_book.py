"""What is on record of the subscriptions of every system: seen, missing, made again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace


class SubscriptionLine(Struct, frozen=True, kw_only=True):
    """One topic that a system should send us, as it was found when last looked at.

    ``own`` is the system's id of the subscription when it was last seen, at ``seen_at``.
    ``missing_since`` is None while it is there; ``trouble`` is why it could not be looked at or
    made.
    """

    system: str
    topic: str
    own: str = ""
    seen_at: datetime | None = None
    missing_since: datetime | None = None
    made_again_at: datetime | None = None
    trouble: str = ""

    def is_back(self, own: str) -> bool:
        """Return whether one that is there now, as ``own``, was not there for some time."""
        return self.missing_since is not None or self.own not in {"", own}

    def seen(self, own: str, now: datetime) -> "SubscriptionLine":
        """Return the line of one that is there now."""
        return replace(self, own=own, seen_at=now, missing_since=None, trouble="")

    def missed(self, now: datetime, trouble: str) -> "SubscriptionLine":
        """Return the line of one that is not there, and why not."""
        return replace(self, missing_since=self.missing_since or now, trouble=trouble)


class SubscriptionBook(Protocol):
    """The record of all subscriptions. Every store offers it as ``subscription_book``."""

    async def lines(self) -> Sequence[SubscriptionLine]:
        """Return every line, by system and topic."""

    async def note(self, system: str, lines: Sequence[SubscriptionLine]) -> None:
        """Let these be all the lines of one system."""
