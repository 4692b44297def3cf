"""Orders with a story: what people did, and what the three systems hold at the end."""

import pytest

from accord.connectors.netsuite.simulator import Line as BookedLine
from accord.demo.stack import places
from accord.domain.action import Amend
from tests.scenarios.company import company
from tests.scenarios.judge import disagreements, faults, order_file

ORDER = "#1001"


@pytest.fixture
async def firm():
    async with company() as founded:
        yield founded


async def placed(firm, *items, **more):
    """Order, book and let Accord ask the warehouse."""
    firm.order(ORDER, *items, **more)
    await firm.hours(1)
    firm.book(ORDER)
    await firm.hours(1)


async def sent(firm):
    """Pack and hand over whatever the warehouse has."""
    trackings = [
        firm.label(each)
        for each in firm.shipments(ORDER)
        if firm.stack.warehouse.status(each) in {"pending", "processing"}
    ]
    await firm.hours(1)
    for tracking in trackings:
        firm.stack.warehouse.scan(tracking, "IT")
    await firm.hours(2)


def shipped(firm):
    return sum(map(sum, (parcel.values() for parcel in firm.left(ORDER))))


async def test_an_edit_and_a_parcel_of_one_second_do_not_keep_the_books_asked(firm):
    await placed(firm, ("MUG", 2, "east"), ("CUP", 2, "west"))
    firm.stack.shop.edit_order(ORDER, {"MUG": 0})
    await firm.settle()
    await sent(firm)
    await firm.hours(12)

    file = await order_file(firm, ORDER)
    amended = [each for each in file.attempts if isinstance(each.action, Amend)]
    assert len(amended) <= 2
    assert await disagreements(firm, ORDER) == []


async def test_everything_called_off_line_by_line_after_packing_leaves_nothing_anywhere(firm):
    await placed(firm, ("TEA", 3, "west"), ("POT", 1, "east"))
    for shipment in firm.shipments(ORDER):
        firm.label(shipment)
    await firm.hours(1)
    firm.stack.shop.edit_order(ORDER, {"POT": 0})
    firm.stack.shop.refund(ORDER, {"TEA": 3}, restock="cancel")
    await firm.hours(6)

    assert firm.shipments(ORDER) == []
    assert await disagreements(firm, ORDER) == []


async def test_an_order_cancelled_before_its_import_is_settled(firm):
    firm.order(ORDER, ("MUG", 1, "east"))
    await firm.hours(1)
    firm.stack.shop.cancel_order(ORDER)
    await firm.hours(6)

    assert firm.shipments(ORDER) == []
    assert await disagreements(firm, ORDER) == []


async def test_an_order_emptied_and_then_cancelled_is_closed_in_the_books_with_its_services(firm):
    firm.order(ORDER, ("POT", 1, "west"))
    firm.book(ORDER, BookedLine("WRAPPING", 1, "Service"))
    await firm.hours(1)
    firm.stack.shop.refund(ORDER, {"POT": 1}, restock="cancel")
    await firm.hours(1)
    firm.stack.shop.cancel_order(ORDER)
    await firm.hours(6)

    assert firm.stack.books.words(ORDER)["SalesOrd"].startswith("H")
    assert await disagreements(firm, ORDER) == []


async def test_a_hold_stops_packers_who_have_begun_and_its_release_lets_them_go_on(firm):
    await placed(firm, ("MUG", 2, "east"))
    (shipment,) = firm.shipments(ORDER)
    firm.stack.warehouse.start(shipment)
    await firm.hours(1)
    firm.stack.shop.hold(ORDER, "the address looks odd")
    await firm.hours(2)
    assert firm.stack.warehouse.status(shipment) == "on_hold"

    firm.stack.shop.release(ORDER)
    await firm.hours(2)
    await sent(firm)

    assert shipped(firm) == 2
    assert await disagreements(firm, ORDER) == []


async def test_a_bookkeepers_own_fulfillment_takes_nothing_from_the_customer(firm):
    await placed(firm, ("TEA", 2, "east"), ("CUP", 1, "east"), wait=10)
    firm.stack.books.fulfill_by_hand(ORDER, {"TEA": 1})
    await firm.hours(12)
    await sent(firm)

    assert shipped(firm) == 3
    assert firm.stack.shop.words(ORDER)["fulfillment_status"] == "fulfilled"
    assert any("by hand" in each for each in await disagreements(firm, ORDER))
    assert await faults(firm) == []


async def test_one_parcel_the_books_refuse_does_not_keep_the_other_from_them(firm):
    await placed(firm, ("TEA", 2, "east"), ("CUP", 1, "west"))
    firm.stack.books.fulfill_by_hand(ORDER, {"TEA": 1})
    await firm.hours(1)
    await sent(firm)

    recorded = [list(each.lines.values()) for each in firm.stack.books.fulfillments(ORDER)]
    assert len(recorded) == 2
    assert await faults(firm) == []


async def test_a_shipment_cancelled_by_hand_is_asked_for_again_once(firm):
    await placed(firm, ("MUG", 2, "east"))
    for _ in range(3):
        (shipment,) = firm.shipments(ORDER)
        firm.stack.warehouse.cancel_by_hand(shipment)
        await firm.hours(2)
    await sent(firm)

    assert shipped(firm) == 2
    assert len(firm.stack.warehouse.shipments(ORDER)) == 4
    assert await disagreements(firm, ORDER) == []


async def test_a_voided_label_is_replaced_and_its_number_forgotten(firm):
    await placed(firm, ("MUG", 1, "west"))
    (shipment,) = firm.shipments(ORDER)
    firm.label(shipment)
    await firm.hours(2)
    firm.stack.warehouse.void_by_hand(shipment)
    await firm.hours(2)
    await sent(firm)

    (parcel,) = firm.stack.shop.orders[ORDER].parcels
    assert set(firm.stack.warehouse.words(ORDER)) >= {f"tracking {n}" for n in parcel.tracking}
    assert await disagreements(firm, ORDER) == []


async def test_an_edit_upwards_while_a_part_is_packed_goes_out_in_a_second_parcel(firm):
    await placed(firm, ("MUG", 2, "east"))
    (shipment,) = firm.shipments(ORDER)
    tracking = firm.label(shipment)
    await firm.hours(1)
    west = places(firm.stack.accord, "shop")["west"]
    firm.stack.shop.edit_order(ORDER, {"MUG": 3, "CUP": 1}, west)
    firm.stack.books.add_item("CUP")
    firm.stack.shop.capture(ORDER)
    await firm.hours(2)
    firm.stack.warehouse.scan(tracking, "IT")
    await sent(firm)

    assert sorted(map(sorted, firm.left(ORDER))) == [["CUP", "MUG"], ["MUG"]]
    assert shipped(firm) == 4
    assert firm.overpacked == []
    assert await disagreements(firm, ORDER) == []
