"""Orders of one shape are alike in everything the rules look at."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from accord.domain.accord import Rule
from accord.domain.matrix import Matrix
from accord.domain.report import HeldBy, Ref
from accord.domain.shape import begun_at, shape
from tests.domain.lives import RENAMINGS, answers, changed, orders
from tests.domain.stack import NOON, after, ordered, parcel, said, stack
from tests.domain.test_gate import GATED, work

RULES = st.sampled_from(Rule)


@settings(deadline=None, max_examples=120)
@given(matrix=orders(), renaming=RENAMINGS, rule=RULES)
def test_other_names_and_times_in_the_same_order_are_the_same_shape(matrix, renaming, rule):
    renamed = renaming.of(matrix)

    assert shape(renamed) == shape(matrix)
    assert answers(renamed, stack(rule)) == answers(matrix, stack(rule))


@settings(deadline=None, max_examples=200)
@given(data=st.data(), matrix=orders(), rule=RULES)
def test_orders_of_one_shape_get_one_answer(data, matrix, rule):
    other = data.draw(changed(matrix))

    if answers(other, stack(rule)) != answers(matrix, stack(rule)):
        assert shape(other) != shape(matrix)


@settings(deadline=None)
@given(matrix=orders(), seed=st.randoms(use_true_random=False))
def test_the_order_in_which_facts_came_is_none_of_its_shape(matrix, seed):
    cells, known = [*matrix.cells.items()], [*matrix.known.items()]
    seed.shuffle(cells)
    seed.shuffle(known)

    assert shape(replace(matrix, cells=dict(cells), known=dict(known))) == shape(matrix)


def cancelled_by_the_books(*, happened):
    """The shop opens it at one minute past; when the books cancelled it decides who is right."""
    told = said("books", "SalesOrd", "H", minute=9)
    at = None if happened is None else NOON + timedelta(minutes=happened)
    opened = said("shop", "order", "open", minute=1, lines={"sku-1": 2})
    return after(*ordered(**{"sku-1": 2}), opened, replace(told, happened_at=at))


def shipped(**told):
    """A parcel of each: whether they are one is told by number, link, place and lines."""
    whole = {"lines": {"sku-1": 1}, "place": "se-1"}
    return after(
        *ordered(**{"sku-1": 2}),
        said("warehouse", "scan", "IT", parcel("w-1"), 3, **whole),
        said("books", "ItemShip", "A", parcel("i-1"), 3, lines={"sku-1": 2}, place="20"),
        said("warehouse", "scan", "IT", parcel("w-2"), 4, **(whole | told)),
    )


def loose(until=None):
    told = work("w-9", "pending", {"sku-1": 2}, 2, permit_until=until, held=HeldBy.ACCORD)
    return after(*ordered(**{"sku-1": 2}), told)


def held(by):
    return after(*ordered(**{"sku-1": 2}), work("w-9", "held", {"sku-1": 2}, held=by))


APART = {
    "when a mirror says it happened": (
        cancelled_by_the_books(happened=2),
        cancelled_by_the_books(happened=0),
    ),
    "whether a mirror says when": (
        cancelled_by_the_books(happened=9),
        cancelled_by_the_books(happened=None),
    ),
    "a place": (shipped(lines={"sku-1": 2}), shipped(lines={"sku-1": 2}, place="se-2")),
    "a link": (shipped(), shipped(same_as=(Ref("books", "i-1"),))),
    "a number": (shipped(), shipped(tracking=("no-1",))),
    "a quantity": (shipped(), shipped(lines={"sku-1": 3})),
    "a carrier": (shipped(tracking=("no-1",)), shipped(tracking=("no-1",), carrier="ups")),
    "a permission": (loose(), loose(NOON)),
    "whose hold it is": (held(HeldBy.ACCORD), held(HeldBy.OTHERS)),
}


@pytest.mark.parametrize("what", APART)
def test_whatever_makes_another_answer_makes_another_shape(what):
    one, other = APART[what]
    accords = [GATED, *map(stack, Rule)]

    assert any(answers(one, accord) != answers(other, accord) for accord in accords)
    assert shape(one) != shape(other)


def test_an_order_begins_with_the_earliest_time_told_in_it():
    early = replace(
        said("shop", "order", "open", minute=5), happened_at=NOON - timedelta(minutes=7)
    )

    assert begun_at(after(early, said("shop", "payment", "paid", minute=2))) == early.happened_at
    assert begun_at(Matrix()) is None
