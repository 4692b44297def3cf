"""What the account is asked to do, done once."""

from datetime import date

import pytest
from msgspec.structs import replace

from accord.connector_kit.simulator import Fault, World
from accord.connectors.shipstation.client import ShipStationClient
from accord.connectors.shipstation.simulator import ShipStationSimulator
from accord.connectors.shipstation.simulator_state import RejectedError
from accord.domain.action import CancelParcel, Complete, Hold, Release
from accord.domain.matrix import Matrix
from accord.domain.outcome import Applied, Outcome, Refused, Unavailable, Unneeded

from .conftest import Made, allocate

ORDER = Matrix()


async def cancel(client: ShipStationClient, parcel: str) -> Outcome:
    return await client.perform(CancelParcel(parcel=parcel, reason="changed their mind"), ORDER)


async def hold(client: ShipStationClient, subject: str) -> Outcome:
    return await client.perform(Hold(subject=subject, reason="held by the shop"), ORDER)


async def release(client: ShipStationClient, subject: str) -> Outcome:
    return await client.perform(Release(subject=subject), ORDER)


async def test_an_allocation_becomes_a_shipment_at_its_place(
    account: ShipStationSimulator, made: Made
) -> None:
    shipment = await made("1001")

    assert account.pending("se-7001") == [shipment]
    assert account.words("#1001") == {f"shipment {shipment}": "pending"}


async def test_asking_twice_makes_one_shipment(
    client: ShipStationClient, account: ShipStationSimulator
) -> None:
    first = await client.perform(allocate(), ORDER)
    second = await client.perform(allocate(), ORDER)

    assert isinstance(first, Applied)
    assert isinstance(second, Unneeded)
    assert len(account.shipments("1001")) == 1


async def test_asking_again_after_a_lost_reply_makes_one_shipment(
    client: ShipStationClient, account: ShipStationSimulator
) -> None:
    account.fail(Fault.LOST_REPLY)
    lost = await client.perform(allocate(), ORDER)
    again = await client.perform(allocate(), ORDER)

    assert isinstance(lost, Unavailable)
    assert isinstance(again, Unneeded)
    assert len(account.shipments("1001")) == 1


async def test_a_second_request_for_the_same_order_makes_a_second_shipment(
    account: ShipStationSimulator, made: Made
) -> None:
    await made("1001", "1001/east/0")
    await made("1001", "1001/east/1")

    assert len(account.shipments("1001")) == 2


@pytest.mark.parametrize(
    ("field", "says"), [("place", "warehouse_id"), ("destination", "the address")]
)
async def test_an_incomplete_allocation_is_refused_with_what_is_missing(
    client: ShipStationClient, field: str, says: str
) -> None:
    outcome = await client.perform(replace(allocate(), **{field: None}), ORDER)

    assert isinstance(outcome, Refused)
    assert says in outcome.message


async def test_a_held_shipment_cannot_be_labelled_until_it_is_released(
    client: ShipStationClient, account: ShipStationSimulator, made: Made
) -> None:
    shipment = await made()

    assert await hold(client, shipment) == Applied()
    with pytest.raises(RejectedError):
        account.buy_label(shipment)
    assert isinstance(await hold(client, shipment), Unneeded)
    assert await release(client, shipment) == Applied()
    assert isinstance(await release(client, shipment), Unneeded)
    assert account.buy_label(shipment)


async def test_a_hold_of_somebody_else_stays(
    client: ShipStationClient, account: ShipStationSimulator, made: Made
) -> None:
    shipment = await made()
    account.hold_by_hand(shipment, date(2026, 12, 24))

    assert isinstance(await hold(client, shipment), Unneeded)
    assert isinstance(await release(client, shipment), Unneeded)
    assert account.words("1001") == {f"shipment {shipment}": "on_hold"}


async def test_a_labelled_shipment_is_not_held(
    client: ShipStationClient, account: ShipStationSimulator, made: Made
) -> None:
    shipment = await made()
    account.buy_label(shipment)

    outcome = await hold(client, shipment)

    assert isinstance(outcome, Refused)
    assert outcome.code == "label_purchased"


async def test_a_waiting_shipment_is_cancelled_once(
    client: ShipStationClient, account: ShipStationSimulator, made: Made
) -> None:
    shipment = await made()

    assert await cancel(client, shipment) == Applied()
    assert isinstance(await cancel(client, shipment), Unneeded)
    assert account.words("1001") == {f"shipment {shipment}": "cancelled"}


async def test_a_labelled_shipment_is_cancelled_with_its_label_voided(
    client: ShipStationClient, account: ShipStationSimulator, made: Made
) -> None:
    shipment = await made()
    account.buy_label(shipment)

    assert await cancel(client, shipment) == Applied()
    assert account.words("1001") == {f"shipment {shipment}": "cancelled"}


async def test_a_cancellation_whose_voiding_was_lost_goes_on_where_it_was(
    client: ShipStationClient, account: ShipStationSimulator, made: Made
) -> None:
    shipment = await made()
    account.buy_label(shipment)
    account.fail(Fault.LOST_REPLY)

    assert isinstance(await cancel(client, shipment), Unavailable)
    assert await cancel(client, shipment) == Applied()
    assert account.words("1001") == {f"shipment {shipment}": "cancelled"}


@pytest.mark.parametrize("code", ["AC", "IT", "EX", "DE"])
async def test_a_parcel_the_carrier_has_is_not_cancelled(
    client: ShipStationClient, account: ShipStationSimulator, made: Made, code: str
) -> None:
    shipment = await made()
    account.scan(account.buy_label(shipment), code)

    outcome = await cancel(client, shipment)

    assert isinstance(outcome, Refused)
    assert outcome.code == "already_shipped"
    assert account.words("1001")[f"shipment {shipment}"] == "label_purchased"


async def test_what_it_cannot_do_is_refused(client: ShipStationClient) -> None:
    outcome = await client.perform(Complete(), ORDER)
    where = await client.destination(ORDER)

    assert isinstance(outcome, Refused)
    assert isinstance(where, Refused)
    assert (outcome.code, where.code) == ("cannot", "cannot")


async def test_a_shipment_that_is_not_there_is_refused(client: ShipStationClient) -> None:
    outcome = await cancel(client, "se-404")

    assert isinstance(outcome, Refused)
    assert outcome.code == "not_found"


async def test_new_shipments_are_hinted_at_and_voids_are_told_to_nobody(
    client: ShipStationClient, account: ShipStationSimulator, made: Made, world: World
) -> None:
    shipment = await made()
    account.buy_label(shipment)
    before = len(world.sent)
    await cancel(client, shipment)

    assert [hook.topic for hook in world.sent] == ["v1/pretend-hook-token"] * before
