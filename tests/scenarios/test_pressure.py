"""The three simulated systems under pressure: what arrives at them, and how it ends."""

from datetime import timedelta

import httpx2
import pytest

from accord.domain.breaker import LONGEST_PAUSE
from tests.scenarios.judge import disagreements
from tests.scenarios.pressed import A_CALL, Pressed, pressed

HOUR = timedelta(hours=1)
WANTED = timedelta(minutes=2)
ORDERS = [f"#20{number:02}" for number in range(8)]
SYSTEMS = ["shop", "books", "warehouse"]
TOO_MANY = 429
# Calls that were under way when one of them was throttled arrive within their own time.
UNDER_WAY = 5 * A_CALL


@pytest.fixture
async def firm():
    async with pressed() as founded:
        yield founded


async def sell(firm: Pressed, orders=ORDERS) -> None:
    for order in orders:
        firm.order(order, ("MUG", 1, "east"))
    await firm.settle()
    for order in orders:
        firm.book(order)


async def send(firm: Pressed, orders=ORDERS) -> None:
    for order in orders:
        for shipment in firm.shipments(order):
            if firm.stack.warehouse.status(shipment) in {"pending", "processing"}:
                firm.stack.warehouse.scan(firm.label(shipment), "IT")


async def all_agree(firm: Pressed, orders=ORDERS) -> bool:
    return not [each for order in orders for each in await disagreements(firm, order)]


@pytest.mark.parametrize("system", SYSTEMS)
async def test_nothing_arrives_before_the_time_that_was_asked_for(firm, system):
    wire, chance = firm.wires[system], firm.stack.world.chance

    def sometimes(request):
        if "token" in request.url.path or chance.random() > 0.05:
            return None
        return httpx2.Response(TOO_MANY, headers={"retry-after": str(WANTED.seconds)})

    wire.spoil = sometimes
    await sell(firm)
    await firm.hours(3)
    await send(firm)
    await firm.hours(3)

    told = [at for at, status in wire.log if status == TOO_MANY]
    early = [at - since for at, _ in wire.log for since in told if since < at < since + WANTED]
    assert len(told) > 5
    assert max(early, default=A_CALL) < UNDER_WAY

    wire.spoil = lambda request: None
    await firm.hours(6)
    assert await all_agree(firm)


@pytest.mark.parametrize("system", SYSTEMS)
async def test_an_outage_is_met_with_a_few_calls_and_costs_nobody_else(firm, system):
    await sell(firm)
    await firm.hours(1)
    wire = firm.wires[system]
    wire.spoil = lambda request: httpx2.Response(503)
    asked = {name: len(each.log) for name, each in firm.wires.items()}
    began = firm.stack.world.now

    await send(firm)
    await firm.hours(4)

    lasted = firm.stack.world.now - began
    assert len(wire.log) - asked[system] <= 3 * lasted / LONGEST_PAUSE + 40
    lines = await firm.stack.store.links(firm.stack.world.now)
    assert [line.system for line in lines if line.state.breaker.opened_at] == [system]
    assert not any(line.dead for line in lines)

    wire.spoil = lambda request: None
    await firm.hours(3)
    assert await all_agree(firm)


@pytest.mark.parametrize("system", SYSTEMS)
async def test_replies_that_are_lost_leave_no_second_effect_and_no_disagreement(firm, system):
    wire, chance = firm.wires[system], firm.stack.world.chance
    wire.lose = lambda request: "token" not in request.url.path and chance.random() < 0.15
    await sell(firm)
    await firm.hours(4)
    await send(firm)
    await firm.hours(8)
    wire.lose = lambda request: False
    await firm.hours(6)

    assert await all_agree(firm)
    assert [order for order in ORDERS if sum(map(len, firm.left(order))) != 1] == []
