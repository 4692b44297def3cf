"""A connector joined with one system's settings: what the engine calls a link."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta

from accord.connector_kit.connector import Connector, Context, Lists, Subscribes
from accord.connector_kit.signature import fingerprint
from accord.domain.action import Action, Destination
from accord.domain.allowance import Allowance
from accord.domain.errors import UnreadableError
from accord.domain.matrix import Matrix
from accord.domain.outcome import Outcome, Refused, Unavailable
from accord.domain.report import Ref
from accord.domain.tracks import Track
from accord.engine.envelope import Envelope, Parsed
from accord.engine.link import Delivery, Document, FeedError, Page, Subscription
from accord.engine.notice_channel import Contact, KnowsContact

# What it comes to when a connector takes an answer apart that has another shape. Such an answer
# is no usable one, and must not take the turn down in which other orders are worked on.
MISREAD = (
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    OverflowError,
    RecursionError,
    UnreadableError,
)


class ConnectedSystem:
    """One connected system. Implements ``engine.ports.Link``."""

    def __init__(self, connector: Connector, context: Context) -> None:
        self._connector = connector
        self._context = context
        self._client = connector.connect(context)

    @property
    def system(self) -> str:
        """The name the accord gives this system."""
        return self._context.system

    @property
    def poll_every(self) -> timedelta:
        """How often its change feed is read."""
        return self._connector.poll_every

    @property
    def at_once(self) -> int:
        """How many calls it bears at once from this process."""
        return self._connector.at_once

    @property
    def gives_up_after(self) -> timedelta:
        """How long after a call it may still do what was asked."""
        return self._connector.gives_up_after

    @property
    def allowance(self) -> Allowance | None:
        """How much it lets us ask, as it told last."""
        return self._context.meter.allowance

    @property
    def topics(self) -> frozenset[str]:
        """The hook addresses it sends to."""
        return self._connector.topics

    @property
    def subscribable(self) -> frozenset[str]:
        """Those of its hook addresses it can be asked to send to."""
        return self._connector.subscribable

    @property
    def silent(self) -> frozenset[Track]:
        """The tracks of which something may change that neither feed nor listing then shows."""
        return self._connector.silent

    @property
    def tells(self) -> Mapping[str, str]:
        """The hook that comes of any change of a kind of document in its feed."""
        return self._connector.tells

    def authentic(self, delivery: Delivery, now: datetime) -> bool:
        """Return whether the raw bytes really come from the system; never, if it sends none."""
        check = self._connector.authentic
        return check is not None and check(delivery, self._context, now)

    def identity(self, delivery: Delivery) -> bytes:
        """Return what two copies of one delivery have in common and others have not."""
        identify = self._connector.identity
        if identify is None:
            return fingerprint(delivery.topic.encode(), delivery.body)
        return identify(delivery)

    def kept_topic(self, topic: str) -> str:
        """Return what of an address may be stored."""
        keep = self._connector.kept_topic
        return topic if keep is None else keep(topic)

    def parse(self, envelope: Envelope) -> Parsed:
        """Return what an envelope says. Raises ``UnreadableError`` for another shape."""
        return self._connector.parse(envelope, self._context.settings)

    async def changes(self, bookmark: str | None) -> AsyncIterator[Page]:
        """Yield what changed since ``bookmark``."""
        try:
            async for page in self._client.changes(bookmark):
                yield page
        except MISREAD as error:
            raise FeedError(_misread(error)) from error

    async def listing(self, since: datetime, until: datetime) -> AsyncIterator[Page]:
        """Yield all that the system lists as last changed in the window."""
        if not isinstance(self._client, Lists):
            raise FeedError(self._cannot("list what changed in a window"))
        try:
            async for page in self._client.listing(since, until):
                yield page
        except MISREAD as error:
            raise FeedError(_misread(error)) from error

    async def subscriptions(self) -> Sequence[Subscription] | Outcome:
        """Return what the system sends to whom, or why it cannot be told."""
        if not isinstance(self._client, Subscribes):
            return self._cannot("tell its subscriptions")
        try:
            return await self._client.subscriptions()
        except MISREAD as error:
            return _misread(error)

    async def subscribe(self, topic: str, address: str) -> Outcome:
        """Ask the system to send ``topic`` to ``address`` from now on."""
        if not isinstance(self._client, Subscribes) or topic not in self.subscribable:
            return self._cannot(f"be subscribed to {topic}")
        try:
            return await self._client.subscribe(topic, address)
        except MISREAD as error:
            return _misread(error)

    async def reread(self, ref: Ref) -> Sequence[Document] | Outcome:
        """Return the thing named by ``ref`` as it is now, or why it could not be read."""
        try:
            return await self._client.reread(ref)
        except MISREAD as error:
            return _misread(error)

    async def perform(self, action: Action, order: Matrix) -> Outcome:
        """Ask the system for one change."""
        try:
            return await self._client.perform(action, order)
        except MISREAD as error:
            return _misread(error)

    async def destination(self, order: Matrix) -> Destination | Outcome:
        """Return where the order's parcels go, or why it cannot be told."""
        try:
            return await self._client.destination(order)
        except MISREAD as error:
            return _misread(error)

    async def contact(self, order: Matrix) -> Contact | Outcome:
        """Return where the order's customer is reached, or why it cannot be told."""
        if not isinstance(self._client, KnowsContact):
            return self._cannot("be asked for it")
        try:
            return await self._client.contact(order)
        except MISREAD as error:
            return _misread(error)

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.close()

    def _cannot(self, what: str) -> Refused:
        return Refused("cannot", f"{self.system} cannot {what}.")


def _misread(error: Exception) -> Unavailable:
    return Unavailable(f"an answer of another shape ({type(error).__name__}: {error})")
