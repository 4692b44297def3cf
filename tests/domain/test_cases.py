"""Which exceptions need a person, and that no disagreement is left to itself."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from accord.domain.accord import Rule
from accord.domain.action import AuthorizeReturn, CancelParcel, Ship
from accord.domain.case import (
    Case,
    CaseKind,
    case_meanings,
    case_of_refusal,
    steps,
)
from accord.domain.cases import cases
from accord.domain.comparison import compare
from accord.domain.foreign import foreign_changes
from accord.domain.outcome import Refused
from accord.domain.plan import plan
from accord.domain.report import Ref
from accord.domain.ruling import Verdict
from accord.domain.tracks import State
from accord.domain.truth import truth
from tests.domain.stack import after, allocation, ordered, parcel, returned, said, stack

ACCORD = stack()
ASKING = stack(Rule.ASK)


def work(own_id, word, lines, minute=1, **more):
    kind = "scan" if word in {"IT", "DE"} else "shipment"
    return said("warehouse", kind, word, parcel(own_id), minute, lines=lines, place="se-1", **more)


def found(*reports, accord=ACCORD):
    return found_in(after(*reports, accord=accord), accord)


def found_in(matrix, accord=ACCORD):
    plans = {name: plan(matrix, accord, name) for name in accord.systems}
    return cases(matrix, accord, truth(matrix, accord), plans)


def kinds(*reports, **more):
    return [case.kind for case in found(*reports, **more)]


CANCELLED = said("shop", "order", "cancelled", minute=2, lines={"A": 0})
STOPPED = work("se-9", "cancelled", {"A": 2}, 3)


def test_an_order_in_agreement_has_no_case():
    assert found(*ordered(A=2)) == ()
    assert found(*ordered(A=2), work("se-9", "pending", {"A": 2})) == ()


def test_what_is_to_be_stopped_has_its_limit_to_be_seen_stopped():
    (case,) = found(*ordered(A=2), work("se-9", "labelled", {"A": 2}), CANCELLED)

    assert (case.kind, case.system, case.subject) == (
        CaseKind.STOP_UNCONFIRMED,
        "warehouse",
        "parcel:se-9",
    )
    assert case.after == ACCORD.systems["warehouse"].cancel_within


def test_a_warehouse_that_cannot_be_asked_is_a_case_all_the_same():
    warehouse = replace(ACCORD.systems["warehouse"], can=frozenset())
    deaf = replace(ACCORD, systems={**ACCORD.systems, "warehouse": warehouse})

    assert kinds(*ordered(A=2), work("se-9", "pending", {"A": 2}), CANCELLED, accord=deaf) == [
        CaseKind.STOP_UNCONFIRMED
    ]


def test_what_was_stopped_is_no_case_any_more():
    facts = [*ordered(A=2), work("se-9", "pending", {"A": 2}), CANCELLED, STOPPED]

    assert [case.system for case in found(*facts)] == ["books"]  # which is told now
    assert found(*facts, said("books", "SalesOrd", "H", minute=5)) == ()


def test_what_left_after_the_cancellation_is_the_worst_case_and_explains_the_rest():
    (case,) = found(*ordered(A=2), work("se-9", "IT", {"A": 2}, tracking=("1Z9",)), CANCELLED)

    assert case.kind is CaseKind.SHIPPED_AFTER_CANCEL
    assert "1Z9" in case.what
    assert case.after.total_seconds() == 0


def test_an_order_whose_rest_is_cancelled_after_a_part_left_is_no_case():
    rest = said("shop", "order", "cancelled", minute=2, lines={"A": 1}, returned={})

    assert CaseKind.SHIPPED_AFTER_CANCEL not in kinds(
        *ordered(A=2), work("se-9", "IT", {"A": 1}), rest
    )


def test_a_line_called_off_too_late_is_a_case_and_one_sent_back_is_none():
    gone = [*ordered(A=2), work("se-9", "IT", {"A": 2})]
    called_off = said("shop", "order", "open", minute=3, lines={"A": 1}, returned={})
    sent_back = said("shop", "order", "open", minute=3, lines={"A": 1}, returned={"A": 1})

    assert CaseKind.SHIPPED_TOO_MUCH in kinds(*gone, called_off)
    assert CaseKind.SHIPPED_TOO_MUCH not in kinds(*gone, sent_back)


def test_what_came_back_does_not_stand_in_for_what_is_still_to_be_sent():
    back = said("shop", "order", "open", minute=5, lines={"A": 1}, returned={"A": 1})
    so = truth(after(*ordered(A=2), work("se-9", "IT", {"A": 1}), back), ACCORD)

    assert so.progress is State.PARTIAL
    assert so.wanted == {"A": 2}


def test_records_that_match_equally_well_are_a_case():
    twins = [work("se-1", "IT", {"A": 1}), work("se-2", "IT", {"A": 1}, 2)]
    recorded = said("shop", "fulfillment", "success", parcel("71"), 4, lines={"A": 1}, place="1")

    assert CaseKind.DOUBTFUL_MATCH in kinds(*ordered(A=2), *twins, recorded)


def test_a_return_that_nothing_can_book_is_a_case():
    approved = said("shop", "return", "approved", returned("4"), 9)  # it names no lines
    booked = said("shop", "return", "approved", returned("4"), 9, lines={"A": 1})

    assert CaseKind.RETURN_NOT_BOOKED in kinds(*ordered(A=2), approved)
    assert CaseKind.RETURN_NOT_BOOKED not in kinds(*ordered(A=2), booked)
    planned = plan(after(*ordered(A=2), booked), ACCORD, "books")
    assert any(isinstance(action, AuthorizeReturn) for action in planned)


def test_what_was_sent_by_hand_in_the_shop_and_called_off_in_the_warehouse_is_a_case():
    by_hand = said("shop", "fulfillment", "success", parcel("71"), 4, lines={"A": 2}, place="1")
    says = said("shop", "progress", "fulfilled", minute=4)
    closed = said("shop", "allocation", "closed", allocation("5"), 4, lines={"A": 2}, place="1")

    facts = [*ordered(A=2), work("se-9", "pending", {"A": 2}), by_hand, says, closed, STOPPED]

    assert CaseKind.CONTRADICTION in kinds(*facts)


# The mirror's own change.

IN_STEP = ordered(A=2)
BY_HAND = said("books", "SalesOrd", "H", minute=7)


def asked(*reports):
    before = after(*IN_STEP, accord=ASKING)
    later = after(*IN_STEP, *reports, accord=ASKING)
    rulings = foreign_changes(before, later, ASKING)
    return replace(later, rulings=rulings)


def test_a_mirrors_own_change_is_asked_about_and_meanwhile_left_alone():
    matrix = asked(BY_HAND)

    assert [case.kind for case in found_in(matrix, ASKING)] == [CaseKind.FOREIGN_CHANGE]
    assert plan(matrix, ASKING, "books") == []


def test_a_change_let_stand_is_the_truth_until_the_owner_speaks_again():
    matrix = asked(BY_HAND)
    (key,) = matrix.rulings
    ruled = replace(matrix.rulings[key], verdict=Verdict.ADOPT)
    matrix = replace(matrix, rulings={key: ruled})

    assert truth(matrix, ASKING).order is State.CANCELLED
    assert found_in(matrix, ASKING) == ()
    anew = replace(after(*IN_STEP, BY_HAND, CANCELLED, accord=ASKING), rulings=matrix.rulings)
    assert truth(anew, ASKING).order is State.CANCELLED


def test_a_mirror_that_lags_behind_made_no_change_of_its_own():
    paid = said("shop", "order", "on_hold", minute=5)
    before = after(*IN_STEP, accord=ASKING)

    assert foreign_changes(before, after(*IN_STEP, paid, accord=ASKING), ASKING) == {}
    assert foreign_changes(before, after(*IN_STEP, BY_HAND), ACCORD) == {}


# Laws.

FACTS = [
    work("se-9", "pending", {"A": 2}),
    work("se-9", "labelled", {"A": 2}, 4),
    work("se-9", "IT", {"A": 2}, 6),
    work("se-8", "IT", {"A": 1}, 6),
    STOPPED,
    CANCELLED,
    said("shop", "order", "open", minute=3, lines={"A": 1}),
    said("shop", "payment", "refunded", minute=3),
    said("shop", "progress", "fulfilled", minute=8),
    said("shop", "fulfillment", "success", parcel("71"), 4, lines={"A": 2}, place="1"),
    said("shop", "allocation", "closed", allocation("5"), 4, lines={"A": 2}, place="1"),
    said("shop", "allocation", "on_hold", allocation("5"), 4, lines={"A": 2}, place="1"),
    said("books", "SalesOrd", "H", minute=5),
    said("books", "SalesOrd", "F", minute=6),
    said("books", "ItemShip", "C", parcel("88"), 6, lines={"A": 2}),
    said("shop", "return", "approved", returned("4"), 9),
]


@given(st.lists(st.sampled_from(FACTS), max_size=8, unique_by=id))
def test_what_disagrees_is_planned_to_be_put_right_or_somebodys_case(facts):
    matrix = after(*ordered(A=2), *facts)
    plans = {name: plan(matrix, ACCORD, name) for name in ACCORD.systems}
    known = found_in(matrix)

    for one in compare(matrix, ACCORD):
        assert one.agrees or plans[one.system] or known


@given(st.lists(st.sampled_from(FACTS), max_size=6, unique_by=id))
def test_cases_are_named_once_the_worst_first(facts):
    known = found(*ordered(A=2), *facts)
    places = [list(CaseKind).index(case.kind) for case in known]

    assert len({case.key for case in known}) == len(known)
    assert places == sorted(places)


def test_the_order_of_arrival_makes_no_other_cases():
    facts = [FACTS[0], CANCELLED, work("se-9", "IT", {"A": 2}, 6)]

    assert len({found(*ordered(A=2), *one) for one in permutations(facts)}) == 1


@pytest.mark.parametrize("kind", CaseKind)
def test_every_kind_has_its_meaning_and_its_steps(kind):
    assert case_meanings()[kind].endswith(".")
    assert steps(kind, "depot")
    assert not any("{" in step for step in steps(kind, "depot"))


def test_a_refused_stop_is_worse_than_another_refusal():
    refused = Refused("already_shipped", "the carrier has it.")
    stop = case_of_refusal("depot", CancelParcel(parcel="se-9", reason="x"), refused)
    other = case_of_refusal("books", Ship(source=Ref("depot", "se-9"), lines={"A": 1}), refused)

    assert stop == Case(
        CaseKind.STOP_REFUSED,
        "depot",
        "cancel_parcel se-9",
        "depot refused to cancel parcel se-9: the carrier has it (already_shipped).",
    )
    assert (other.kind, other.subject) == (CaseKind.ACTION_REFUSED, "ship depot:se-9")
