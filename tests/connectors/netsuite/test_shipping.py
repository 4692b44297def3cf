"""Recording parcels, moving them on, and never twice."""

import asyncio
import dataclasses

import pytest
from msgspec.structs import replace

from accord.connector_kit.connector import Context
from accord.connector_kit.http import in_process
from accord.connector_kit.simulator import Fault, World
from accord.connectors.netsuite.client import NetSuiteClient
from accord.connectors.netsuite.simulator import Line, NetSuiteSimulator
from accord.domain.action import AddTracking, Advance, Withdraw
from accord.domain.matrix import Matrix
from accord.domain.outcome import Applied, Refused, Unavailable, Unneeded
from accord.domain.report import Ref
from accord.domain.tracks import State
from tests.connectors.netsuite.conftest import MUGS_AND_SHIRTS, ship


def quantities(account: NetSuiteSimulator) -> list[dict[int, tuple[int, str]]]:
    return [record.lines for record in account.fulfillments("1001")]


async def test_a_parcel_of_some_lines_leaves_the_others_unfulfilled(
    client: NetSuiteClient, account: NetSuiteSimulator, order: Matrix
) -> None:
    outcome = await client.perform(ship({"SHIRT": 2}, tracking=("1Z1", "1Z2")), order)

    assert outcome == Applied("18232")
    assert quantities(account) == [{4: (2, "2")}]
    assert account.fulfillments("1001")[0].tracking == ["1Z1", "1Z2"]
    assert account.words("#1001") == {
        "SalesOrd": "E Pending Billing/Partially Fulfilled",
        "ItemShip 18232": "C Shipped",
    }


async def test_the_same_parcel_recorded_again_is_recorded_once(
    client: NetSuiteClient, account: NetSuiteSimulator, order: Matrix
) -> None:
    await client.perform(ship({"SHIRT": 1}), order)

    assert isinstance(await client.perform(ship({"SHIRT": 1}), order), Unneeded)
    assert len(account.fulfillments("1001")) == 1


async def test_a_parcel_whose_reply_was_lost_is_found_when_tried_again(
    client: NetSuiteClient, account: NetSuiteSimulator, order: Matrix
) -> None:
    account.fail(Fault.LOST_REPLY)

    assert isinstance(await client.perform(ship({"MUG": 2}), order), Unavailable)
    assert isinstance(await client.perform(ship({"MUG": 2}), order), Unneeded)
    assert quantities(account) == [{1: (2, "2")}]


async def test_a_split_order_is_complete_when_its_last_parcel_has_left(
    client: NetSuiteClient, account: NetSuiteSimulator, order: Matrix
) -> None:
    await client.perform(ship({"MUG": 2, "SHIRT": 1}, "se-1"), order)
    await client.perform(ship({"SHIRT": 2}, "se-2"), order)

    assert account.words("1001")["SalesOrd"] == "F Pending Billing"
    account.bill("1001")
    assert account.words("1001")["SalesOrd"] == "G Billed"


async def test_more_than_is_left_is_refused_and_nothing_is_recorded(
    client: NetSuiteClient, account: NetSuiteSimulator, order: Matrix
) -> None:
    account.fulfill_by_hand("1001", {"SHIRT": 2})

    outcome = await client.perform(ship({"SHIRT": 2, "MUG": 1}), order)

    assert isinstance(outcome, Refused)
    assert outcome.code == "not_remaining"
    assert len(account.fulfillments("1001")) == 1


async def test_nothing_ships_on_an_order_nobody_approved(
    client: NetSuiteClient, account: NetSuiteSimulator
) -> None:
    own = account.book_order("1001", "9", MUGS_AND_SHIRTS)

    outcome = await client.perform(ship({"MUG": 1}), Matrix(refs=(Ref("erp", own),)))

    assert isinstance(outcome, Refused)
    assert outcome.code == "not_open"


async def test_without_a_place_the_location_of_the_line_is_used(
    client: NetSuiteClient, account: NetSuiteSimulator, order: Matrix
) -> None:
    await client.perform(replace(ship({"MUG": 1}), place=None), order)

    assert quantities(account) == [{1: (1, "1")}]


async def test_without_any_location_netsuite_is_not_asked(
    client: NetSuiteClient, account: NetSuiteSimulator
) -> None:
    own = account.book_order("1001", "9", [Line("MUG", 1, location="")], approved=True)

    outcome = await client.perform(
        replace(ship({"MUG": 1}), place=None), Matrix(refs=(Ref("erp", own),))
    )

    assert isinstance(outcome, Refused)
    assert outcome.code == "no_location"


async def test_a_packed_parcel_is_marked_shipped_and_gets_its_number(
    client: NetSuiteClient, account: NetSuiteSimulator, order: Matrix
) -> None:
    await client.perform(ship({"MUG": 2}, state=State.PACKED), order)
    (parcel,) = account.fulfillments("1001")
    assert account.words("1001")["SalesOrd"] == "B Pending Fulfillment"
    advance = Advance(parcel=parcel.id, state=State.SHIPPED, tracking=("1Z1",))

    assert await client.perform(advance, order) == Applied(parcel.id)
    assert isinstance(await client.perform(advance, order), Unneeded)
    assert (parcel.status, parcel.tracking) == ("C", ["1Z1"])


async def test_a_shipped_parcel_is_never_marked_packed(
    client: NetSuiteClient, account: NetSuiteSimulator, order: Matrix
) -> None:
    own = account.fulfill_by_hand("1001", {"MUG": 2})

    outcome = await client.perform(Advance(parcel=own, state=State.PACKED), order)

    assert isinstance(outcome, Unneeded)
    assert account.fulfillments("1001")[0].status == "C"


async def test_goods_in_a_packed_parcel_are_not_taken_a_second_time(
    client: NetSuiteClient, account: NetSuiteSimulator, order: Matrix
) -> None:
    await client.perform(ship({"MUG": 2}, "se-1", State.PACKED), order)

    outcome = await client.perform(ship({"MUG": 1}, "se-2"), order)

    assert isinstance(outcome, Refused)
    assert outcome.code == "not_remaining"
    assert len(account.fulfillments("1001")) == 1


async def test_only_missing_tracking_numbers_are_added(
    client: NetSuiteClient, account: NetSuiteSimulator, order: Matrix
) -> None:
    await client.perform(ship({"MUG": 2}, tracking=("1Z1",)), order)
    (parcel,) = account.fulfillments("1001")
    add = AddTracking(parcel=parcel.id, tracking=("1Z1", "1Z2"))

    assert await client.perform(add, order) == Applied(parcel.id)
    assert isinstance(await client.perform(add, order), Unneeded)
    assert parcel.tracking == ["1Z1", "1Z2"]


@pytest.mark.parametrize("state", [State.IN_PROGRESS, State.CANCELLED])
async def test_a_state_netsuite_has_no_ship_status_for_is_refused(
    client: NetSuiteClient, account: NetSuiteSimulator, order: Matrix, state: State
) -> None:
    own = account.fulfill_by_hand("1001", {"MUG": 2})

    for action in (ship({"SHIRT": 1}, state=state), Advance(parcel=own, state=state)):
        outcome = await client.perform(action, order)
        assert isinstance(outcome, Refused)
        assert outcome.code == "cannot"


async def test_a_packed_parcel_taken_back_is_gone_and_its_lines_are_free(
    client: NetSuiteClient, account: NetSuiteSimulator, order: Matrix
) -> None:
    await client.perform(ship({"MUG": 2}, "se-1", State.PACKED), order)
    (parcel,) = account.fulfillments("1001")
    withdraw = Withdraw(parcel=parcel.id)

    assert await client.perform(withdraw, order) == Applied(parcel.id)
    assert isinstance(await client.perform(withdraw, order), Unneeded)
    gone = await client.reread(Ref("parcel", f"18231/{parcel.id}"))
    assert isinstance(gone, list)
    assert [document.topic for document in gone] == ["reread/deleted"]
    assert isinstance(await client.perform(ship({"MUG": 2}, "se-2"), order), Applied)


async def test_a_shipped_parcel_is_not_taken_back(
    client: NetSuiteClient, account: NetSuiteSimulator, order: Matrix
) -> None:
    own = account.fulfill_by_hand("1001", {"MUG": 2})

    outcome = await client.perform(Withdraw(parcel=own), order)

    assert isinstance(outcome, Refused)
    assert outcome.code == "already_shipped"


async def test_a_parcel_another_hand_records_meanwhile_is_found_behind_the_refusal(
    context: Context, account: NetSuiteSimulator, order: Matrix
) -> None:
    action = ship({"MUG": 1})
    clients = [NetSuiteClient(context), NetSuiteClient(context)]

    outcomes = await asyncio.gather(*(client.perform(action, order) for client in clients))

    assert {type(outcome) for outcome in outcomes} == {Applied, Unneeded}
    assert len(account.fulfillments("1001")) == 1
    for client in clients:
        await client.close()


async def test_without_pick_pack_ship_a_parcel_is_recorded_when_it_has_left_and_not_before(
    world: World, context: Context
) -> None:
    account = NetSuiteSimulator(world, "erp", pick_pack_ship=False)
    own = account.book_order("1001", "9", MUGS_AND_SHIRTS, approved=True)
    plain = dataclasses.replace(
        context,
        settings=account.settings,
        secrets=account.secrets,
        transport=in_process(account.app),
    )
    client = NetSuiteClient(plain)
    order = Matrix(refs=(Ref("erp", own),))

    packed = await client.perform(ship({"MUG": 2}, state=State.PACKED), order)
    shipped = await client.perform(ship({"MUG": 2}), order)

    assert isinstance(packed, Refused)
    assert isinstance(shipped, Applied)
    assert account.fulfillments("1001")[0].status == "C"
    await client.close()
