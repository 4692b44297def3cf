"""What people do in no foreseen order, and what must come of it."""

from datetime import timedelta

from msgspec.structs import replace

from accord.domain.action import Allocate, Amend, CancelOrder, Hold, Ship
from accord.domain.comparison import compare
from accord.domain.report import THE_ORDER
from tests.domain.stack import NOON, after, allocation, ordered, parcel, said, stack
from tests.domain.test_plan import planned, work

ACCORD = stack()


def disagreeing(*reports):
    return [(c.system, c.column) for c in compare(after(*reports), ACCORD) if not c.agrees]


def read_again(report, seconds):
    return replace(report, read_at=NOON + timedelta(seconds=seconds))


def test_of_two_quantities_said_in_one_second_the_one_read_last_holds():
    less = read_again(said("books", "SalesOrd", "B", lines={"A": 2}), 1)
    more = read_again(said("books", "SalesOrd", "B", lines={"A": 4}), 2)

    for reports in ((more, less), (less, more)):
        assert after(*reports).particulars("books", THE_ORDER).lines == {"A": 4}
    again = read_again(less, 3)
    for three in ((more, again, less), (again, less, more)):
        assert after(*three).particulars("books", THE_ORDER).lines == {"A": 2}


def test_an_order_edited_down_to_nothing_may_be_closed_in_the_books():
    emptied = said("shop", "order", "open", minute=1, lines={"A": 0}, ordered={"A": 2})
    gone = said("shop", "allocation", "closed", allocation("5"), 1, lines={}, place="1")
    closed = said("books", "SalesOrd", "H", minute=2, lines={"A": 0})

    assert disagreeing(*ordered(A=2), emptied, gone, closed) == []


def test_an_order_called_off_before_it_was_booked_is_not_missed_in_the_books():
    cancelled = said("shop", "order", "cancelled", minute=1, lines={"A": 0})

    assert disagreeing(cancelled, said("shop", "payment", "refunded")) == []


def test_a_cancelled_order_with_nothing_left_but_services_is_cancelled_in_the_books():
    cancelled = said("shop", "order", "cancelled", minute=2, lines={"A": 0}, ordered={"A": 2})
    nothing = said("books", "SalesOrd", "B", minute=1, lines={"A": 0})

    assert [type(a) for a in planned("books", *ordered(A=2), nothing, cancelled)] == [CancelOrder]


def test_a_quantity_packed_in_the_books_is_taken_off_when_the_parcel_is():
    less = said("shop", "order", "open", minute=3, lines={"A": 1}, ordered={"A": 2})
    packed = work("se-9", "labelled", {"A": 2}, 2, tracking=("1Z1",))
    record = said("books", "ItemShip", "B", parcel("91"), 2, lines={"A": 2}, tracking=("1Z1",))
    facts = [*ordered(A=2), packed, record, less]

    assert planned("books", *facts) == []
    stopped = work("se-9", "cancelled", {"A": 2}, 4)
    assert Amend(lines={"A": 1}) in planned("books", *facts, stopped)


def test_a_hold_reaches_what_the_packers_have_begun():
    begun = work("se-9", "begun", {"A": 2})
    held = said("shop", "allocation", "on_hold", allocation("5"), 2, lines={"A": 2}, place="1")

    assert [type(a) for a in planned("warehouse", *ordered(A=2), begun, held)] == [Hold]


def test_a_record_only_the_books_have_keeps_no_goods_from_leaving():
    by_hand = said("books", "ItemShip", "C", parcel("91"), 2, lines={"A": 1})

    (asked,) = planned("warehouse", *ordered(A=2), by_hand)

    assert isinstance(asked, Allocate)
    assert asked.lines == {"A": 2}


def test_what_the_shop_sent_itself_is_not_asked_of_the_warehouse_as_well():
    by_hand = said("shop", "fulfillment", "success", parcel("f1"), 2, lines={"A": 2}, place="1")
    closed = said("shop", "allocation", "closed", allocation("5"), 2, lines={"A": 2}, place="1")

    assert planned("warehouse", *ordered(A=2), by_hand, closed) == []


def test_a_doubt_about_the_books_keeps_no_parcel_from_the_shop():
    twins = [work("se-8", "IT", {"A": 1}), work("se-9", "IT", {"A": 1})]
    by_hand = said("books", "ItemShip", "C", parcel("91"), 3, lines={"A": 1}, place="10")
    facts = [*ordered(A=2), *twins, by_hand]

    assert [type(a) for a in planned("shop", *facts)] == [Ship, Ship]
    assert [type(a) for a in planned("books", *facts) if isinstance(a, Ship)] == []
