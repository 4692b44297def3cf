"""Against a real RabbitMQ."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager

import aio_pika
import pytest
from aio_pika.exceptions import AMQPError
from yarl import URL

from accord.ingress.broker import BrokerAwayError, UnusableBrokerError
from accord.ingress.choice import sender
from accord.ingress.message import NOBODY
from accord.ingress.rabbitmq import RabbitMQ, RabbitReader, RabbitSender, queue_arguments
from tests.ingress.conftest import put, waiting_in
from tests.ingress.examples import Shore, incoming, until


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr("accord.ingress.waiting.FIRST", 0.01)
    monkeypatch.setattr("accord.ingress.rabbitmq.QUIET", 1.0)


@pytest.fixture
def shore():
    return Shore()


@asynccontextmanager
async def sending(broker: RabbitMQ):
    told: list[str | None] = []
    side = RabbitSender(broker, told.append)
    async with side.connected():
        await until(lambda: bool(told))
        yield side


@asynccontextmanager
async def reading(broker: RabbitMQ, shore: Shore):
    work = asyncio.create_task(RabbitReader(broker, lambda _: None).read(shore.landing.land))
    try:
        yield
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


async def test_what_is_kept_by_the_broker_reaches_the_store(broker, shore):
    async with sending(broker) as side, reading(broker, shore):
        await asyncio.gather(*(side.keep(incoming(number)) for number in range(300)))

        await until(lambda: _kept(shore, 300))
    assert await waiting_in(broker) == 0


async def _kept(shore: Shore, number: int) -> bool:
    return await shore.kept() == number


async def test_the_queue_is_durable_and_replicated_and_its_messages_persistent(broker):
    async with sending(broker) as side:
        await side.keep(incoming(1))
    async with broker.connection() as connection:
        channel = await connection.channel()
        queue = await broker.declare(connection, channel)
        message = await queue.get()

        assert queue.durable
        assert message is not None
        assert message.delivery_mode is aio_pika.DeliveryMode.PERSISTENT
        with pytest.raises(AMQPError, match="x-queue-type"):
            await channel.declare_queue(broker.queue, durable=True)


@pytest.mark.parametrize(
    ("version", "limit"),
    [("3.10.8", None), ("3.13.7", None), ("4.0.0", -1), ("4.2.1", -1), ("10.1", -1), ("", -1)],
)
def test_returns_are_unlimited_on_every_version(version, limit):
    assert queue_arguments(version).get("x-delivery-limit") == limit


async def test_while_the_store_is_away_messages_are_held_and_land_later(broker, shore):
    shore.away = True
    async with sending(broker) as side, reading(broker, shore):
        await asyncio.gather(*(side.keep(incoming(number)) for number in range(5)))
        await shore.asked.wait()
        assert await shore.kept() == 0
        shore.away = False

        await until(lambda: _kept(shore, 5))


async def test_a_reader_that_dies_before_the_commit_loses_nothing(broker, shore):
    shore.away = True
    async with sending(broker) as side:
        for number in range(5):
            await side.keep(incoming(number))
    for _ in range(30):  # more often than RabbitMQ 4 would return a message by itself
        async with reading(broker, shore), asyncio.timeout(10):
            await shore.asked.wait()
            shore.asked.clear()
    shore.away = False
    async with reading(broker, shore):
        await until(lambda: _kept(shore, 5))


async def test_what_is_no_delivery_does_not_hold_up_the_queue(broker, shore):
    await put(broker, b"garbage", b"\xff" * 1000)
    async with sending(broker) as side, reading(broker, shore):
        await side.keep(incoming(1))
        await until(lambda: _kept(shore, 1))

    assert await shore.kept(NOBODY) == 2
    assert await waiting_in(broker) == 0


async def test_a_queue_that_somebody_deletes_is_made_again_and_nothing_confirmed_meanwhile(
    broker, shore
):
    async with sending(broker) as side, reading(broker, shore):
        await side.keep(incoming(1))
        await until(lambda: _kept(shore, 1))
        async with broker.connection() as connection:
            await (await connection.channel()).queue_delete(broker.queue)

        confirmed = 0
        async with asyncio.timeout(10):
            while confirmed < 3:
                try:
                    await side.keep(incoming(10 + confirmed))
                    confirmed += 1
                except (AMQPError, BrokerAwayError):
                    await asyncio.sleep(0.02)

        await until(lambda: _kept(shore, 4))


async def test_a_queue_made_otherwise_is_said_with_what_to_do(broker):
    async with broker.connection() as connection:
        await (await connection.channel()).declare_queue(broker.queue, durable=True)
    async with broker.connection() as connection:
        with pytest.raises(UnusableBrokerError, match=r"\?queue=NAME"):
            await broker.declare(connection, await connection.channel())


async def test_without_a_broker_senders_are_told_at_once_to_come_back():
    told: list[str | None] = []
    side = RabbitSender(RabbitMQ("amqp://guest:guest@127.0.0.1:1/"), told.append)
    async with side.connected():
        await until(lambda: bool(told))

        assert side.is_overdue
        with pytest.raises(BrokerAwayError):
            await side.keep(incoming(1))
    assert len(told) == 1
    assert "guest" not in str(told)


async def test_a_broker_that_comes_back_is_found(broker, broker_address):
    proxy = Proxy(broker_address)
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(proxy.open())
        side = RabbitSender(RabbitMQ(address), lambda _: None)
        await stack.enter_async_context(side.connected())
        await until(lambda: not side.is_overdue)
        await side.keep(incoming(1))
        proxy.cut()
        await until(lambda: side.is_overdue)
        proxy.mend()
        await until(lambda: not side.is_overdue)
        await side.keep(incoming(2))

    assert await waiting_in(broker) == 2


async def test_a_broker_that_hangs_makes_senders_come_back_later(
    broker, broker_address, monkeypatch
):
    monkeypatch.setattr("accord.ingress.rabbitmq.PATIENCE", 0.2)
    proxy = Proxy(broker_address)
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(proxy.open())
        side = RabbitSender(RabbitMQ(address), lambda _: None)
        await stack.enter_async_context(side.connected())
        await until(lambda: not side.is_overdue)
        proxy.hang()
        stuck = asyncio.create_task(side.keep(incoming(1)))

        await until(lambda: side.is_overdue)
        stuck.cancel()
        await asyncio.gather(stuck, return_exceptions=True)


@pytest.mark.parametrize("address", ["http://broker/", "amqp", "", "kafka://x"])
def test_an_address_of_no_broker_is_refused_with_examples(address):
    with pytest.raises(UnusableBrokerError, match="amqp://user:password@host/vhost"):
        sender(address, lambda _: None)


class Proxy:
    """A way to the broker that can be cut and blocked."""

    def __init__(self, address: str) -> None:
        self._broker = URL(address)
        self._writers: list[asyncio.StreamWriter] = []
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._is_cut = False

    @asynccontextmanager
    async def open(self):
        server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        try:
            yield str(self._broker.with_host("127.0.0.1").with_port(port))
        finally:
            self._flowing.set()
            self.cut()
            server.close()

    def cut(self) -> None:
        self._is_cut = True
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    def mend(self) -> None:
        self._is_cut = False

    def hang(self) -> None:
        self._flowing.clear()

    async def _pass_on(self, reader, writer) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        far = await asyncio.open_connection(self._broker.host, self._broker.port or 5672)
        self._writers += [writer, far[1]]
        await asyncio.gather(self._pump(reader, far[1]), self._pump(far[0], writer))

    async def _pump(self, reader, writer) -> None:
        try:
            while piece := await reader.read(65536):
                await self._flowing.wait()
                writer.write(piece)
        except ConnectionError:
            pass
        finally:
            writer.close()
