"""Tasks in PostgreSQL: asked for once, leased under a token, ended by whoever holds the newest."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from accord.engine.desk import repairs_at
from accord.engine.ports import Doubt, Settlement, Task, TaskKind
from accord.storage.connections import Connection, Row
from accord.storage.facts import Wanted
from accord.storage.statement import statement, storable


async def ask(connection: Connection, wanted: Iterable[Wanted]) -> None:
    """Put work down; of two wishes for one task the earlier counts."""
    earliest: dict[tuple[str, str, str], datetime] = {}
    asked: dict[tuple[str, str, str], datetime] = {}
    urgent: set[tuple[str, str, str]] = set()
    ordinary: set[tuple[str, str, str]] = set()
    for one in wanted:
        name = (one.kind.value, one.system, storable(one.key))
        earliest[name] = min(one.due, earliest.get(name, one.due))
        asked[name] = min(one.asked_at, asked.get(name, one.asked_at))
        if one.urgent:
            urgent.add(name)
        if not one.repair:
            ordinary.add(name)
    if not earliest:
        return
    await connection.execute(
        statement("ask_tasks"),
        {
            "kinds": [kind for kind, _, _ in earliest],
            "systems": [system for _, system, _ in earliest],
            "keys": [key for _, _, key in earliest],
            "dues": list(earliest.values()),
            "asked": list(asked.values()),
            "urgent": [name in urgent for name in earliest],
            "repairs": [name not in ordinary for name in earliest],
        },
    )


async def claim(
    connection: Connection,
    kind: TaskKind,
    systems: Collection[str],
    *,
    limit: int,
    lease: timedelta,
    now: datetime,
    urgent: bool,
) -> list[Task]:
    """Lease up to ``limit`` due tasks of one lane until ``now`` plus ``lease``."""
    rows = await connection.execute(
        statement("claim_urgent_tasks" if urgent else "claim_tasks"),
        {
            "kind": kind.value,
            "systems": sorted(set(systems)),
            "limit": limit,
            "now": now,
            "leased_until": now + lease,
        },
    )
    return [_leased(row, kind, row.system, urgent=urgent) for row in rows]


async def claim_repairs(
    connection: Connection, system: str, *, limit: int, lease: timedelta, now: datetime
) -> list[Task]:
    """Lease up to ``limit`` due repairs until ``now`` plus ``lease``."""
    rows = await connection.execute(
        statement("claim_repairs"),
        {
            "system": system,
            "stopped": repairs_at(system),
            "limit": limit,
            "now": now,
            "leased_until": now + lease,
        },
    )
    return [_leased(row, TaskKind.PROPAGATE, system, repair=True) for row in rows]


def _leased(
    row: Row, kind: TaskKind, system: str, *, urgent: bool = False, repair: bool = False
) -> Task:
    return Task(
        kind=kind,
        system=system,
        key=row.key,
        token=row.token,
        failures=row.failures,
        urgent=urgent,
        repair=repair,
        taken_over=row.taken_over,
        doubt=None if row.doubt_until is None else Doubt(row.doubt_until, row.doubt_seen),
    )


async def settle(
    connection: Connection, settlements: Sequence[Settlement], now: datetime
) -> list[Task]:
    """End leases; return the tasks whose lease was no longer the newest."""
    if not settlements:
        return []
    rows = await connection.execute(
        statement("settle_tasks"), {**_endings(settlements), "now": now}
    )
    held = {row.token for row in rows}
    return [s.task for s in settlements if s.task.token not in held]


async def is_at_work(connection: Connection, order: str, systems: Collection[str]) -> bool:
    """Return whether work on an order at one of ``systems`` has begun and is not over."""
    given = {"key": order, "systems": sorted(systems)}
    found: bool = await connection.scalar(statement("is_at_work"), given)
    return found


async def why_paused(connection: Connection, system: str) -> str | None:
    """Return who paused ``system``, or all, and why; None if nobody did."""
    found: str | None = await connection.scalar(statement("why_paused"), {"system": system})
    return found


async def due(connection: Connection, now: datetime) -> frozenset[tuple[TaskKind, str]]:
    """Return what kinds of work, of which systems, can be claimed."""
    rows = await connection.execute(statement("list_due_work"), {"now": now})
    return frozenset((TaskKind(row.kind), row.system) for row in rows)


def _endings(settlements: Sequence[Settlement]) -> dict[str, object]:
    return {
        "kinds": [settlement.task.kind.value for settlement in settlements],
        "systems": [settlement.task.system for settlement in settlements],
        "keys": [settlement.task.key for settlement in settlements],
        "tokens": [settlement.task.token for settlement in settlements],
        "dues": [settlement.due for settlement in settlements],
        "failed": [settlement.failed for settlement in settlements],
        "dead": [settlement.dead for settlement in settlements],
        "firm": [settlement.firm for settlement in settlements],
        "urgent": [settlement.urgent for settlement in settlements],
        "was_urgent": [settlement.task.urgent for settlement in settlements],
        "repairs": [s.repair and not s.urgent for s in settlements],
        "doubt_until": [s.doubt and s.doubt.until for s in settlements],
        "doubt_seen": [s.doubt.seen if s.doubt else 0 for s in settlements],
        "notes": [storable(settlement.note) for settlement in settlements],
    }
