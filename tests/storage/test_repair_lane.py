"""Repairs wait in a lane of their own, and delay nothing that is ordinary work."""

from datetime import datetime

from msgspec.structs import replace

from accord.engine.desk import Deed, repairs_at
from accord.engine.ports import Change, Settlement, Task
from accord.engine.repair_ledger import RepairOutcome
from tests.storage.examples import (
    LEASE,
    MINUTE,
    NOW,
    PROPAGATE,
    SECOND,
    AnyStore,
    matrix,
    own,
    place_order,
)

WHY = "shop says 'open' again"


async def find(store: AnyStore, order: str, now: datetime = NOW) -> None:
    """Change the order so that a repair is to be done at the shop, a minute later."""
    change = Change(
        order=order, matrix=matrix(own("1")), due=("shop",), repairs={"shop": WHY}, wait=MINUTE
    )
    async with store.interpreting(100, now) as sitting:
        await sitting.find([own("1")])
        await sitting.write([change], [], {}, now)


async def ordinary(store: AnyStore, now: datetime) -> list[str]:
    return [task.key for task in await store.claim(PROPAGATE, ["shop"], 10, LEASE, now)]


async def repairs(store: AnyStore, now: datetime) -> list[Task]:
    return [*await store.claim_repairs("shop", 10, LEASE, now)]


async def outcomes(store: AnyStore) -> list[RepairOutcome]:
    return [row.outcome for row in await store.repairs.rows("shop", NOW - MINUTE, 10)]


async def test_a_repair_waits_in_its_own_lane(store: AnyStore) -> None:
    order = await place_order(store, own("1"))
    await find(store, order)

    assert await repairs(store, NOW + MINUTE - SECOND) == []
    assert await ordinary(store, NOW + MINUTE) == []
    (task,) = await repairs(store, NOW + MINUTE)
    assert (task.key, task.repair) == (order, True)
    (row,) = (await store.repairs.undecided("shop", [order], NOW)).values()
    assert (row.why, row.found_at, row.outcome) == (WHY, NOW, RepairOutcome.WAITING)


async def test_ordinary_work_is_not_delayed_by_the_wish_for_a_repair(store: AnyStore) -> None:
    order = await place_order(store, own("1"), due=("shop",))
    await find(store, order)

    assert await ordinary(store, NOW) == [order]
    assert await repairs(store, NOW + MINUTE) == []
    assert await outcomes(store) == []


async def test_an_ordinary_wish_makes_ordinary_work_of_a_repair_at_once(store: AnyStore) -> None:
    order = await place_order(store, own("1"))
    await find(store, order)
    await store.ask(PROPAGATE, "shop", [order], NOW + SECOND)

    assert await ordinary(store, NOW + SECOND) == [order]
    assert await repairs(store, NOW + MINUTE) == []
    assert await store.repairs.tidy("shop", NOW) == 1
    assert await outcomes(store) == [RepairOutcome.OVERTAKEN]


async def test_a_repair_in_hand_becomes_ordinary_if_somebody_asks_meanwhile(
    store: AnyStore,
) -> None:
    order = await place_order(store, own("1"))
    await find(store, order)
    (task,) = await repairs(store, NOW + MINUTE)
    await store.ask(PROPAGATE, "shop", [order], NOW + MINUTE)
    again = Settlement(task=task, due=NOW + 5 * MINUTE, repair=True)
    await store.settle([again], NOW + MINUTE)

    assert await ordinary(store, NOW + MINUTE) == [order]


async def test_what_is_found_while_ordinary_work_ends_is_a_repair_after_it(
    store: AnyStore,
) -> None:
    order = await place_order(store, own("1"), due=("shop",))
    (task,) = await store.claim(PROPAGATE, ["shop"], 10, LEASE, NOW)
    await find(store, order)
    await store.settle([Settlement(task=task)], NOW)

    assert await ordinary(store, NOW + MINUTE) == []
    assert [task.key for task in await repairs(store, NOW + MINUTE)] == [order]
    assert await outcomes(store) == [RepairOutcome.WAITING]


async def test_what_is_found_while_ordinary_work_goes_on_stays_with_it(store: AnyStore) -> None:
    order = await place_order(store, own("1"), due=("shop",))
    (task,) = await store.claim(PROPAGATE, ["shop"], 10, LEASE, NOW)
    await find(store, order)
    await store.settle([Settlement(task=task, due=NOW + SECOND, failed=True)], NOW)

    assert await ordinary(store, NOW + SECOND) == [order]


async def test_the_comparison_asks_for_repairs_but_where_there_is_work(store: AnyStore) -> None:
    busy = await place_order(store, own("1"), due=("shop",))
    given_up = await place_order(store, own("2"), due=("shop",))
    idle = await place_order(store, own("3"))
    tasks = await store.claim(PROPAGATE, ["shop"], 10, LEASE, NOW)
    dead = [Settlement(task=task, dead=True) for task in tasks if task.key == given_up]
    await store.settle(dead, NOW)

    await store.ask_repairs("shop", [busy, given_up, idle], WHY, NOW, NOW)

    assert [task.key for task in await repairs(store, NOW)] == [idle]


async def test_stopped_repairs_are_in_nobody_s_way(store: AnyStore) -> None:
    order = await place_order(store, own("1"))
    other = await place_order(store, own("2"), due=("shop",))
    await find(store, order)
    deed = Deed(what="paused", who="Accord", why="too many", at=NOW)
    await store.desk.pause(repairs_at("shop"), deed)

    assert await repairs(store, NOW + MINUTE) == []
    assert await ordinary(store, NOW + MINUTE) == [other]
    assert await store.due(NOW + MINUTE) == frozenset()


async def test_one_that_a_person_asks_for_is_done_though_repairs_are_stopped(
    store: AnyStore,
) -> None:
    order = await place_order(store, own("1"))
    await find(store, order)
    await store.desk.pause(repairs_at("shop"), Deed(what="paused", who="A", why="b", at=NOW))
    deed = Deed(what="repaired", who="Ana", why="known", at=NOW + SECOND)

    assert await store.repairs.ask_by_hand(order, "shop", deed)
    assert await store.due(NOW + SECOND) == {(PROPAGATE, "shop")}
    assert [task.key for task in await repairs(store, NOW + SECOND)] == [order]
    assert [deed.what for deed in await store.desk.deeds(1)] == ["repaired"]


async def test_what_a_person_accepted_counts_no_more(store: AnyStore) -> None:
    order = await place_order(store, own("1"))
    await find(store, order)
    before = await store.repairs.tally("shop", NOW - MINUTE)
    pause = repairs_at("shop")
    await store.desk.pause(pause, Deed(what="paused", who="Accord", why="many", at=NOW))
    await store.desk.resume(pause, Deed(what="resumed", who="Ana", why="right", at=NOW + SECOND))

    assert (before.every, before.cause) == (1, WHY)
    assert (await store.repairs.tally("shop", NOW - MINUTE)).every == 0


async def test_a_system_is_idle_until_something_is_found_there_and_again_once_it_is_settled(
    store: AnyStore,
) -> None:
    order = await place_order(store, own("1"))
    assert await store.repairs.is_idle("shop")
    await find(store, order)
    assert not await store.repairs.is_idle("shop")
    assert await store.repairs.is_idle("books")

    [task] = await repairs(store, NOW + 2 * MINUTE)
    await store.settle([Settlement(task=task)], NOW + 2 * MINUTE)
    assert not await store.repairs.is_idle("shop")  # the ledger does not know of it yet
    await store.repairs.tidy("shop", NOW + 2 * MINUTE)
    assert await store.repairs.is_idle("shop")


async def test_what_was_let_go_and_what_is_in_hand_each_keep_a_system_from_being_idle(
    store: AnyStore,
) -> None:
    order = await place_order(store, own("1"))
    await find(store, order)
    [task] = await repairs(store, NOW + MINUTE)
    (row,) = (await store.repairs.undecided("shop", [order], NOW + MINUTE)).values()
    over = replace(row, outcome=RepairOutcome.CLEARED, ended_at=NOW + MINUTE)

    await store.repairs.write([over])
    by_the_task = await store.repairs.is_idle("shop")
    await store.settle([Settlement(task=task)], NOW + MINUTE)
    by_neither = await store.repairs.is_idle("shop")
    await find(store, order, NOW + 2 * MINUTE)
    [task] = await repairs(store, NOW + 3 * MINUTE)
    (row,) = (await store.repairs.undecided("shop", [order], NOW + 3 * MINUTE)).values()
    let_go = replace(row, outcome=RepairOutcome.RELEASED, decided_at=NOW + 3 * MINUTE)
    await store.repairs.write([let_go])
    await store.settle([Settlement(task=task)], NOW + 3 * MINUTE)
    by_the_row = await store.repairs.is_idle("shop")

    assert (by_the_task, by_neither, by_the_row) == (False, True, False)
