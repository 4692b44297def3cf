from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from accord.domain.accord import Rule
from accord.domain.decision import (
    Applied,
    Ignored,
    Late,
    Quarantined,
    Repeated,
    decide,
)
from accord.domain.matrix import Matrix
from accord.domain.reason import ImpossibleQuantity, UnknownSystem, UnknownWord
from accord.domain.report import THE_ORDER, Particulars, Report
from accord.domain.tracks import State, Track
from accord.domain.truth import truth
from tests.domain.stack import NAMES, NOON, after, parcel, said, stack

ACCORD = stack()
WORDS = [
    (system.name, row.kind, row.word)
    for system in ACCORD.systems.values()
    for row in system.vocabulary.rows
] + [
    (system.name, row.kind, row.word)
    for system in ACCORD.systems.values()
    for row in system.vocabulary.ignored
]
PARCEL_KINDS = {"fulfillment", "shipment", "scan", "ItemShip", "shipment_status"}

spoken = st.builds(
    lambda spoken, minute, own_id, lines, tracking, read, happened: Report(
        system=spoken[0],
        order=NAMES[spoken[0]],
        subject=parcel(own_id) if spoken[1] in PARCEL_KINDS else THE_ORDER,
        kind=spoken[1],
        word=spoken[2],
        said_at=NOON + timedelta(minutes=minute),
        read_at=None if read is None else NOON + timedelta(minutes=read),
        happened_at=None if happened is None else NOON + timedelta(minutes=happened),
        particulars=Particulars(lines=lines, tracking=tracking),
    ),
    st.sampled_from(WORDS),
    st.integers(0, 5),
    st.sampled_from(["1", "2"]),
    st.none() | st.dictionaries(st.sampled_from(["A", "B"]), st.integers(0, 3), max_size=2),
    st.none() | st.tuples(st.sampled_from(["1Z1", "1Z2"])),
    st.none() | st.integers(0, 3),
    st.none() | st.integers(0, 9),
)


@given(st.lists(spoken, max_size=12), st.data())
def test_any_order_of_arrival_and_any_duplication_end_in_the_same_matrix(reports, data):
    doubled = reports + data.draw(
        st.lists(st.sampled_from(reports), max_size=6) if reports else st.just([])
    )
    shuffled = data.draw(st.permutations(doubled))

    assert after(*shuffled) == after(*reports)


@given(st.lists(spoken, max_size=12), spoken)
def test_a_track_changes_only_by_its_owner(reports, last):
    before = after(*reports)
    decided = decide(before, last, ACCORD).matrix

    was, now = truth(before, ACCORD), truth(decided, ACCORD)
    if last.system != "shop":
        assert (was.order, was.payment, was.wanted) == (now.order, now.payment, now.wanted)
    if last.system != "warehouse":
        assert _by_warehouse(was) == _by_warehouse(now)


def _by_warehouse(so):
    return {
        (p.group.records["warehouse"].subject.id, p.fulfillment, p.delivery)
        for p in so.parcels
        if "warehouse" in p.group.records
    }


@given(
    st.sampled_from(sorted({kind for system, kind, _ in WORDS if system == "shop"})) | st.text(),
    st.text(),
)
def test_an_unknown_word_never_becomes_a_state(kind, word):
    matrix = after(said("shop", "order", "open"))
    known = {(r.kind, r.word.casefold()) for r in ACCORD.systems["shop"].vocabulary.rows}
    known |= {(r.kind, r.word.casefold()) for r in ACCORD.systems["shop"].vocabulary.ignored}
    if (kind, word.casefold()) in known:
        return

    decision = decide(matrix, said("shop", kind, word, minute=1), ACCORD)

    assert decision == Quarantined(matrix, UnknownWord("shop", kind, word))


def test_a_new_word_is_applied_and_its_repetition_is_not():
    first = decide(Matrix(), said("shop", "order", "open"), ACCORD)
    assert isinstance(first, Applied)
    assert [cell.state for cell in first.cells] == [State.OPEN]

    again = decide(first.matrix, said("shop", "order", "open"), ACCORD)
    assert again == Repeated(first.matrix)


def test_the_same_word_said_again_later_is_a_repetition_that_moves_the_time():
    decision = decide(
        after(said("shop", "order", "open")), said("shop", "order", "open", minute=9), ACCORD
    )

    assert isinstance(decision, Repeated)
    cell = decision.matrix.cell("shop", Track.ORDER, THE_ORDER)
    assert cell is not None
    assert cell.said_at == NOON + timedelta(minutes=9)


def test_an_older_word_is_late_and_changes_nothing():
    matrix = after(said("shop", "order", "cancelled", minute=5))

    assert decide(matrix, said("shop", "order", "open", minute=4), ACCORD) == Late(matrix)


def test_two_words_of_one_instant_are_settled_by_rank_and_left_in_doubt():
    matrix = after(said("shop", "order", "cancelled"))

    decision = decide(matrix, said("shop", "order", "open"), ACCORD)

    assert decision == Late(matrix, doubtful=True)


def test_of_two_words_of_one_instant_the_one_read_later_holds():
    matrix = after(said("books", "SalesOrd", "A"))
    approved = replace(said("books", "SalesOrd", "B"), read_at=NOON + timedelta(minutes=1))

    decided = decide(matrix, approved, ACCORD).matrix

    cell = decided.cell("books", Track.ORDER, THE_ORDER)
    assert cell is not None
    assert cell.state is State.OPEN
    assert after(approved, said("books", "SalesOrd", "A")) == decided


def test_an_older_report_still_teaches_what_nobody_told_since():
    matrix = after(said("warehouse", "scan", "IT", parcel("se-1"), minute=5))

    decision = decide(
        matrix, said("warehouse", "shipment", "labelled", parcel("se-1"), lines={"A": 1}), ACCORD
    )

    assert decision.matrix.particulars("warehouse", parcel("se-1")).lines == {"A": 1}
    assert truth(decision.matrix, ACCORD).parcels[0].fulfillment is State.SHIPPED


def test_one_word_may_speak_on_several_tracks():
    matrix = after(said("books", "SalesOrd", "F"))

    order = matrix.cell("books", Track.ORDER, THE_ORDER)
    progress = matrix.cell("books", Track.FULFILLMENT, THE_ORDER)
    assert order is not None
    assert progress is not None
    assert (order.state, progress.state) == (State.OPEN, State.COMPLETE)


def test_a_word_known_to_say_nothing_is_ignored_with_its_reason():
    decision = decide(Matrix(), said("shop", "order", "archived"), ACCORD)

    assert isinstance(decision, Ignored)
    assert decision.reason == "a drawer, not a status"


def test_of_words_that_say_nothing_the_latest_is_remembered_whichever_came_first():
    early, late = said("shop", "order", "archived"), said("shop", "order", "archived", minute=5)

    matrix = after(late, early)

    assert matrix == after(early, late)
    (held,) = matrix.passed_over.values()
    assert (held.subject, held.said_at) == (THE_ORDER, NOON + timedelta(minutes=5))


@pytest.mark.parametrize("quantity", [-1, 1_000_001])
def test_a_quantity_no_order_can_have_is_quarantined(quantity):
    decision = decide(Matrix(), said("shop", "order", "open", lines={"A": quantity}), ACCORD)

    assert decision == Quarantined(Matrix(), ImpossibleQuantity("shop", "A", quantity))


def test_a_system_the_accord_does_not_name_is_quarantined():
    report = Report(
        system="stranger", order=(), subject=THE_ORDER, kind="order", word="open", said_at=NOON
    )

    assert decide(Matrix(), report, ACCORD) == Quarantined(Matrix(), UnknownSystem("stranger"))


def test_capital_letters_do_not_make_another_word():
    assert isinstance(decide(Matrix(), said("shop", "order", "OPEN"), ACCORD), Applied)


def test_a_mirror_that_tells_when_it_happened_is_adopted_where_the_accord_says_so():
    report = said("books", "SalesOrd", "H", minute=5)
    told = Report(
        system="books",
        order=report.order,
        subject=THE_ORDER,
        kind="SalesOrd",
        word="H",
        said_at=report.said_at,
        happened_at=report.said_at,
    )
    adopting = stack(Rule.ADOPT)
    matrix = after(said("shop", "order", "open"), told)

    assert truth(matrix, adopting).order is State.CANCELLED
    assert truth(matrix, stack(Rule.REVERT)).order is State.OPEN
    assert truth(after(said("shop", "order", "open"), report), adopting).order is State.OPEN
