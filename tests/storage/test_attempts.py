"""What was tried and what is known by it are one commit, and no two of them wait in a circle."""

import asyncio

import pytest

from accord.domain.action import CancelOrder
from accord.domain.matrix import Known
from accord.domain.outcome import Applied
from accord.domain.report import Particulars, Ref, Subject, SubjectKind
from accord.engine.ports import Attempt
from tests.storage.examples import NOW, SECOND, AnyStore, own, place_order


def attempt(order: str, made: str = "") -> Attempt:
    """Return a try by which the ERP made its record ``made`` of the shop's parcel 1."""
    subject = Subject(SubjectKind.PARCEL, made)
    told = Particulars(same_as=(Ref("shop", "1"),))
    return Attempt(
        order=order,
        system="erp",
        action=CancelOrder(reason="asked for"),
        outcome=Applied(made),
        at=NOW,
        took=SECOND,
        made=Known("erp", subject, told, {"same_as": NOW}) if made else None,
    )


async def tried(store: AnyStore, order: str) -> list[str]:
    found = await store.order(order)
    assert found is not None
    return [each.outcome.reference for each in found.attempts if isinstance(each.outcome, Applied)]


async def linked(store: AnyStore, order: str) -> list[str]:
    (facts,) = (await store.load([order])).values()
    return sorted(known.subject.id for known in facts.known.values())


async def test_the_records_a_mirror_made_are_known_with_the_tries(store: AnyStore) -> None:
    first, second = await place_order(store, own("1")), await place_order(store, own("2"))

    await store.record([attempt(second, "if-2"), attempt(first, "if-1"), attempt(second, "if-3")])

    assert await linked(store, first) == ["if-1"]
    assert await linked(store, second) == ["if-2", "if-3"]
    assert await tried(store, second) == ["if-2", "if-3"]


async def test_a_try_that_made_nothing_leaves_the_facts_alone(store: AnyStore) -> None:
    order = await place_order(store, own("1"))
    before = await store.load([order])

    await store.record([attempt(order)])

    assert await store.load([order]) == before
    assert await tried(store, order) == [""]


async def test_hands_that_record_the_same_orders_never_wait_in_a_circle(store: AnyStore) -> None:
    orders = [await place_order(store, own(str(number))) for number in range(20)]
    forth = [attempt(order, f"f{order}") for order in orders]
    back = [attempt(order, f"b{order}") for order in reversed(orders)]

    async with asyncio.timeout(60):
        await asyncio.gather(*(store.record(each) for each in (forth, back) for _ in range(5)))

    for order in orders:
        assert await linked(store, order) == [f"b{order}", f"f{order}"]


async def test_of_tries_on_an_order_that_is_not_there_nothing_is_kept(store: AnyStore) -> None:
    order = await place_order(store, own("1"))

    with pytest.raises(Exception, match=r"999|attempt"):
        await store.record([attempt(order, "if-1"), attempt("999", "if-2")])

    assert await linked(store, order) == []
