import pytest
from msgspec.structs import replace

from accord.domain.action import (
    AddTracking,
    Advance,
    Allocate,
    Amend,
    Approve,
    AuthorizeReturn,
    CancelOrder,
    CancelParcel,
    CloseReturn,
    Hold,
    Release,
    Ship,
    TellDelivery,
    Withdraw,
)
from accord.domain.comparison import compare
from accord.domain.plan import plan
from accord.domain.report import Ref
from accord.domain.tracks import State
from accord.domain.truth import truth
from tests.domain.stack import NOON, after, allocation, ordered, parcel, returned, said, stack

ACCORD = stack()


def work(own_id, word, lines, minute=1, place="se-1", **more):
    kind = "scan" if word in {"IT", "DE"} else "shipment"
    return said("warehouse", kind, word, parcel(own_id), minute, lines=lines, place=place, **more)


def planned(system, *reports):
    return plan(after(*reports), ACCORD, system)


def test_a_paid_order_is_asked_of_the_warehouse_that_holds_the_goods():
    assert planned("warehouse", *ordered(A=2)) == [
        Allocate(source=Ref("shop", "8209/east/0"), number="1001", lines={"A": 2}, place="se-1")
    ]


def test_an_unpaid_order_is_not_asked_of_a_warehouse():
    unpaid = said("shop", "payment", "pending", minute=1)

    assert planned("warehouse", *ordered(A=2), unpaid) == []


def test_what_is_already_worked_on_is_not_asked_for_again():
    assert planned("warehouse", *ordered(A=2), work("se-9", "pending", {"A": 2})) == []


def test_a_late_allocation_never_ships_a_line_twice():
    stale = said("shop", "allocation", "open", allocation("6"), 3, lines={"A": 2}, place="2")

    assert planned("warehouse", *ordered(A=2), work("se-9", "IT", {"A": 2}), stale) == []


def test_a_preorder_waits_for_its_day():
    scheduled = said(
        "shop", "allocation", "scheduled", allocation("5"), 1, lines={"A": 2}, place="1"
    )

    assert planned("warehouse", *ordered(A=2), scheduled) == []


def test_a_split_order_is_asked_of_both_places():
    other = said("shop", "allocation", "open", allocation("6"), lines={"B": 1}, place="2")
    whole = said("shop", "order", "open", minute=1, lines={"A": 2, "B": 1})

    asked = planned("warehouse", *ordered(A=2), whole, other)

    assert [(a.place, a.lines) for a in asked if isinstance(a, Allocate)] == [
        ("se-1", {"A": 2}),
        ("se-2", {"B": 1}),
    ]


def test_a_hold_and_its_release_reach_the_warehouse():
    held = said("shop", "allocation", "on_hold", allocation("5"), 2, lines={"A": 2}, place="1")
    freed = said("shop", "allocation", "open", allocation("5"), 4, lines={"A": 2}, place="1")
    pending = work("se-9", "pending", {"A": 2})

    assert planned("warehouse", *ordered(A=2), pending, held) == [
        Hold(subject="se-9", reason="held by the owner of the order")
    ]
    assert planned("warehouse", *ordered(A=2), pending, work("se-9", "held", None, 3), freed) == [
        Release(subject="se-9")
    ]


@pytest.mark.parametrize("stoppable", ["pending", "held", "labelled"])
def test_a_cancelled_order_is_stopped_first_and_told_to_the_books_then(stoppable):
    cancelled = said("shop", "order", "cancelled", minute=2, lines={"A": 0})

    facts = [*ordered(A=2), work("se-9", stoppable, {"A": 2}), cancelled]

    assert [type(a) for a in planned("warehouse", *facts)] == [CancelParcel]
    assert planned("books", *facts) == []
    stopped = work("se-9", "cancelled", {"A": 2}, 3)
    assert [type(a) for a in planned("books", *facts, stopped)] == [CancelOrder]


def test_a_cancelled_order_that_left_is_not_recorded_as_if_nothing_were_wrong():
    cancelled = said("shop", "order", "cancelled", minute=2, lines={"A": 0})
    facts = [*ordered(A=2), work("se-9", "IT", {"A": 2}), cancelled]

    assert planned("warehouse", *facts) == []
    assert planned("shop", *facts) == []
    assert planned("books", *facts) == []
    assert [c.agrees for c in compare(after(*facts), ACCORD) if c.system == "books"] != [True]


def test_the_record_of_a_parcel_that_was_stopped_is_taken_back_before_the_order_is_closed():
    packed = said("books", "ItemShip", "B", parcel("88"), 2, same_as=(Ref("warehouse", "se-9"),))
    cancelled = said("shop", "order", "cancelled", minute=3, lines={"A": 0})
    stopped = work("se-9", "cancelled", {"A": 2}, 4)

    planned_then = planned("books", *ordered(A=2), packed, cancelled, stopped)

    assert planned_then == [
        Withdraw(parcel="88"),
        CancelOrder(reason="cancelled by the owner of the order"),
    ]


def test_an_edit_takes_back_the_parcel_and_books_the_new_quantities():
    edited = [
        said("shop", "order", "open", minute=2, lines={"A": 1}, ordered={"A": 2}),
        said("shop", "allocation", "open", allocation("5"), 2, lines={"A": 1}, place="1"),
    ]
    facts = [*ordered(A=2), work("se-9", "pending", {"A": 2}), *edited]

    assert [type(a) for a in planned("warehouse", *facts)] == [CancelParcel]
    assert planned("books", *facts) == [Amend(lines={"A": 1})]
    asked = planned("warehouse", *facts, work("se-9", "cancelled", {"A": 2}, 3))
    assert asked == [
        Allocate(source=Ref("shop", "8209/east/1"), number="1001", lines={"A": 1}, place="se-1")
    ]


def test_silence_about_a_place_is_not_a_cancellation():
    order_only = [r for r in ordered(A=2) if r.kind != "allocation"]

    assert planned("warehouse", *order_only, work("se-9", "pending", {"A": 2})) == []


def test_what_was_refunded_after_it_left_stays_booked():
    refunded = said("shop", "order", "open", minute=5, lines={"A": 0}, ordered={"A": 2})

    assert planned("books", *ordered(A=2), work("se-9", "IT", {"A": 2}), refunded) == [
        Ship(source=Ref("warehouse", "se-9"), lines={"A": 2}, place="10")
    ]


def test_a_parcel_that_left_is_recorded_in_every_mirror_with_its_lines_and_tracking():
    facts = [*ordered(A=2), work("se-9", "IT", {"A": 2}, tracking=("1Z1",), carrier="ups")]

    for system, place in (("shop", "1"), ("books", "10")):
        assert planned(system, *facts) == [
            Ship(
                source=Ref("warehouse", "se-9"),
                lines={"A": 2},
                place=place,
                tracking=("1Z1",),
                carrier="ups",
            )
        ]


def test_only_a_mirror_that_keeps_packed_parcels_hears_of_one():
    facts = [*ordered(A=2), work("se-9", "labelled", {"A": 2})]

    assert [a.state for a in planned("books", *facts) if isinstance(a, Ship)] == [State.PACKED]
    assert planned("shop", *facts) == []


def test_a_packed_record_moves_on_when_the_parcel_leaves():
    packed = said("books", "ItemShip", "B", parcel("88"), 2, same_as=(Ref("warehouse", "se-9"),))
    facts = [*ordered(A=2), work("se-9", "IT", {"A": 2}, 3), packed]

    assert planned("books", *facts) == [Advance(parcel="88", state=State.SHIPPED)]


def test_a_record_with_the_same_tracking_number_is_the_same_parcel():
    record = said(
        "shop", "fulfillment", "success", parcel("f1"), 3, lines={"A": 2}, tracking=("1Z1",)
    )

    facts = [*ordered(A=2), work("se-9", "IT", {"A": 2}, tracking=("1Z1",)), record]

    assert [p.group.own_id("shop") for p in truth(after(*facts), ACCORD).parcels] == ["f1"]


def test_a_record_without_a_number_is_matched_by_lines_and_place_and_then_numbered():
    record = said("shop", "fulfillment", "success", parcel("f1"), 3, lines={"A": 2}, place="1")
    facts = [*ordered(A=2), work("se-9", "IT", {"A": 2}, tracking=("1Z1",)), record]

    added = [a for a in planned("shop", *facts) if isinstance(a, AddTracking)]

    assert added == [AddTracking(parcel="f1", tracking=("1Z1",))]


def test_two_matches_that_are_as_good_are_left_for_a_person():
    one = work("se-8", "IT", {"A": 1})
    two = work("se-9", "IT", {"A": 1})
    record = said("shop", "fulfillment", "success", parcel("f1"), 3, lines={"A": 1}, place="1")

    parcels = truth(after(*ordered(A=2), one, two, record), ACCORD).parcels

    assert len(parcels) == 3
    assert any(p.group.doubts for p in parcels)


def test_news_of_the_way_is_told_once_and_never_backwards():
    record = said("shop", "fulfillment", "success", parcel("f1"), 2, tracking=("1Z1",))
    left = [*ordered(A=2), work("se-9", "IT", {"A": 2}, 3, tracking=("1Z1",)), record]
    told = planned("shop", *left)
    assert [a.state for a in told if isinstance(a, TellDelivery)] == [State.IN_TRANSIT]

    heard = said("shop", "shipment_status", "in_transit", parcel("f1"), 4)
    arrived = said("shop", "shipment_status", "delivered", parcel("f1"), 4)
    assert planned("shop", *left, heard) == []
    assert planned("shop", *left, replace(arrived, happened_at=arrived.said_at)) == []


def test_a_later_update_of_something_else_does_not_pass_for_newer_news():
    record = said("shop", "fulfillment", "success", parcel("f1"), 2, tracking=("1Z1",))
    touched = said("shop", "shipment_status", "in_transit", parcel("f1"), 9)
    arrived = work("se-9", "DE", {"A": 2}, 3, tracking=("1Z1",))

    told = planned("shop", *ordered(A=2), arrived, record, touched)

    assert [a.state for a in told if isinstance(a, TellDelivery)] == [State.DELIVERED]


def test_an_order_that_is_paid_is_approved_in_the_books():
    waiting = said("books", "SalesOrd", "A", minute=1)

    assert planned("books", *ordered(A=1), waiting) == [Approve()]


def test_an_order_that_waits_for_its_money_may_rest_unapproved():
    facts = [
        *ordered(A=1),
        said("shop", "payment", "pending", minute=1),
        said("books", "SalesOrd", "A", minute=1),
    ]

    assert planned("books", *facts) == []
    assert all(c.agrees for c in compare(after(*facts), ACCORD))


def test_a_return_is_booked_when_it_is_approved_and_finished_when_it_is_closed():
    approved = said("shop", "return", "approved", returned("r1"), 5, lines={"A": 1})
    assert planned("books", *ordered(A=1), approved) == [
        AuthorizeReturn(source=Ref("shop", "r1"), lines={"A": 1})
    ]

    booked = said("books", "RtnAuth", "B", returned("99"), 6, same_as=(Ref("shop", "r1"),))
    closed = said("shop", "return", "closed", returned("r1"), 7)
    assert planned("books", *ordered(A=1), approved, booked) == []
    assert planned("books", *ordered(A=1), approved, booked, closed) == [
        CloseReturn(subject="99", state=State.CLOSED)
    ]


def test_a_stack_in_step_has_no_plan_and_every_cell_agrees():
    facts = [
        *ordered(A=2),
        work("se-9", "DE", {"A": 2}, 3, tracking=("1Z1",)),
        said("shop", "fulfillment", "success", parcel("f1"), 4, tracking=("1Z1",)),
        said("shop", "shipment_status", "delivered", parcel("f1"), 4),
        said("shop", "progress", "fulfilled", minute=4),
        said("shop", "allocation", "closed", allocation("5"), 4, lines={"A": 2}, place="1"),
        said("books", "ItemShip", "C", parcel("88"), 5, tracking=("1Z1",)),
        said("books", "SalesOrd", "F", minute=5),
    ]

    assert {name: plan(after(*facts), ACCORD, name) for name in ACCORD.systems} == {
        "shop": [],
        "books": [],
        "warehouse": [],
    }
    compared = compare(after(*facts), ACCORD)
    assert [c for c in compared if not c.agrees] == []
    assert len(compared) == 6
    assert NOON.tzinfo is not None
