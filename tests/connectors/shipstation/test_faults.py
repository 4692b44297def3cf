"""Every way the vendor can fail, as the value that says what to do next."""

from datetime import timedelta

import pytest

from accord.connector_kit.simulator import Fault, World
from accord.connectors.shipstation.client import ShipStationClient
from accord.connectors.shipstation.simulator import ShipStationSimulator
from accord.domain.matrix import Matrix
from accord.domain.outcome import Outcome, Refused, Throttled, Unauthorized, Unavailable
from accord.domain.report import Ref

from .conftest import Made, allocate

OUTCOMES: list[tuple[Fault, type[Outcome]]] = [
    (Fault.THROTTLE, Throttled),
    (Fault.OUTAGE, Unavailable),
    (Fault.HTML, Unavailable),
    (Fault.HANG, Unavailable),
    (Fault.EXPIRED, Unauthorized),
    (Fault.REFUSAL, Refused),
]


@pytest.mark.parametrize(("fault", "expected"), OUTCOMES)
@pytest.mark.parametrize("scope", ["shipment", "label", "tracking", "number"])
async def test_a_failed_reading_says_what_to_do_next(
    client: ShipStationClient,
    account: ShipStationSimulator,
    fault: Fault,
    expected: type[Outcome],
    scope: str,
) -> None:
    account.fail(fault)

    assert isinstance(await client.reread(Ref(scope, "se-1")), expected)


async def test_a_throttle_tells_how_long_the_vendor_asked_to_wait(
    client: ShipStationClient, account: ShipStationSimulator
) -> None:
    account.fail(Fault.THROTTLE)

    assert await client.reread(Ref("shipment", "se-1")) == Throttled(timedelta(seconds=17))


async def test_more_calls_a_minute_than_the_plan_allows_are_throttled(
    client: ShipStationClient, account: ShipStationSimulator, made: Made, world: World
) -> None:
    shipment = await made("1001")
    world.pass_time(timedelta(minutes=2))
    account.calls_per_minute = 1
    first = await client.reread(Ref("shipment", shipment))
    second = await client.reread(Ref("shipment", shipment))
    world.pass_time(timedelta(minutes=2))
    third = await client.reread(Ref("shipment", shipment))

    assert isinstance(first, list)
    assert isinstance(second, Throttled)
    assert isinstance(third, list)


async def test_a_refusal_keeps_the_code_and_the_words_of_the_vendor(
    client: ShipStationClient, account: ShipStationSimulator
) -> None:
    account.fail(Fault.REFUSAL)

    outcome = await client.perform(allocate(), Matrix())

    assert outcome == Refused("invalid_status", "The shipment cannot be changed now.")
