"""What the notices need from the world: a channel that takes messages, and whom to send them to."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from msgspec import Struct

from accord.domain.matrix import Matrix
from accord.domain.notice_rules import ChannelKind
from accord.domain.notice_text import Content
from accord.domain.outcome import Outcome

# However a channel talks, this is when nobody waits for it any more.
SEND_WITHIN = timedelta(seconds=45)


class Contact(Struct, frozen=True):
    """Where a customer is reached. Asked for when it is needed, never stored, logged or shown."""

    mail: str

    def __repr__(self) -> str:
        return "Contact(…)"


class Outgoing(Struct, frozen=True, kw_only=True):
    """One message in the hands of a channel. ``key`` stays the same over all its tries."""

    key: str
    content: Content
    at: datetime
    contact: Contact | None = None


class Taken(Struct, frozen=True):
    """The provider took the message; what it does with it is its own matter."""

    answer: str


class Declined(Struct, frozen=True):
    """The provider did not take it, for sure, and may take it later; after ``wait`` if it said."""

    answer: str
    wait: timedelta | None = None


class Rejected(Struct, frozen=True):
    """The provider did not take it, for sure, and never will."""

    answer: str


class Unanswered(Struct, frozen=True):
    """Nobody knows whether the provider took it."""

    answer: str


Answered = Taken | Declined | Rejected | Unanswered


class Channel(Protocol):
    """A way to customers. Whatever goes wrong is a value."""

    @property
    def needs_contact(self) -> bool:
        """Whether a message needs an address."""

    async def send(self, message: Outgoing) -> Answered:
        """Give a message to the provider, once; return what it said."""

    async def close(self) -> None:
        """Let go of connections."""


Channels = Mapping[ChannelKind, Channel]


@runtime_checkable
class KnowsContact(Protocol):
    """A system that can be asked where a customer is reached."""

    async def contact(self, order: Matrix) -> Contact | Outcome:
        """Return where the order's customer is reached, or why it cannot be told."""
