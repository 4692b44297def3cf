"""Work is asked for once, in one hand at a time, and never lost."""

import asyncio
from datetime import datetime

from msgspec.structs import replace

from accord.engine.ports import Doubt, Settlement, Task, TaskKind
from tests.storage.examples import (
    LEASE,
    MINUTE,
    NOW,
    POLL,
    PROPAGATE,
    REREAD,
    SECOND,
    AnyStore,
    own,
    place_order,
)


async def take(store: AnyStore, now: datetime = NOW, kind: TaskKind = REREAD) -> list[Task]:
    return list(await store.claim(kind, ["shop"], 10, LEASE, now))


async def take_one(store: AnyStore, now: datetime = NOW) -> Task:
    (task,) = await take(store, now)
    return task


async def test_what_is_asked_for_twice_is_done_once(store: AnyStore) -> None:
    await store.ask(REREAD, "shop", ["1", "2", "1"], NOW)
    await store.ask(REREAD, "shop", ["2"], NOW)

    assert [task.key for task in await take(store)] == ["1", "2"]


async def test_a_task_is_not_claimed_before_it_is_due(store: AnyStore) -> None:
    await store.ask(REREAD, "shop", ["1"], NOW + SECOND)

    assert await take(store, NOW) == []
    assert len(await take(store, NOW + SECOND)) == 1


async def test_asking_again_makes_a_task_due_earlier_and_never_later(store: AnyStore) -> None:
    await store.ask(REREAD, "shop", ["1"], NOW + MINUTE)
    await store.ask(REREAD, "shop", ["1"], NOW)
    await store.ask(REREAD, "shop", ["1"], NOW + MINUTE)

    assert len(await take(store, NOW)) == 1


async def test_what_has_been_due_longest_is_claimed_first(store: AnyStore) -> None:
    for key, due in (("late", NOW), ("early", NOW - MINUTE), ("middle", NOW - SECOND)):
        await store.ask(REREAD, "shop", [key], due)
    await store.ask(REREAD, "erp", ["earliest"], NOW - 2 * MINUTE)

    tasks = await store.claim(REREAD, ["shop", "erp"], 3, LEASE, NOW)

    assert [task.key for task in tasks] == ["earliest", "early", "middle"]


async def test_only_the_kind_and_the_systems_asked_for_are_claimed(store: AnyStore) -> None:
    await store.ask(REREAD, "shop", ["1"], NOW)

    assert await store.claim(POLL, ["shop"], 10, LEASE, NOW) == []
    assert await store.claim(REREAD, ["erp"], 10, LEASE, NOW) == []
    assert await store.claim(REREAD, [], 10, LEASE, NOW) == []


async def test_a_leased_task_is_in_no_other_hand_until_the_lease_ends(store: AnyStore) -> None:
    await store.ask(REREAD, "shop", ["1"], NOW)
    first = await take_one(store)

    assert await take(store, NOW + LEASE - SECOND) == []
    assert (await take_one(store, NOW + LEASE)).token > first.token


async def test_many_claims_at_once_give_each_task_to_one(store: AnyStore) -> None:
    await store.ask(REREAD, "shop", [str(number) for number in range(50)], NOW)

    hands = await asyncio.gather(*(take(store) for _ in range(8)))
    keys = [task.key for hand in hands for task in hand]

    assert len(keys) == len(set(keys)) == 50


async def test_a_task_that_is_done_is_gone(store: AnyStore) -> None:
    await store.ask(REREAD, "shop", ["1"], NOW)

    assert await store.settle([Settlement(task=await take_one(store))], NOW) == []

    assert await take(store, NOW + LEASE) == []
    assert await store.due(NOW + LEASE) == frozenset()


async def test_who_holds_an_old_token_settles_nothing(store: AnyStore) -> None:
    await store.ask(REREAD, "shop", ["1"], NOW)
    stale = await take_one(store, NOW)
    newer = await take_one(store, NOW + LEASE)

    assert await store.settle([Settlement(task=stale, dead=True)], NOW + LEASE) == [stale]
    assert await store.settle([Settlement(task=newer, due=NOW + 2 * LEASE)], NOW + LEASE) == []
    assert (await take_one(store, NOW + 2 * LEASE)).failures == 0


async def test_a_lease_ends_once(store: AnyStore) -> None:
    await store.ask(REREAD, "shop", ["1"], NOW)
    task = await take_one(store)
    await store.settle([Settlement(task=task, due=NOW + MINUTE)], NOW)

    assert await store.settle([Settlement(task=task)], NOW) == [task]

    assert len(await take(store, NOW + MINUTE)) == 1


async def test_a_token_of_a_task_that_was_done_is_no_token_of_the_next(store: AnyStore) -> None:
    await store.ask(REREAD, "shop", ["1"], NOW)
    old = await take_one(store)
    await store.settle([Settlement(task=old)], NOW)
    await store.ask(REREAD, "shop", ["1"], NOW)
    new = await take_one(store)

    assert await store.settle([Settlement(task=replace(new, token=old.token))], NOW) != []


async def test_an_expired_lease_that_nobody_took_can_still_be_settled(store: AnyStore) -> None:
    await store.ask(REREAD, "shop", ["1"], NOW)
    task = await take_one(store)

    assert await store.settle([Settlement(task=task)], NOW + 2 * LEASE) == []


async def test_failures_are_counted_until_one_try_goes_well(store: AnyStore) -> None:
    await store.ask(REREAD, "shop", ["1"], NOW)
    counts = []
    for failed in (True, True, False, True):
        task = await take_one(store)
        counts.append(task.failures)
        await store.settle([Settlement(task=task, due=NOW, failed=failed)], NOW)

    assert counts == [0, 1, 2, 0]


async def test_a_dead_task_stays_with_its_note_and_is_not_claimed(store: AnyStore) -> None:
    order = await place_order(store, own("1"), due=("shop",))
    (task,) = await take(store, kind=PROPAGATE)
    await store.settle([Settlement(task=task, failed=True, dead=True, note="refused")], NOW)

    assert await take(store, NOW + LEASE, PROPAGATE) == []
    found = await store.order(order)

    assert found is not None
    assert [(one.dead, one.note) for one in found.pending] == [(True, "refused")]


async def test_asking_for_a_dead_task_gives_it_a_fresh_start(store: AnyStore) -> None:
    await store.ask(REREAD, "shop", ["1"], NOW)
    await store.settle([Settlement(task=await take_one(store), failed=True, dead=True)], NOW)

    await store.ask(REREAD, "shop", ["1"], NOW + MINUTE)

    assert await take(store, NOW) == []
    assert (await take_one(store, NOW + MINUTE)).failures == 0


async def test_a_task_asked_for_during_its_lease_is_due_again_after_it(store: AnyStore) -> None:
    for ending in (
        {},
        {"due": NOW + MINUTE, "failed": True},
        {"dead": True},
    ):
        await store.ask(REREAD, "shop", ["1"], NOW)
        task = await take_one(store)
        await store.ask(REREAD, "shop", ["1"], NOW)
        assert await take(store) == []

        await store.settle([Settlement(task=task, **ending)], NOW)

        await store.settle([Settlement(task=await take_one(store))], NOW)
        assert await store.due(NOW + LEASE) == frozenset()


async def test_one_call_settles_many_in_different_ways(store: AnyStore) -> None:
    await store.ask(REREAD, "shop", ["done", "later", "dead", "stale"], NOW)
    tasks = {task.key: task for task in await take(store)}
    stale = replace(tasks["stale"], token=tasks["stale"].token + 100)

    returned = await store.settle(
        [
            Settlement(task=tasks["done"]),
            Settlement(task=tasks["later"], due=NOW + MINUTE),
            Settlement(task=tasks["dead"], dead=True),
            Settlement(task=stale),
        ],
        NOW,
    )

    assert returned == [stale]
    assert [task.key for task in await take(store, NOW + LEASE)] == ["stale", "later"]


async def test_what_is_due_leaves_out_what_is_leased_or_dead(store: AnyStore) -> None:
    assert await store.due(NOW + LEASE) == frozenset()
    await store.ask(REREAD, "shop", ["1"], NOW + SECOND)
    await store.ask(REREAD, "shop", ["2"], NOW + MINUTE)
    assert await store.due(NOW) == frozenset()
    assert await store.due(NOW + SECOND) == frozenset({(REREAD, "shop")})

    one, two = await take(store, NOW + MINUTE)
    assert await store.due(NOW + MINUTE) == frozenset()
    assert await store.due(NOW + MINUTE + LEASE) == frozenset({(REREAD, "shop")})

    await store.settle([Settlement(task=one, dead=True), Settlement(task=two, dead=True)], NOW)
    assert await store.due(NOW + LEASE) == frozenset()


async def test_work_goes_on_from_its_first_lease_until_it_is_done_or_given_up(
    store: AnyStore,
) -> None:
    order = await place_order(store, own("1001"))

    async def is_at_work() -> bool:
        return await store.is_at_work(order, ["erp", "warehouse"])

    async def taken(now: datetime) -> Task:
        (task,) = await store.claim(PROPAGATE, ["erp"], 1, LEASE, now)
        return task

    await store.ask(PROPAGATE, "erp", [order], NOW)
    seen = [await is_at_work()]
    task = await taken(NOW)
    seen.append(await is_at_work())
    await store.settle([Settlement(task=task, due=NOW + MINUTE, firm=True, note="throttled")], NOW)
    seen.append(await is_at_work())
    task = await taken(NOW + MINUTE)
    await store.settle([Settlement(task=task, due=NOW + 2 * MINUTE, failed=True)], NOW + MINUTE)
    seen.append(await is_at_work())
    seen.append(await store.is_at_work(order, ["warehouse"]))
    task = await taken(NOW + 2 * MINUTE)
    await store.settle([Settlement(task=task, due=NOW + LEASE, note="in step until then")], NOW)
    seen.append(await is_at_work())
    task = await taken(NOW + LEASE)
    await store.settle([Settlement(task=task, dead=True)], NOW + LEASE)
    seen.append(await is_at_work())
    await store.ask(PROPAGATE, "erp", [order], NOW + LEASE)
    task = await taken(NOW + LEASE)
    doubt = Doubt(NOW + 2 * LEASE)
    await store.settle([Settlement(task=task, dead=True, doubt=doubt)], NOW + LEASE)
    seen.append(await is_at_work())

    assert seen == [False, True, True, True, False, False, False, True]
