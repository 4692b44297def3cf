"""The ledger of repairs on PostgreSQL, and how repairs get into it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from msgspec import json

from accord.domain.action import Action
from accord.domain.case import Case
from accord.engine.desk import Deed, repairs_at
from accord.engine.envelope import Standing
from accord.engine.ports import Change, TaskKind
from accord.engine.repair_ledger import Look, Repair, RepairOutcome, Tally
from accord.storage import cases, orders, tasks
from accord.storage.connections import Connection, Connections, Row
from accord.storage.facts import Wanted, without_address
from accord.storage.statement import order_number, statement, storable, to_json

# An order, the mirror that is out of step, and what led to it.
Found = tuple[int, str, str]

UNEXPLAINED = "was tried before, and is tried again"


async def note(connection: Connection, found: Sequence[Found], now: datetime) -> None:
    """Put repairs into the ledger whose tasks were asked for in the same transaction."""
    if not found:
        return
    given = {
        "orders": [order for order, _, _ in found],
        "systems": [system for _, system, _ in found],
        "whys": [storable(why) for _, _, why in found],
        "now": now,
    }
    await connection.execute(statement("note_repairs"), given)


def found_in(placed: Sequence[tuple[Change, int]]) -> list[Found]:
    """Return the repairs that changes of orders led to."""
    return [
        (number, system, why) for change, number in placed for system, why in change.repairs.items()
    ]


async def ask(
    connection: Connection,
    system: str,
    orders_: Collection[str],
    *,
    why: str,
    due: datetime,
    now: datetime,
) -> None:
    """Put repairs down, but where there is work already, or it was given up."""
    await orders.lock(connection, orders_)
    given = {"orders": [order_number(order) for order in orders_], "system": system}
    rows = await connection.execute(statement("find_orders_without_work"), given)
    free = [row.order_id for row in rows]
    wanted = [Wanted(TaskKind.PROPAGATE, system, str(each), due, found_at=now) for each in free]
    await tasks.ask(connection, wanted)
    await note(connection, [(each, system, why) for each in free], now)


class PostgresRepairs:
    """A ``RepairLedger``."""

    def __init__(self, database: Connections) -> None:
        """Speak through ``database``."""
        self._database = database

    async def is_idle(self, system: str) -> bool:
        """Return whether nothing is to be repaired at ``system``, and nothing under way."""
        ((is_so,),) = await self._ask("is_nothing_to_repair", system=system)
        return bool(is_so)

    async def undecided(
        self, system: str, orders_: Collection[str], now: datetime
    ) -> Mapping[str, Repair]:
        """Return the rows of claimed repairs by order; one that has none yet gets one."""
        numbers = [order_number(order) for order in orders_]
        async with self._database.single() as connection:
            given = {"system": system, "orders": numbers}
            await connection.execute(statement("recall_repairs"), given)
            await note(connection, [(each, system, UNEXPLAINED) for each in numbers], now)
        rows = await self._ask("find_repairs", system=system, orders=numbers)
        return {str(row.order_id): _repair(row) for row in rows}

    async def let_go(self, system: str) -> Mapping[str, Repair]:
        """Return by order what was let go and is not seen to be done yet."""
        rows = await self._ask("find_repairs_let_go", system=system)
        return {str(row.order_id): _repair(row) for row in rows}

    async def waiting(self, system: str, limit: int) -> Sequence[Repair]:
        """Return repairs that are neither decided nor held, oldest first."""
        rows = await self._ask("find_waiting_repairs", system=system, limit=limit)
        return [_repair(row) for row in rows]

    async def tally(self, system: str, since: datetime) -> Tally:
        """Count what was found since a person last accepted it, and let go after ``since``."""
        rows = await self._ask(
            "count_repairs", system=system, stopped=repairs_at(system), since=since
        )
        return Tally(rows[0].every, rows[0].why, rows[0].repairs) if rows else Tally()

    async def orders_known(self, most: int) -> int:
        """Return how many orders are known, counted no further than ``most``."""
        ((count,),) = await self._ask("count_orders_up_to", most=most)
        return int(count)

    async def standings(self, look: Look) -> Mapping[tuple[str, bytes], Standing]:
        """Return what became of the envelopes of a look."""
        rows = await self._ask(
            "find_standings",
            systems=[system for system, _ in look.envelopes],
            identities=[identity for _, identity in look.envelopes],
        )
        return {(row.system, bytes(row.identity)): Standing(row.standing) for row in rows}

    async def write(self, rows: Sequence[Repair]) -> None:
        """Store what became of rows that nobody decided about until now."""
        if not rows:
            return
        await self._ask(
            "write_repairs",
            ids=[row.id for row in rows],
            outcomes=[row.outcome.value for row in rows],
            looks=[row.look and to_json(row.look) for row in rows],
            actions=[_written(row.actions) for row in rows],
            whos=[storable(row.who) for row in rows],
            reasons=[storable(row.reason) for row in rows],
            decided=[row.decided_at for row in rows],
            ended=[row.ended_at for row in rows],
        )

    async def in_hand(self, system: str) -> int:
        """Return how many were let go and are not seen to be done yet."""
        ((count,),) = await self._ask("count_repairs_in_hand", system=system)
        return int(count)

    async def is_stopped(self, system: str) -> bool:
        """Return whether no repairs may be done at ``system``, but by hand."""
        ((is_so,),) = await self._ask("is_paused", system=repairs_at(system))
        return bool(is_so)

    async def stop(self, system: str, deed: Deed) -> bool:
        """Let no repairs be done at ``system``; return False if that was so already."""
        return bool(await self._ask("pause_system", system=repairs_at(system), **_by(deed)))

    async def hold(self, rows: Sequence[Repair], cases_: Mapping[str, Case], now: datetime) -> None:
        """Put rows down as held, with a case for the order of each."""
        if not rows:
            return
        async with self._database.begin() as connection:
            await orders.lock(connection, [row.order for row in rows])
            given = {
                "ids": [row.id for row in rows],
                "actions": [_written(row.actions) for row in rows],
            }
            held = await connection.execute(statement("hold_repairs"), given)
            found = [(row.order_id, cases_[str(row.order_id)]) for row in held]
            await cases.of_repairs(connection, found, now)

    async def ask_by_hand(self, order: str, system: str, deed: Deed) -> bool:
        """Let one repair be done whatever the cap; return False if there is none to be done."""
        number = order_number(order)
        return bool(await self._ask("ask_repair_by_hand", order=number, system=system, **_by(deed)))

    async def tidy(self, system: str, now: datetime) -> int:
        """End what went on as ordinary work; return how many rows that were."""
        return len(await self._ask("tidy_repairs", system=system, now=now))

    async def rows(self, system: str, since: datetime, limit: int) -> Sequence[Repair]:
        """Return what is under way, then what ended after ``since``, latest first."""
        rows = await self._ask("list_repairs", system=system, since=since, limit=limit)
        return [_repair(row) for row in rows]

    async def _ask(self, name: str, **given: object) -> Sequence[Row]:
        async with self._database.single() as connection:
            return await connection.execute(statement(name), given)


def _by(deed: Deed) -> dict[str, object]:
    who, why = storable(deed.who), storable(deed.why)
    return {"what": deed.what, "who": who, "why": why, "at": deed.at}


def _written(actions: Sequence[Action]) -> str:
    return to_json([without_address(action) for action in actions])


def _repair(row: Row) -> Repair:
    told = row._asdict()
    look = told.pop("look")
    return Repair(
        order=str(told.pop("order_id")),
        number=told.pop("number") or "",
        outcome=RepairOutcome(told.pop("outcome")),
        look=None if look is None else json.decode(look, type=Look),
        actions=json.decode(told.pop("actions"), type=tuple[Action, ...]),
        **told,
    )
