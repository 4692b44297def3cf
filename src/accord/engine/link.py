"""One connected system as the use cases see it."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from accord.domain.action import Action, Destination
from accord.domain.allowance import Allowance
from accord.domain.errors import AccordError
from accord.domain.matrix import Matrix
from accord.domain.outcome import Outcome
from accord.domain.report import Ref
from accord.domain.tracks import Track
from accord.engine.envelope import Envelope, Parsed


class Document(Struct, frozen=True):
    """One thing a system returned when asked: its kind and its raw bytes."""

    topic: str
    body: bytes


class Page(Struct, frozen=True):
    """A page of a change feed or of a listing.

    ``bookmark`` is where a feed goes on once the page is kept; a listing has none. ``of`` is how
    many there are in the whole listing, by the system's own count, where it tells an exact one.
    """

    documents: tuple[Document, ...]
    bookmark: str = ""
    of: int | None = None


class FeedError(AccordError):
    """A change feed or a listing stopped in the middle, or cannot be had at all.

    What was kept stays: a feed goes on from its last bookmark, a listing begins again.
    """

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(str(outcome))
        self.outcome = outcome


class Delivery(Struct, frozen=True):
    """An HTTP request that claims to come from a system. Header names are lower case, ``x-…``."""

    topic: str
    headers: Mapping[str, str]
    body: bytes


class Subscription(Struct, frozen=True):
    """One topic that a system sends to one address; ``id`` is the system's own.

    ``topic`` is the hook address without the system, as in ``Link.topics``.
    """

    topic: str
    address: str
    id: str


class Link(Protocol):
    """One connected system: what it tells us, what we can ask it, what we can tell it."""

    @property
    def system(self) -> str:
        """The name the accord gives this system."""

    @property
    def poll_every(self) -> timedelta:
        """How often its change feed is read."""

    @property
    def at_once(self) -> int:
        """How many calls it bears at once from this process."""

    @property
    def gives_up_after(self) -> timedelta:
        """How long after a call it may still do what was asked, though nobody waits any more."""

    @property
    def allowance(self) -> Allowance | None:
        """How much it lets us ask, as it told last; None if it tells no limit."""

    @property
    def topics(self) -> Collection[str]:
        """The hook addresses it sends to, as ``kept_topic`` gives them."""

    @property
    def subscribable(self) -> Collection[str]:
        """Those of its hook addresses it can be asked to send to."""

    @property
    def silent(self) -> Collection[Track]:
        """The tracks of which something may change that neither feed nor listing then shows."""

    @property
    def tells(self) -> Mapping[str, str]:
        """By the kind of document in its feed, the hook that comes of any such change."""

    def authentic(self, delivery: Delivery, now: datetime) -> bool:
        """Return whether the raw bytes really come from the system."""

    def kept_topic(self, topic: str) -> str:
        """Return what of an address may be stored: an address may hold a secret."""

    def identity(self, delivery: Delivery) -> bytes:
        """Return what two copies of one delivery have in common and others have not."""

    def parse(self, envelope: Envelope) -> Parsed:
        """Return what an envelope says. Raises ``UnreadableError`` for another shape."""

    def changes(self, bookmark: str | None) -> AsyncIterator[Page]:
        """Yield what changed since ``bookmark`` (None: from as far back as is sensible)."""

    def listing(self, since: datetime, until: datetime) -> AsyncIterator[Page]:
        """Yield all that the system lists as last changed from ``since`` up to ``until``.

        At least one page comes. Each document is of the same identity as in ``changes``, and what
        changed again later is in the later window only. What lies on an edge of the window may be
        in both. Raises ``FeedError`` where the whole of it cannot be had.
        """

    async def subscriptions(self) -> Sequence[Subscription] | Outcome:
        """Return what the system sends to whom, or why it cannot be told."""

    async def subscribe(self, topic: str, address: str) -> Outcome:
        """Ask the system to send ``topic`` to ``address`` from now on."""

    async def reread(self, ref: Ref) -> Sequence[Document] | Outcome:
        """Return the thing named by ``ref`` as it is now, or why it could not be read."""

    async def perform(self, action: Action, order: Matrix) -> Outcome:
        """Ask the system for one change. Failures are values; nothing is raised for them."""

    async def destination(self, order: Matrix) -> Destination | Outcome:
        """Return where the order's parcels go, or why it cannot be told."""

    async def close(self) -> None:
        """Let go of connections."""
