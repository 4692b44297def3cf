"""A sitting stores everything that follows from a batch, and no order is in two hands."""

import asyncio

import pytest
from msgspec.structs import replace

from accord.domain.matrix import Known, Matrix
from accord.domain.report import EXTERNAL, NUMBER, THE_ORDER, Particulars, Ref
from accord.domain.tracks import State
from accord.engine.envelope import Lookup
from accord.engine.ports import Change, LinkTakenError, Settlement, TaskKind
from tests.storage.examples import (
    LEASE,
    MINUTE,
    NOW,
    POLL,
    PROPAGATE,
    REREAD,
    SECOND,
    AnyStore,
    cell,
    matrix,
    number_of,
    own,
    place_order,
    write,
)


async def test_an_order_is_found_by_each_of_its_names(store: AnyStore) -> None:
    names = [own("1"), own("so-1", "erp"), Ref(NUMBER, "1001"), Ref(EXTERNAL, "po-1")]
    order = await place_order(store, *names)

    async with store.interpreting(0, NOW) as sitting:
        assert await sitting.find([*names, own("2")]) == dict.fromkeys(names, order)
        assert await sitting.find([]) == {}


async def test_a_matrix_comes_back_as_it_was_written(store: AnyStore) -> None:
    known = Known("shop", THE_ORDER, Particulars(lines={"MUG": 2}), {"lines": NOW})
    written = replace(matrix(own("1"), cells=[cell()]), known={known.key: known})
    await write(store, Change(order=None, matrix=written))

    order = await number_of(store, own("1"))

    assert await store.load([order, "999", "no number"]) == {order: written}


async def test_a_change_replaces_the_matrix_and_adds_its_names(store: AnyStore) -> None:
    order = await place_order(store, own("1"))
    after = matrix(own("1"), own("so-1", "erp"), cells=[cell()])

    async with store.interpreting(0, NOW) as sitting:
        await sitting.find([own("1")])
        await sitting.matrices([order])
        await sitting.write([Change(order=order, matrix=after)], [], {}, NOW)

    assert await store.load([order]) == {order: after}
    assert await number_of(store, own("so-1", "erp")) == order


async def test_a_name_that_another_order_has_is_refused_and_nothing_is_written(
    store: AnyStore,
) -> None:
    await place_order(store, own("1"), Ref(NUMBER, "1001"))
    change = Change(order=None, matrix=matrix(own("2"), Ref(NUMBER, "1001")))

    with pytest.raises(LinkTakenError) as error:
        await write(store, change)

    assert error.value.ref == Ref(NUMBER, "1001")
    assert len(await store.orders()) == 1


async def test_two_new_orders_of_one_batch_cannot_share_a_name(store: AnyStore) -> None:
    twins = [Change(order=None, matrix=matrix(own("1"))) for _ in range(2)]

    with pytest.raises(LinkTakenError):
        await write(store, *twins)


async def test_an_external_id_that_two_orders_carry_leads_to_neither(store: AnyStore) -> None:
    shared = Ref(EXTERNAL, "7")
    await place_order(store, own("1"), shared)
    await place_order(store, own("2"), shared)

    async with store.interpreting(0, NOW) as sitting:
        assert await sitting.find([shared]) == {}


async def test_an_order_in_one_hand_is_waited_for_by_the_other(store: AnyStore) -> None:
    order = await place_order(store, own("1"))
    events: list[str] = []

    async def second() -> None:
        async with store.interpreting(0, NOW) as sitting:
            await sitting.find([own("1")])
            events.append("second has it")
            assert (await sitting.matrices([order]))[order].cells

    async with store.interpreting(0, NOW) as sitting:
        await sitting.find([own("1")])
        waiter = asyncio.create_task(second())
        await asyncio.wait([waiter], timeout=0.05)
        events.append("first writes")
        change = Change(order=order, matrix=matrix(own("1"), cells=[cell()]))
        await sitting.write([change], [], {}, NOW)
    await waiter

    assert events == ["first writes", "second has it"]


async def test_two_hands_that_make_the_same_order_make_one(store: AnyStore) -> None:
    async def make() -> None:
        async with store.interpreting(0, NOW) as sitting:
            await sitting.write([Change(order=None, matrix=matrix(own("1")))], [], {}, NOW)

    ended = await asyncio.gather(make(), make(), return_exceptions=True)

    assert [type(end) for end in ended if end is not None] == [LinkTakenError]
    assert len(await store.orders()) == 1


async def test_hands_that_take_the_same_orders_never_wait_in_a_circle(store: AnyStore) -> None:
    names = [own(str(number)) for number in range(5)]
    for name in names:
        await place_order(store, name)

    async def take(refs: list[Ref]) -> int:
        async with store.interpreting(0, NOW) as sitting:
            return len(await sitting.find(refs))

    takes = [take(names if turn % 2 else names[::-1]) for turn in range(8)]

    assert await asyncio.gather(*takes) == [5] * 8


async def test_each_changed_cell_is_added_to_the_history(store: AnyStore) -> None:
    paid, refunded = cell(), cell("refunded", State.REFUNDED, NOW + MINUTE)
    order = await place_order(store, own("1"))
    for told, now in ((paid, NOW), (refunded, NOW + MINUTE)):
        change = Change(order=order, matrix=matrix(own("1"), cells=[told]), told=(told,))
        await write(store, change, now=now)

    found = await store.order(order)

    assert found is not None
    assert [(one.cell, one.decided_at) for one in found.history] == [
        (paid, NOW),
        (refunded, NOW + MINUTE),
    ]
    assert found.line.updated_at == NOW + MINUTE


async def test_mirrors_out_of_step_become_work_that_is_due_now(store: AnyStore) -> None:
    order = await place_order(store, own("1"), due=("erp", "wms"))

    tasks = await store.claim(PROPAGATE, ["erp", "wms", "shop"], 10, LEASE, NOW)

    assert [(task.system, task.key) for task in tasks] == [("erp", order), ("wms", order)]


async def test_hints_become_work_for_the_system_that_gave_them(store: AnyStore) -> None:
    hints = [Lookup(Ref("order", "1")), Lookup(Ref("order", "1")), Lookup(Ref("*", ""))]
    await write(store, lookups={"shop": hints})

    assert await _claimed(store, REREAD) == ["order:1"]
    assert await _claimed(store, POLL) == ["*"]


async def test_a_change_while_its_task_is_leased_is_not_lost(store: AnyStore) -> None:
    order = await place_order(store, own("1"), due=("erp",))
    (task,) = await store.claim(PROPAGATE, ["erp"], 1, LEASE, NOW)

    later = NOW + SECOND
    await write(store, Change(order=order, matrix=matrix(own("1")), due=("erp",)), now=later)
    await store.settle([Settlement(task=task)], later)

    assert len(await store.claim(PROPAGATE, ["erp"], 1, LEASE, later)) == 1


async def test_what_a_mirror_answered_is_merged_into_the_facts(store: AnyStore) -> None:
    order = await place_order(store, own("1"))
    early, late = (
        Known("erp", THE_ORDER, Particulars(place=place), {"place": at})
        for place, at in (("old", NOW), ("new", NOW + MINUTE))
    )

    await store.link(order, Matrix(known={late.key: late}, refs=(own("so-1", "erp"),)))
    await store.link(order, Matrix(known={early.key: early}))

    (found,) = (await store.load([order])).values()
    assert found.particulars("erp", THE_ORDER).place == "new"
    assert found.refs == (own("so-1", "erp"), own("1"))
    assert await number_of(store, own("so-1", "erp")) == order


async def test_a_mirrors_name_that_another_order_has_is_refused(store: AnyStore) -> None:
    first = await place_order(store, own("1"))
    await place_order(store, own("2"))

    with pytest.raises(LinkTakenError):
        await store.link(first, matrix(own("2")))

    assert (await store.load([first]))[first].refs == (own("1"),)


async def test_nothing_can_be_linked_to_an_order_that_is_not_there(store: AnyStore) -> None:
    with pytest.raises(LookupError):
        await store.link("999", matrix(own("1")))


async def _claimed(store: AnyStore, kind: TaskKind) -> list[str]:
    return [task.key for task in await store.claim(kind, ["shop"], 10, LEASE, NOW)]
