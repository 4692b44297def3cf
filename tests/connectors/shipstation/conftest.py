"""A pretend ShipStation account, a client that talks to it, and a clock in the test's hand."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from accord.connector_kit.connector import Context
from accord.connector_kit.simulator import World
from accord.connectors.shipstation.client import ShipStationClient
from accord.connectors.shipstation.simulator import ShipStationSimulator
from accord.domain.action import Allocate, Destination
from accord.domain.matrix import Matrix
from accord.domain.outcome import Applied
from accord.domain.report import Ref

HOME = Destination(name="Robin Example", line1="1 Sample Way", city="Springfield", country="US")
Made = Callable[..., Awaitable[str]]


@pytest.fixture
def world() -> World:
    return World(now=datetime(2026, 11, 18, 9, tzinfo=UTC))


@pytest.fixture
def account(world: World) -> ShipStationSimulator:
    return ShipStationSimulator(world, "depot")


@pytest.fixture
def context(world: World, account: ShipStationSimulator) -> Context:

    return Context(
        system="depot",
        settings=account.settings,
        secrets=account.secrets,
        transport=httpx2.ASGITransport(account.app),
        clock=world.clock,
        answer_within=timedelta(seconds=0.5),
    )


@pytest.fixture
async def client(context: Context) -> AsyncIterator[ShipStationClient]:
    client = ShipStationClient(context)
    yield client
    await client.close()


def allocate(number: str = "1001", source: str = "450789469/east/0") -> Allocate:
    return Allocate(
        source=Ref("shop", source),
        number=number,
        lines={"MUG-BLUE": 2, "line:501": 1},
        place="se-7001",
        destination=HOME,
    )


@pytest.fixture
def made(client: ShipStationClient) -> Made:
    """Return what asks for a shipment and gives back its id."""

    async def make(number: str = "1001", source: str | None = None) -> str:
        outcome = await client.perform(allocate(number, source or f"{number}/east/0"), Matrix())
        assert isinstance(outcome, Applied)
        return outcome.reference

    return make
