"""A pretend NetSuite account, a client that talks to it, and a clock in the test's hand."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from accord.connector_kit.connector import Context
from accord.connector_kit.http import in_process
from accord.connector_kit.simulator import World
from accord.connectors.netsuite.client import NetSuiteClient
from accord.connectors.netsuite.simulator import Line, NetSuiteSimulator
from accord.domain.action import Ship
from accord.domain.matrix import Matrix
from accord.domain.report import Ref
from accord.domain.tracks import State

MUGS_AND_SHIRTS = [Line("MUG", 2), Line("SHIRT", 3), Line("WRAPPING", 1, kind="Service")]


@pytest.fixture
def world() -> World:
    return World(now=datetime(2026, 11, 18, 9, tzinfo=UTC))


@pytest.fixture
def account(world: World) -> NetSuiteSimulator:
    return NetSuiteSimulator(world, "erp")


@pytest.fixture
def context(world: World, account: NetSuiteSimulator) -> Context:

    return Context(
        system="erp",
        settings=account.settings,
        secrets=account.secrets,
        transport=in_process(account.app),
        clock=world.clock,
        answer_within=timedelta(seconds=0.5),
    )


@pytest.fixture
async def client(context: Context) -> AsyncIterator[NetSuiteClient]:
    client = NetSuiteClient(context)
    yield client
    await client.close()


@pytest.fixture
def order(account: NetSuiteSimulator) -> Matrix:
    """An approved sales order of two mugs, three shirts and the wrapping, number #1001."""
    own = account.book_order("#1001", "450789469", MUGS_AND_SHIRTS, approved=True)
    return Matrix(refs=(Ref("erp", own),))


def ship(
    lines: dict[str, int],
    parcel: str = "se-1",
    state: State = State.SHIPPED,
    tracking: tuple[str, ...] = (),
) -> Ship:
    return Ship(source=Ref("depot", parcel), lines=lines, state=state, place="2", tracking=tracking)
