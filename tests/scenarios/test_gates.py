"""A cancellation at every stage of a parcel's life, under both gates, against the simulators."""

from contextlib import asynccontextmanager
from datetime import timedelta
from random import Random

import pytest
from msgspec.structs import replace

from accord.connector_kit.simulator import Fault
from accord.connectors.shipstation.simulator_state import RejectedError
from accord.demo.stack import stack
from accord.domain.accord import Gate
from accord.domain.action import CancelOrder, CancelParcel, Hold, Release
from accord.domain.case import CaseKind
from accord.domain.outcome import Applied
from accord.engine.case_desk import EVERY_OPEN
from accord.storage.memory import MemoryStore
from tests.scenarios.company import Company

ORDER = "#1001"
MINUTE = timedelta(minutes=1)
GATES = [Gate.HOLD, Gate.CANCEL_LANE]


@asynccontextmanager
async def company(gate, **more):
    def gated(accord):
        warehouse = replace(accord.systems["warehouse"], gate=gate, **more)
        return replace(accord, systems={**accord.systems, "warehouse": warehouse})

    async with stack(MemoryStore(), amend=gated) as built:
        yield Company(built, Random(4), hour=MINUTE)


async def placed(firm):
    firm.order(ORDER, ("MUG", 2, "east"))
    await firm.settle()
    firm.book(ORDER)
    await firm.hours(5)


async def cases(firm, after=timedelta(0)):
    found = await firm.stack.store.cases.cases(EVERY_OPEN, firm.stack.world.now + after, 100)
    return [one.kind for one in found]


def word(firm):
    (shipment,) = firm.shipments(ORDER)
    return firm.stack.warehouse.status(shipment)


def done(firm, kind):
    return [
        each
        for each in firm.stack.attempts
        if isinstance(each.action, kind) and isinstance(each.outcome, Applied)
    ]


def is_booked_as_cancelled(firm):
    return firm.stack.books.words(ORDER)["SalesOrd"].startswith("H")


async def worked_on(firm, stage):
    """Take the order to a stage of its parcel's life; return the tracking number, if any."""
    warehouse = firm.stack.warehouse
    (shipment,) = firm.shipments(ORDER)
    tracking = None
    if stage in {"begun", "labelled", "scanned"}:
        warehouse.start(shipment)
    if stage in {"labelled", "scanned"}:
        tracking = firm.label(shipment)
    if stage == "scanned":
        warehouse.scan(tracking, "AC")
        warehouse.scan(tracking, "IT")
    return tracking


async def test_under_hold_a_parcel_rests_until_a_permission_is_given():
    async with company(Gate.HOLD, hold_for=30 * MINUTE) as firm:
        await placed(firm)
        assert word(firm) == "on_hold"
        (shipment,) = firm.shipments(ORDER)
        with pytest.raises(RejectedError):
            firm.label(shipment)
        await firm.hours(40)

        assert word(firm) == "pending"
        (release,) = done(firm, Release)
        assert release.at >= firm.stack.world.now - 40 * MINUTE


async def test_a_permission_runs_out_and_is_asked_for_again():
    async with company(Gate.HOLD, permit_for=20 * MINUTE, hold_for=5 * MINUTE) as firm:
        await placed(firm)
        await firm.hours(60)

        assert len(done(firm, Release)) >= 2
        assert len(done(firm, Hold)) >= 1


async def test_what_the_shop_cancelled_unheard_is_not_let_go():
    """No hook arrives: only the fresh read can know it."""
    async with company(Gate.HOLD, hold_for=30 * MINUTE) as firm:
        await placed(firm)
        firm.stack.shop.cancel_order(ORDER)
        firm.stack.world.sent.clear()
        firm.stack.world.pass_time(40 * MINUTE)
        await firm.stack.engine.propagator.turn("warehouse")

        assert done(firm, Release) == []
        await firm.hours(5)
        assert firm.shipments(ORDER) == []
        assert done(firm, Release) == []


async def test_a_shop_that_does_not_answer_lets_nothing_go():
    async with company(Gate.HOLD, hold_for=30 * MINUTE) as firm:
        await placed(firm)
        firm.stack.shop.fail(Fault.OUTAGE, 50)
        firm.stack.world.pass_time(40 * MINUTE)
        await firm.stack.engine.propagator.turn("warehouse")

        assert done(firm, Release) == []
        assert word(firm) == "on_hold"


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize("stage", ["waiting", "begun", "labelled", "scanned"])
async def test_a_cancellation_at_any_stage_is_confirmed_or_somebodys_case(gate, stage):
    async with company(gate) as firm:
        await placed(firm)
        await firm.hours(2)
        await worked_on(firm, stage)
        firm.stack.shop.cancel_order(ORDER)
        await firm.hours(30)

        if stage == "scanned":
            assert firm.left(ORDER)
            assert CaseKind.SHIPPED_AFTER_CANCEL in await cases(firm)
            assert not is_booked_as_cancelled(firm)
        else:
            assert firm.shipments(ORDER) == []
            assert is_booked_as_cancelled(firm)
            assert await cases(firm) == []
            (stopped,) = done(firm, CancelParcel)
            assert all(told.at > stopped.at for told in done(firm, CancelOrder))


@pytest.mark.parametrize("gate", GATES)
async def test_a_warehouse_that_does_not_confirm_is_a_case_and_nobody_is_told(gate):
    async with company(gate, cancel_within=15 * MINUTE) as firm:
        await placed(firm)
        await firm.hours(2)
        firm.stack.warehouse.fail(Fault.OUTAGE, 5000)
        firm.stack.shop.cancel_order(ORDER)
        await firm.hours(10)
        assert await cases(firm) == []
        await firm.hours(20)

        assert await cases(firm) == [CaseKind.STOP_UNCONFIRMED]
        assert not is_booked_as_cancelled(firm)

        firm.stack.warehouse._faults.clear()  # noqa: SLF001 - it is repaired
        await firm.hours(30)
        assert await cases(firm) == []
        assert is_booked_as_cancelled(firm)


@pytest.mark.parametrize("gate", GATES)
async def test_an_order_that_nobody_cancels_is_sent(gate):
    async with company(gate) as firm:
        await placed(firm)
        await firm.hours(3)
        await worked_on(firm, "scanned")
        await firm.hours(30)

        assert len(firm.left(ORDER)) == 1
        assert await cases(firm) == []


@pytest.mark.parametrize("seed", range(6))
async def test_under_hold_nothing_leaves_on_a_permission_younger_than_the_cancellation(seed):
    chance = Random(seed)
    async with company(Gate.HOLD, hold_for=10 * MINUTE, permit_for=15 * MINUTE) as firm:
        await placed(firm)
        cancel_at, cancelled_at = chance.randint(0, 40), None
        for minute in range(60):
            if minute == cancel_at and not firm.left(ORDER):
                firm.stack.shop.cancel_order(ORDER)
                await firm.settle()
                cancelled_at = firm.stack.world.now
            for shipment in firm.shipments(ORDER):
                status = firm.stack.warehouse.status(shipment)
                if status == "pending" and chance.random() < 0.1:
                    firm.stack.warehouse.scan(firm.label(shipment), "IT")
            await firm.hours(1)

        permits = [each.at for each in done(firm, Release)]
        if cancelled_at is not None:
            assert all(at < cancelled_at for at in permits)
            assert firm.shipments(ORDER) == [] or CaseKind.SHIPPED_AFTER_CANCEL in await cases(firm)
