"""Tasks in PostgreSQL: asked for once, leased under a token, ended by whoever holds the newest."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from accord.engine.ports import Settlement, Task, TaskKind
from accord.storage.facts import Wanted
from accord.storage.statement import statement, storable


async def ask(connection: AsyncConnection, wanted: Iterable[Wanted]) -> None:
    """Put work down; of two wishes for one task the earlier counts."""
    earliest: dict[tuple[str, str, str], datetime] = {}
    for one in wanted:
        name = (one.kind.value, one.system, storable(one.key))
        earliest[name] = min(one.due, earliest.get(name, one.due))
    if not earliest:
        return
    await connection.execute(
        statement("ask_tasks"),
        {
            "kinds": [kind for kind, _, _ in earliest],
            "systems": [system for _, system, _ in earliest],
            "keys": [key for _, _, key in earliest],
            "dues": list(earliest.values()),
        },
    )


async def claim(
    connection: AsyncConnection,
    kind: TaskKind,
    systems: Collection[str],
    *,
    limit: int,
    lease: timedelta,
    now: datetime,
) -> list[Task]:
    """Lease up to ``limit`` due tasks until ``now`` plus ``lease``."""
    rows = await connection.execute(
        statement("claim_tasks"),
        {
            "kind": kind.value,
            "systems": sorted(set(systems)),
            "limit": limit,
            "now": now,
            "leased_until": now + lease,
        },
    )
    return [
        Task(kind=kind, system=row.system, key=row.key, token=row.token, failures=row.failures)
        for row in rows
    ]


async def settle(
    connection: AsyncConnection, settlements: Sequence[Settlement], now: datetime
) -> list[Task]:
    """End leases; return the tasks whose lease was no longer the newest."""
    if not settlements:
        return []
    tasks = [settlement.task for settlement in settlements]
    rows = await connection.execute(
        statement("lock_leased_tasks"), {**_names(tasks), "tokens": [task.token for task in tasks]}
    )
    held = {row.token for row in rows}
    ours = [settlement for settlement in settlements if settlement.task.token in held]
    done = [s.task for s in ours if s.due is None and not s.dead]
    if done:
        await connection.execute(statement("delete_done_tasks"), _names(done))
    if ours:
        await connection.execute(statement("put_back_tasks"), {**_endings(ours), "now": now})
    return [task for task in tasks if task.token not in held]


async def due(connection: AsyncConnection, now: datetime) -> frozenset[tuple[TaskKind, str]]:
    """Return what kinds of work, of which systems, can be claimed."""
    rows = await connection.execute(statement("list_due_work"), {"now": now})
    return frozenset((TaskKind(row.kind), row.system) for row in rows)


def _names(tasks: Sequence[Task]) -> dict[str, list[str]]:
    return {
        "kinds": [task.kind.value for task in tasks],
        "systems": [task.system for task in tasks],
        "keys": [task.key for task in tasks],
    }


def _endings(settlements: Sequence[Settlement]) -> dict[str, object]:
    return {
        **_names([settlement.task for settlement in settlements]),
        "dues": [settlement.due for settlement in settlements],
        "failed": [settlement.failed for settlement in settlements],
        "dead": [settlement.dead for settlement in settlements],
        "notes": [storable(settlement.note) for settlement in settlements],
    }
