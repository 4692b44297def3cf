"""What we ask of a store, and what comes of asking twice."""

from datetime import timedelta

import pytest

from accord.connectors.shopify.simulator_state import Line
from accord.domain.action import (
    AddTracking,
    Approve,
    CancelOrder,
    Complete,
    Hold,
    Release,
    Ship,
    TellDelivery,
    Withdraw,
)
from accord.domain.matrix import Matrix
from accord.domain.outcome import Accepted, Applied, Outcome, Refused, Unneeded
from accord.domain.report import THE_ORDER, Ref, SubjectKind
from accord.domain.tracks import State, Track
from accord.engine.notice_channel import Contact
from accord.notify.mail import is_address
from tests.connectors.shopify.shop import EAST, NOW, WEST, Shop

PARCEL = Ref("warehouse", "77")


def ship(lines: dict[str, int], *tracking: str, place: str | None = None) -> Ship:
    return Ship(source=PARCEL, lines=lines, tracking=tracking, carrier="UPS", place=place)


async def shipped(shop: Shop, order: Matrix) -> str:
    outcome = await shop.client.perform(ship({"LAMP": 2}, "1Z1"), order)
    assert isinstance(outcome, Applied)
    return outcome.reference


def allocation(order: Matrix) -> str:
    (subject,) = order.subjects("shop", SubjectKind.ALLOCATION)
    return subject.id


async def test_a_parcel_is_recorded_with_its_tracking_and_its_own_id(shop: Shop) -> None:
    order = shop.order()

    outcome = await shop.client.perform(ship({"LAMP": 2}, "1Z1", "1Z2"), order)

    (parcel,) = shop.store.orders["#1001"].parcels
    assert outcome == Applied(str(parcel.id))
    assert (parcel.tracking, parcel.company) == (("1Z1", "1Z2"), "UPS")


@pytest.mark.parametrize("tracking", ["1Z1", ""])
async def test_shipping_twice_makes_one_parcel(shop: Shop, tracking: str) -> None:
    order = shop.order()
    action = ship({"LAMP": 1}, *filter(None, [tracking]))

    first = await shop.client.perform(action, order)
    second = await shop.client.perform(action, order)

    assert isinstance(first, Applied)
    assert isinstance(second, Unneeded)
    assert len(shop.store.orders["#1001"].parcels) == 1


async def test_a_second_parcel_with_the_same_lines_is_not_taken_for_the_first(shop: Shop) -> None:
    order = shop.order()
    await shop.client.perform(ship({"LAMP": 1}), order)

    outcome = await shop.client.perform(ship({"LAMP": 1}), await shop.read(order))

    assert isinstance(outcome, Applied)
    assert len(shop.store.orders["#1001"].parcels) == 2


async def test_a_parcel_for_which_nothing_waits_any_more_is_for_a_person(shop: Shop) -> None:
    order = shop.order()
    await shipped(shop, order)

    outcome = await shop.client.perform(ship({"LAMP": 1}, "1Z9"), order)

    assert isinstance(outcome, Refused)
    assert outcome.code == "nothing_left"


async def test_part_of_the_lines_leaves_from_one_of_two_places(shop: Shop) -> None:
    order = shop.order(Line("LAMP", 2, EAST), Line("RUG", 3, WEST), Line("CUP", 1, WEST))

    await shop.client.perform(ship({"RUG": 2, "CUP": 1}, place=WEST), order)

    (parcel,) = shop.store.orders["#1001"].parcels
    east, west = shop.store.orders["#1001"].fulfillment_orders
    assert (parcel.place, {line.sku: n for line, n in parcel.lines}) == (WEST, {"RUG": 2, "CUP": 1})
    assert [portion.remaining for portion in east.portions + west.portions] == [2, 1, 0]


async def test_a_place_may_be_named_as_the_accord_names_it(shop: Shop) -> None:
    order = shop.order(Line("LAMP", 2, EAST), Line("LAMP", 2, WEST))

    await shop.client.perform(ship({"LAMP": 1}, place="west"), order)

    assert [parcel.place for parcel in shop.store.orders["#1001"].parcels] == [WEST]


@pytest.mark.parametrize(
    ("lines", "place", "code"),
    [
        ({"LAMP": 3}, EAST, "remaining_too_small"),
        ({"LAMP": 1}, WEST, "remaining_too_small"),
        ({"HAT": 1}, EAST, "unknown_line"),
    ],
)
async def test_a_parcel_the_order_has_no_room_for_is_refused_whole(
    shop: Shop, lines: dict[str, int], place: str, code: str
) -> None:
    outcome = await shop.client.perform(ship(lines, place=place), shop.order(Line("LAMP", 2, EAST)))

    assert isinstance(outcome, Refused)
    assert outcome.code == code
    assert shop.store.orders["#1001"].parcels == []


async def test_goods_on_hold_are_not_shipped(shop: Shop) -> None:
    order = shop.order()
    shop.store.hold("#1001", "look at the address")

    outcome = await shop.client.perform(ship({"LAMP": 2}), order)

    assert isinstance(outcome, Refused)
    assert outcome.code == "on_hold"


async def test_a_parcel_of_a_cancelled_order_is_news_for_a_person(shop: Shop) -> None:
    order = shop.order()
    shop.store.cancel_order("#1001")

    outcome = await shop.client.perform(ship({"LAMP": 2}), order)

    assert isinstance(outcome, Refused)
    assert outcome.code == "order_cancelled"


async def test_no_record_is_made_of_a_parcel_that_is_only_packed(shop: Shop) -> None:
    action = Ship(source=PARCEL, lines={"LAMP": 2}, state=State.PACKED)

    assert isinstance(await shop.client.perform(action, shop.order()), Refused)


async def test_a_parcel_that_never_left_is_taken_back_once_and_can_be_sent_again(
    shop: Shop,
) -> None:
    order = shop.order()
    action = Withdraw(parcel=await shipped(shop, order))

    outcomes = [await shop.client.perform(action, order) for _ in range(2)]

    assert [type(outcome) for outcome in outcomes] == [Applied, Unneeded]
    assert shop.store.words("#1001")["fulfillment_status"] == "unfulfilled"
    assert isinstance(await shop.client.perform(ship({"LAMP": 2}, "1Z2"), order), Applied)


async def test_tracking_is_added_once(shop: Shop) -> None:
    order = shop.order()
    parcel = await shipped(shop, order)
    action = AddTracking(parcel=parcel, tracking=("1Z1", "1Z2"))

    outcomes = [await shop.client.perform(action, order) for _ in range(2)]

    assert [type(outcome) for outcome in outcomes] == [Applied, Unneeded]
    (told,) = shop.store.orders["#1001"].parcels
    assert (told.tracking, told.company) == (("1Z1", "1Z2"), "UPS")


async def test_the_way_of_a_parcel_is_told_once_and_comes_back_as_it_was_told(shop: Shop) -> None:
    order = shop.order()
    parcel = await shipped(shop, order)
    happened = NOW - timedelta(hours=2)
    action = TellDelivery(parcel=parcel, state=State.OUT_FOR_DELIVERY, happened_at=happened)

    outcomes = [await shop.client.perform(action, order) for _ in range(2)]

    assert [type(outcome) for outcome in outcomes] == [Applied, Unneeded]
    after = await shop.read(order)
    (subject,) = after.subjects("shop", SubjectKind.PARCEL)
    cell = after.cell("shop", Track.DELIVERY, subject)
    assert cell is not None
    assert (cell.state, cell.happened_at) == (State.OUT_FOR_DELIVERY, happened)


async def test_a_state_without_a_word_of_the_store_is_not_told(shop: Shop) -> None:
    order = shop.order()
    parcel = await shipped(shop, order)
    action = TellDelivery(parcel=parcel, state=State.RETURNED, happened_at=NOW)

    assert isinstance(await shop.client.perform(action, order), Refused)


async def test_a_hold_is_placed_once_and_only_ours_is_lifted(shop: Shop) -> None:
    order = shop.order()
    asked = allocation(await shop.read(order))
    shop.store.hold("#1001", "a person looks at it")

    held = [await shop.client.perform(Hold(subject=asked, reason="stock"), order) for _ in "12"]
    free = [await shop.client.perform(Release(subject=asked), order) for _ in "12"]

    assert [type(outcome) for outcome in held + free] == [Applied, Unneeded] * 2
    (record,) = shop.store.orders["#1001"].fulfillment_orders
    assert [(placed.ours, record.status) for placed in record.holds] == [(False, "ON_HOLD")]


async def test_what_is_shipped_cannot_be_held(shop: Shop) -> None:
    order = shop.order()
    asked = allocation(await shop.read(order))
    await shipped(shop, order)

    assert isinstance(
        await shop.client.perform(Hold(subject=asked, reason="stock"), order), Refused
    )


async def test_an_order_is_cancelled_by_a_job_and_only_once(shop: Shop) -> None:
    order = shop.order()
    shop.store.slow_cancel = True

    first = await shop.client.perform(CancelOrder(reason="fraud"), order)
    second = await shop.client.perform(CancelOrder(reason="fraud"), order)

    assert (type(first), type(second)) == (Accepted, Unneeded)
    assert shop.store.words("#1001")["order"] == "cancelled"
    assert shop.store.orders["#1001"].cancel_reason == "fraud"


async def test_an_order_that_left_is_not_cancelled(shop: Shop) -> None:
    order = shop.order()
    await shipped(shop, order)

    outcome = await shop.client.perform(CancelOrder(reason="too late"), order)

    assert isinstance(outcome, Refused)
    assert outcome.code == "INVALID"


async def test_an_order_is_closed_once(shop: Shop) -> None:
    order = shop.order()

    outcomes = [await shop.client.perform(Complete(), order) for _ in range(2)]

    assert [type(outcome) for outcome in outcomes] == [Applied, Unneeded]
    cell = (await shop.read(order)).cell("shop", Track.ORDER, THE_ORDER)
    assert cell is not None
    assert cell.state is State.COMPLETED


@pytest.mark.parametrize(
    "action",
    [
        AddTracking(parcel="1", tracking=("1Z1",)),
        TellDelivery(parcel="1", state=State.DELIVERED, happened_at=NOW),
        Hold(subject="1", reason="stock"),
        Release(subject="1"),
        Withdraw(parcel="1"),
    ],
    ids=lambda action: type(action).__name__,
)
async def test_what_the_store_does_not_have_is_refused(
    shop: Shop, action: AddTracking | TellDelivery | Hold | Release | Withdraw
) -> None:
    outcome = await shop.client.perform(action, shop.order())

    assert isinstance(outcome, Refused)
    assert outcome.code == "not_found"


@pytest.mark.parametrize("action", [Complete(), CancelOrder(reason="x"), ship({"LAMP": 1})])
async def test_an_order_whose_id_is_not_known_cannot_be_changed(
    shop: Shop, action: Complete | CancelOrder | Ship
) -> None:
    outcome: Outcome = await shop.client.perform(action, Matrix())

    assert isinstance(outcome, Refused)


async def test_what_a_store_cannot_do_is_refused(shop: Shop) -> None:
    assert await shop.client.perform(Approve(), shop.order()) == Refused(
        "cannot", "A store cannot approve."
    )


async def test_the_destination_is_the_shipping_address(shop: Shop) -> None:
    place = await shop.client.destination(shop.order())

    assert not isinstance(place, Refused)
    assert (getattr(place, "city", ""), getattr(place, "country", "")) == ("Springfield", "US")


async def test_the_contact_is_the_orders_mail_address(shop: Shop) -> None:
    found = await shop.client.contact(shop.order())

    assert isinstance(found, Contact)
    assert is_address(found.mail)
    assert found.mail not in repr(found)
