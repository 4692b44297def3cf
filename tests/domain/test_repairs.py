"""A repair is what nobody said anything new about, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from accord.domain.accord import Accord
from accord.domain.action import stops
from accord.domain.decision import decide
from accord.domain.matrix import Matrix
from accord.domain.plan import plan
from accord.engine.out_of_step import change_of
from tests.domain.stack import NOON, ordered, said, stack, table
from tests.domain.test_plan import work

ACCORD = stack()
IN_STEP = [
    *ordered(A=1),
    work("se-1", "pending", {"A": 1}),
    said("books", "SalesOrd", "B", minute=1),
]
WORDS = {
    ("shop", "order"): ["open", "on_hold", "cancelled"],
    ("shop", "payment"): ["authorized", "paid", "refunded"],
    ("books", "SalesOrd"): ["A", "B", "D", "F", "H"],
}
SPOKEN = st.sampled_from(sorted(WORDS)).flatmap(
    lambda who: st.tuples(st.just(who), st.sampled_from(WORDS[who]))
)


def taken(before, *reports, accord=ACCORD):
    for report in reports:
        before = decide(before, report, accord).matrix
    return before


def heard(before, *reports, accord=ACCORD):
    after = taken(before, *reports, accord=accord)
    return change_of("1", before, after, accord, now=NOON)


def reading(system, rows, **more):
    known = ACCORD.systems
    changed = replace(known[system], vocabulary=table(rows, **more))
    return replace(ACCORD, systems={**known, system: changed})


@pytest.fixture
def so():
    return taken(Matrix(), *IN_STEP)


def test_an_edit_at_a_mirror_is_a_repair(so):
    change = heard(so, said("books", "SalesOrd", "A", minute=5))

    assert change.due == ("books",)
    assert change.repairs == {"books": "books went over to 'A' (on hold) by itself"}
    assert change.wait == ACCORD.repairs.wait


def test_what_an_owner_brings_about_is_none(so):
    edited = taken(so, said("books", "SalesOrd", "A", minute=5))
    change = heard(edited, said("shop", "order", "cancelled", minute=6, lines={"A": 0}))

    assert change.repairs == {}
    assert change.urgent == {"warehouse"}


def test_what_is_heard_of_both_at_once_is_none(so):
    change = heard(
        so,
        said("books", "SalesOrd", "A", minute=5),
        said("shop", "payment", "authorized", minute=6),
    )

    assert change.due == ("books",)
    assert change.repairs == {}


def test_a_mirror_that_first_speaks_is_none():
    before = taken(Matrix(), *(each for each in IN_STEP if each.system != "books"))

    assert heard(before, said("books", "SalesOrd", "A", minute=5)).repairs == {}


def test_what_was_to_be_done_already_keeps_its_kind_of_work(so):
    behind = taken(so, said("books", "SalesOrd", "A", minute=5))
    change = heard(behind, said("books", "SalesOrd", "A", minute=6, lines={"A": 1}))

    assert {*change.repairs} <= {"books"}
    assert change.urgent == frozenset()


def test_a_mirror_s_word_that_is_read_differently_is_a_repair(so):
    other = reading("books", [("SalesOrd", "B", {"order": "on_hold", "progress": "none"})])
    change = heard(so, said("books", "SalesOrd", "B", minute=5), accord=other)

    assert change.repairs == {"books": "books says 'B' as before, and it is read as on hold now"}


def test_an_owner_s_word_that_is_read_differently_is_a_repair_even_where_it_stops_goods(so):
    other = reading("shop", [("order", "open", {"order": "cancelled"})])
    change = heard(so, said("shop", "order", "open", minute=5), accord=other)

    assert "warehouse" in change.due
    assert change.urgent == frozenset()
    assert {*change.repairs.values()} == {
        "shop says 'open' as before, and it is read as cancelled now"
    }


IGNORED = [{"kind": "SalesOrd", "word": "P", "reason": "our print shop, not a status"}]


def test_a_word_that_was_ignored_and_gets_a_meaning_is_a_repair(so):
    archived = taken(so, said("shop", "order", "archived", minute=3))
    other = reading("shop", [("order", "archived", {"order": "cancelled"})])

    change = heard(archived, said("shop", "order", "archived", minute=5), accord=other)

    assert "warehouse" in change.due
    assert change.urgent == frozenset()
    assert {*change.repairs.values()} == {
        "shop says 'archived' as before, and it is read as cancelled now"
    }


def test_a_mirror_s_word_that_was_ignored_from_the_start_and_gets_a_meaning_is_a_repair():
    rows = [("SalesOrd", "B", {"order": "open", "progress": "none"})]
    silent = reading("books", rows, ignored=IGNORED)
    start = [*IN_STEP[:-1], said("books", "SalesOrd", "P", minute=1)]
    before = taken(Matrix(), *start, accord=silent)
    meant = [*rows, ("SalesOrd", "P", {"order": "on_hold", "progress": "none"})]

    change = heard(before, said("books", "SalesOrd", "P", minute=5), accord=reading("books", meant))

    assert change.repairs == {"books": "books says 'P' as before, and it is read as on hold now"}


def test_a_word_that_was_ignored_long_ago_and_is_said_anew_is_news(so):
    archived = taken(so, said("shop", "order", "archived", minute=3))
    opened = taken(archived, said("shop", "order", "open", minute=4))
    other = reading("shop", [("order", "archived", {"order": "cancelled"})])

    change = heard(opened, said("shop", "order", "archived", minute=5), accord=other)

    assert change.repairs == {}
    assert change.urgent == {"warehouse"}


def test_goods_that_somebody_put_back_to_work_are_stopped_at_once(so):
    stopped = taken(
        so,
        said("shop", "order", "cancelled", minute=2, lines={"A": 0}),
        work("se-1", "cancelled", {"A": 1}, minute=3),
        said("books", "SalesOrd", "H", minute=4),
    )
    change = heard(stopped, work("se-1", "begun", {"A": 1}, minute=5))

    assert change.urgent == {"warehouse"}
    assert change.repairs == {}


@given(first=st.lists(SPOKEN, max_size=6), then=st.lists(SPOKEN, min_size=1, max_size=2))
def test_no_repair_follows_from_another_system_s_word_and_none_is_urgent(first, then):
    def reports(words, minute):
        return [
            said(system, kind, word, minute=minute + place)
            for place, ((system, kind), word) in enumerate(words)
        ]

    before = taken(Matrix(), *IN_STEP, *reports(first, 10))
    after = taken(before, *reports(then, 30))
    change = change_of("1", before, after, ACCORD, now=NOON)
    new = {
        cell.system
        for key, cell in after.cells.items()
        if (was := before.cells.get(key)) is None or was.word != cell.word
    }

    for system in change.repairs:
        assert system in change.due
        assert new <= {system}
        assert not any(map(stops, _planned(after, system)))
    assert change.urgent.isdisjoint(change.repairs)


def _planned(matrix, system, accord: Accord = ACCORD):
    return plan(matrix, accord, system, now=NOON)
