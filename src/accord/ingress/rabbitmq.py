"""RabbitMQ in front of the receivers: one durable quorum queue, nothing promised unconfirmed.

RabbitMQ 4 drops a message of a quorum queue after twenty returns unless the queue says otherwise
by ``x-delivery-limit = -1`` (https://www.rabbitmq.com/docs/quorum-queues). RabbitMQ 3 has no such
limit of its own, and reads a negative one as none at all: after the first return the message
would be gone. So the argument depends on the version.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import aio_pika
from aio_pika.abc import (
    AbstractChannel,
    AbstractConnection,
    AbstractExchange,
    AbstractIncomingMessage,
    AbstractQueue,
    DeliveryMode,
)
from aio_pika.exceptions import AMQPError, ChannelPreconditionFailed, PublishError
from aiormq.abc import FieldTable
from yarl import URL

from accord.engine.envelope import Incoming
from accord.engine.group_commit import PATIENCE
from accord.ingress.broker import BrokerAwayError, Land, Tell, UnusableBrokerError
from accord.ingress.message import write_message
from accord.ingress.waiting import Backoff

QUEUE = "accord"
CONNECT_WITHIN = 5.0  # seconds
# A broker that says nothing for twice this long is gone.
HEARTBEAT = 10  # seconds
# So many messages may be with a reader unacknowledged: two commits, and of the largest bodies
# 200 MiB.
PREFETCH = 200
LARGEST_BATCH = 100
# A reader of a queue that was deleted and made again at once may be forgotten by the server and
# never hear of it (seen with 3.10); so one that has heard nothing for this long asks anew.
QUIET = 30.0  # seconds
_FIRST_WITH_LIMIT = 4

LOST = (AMQPError, OSError, TimeoutError, RuntimeError)


def queue_arguments(version: str) -> FieldTable:
    """Return how the queue is made on a server of this version."""
    arguments: FieldTable = {"x-queue-type": "quorum"}
    major = version.partition(".")[0]
    if not major.isdigit() or int(major) >= _FIRST_WITH_LIMIT:
        arguments["x-delivery-limit"] = -1
    return arguments


class RabbitMQ:
    """One queue on one server, by its address: ``amqp://user:password@host/vhost?queue=NAME``."""

    def __init__(self, address: str) -> None:
        url = URL(address)
        self.queue = url.query.get("queue", QUEUE)
        self._url = url.without_query_params("queue").update_query(heartbeat=HEARTBEAT)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AbstractConnection]:
        """Yield a connection; raise one of ``LOST`` when there is none to be had."""
        connection = await aio_pika.connect(self._url, timeout=CONNECT_WITHIN)
        try:
            yield connection
        finally:
            with suppress(*LOST):
                await asyncio.wait_for(connection.close(), CONNECT_WITHIN)

    async def declare(
        self, connection: AbstractConnection, channel: AbstractChannel
    ) -> AbstractQueue:
        """Make the queue unless it is there. Raises ``UnusableBrokerError`` for another one."""
        assert connection.transport is not None
        told = connection.transport.connection.server_properties
        arguments = queue_arguments(str(told.get("version", "")))
        try:
            return await channel.declare_queue(self.queue, durable=True, arguments=arguments)
        except ChannelPreconditionFailed as error:
            message = (
                f"The queue {self.queue!r} of the broker was made otherwise ({error}). Let it run "
                f"empty and delete it, or name another one in ACCORD_BROKER_URL with ?queue=NAME."
            )
            raise UnusableBrokerError(message) from error


class RabbitSender:
    """Keeps deliveries by sending them; each is kept once the broker confirms it."""

    def __init__(self, broker: RabbitMQ, tell: Tell) -> None:
        self._broker = broker
        self._tell = tell
        self._exchange: AbstractExchange | None = None
        self._lost = asyncio.Event()
        self._under_way: dict[int, float] = {}  # since when, oldest first
        self._sent = 0

    @property
    def is_overdue(self) -> bool:
        """Whether the broker is away, or slower than a sender would wait for."""
        if self._exchange is None:
            return True
        oldest = next(iter(self._under_way.values()), None)
        return oldest is not None and asyncio.get_running_loop().time() - oldest > PATIENCE

    async def keep(self, incoming: Incoming) -> None:
        """Return once the broker has confirmed ``incoming``; raise when it did not."""
        exchange = self._exchange
        if exchange is None:
            message = "the broker is away"
            raise BrokerAwayError(message)
        self._sent += 1
        number = self._sent
        self._under_way[number] = asyncio.get_running_loop().time()
        message_ = aio_pika.Message(
            write_message(incoming),
            content_type="application/vnd.msgpack",
            delivery_mode=DeliveryMode.PERSISTENT,
        )
        try:
            # Mandatory: a queue somebody deleted must not swallow what is confirmed.
            await exchange.publish(message_, self._broker.queue, mandatory=True)
        except PublishError:
            self._lost.set()  # it is made anew with the next connection
            raise
        finally:
            del self._under_way[number]

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Stay connected for as long as the block lasts, whatever becomes of the broker."""
        staying = asyncio.create_task(_again(self._stay, self._tell))
        try:
            yield
        finally:
            staying.cancel()
            await asyncio.gather(staying, return_exceptions=True)

    async def _stay(self, arrived: Callable[[], None]) -> None:
        async with self._broker.connection() as connection:
            channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
            await self._broker.declare(connection, channel)
            self._lost = await _lost(channel)
            self._exchange = channel.default_exchange
            arrived()
            try:
                await self._lost.wait()
            finally:
                self._exchange = None


class RabbitReader:
    """Reads deliveries, and acknowledges them once they have landed."""

    def __init__(self, broker: RabbitMQ, tell: Tell) -> None:
        self._broker = broker
        self._tell = tell

    async def read(self, land: Land) -> None:
        """Read and land until cancelled; what has not landed goes back to the broker."""

        async def turn(arrived: Callable[[], None]) -> None:
            async with self._broker.connection() as connection:
                while not connection.is_closed:
                    async with connection.channel(publisher_confirms=False) as channel:
                        await channel.set_qos(prefetch_count=PREFETCH)
                        queue = await self._broker.declare(connection, channel)
                        arrived()
                        await _land_all(channel, queue, land)

        await _again(turn, self._tell)


async def _land_all(channel: AbstractChannel, queue: AbstractQueue, land: Land) -> None:
    """Land in groups what the queue gives, until the channel is lost or has long been silent.

    While the store is away messages are held, not returned: each return would count towards a
    limit that an operator may have set.
    """
    waiting: asyncio.Queue[AbstractIncomingMessage | None] = asyncio.Queue()

    async def take(message: AbstractIncomingMessage) -> None:
        waiting.put_nowait(message)

    lost = await _lost(channel, lambda: waiting.put_nowait(None))
    await queue.consume(take)
    while not lost.is_set():
        try:
            batch = [await asyncio.wait_for(waiting.get(), QUIET)]
        except TimeoutError:
            return
        while not waiting.empty() and len(batch) < LARGEST_BATCH:
            batch.append(waiting.get_nowait())
        messages = [message for message in batch if message is not None]
        if messages:
            await land([message.body for message in messages])
            # Everything up to the last one is ours, and has landed.
            await messages[-1].ack(multiple=True)


async def _lost(channel: AbstractChannel, then: Callable[[], None] = lambda: None) -> asyncio.Event:
    """Return what is set when the channel is closed by whomever, or its queue deleted."""
    lost = asyncio.Event()

    def closed(*_: object) -> None:
        lost.set()
        then()

    channel.close_callbacks.add(closed)
    (await channel.get_underlay_channel()).on_consumer_cancel_callbacks.add(closed)
    return lost


async def _again(turn: Callable[[Callable[[], None]], Awaitable[None]], tell: Tell) -> None:
    """Take turn after turn until cancelled, telling once when the broker is lost and found."""
    backoff = Backoff()
    told: str | None = ""  # neither lost nor found so far

    def say(reason: str | None) -> None:
        nonlocal told
        if reason != told:
            told = reason
            tell(reason)

    def arrived() -> None:
        backoff.reset()
        say(None)

    while True:
        try:
            await turn(arrived)
            say("the connection was closed")
        except (*LOST, UnusableBrokerError) as error:
            say(str(error) or type(error).__name__)
        await backoff.wait()
