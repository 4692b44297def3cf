"""One database and one broker's queue for each test."""

import asyncio
from collections.abc import Iterator

import pytest

from accord.ingress.rabbitmq import RabbitMQ
from tests.ingress.conftest import broker_address, broker_server
from tests.storage.conftest import server_databases
from tests.storage.databases import Databases

__all__ = ["broker_address", "broker_server", "server_databases"]


@pytest.fixture
def database(server_databases: Databases) -> Iterator[str]:
    with server_databases.fresh() as url:
        yield url


@pytest.fixture
def queue(broker_address: str) -> Iterator[str]:
    yield broker_address
    asyncio.run(_delete(RabbitMQ(broker_address)))


async def _delete(broker: RabbitMQ) -> None:
    async with broker.connection() as connection:
        await (await connection.channel()).queue_delete(broker.queue)
