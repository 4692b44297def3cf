"""What is to be stopped is found at once, whatever else waits."""

from typing import Any

from accord.engine.ports import Change, Settlement
from accord.storage.connections import Connection, connections
from accord.storage.postgres import postgres_store
from accord.storage.statement import Statement, prepared, statement
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
    write,
)

QUEUED = 100_000
QUEUE = prepared(
    "INSERT INTO task (kind, system, key, due, asked_at, urgent) "
    "SELECT 'propagate', 'shop', CAST(n AS text), :now, :now, n % 50000 = 0 "
    "FROM generate_series(1, :queued) AS n"
)


async def stop(store: AnyStore, order: str) -> None:
    """Change the order so that something is to be stopped at the shop."""
    change = Change(order=order, matrix=matrix(own("1")), due=("shop",), urgent=frozenset({"shop"}))
    async with store.interpreting(100, NOW) as sitting:
        await sitting.find([own("1")])
        await sitting.write([change], [], {}, NOW + SECOND)


async def taken(store: AnyStore, *, urgent: bool, now: Any = NOW + SECOND) -> list[str]:
    tasks = await store.claim(PROPAGATE, ["shop"], 10, LEASE, now, urgent=urgent)
    return [task.key for task in tasks]


async def test_each_lane_takes_its_own_work(store: AnyStore) -> None:
    order = await place_order(store, own("1"), due=("shop",))
    await stop(store, order)

    assert await taken(store, urgent=False) == []
    assert await taken(store, urgent=True) == [order]


async def test_a_firm_wait_is_cut_short_by_what_is_urgent_only(store: AnyStore) -> None:
    order = await place_order(store, own("1"), due=("shop",))
    (task,) = await store.claim(PROPAGATE, ["shop"], 1, LEASE, NOW)
    await store.settle([Settlement(task=task, due=NOW + MINUTE, firm=True)], NOW)

    await store.ask(PROPAGATE, "shop", [order], NOW)
    assert await taken(store, urgent=False) == []

    await stop(store, order)
    assert await taken(store, urgent=True) == [order]


async def test_a_firm_wait_holds_against_what_was_asked_during_its_lease(store: AnyStore) -> None:
    order = await place_order(store, own("1"), due=("shop",))
    (task,) = await store.claim(PROPAGATE, ["shop"], 1, LEASE, NOW)
    await store.ask(PROPAGATE, "shop", [order], NOW)
    await store.settle([Settlement(task=task, due=NOW + MINUTE, firm=True)], NOW)

    assert await taken(store, urgent=False, now=NOW + MINUTE - SECOND) == []
    assert await taken(store, urgent=False, now=NOW + MINUTE) == [order]


async def test_what_became_urgent_during_a_lease_is_due_after_it(store: AnyStore) -> None:
    order = await place_order(store, own("1"), due=("shop",))
    (task,) = await store.claim(PROPAGATE, ["shop"], 1, LEASE, NOW)
    await stop(store, order)
    await store.settle([Settlement(task=task, due=NOW + MINUTE, firm=True)], NOW)

    assert await taken(store, urgent=True) == [order]


async def test_a_lease_that_ran_out_is_taken_over_and_says_so(store: AnyStore) -> None:
    await place_order(store, own("1"), due=("shop",))
    (first,) = await store.claim(PROPAGATE, ["shop"], 1, LEASE, NOW)
    (second,) = await store.claim(PROPAGATE, ["shop"], 1, LEASE, NOW + LEASE)

    assert (first.taken_over, second.taken_over) == (False, True)


async def test_a_wait_that_is_no_failure_keeps_the_count(store: AnyStore) -> None:
    await place_order(store, own("1"), due=("shop",))
    counts = []
    for failed, firm in ((True, False), (False, True), (True, True), (False, False)):
        (task,) = await store.claim(PROPAGATE, ["shop"], 1, LEASE, NOW)
        counts.append(task.failures)
        await store.settle([Settlement(task=task, due=NOW, failed=failed, firm=firm)], NOW)
    (task,) = await store.claim(PROPAGATE, ["shop"], 1, LEASE, NOW)

    assert [*counts, task.failures] == [0, 1, 1, 2, 0]


async def plan_of(connection: Connection, name: str) -> list[dict[str, Any]]:
    """Return every step of what the server does for a claim."""
    asked = statement(name)
    explained = Statement(b"EXPLAIN (ANALYZE, FORMAT JSON) " + asked.text, asked.names)
    given = {
        "kind": "propagate",
        "systems": ["shop"],
        "limit": 10,
        "now": NOW,
        "leased_until": NOW + LEASE,
    }
    (found,) = await connection.scalar(explained, given)
    return steps(found["Plan"])


def steps(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(step for each in plan.get("Plans", []) for step in steps(each))]


async def test_behind_a_hundred_thousand_orders_a_claim_reads_a_handful_of_rows(
    database: str,
) -> None:
    async with postgres_store(database), connections(database) as pool:
        async with pool.single() as connection:
            await connection.execute(QUEUE, {"now": NOW, "queued": QUEUED})
            await connection.execute(prepared("ANALYZE task"))
        for name, index in (
            ("claim_urgent_tasks", "task_urgent"),
            ("claim_tasks", "task_to_claim"),
        ):
            async with pool.single() as connection:
                done = await plan_of(connection, name)

            on_task = [step for step in done if step.get("Relation Name") == "task"]
            assert index in {step.get("Index Name") for step in on_task}
            assert "Seq Scan" not in {step["Node Type"] for step in on_task}
            assert max(step["Actual Rows"] * step["Actual Loops"] for step in on_task) <= 10


async def test_the_first_of_a_hundred_thousand_to_be_taken_is_what_is_urgent(
    database: str,
) -> None:
    async with postgres_store(database) as store:
        async with connections(database) as pool, pool.single() as connection:
            await connection.execute(QUEUE, {"now": NOW - MINUTE, "queued": QUEUED})
        order = await place_order(store, own("9"))
        await store.ask(PROPAGATE, "shop", [order], NOW)
        await write(
            store,
            Change(order=None, matrix=matrix(own("8")), due=("shop",), urgent=frozenset({"shop"})),
        )

        assert len(await taken(store, urgent=True)) == 3
        (line,) = [each for each in await store.links(NOW) if each.system == "shop"]
        assert (line.urgent, line.waiting, line.oldest) == (3, QUEUED, NOW - MINUTE)
