"""A real RabbitMQ, with a queue of each test's own."""

import os
import socket
import uuid
from collections.abc import AsyncIterator

import aio_pika
import pytest
from yarl import URL

from accord.ingress.rabbitmq import RabbitMQ

USUAL = "amqp://guest:guest@127.0.0.1:5672/"


def given_broker() -> str | None:
    """Return the address of a RabbitMQ, if one is named or answers where one often is."""
    named = os.environ.get("ACCORD_TEST_BROKER_URL")
    if named:
        return named
    try:
        socket.create_connection(("127.0.0.1", 5672), timeout=2).close()
    except OSError:
        return None
    return USUAL


@pytest.fixture(scope="session")
def broker_server() -> str:
    server = given_broker()
    if server is None:
        pytest.skip("no RabbitMQ given in ACCORD_TEST_BROKER_URL, none on port 5672")
    return server


@pytest.fixture
def broker_address(broker_server: str) -> str:
    """The address of a queue that is the test's own."""
    return str(URL(broker_server).update_query(queue=f"accord-test-{uuid.uuid4().hex}"))


@pytest.fixture
async def broker(broker_address: str) -> AsyncIterator[RabbitMQ]:
    broker = RabbitMQ(broker_address)
    yield broker
    async with broker.connection() as connection:
        await (await connection.channel()).queue_delete(broker.queue)


async def waiting_in(broker: RabbitMQ) -> int:
    """Return how many messages the queue holds for whoever comes."""
    async with broker.connection() as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(broker.queue, passive=True)
        return queue.declaration_result.message_count or 0


async def put(broker: RabbitMQ, *bodies: bytes) -> None:
    """Put messages into the queue that may be anybody's."""
    async with broker.connection() as connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        await broker.declare(connection, channel)
        for body in bodies:
            message = aio_pika.Message(body)
            await channel.default_exchange.publish(message, broker.queue, mandatory=True)
