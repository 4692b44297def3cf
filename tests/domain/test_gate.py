"""A gate that holds: nothing leaves without a permission that is fresh."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from accord.domain.accord import Gate
from accord.domain.action import Allocate, CancelParcel, Hold, Release
from accord.domain.matrix import Known
from accord.domain.plan import plan
from accord.domain.report import HeldBy, Particulars
from accord.domain.truth import truth
from accord.domain.warehouse_plan import gate_turns_at
from tests.domain.stack import NOON, after, allocation, ordered, parcel, said, stack

HOUR = timedelta(hours=1)
REST = timedelta(minutes=30)
OPEN = stack()
GATED = replace(
    OPEN,
    systems={
        **OPEN.systems,
        "warehouse": replace(
            OPEN.systems["warehouse"], gate=Gate.HOLD, hold_for=REST, permit_for=4 * HOUR
        ),
    },
)


def work(own_id, word, lines, minute=1, **more):
    return said(
        "warehouse", "shipment", word, parcel(own_id), minute, lines=lines, place="se-1", **more
    )


HELD = work("se-9", "held", {"A": 2}, held=HeldBy.ACCORD)
LOOSE = work("se-9", "pending", {"A": 2}, 2)
CANCELLED = said("shop", "order", "cancelled", minute=3, lines={"A": 0})


def permitted(matrix, until):
    known = Known(
        "warehouse", parcel("se-9"), Particulars(permit_until=until), {"permit_until": NOON}
    )
    told = matrix.known[known.key]
    whole = replace(told.particulars, permit_until=until)
    return replace(matrix, known={**matrix.known, known.key: replace(told, particulars=whole)})


def planned(*reports, at=NOON, accord=GATED, until=None):
    matrix = after(*ordered(A=2), *reports, accord=accord)
    if until is not None:
        matrix = permitted(matrix, until)
    return plan(matrix, accord, "warehouse", now=at)


def test_what_is_asked_of_the_warehouse_is_held_from_the_start():
    (gated,) = planned()
    (loose,) = planned(accord=OPEN)

    assert isinstance(gated, Allocate)
    assert gated.held
    assert loose == replace(gated, held=False)


def test_it_rests_and_is_then_let_go():
    resting = timedelta(minutes=1) + REST

    assert planned(HELD, at=NOON + resting - timedelta(seconds=1)) == []
    assert planned(HELD, at=NOON + resting) == [Release(subject="se-9")]


@pytest.mark.parametrize(
    "fact",
    [
        CANCELLED,
        said("shop", "payment", "pending", minute=3),
        said("shop", "payment", "voided", minute=3),
        said("shop", "order", "on_hold", minute=3),
        said("shop", "allocation", "on_hold", allocation("5"), 3, lines={"A": 2}, place="1"),
    ],
)
def test_it_is_let_go_only_while_the_order_is_open_and_paid(fact):
    assert not any(isinstance(a, Release) for a in planned(HELD, fact, at=NOON + 9 * HOUR))


def test_what_is_loose_without_a_permission_is_held_again():
    hold = [Hold(subject="se-9", reason="no permission to ship holds")]

    assert planned(LOOSE) == hold
    assert planned(LOOSE, until=NOON + HOUR) == []
    assert planned(LOOSE, at=NOON + HOUR, until=NOON + HOUR) == hold


def test_a_cancellation_takes_no_notice_of_a_permission():
    assert [type(a) for a in planned(LOOSE, CANCELLED, until=NOON + HOUR)] == [CancelParcel]


@pytest.mark.parametrize("accord", [OPEN, GATED])
def test_a_hold_of_others_is_theirs_to_lift(accord):
    theirs = work("se-9", "held", {"A": 2}, held=HeldBy.OTHERS)

    assert planned(theirs, at=NOON + 9 * HOUR, accord=accord) == []


def test_a_hold_on_a_part_of_the_order_lets_the_other_part_go_on():
    facts = [
        said("shop", "order", "open", minute=1, lines={"A": 2, "B": 1}),
        said("shop", "allocation", "on_hold", allocation("6"), 2, lines={"B": 1}, place="1"),
        work("se-9", "pending", {"A": 2}),
        work("se-8", "pending", {"B": 1}),
    ]

    assert planned(*facts, accord=OPEN) == [
        Hold(subject="se-8", reason="held by the owner of the order")
    ]


def test_time_alone_is_known_beforehand():
    def turns(*reports, until=None, at=NOON):
        matrix = after(*ordered(A=2), *reports, accord=GATED)
        matrix = permitted(matrix, until) if until else matrix
        warehouse = GATED.systems["warehouse"]
        return gate_turns_at(matrix, GATED, warehouse, truth(matrix, GATED), at)

    assert turns(HELD) == NOON + timedelta(minutes=1) + REST
    assert turns(HELD, at=NOON + HOUR) is None
    assert turns(LOOSE, until=NOON + HOUR) == NOON + HOUR
    assert turns(HELD, CANCELLED) is None


FACTS = [
    HELD,
    LOOSE,
    work("se-9", "begun", {"A": 2}, 4),
    CANCELLED,
    said("shop", "payment", "refunded", minute=3),
    said("shop", "allocation", "on_hold", allocation("5"), 3, lines={"A": 2}, place="1"),
]


@given(st.lists(st.sampled_from(FACTS), max_size=6), st.integers(0, 600))
def test_nothing_is_ever_let_go_of_a_cancelled_order(facts, minute):
    actions = planned(*facts, CANCELLED, at=NOON + timedelta(minutes=minute))

    assert not any(isinstance(action, Release | Allocate) for action in actions)


@given(st.lists(st.sampled_from(FACTS), max_size=6), st.integers(0, 600))
def test_what_time_brings_it_brings_at_the_moment_told(facts, minute):
    at = NOON + timedelta(minutes=minute)
    matrix = after(*ordered(A=2), *facts, accord=GATED)
    so, warehouse = truth(matrix, GATED), GATED.systems["warehouse"]
    turn = gate_turns_at(matrix, GATED, warehouse, so, at)
    later = at + 100 * HOUR

    if turn is None:
        assert plan(matrix, GATED, "warehouse", now=later) == plan(
            matrix, GATED, "warehouse", now=at
        )
    else:
        before = turn - timedelta(microseconds=1)
        assert plan(matrix, GATED, "warehouse", now=at) == plan(
            matrix, GATED, "warehouse", now=before
        )
