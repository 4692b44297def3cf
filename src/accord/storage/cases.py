"""What needs a person, in PostgreSQL: opened and closed in the transaction of its cause."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from accord.domain.case import OF_FACTS, OF_WORK, Case, CaseKind
from accord.domain.matrix import Matrix
from accord.engine.case_desk import CaseFile, Sought
from accord.engine.desk import Deed
from accord.engine.ports import Change, Settlement, TaskKind
from accord.storage import orders, tasks
from accord.storage.connections import Connection, Connections, Row
from accord.storage.facts import names_meant, wanted_by_change
from accord.storage.numbers import count_agreed
from accord.storage.statement import order_number, statement, storable

# The key of these tasks is an order.
OF_ORDERS = frozenset({TaskKind.PROPAGATE, TaskKind.NOTIFY})
# What comes about again within this time is the same case as before.
SAME_WITHIN = timedelta(days=1)


class Found(Struct, frozen=True):
    """The cases of one order; with a ``system``, those there. ``whole``: there are no others."""

    order: int
    cases: tuple[Case, ...]
    system: str = ""
    whole: bool = True


async def of_facts(
    connection: Connection, placed: Iterable[tuple[Change, int]], now: datetime
) -> None:
    """Store the cases that follow from the facts of orders in our hand."""
    found = [Found(number, change.cases) for change, number in placed]
    await _write(connection, found, OF_FACTS, now)


async def of_work(connection: Connection, settlements: Iterable[Settlement], now: datetime) -> None:
    """Store the cases that follow from how work ended; its lease was still the newest."""
    await _write(connection, list(found_in(settlements)), OF_WORK, now)


def found_in(settlements: Iterable[Settlement]) -> Iterator[Found]:
    """Yield the cases that follow from how work at mirrors ended."""
    for one in settlements:
        if one.task.kind in OF_ORDERS and (one.cases or one.cleared):
            number = order_number(one.task.key)
            yield Found(number, one.cases, one.task.system, one.cleared)


async def of_repairs(
    connection: Connection, found: Iterable[tuple[int, Case]], now: datetime
) -> None:
    """Store the cases of repairs that are held, for orders in our hand."""
    given = [Found(number, (case,), case.system, whole=False) for number, case in found]
    await _write(connection, given, OF_WORK, now)


async def _write(
    connection: Connection, found: Sequence[Found], kinds: frozenset[CaseKind], now: datetime
) -> None:
    if not found:
        return
    whole = [one for one in found if one.whole]
    given = [(one.order, case) for one in found for case in one.cases]
    await connection.execute(
        statement("write_cases"),
        {
            "scope_orders": [one.order for one in whole],
            "scope_systems": [one.system for one in whole],
            "kinds": sorted(kinds),
            "orders": [order for order, _ in given],
            "case_kinds": [case.kind.value for _, case in given],
            "systems": [case.system for _, case in given],
            "subjects": [storable(case.subject) for _, case in given],
            "whats": [storable(case.what) for _, case in given],
            "afters": [case.after for _, case in given],
            "now": now,
            "lately": now - SAME_WITHIN,
        },
    )


class PostgresCases:
    """A ``CaseDesk``."""

    def __init__(self, database: Connections) -> None:
        """Speak through ``database``."""
        self._database = database

    async def cases(self, sought: Sought, now: datetime, limit: int) -> Sequence[CaseFile]:
        """Return cases that count at ``now``: open ones worst first, closed ones latest first."""
        given = {"kinds": [kind.value for kind in CaseKind], "limit": limit}
        rows = await self._ask("list_cases", **given, **_sought(sought, now))
        return [_file(row) for row in rows]

    async def count_cases(self, sought: Sought, now: datetime) -> int:
        """Return how many cases are meant."""
        ((count,),) = await self._ask("count_cases", **_sought(sought, now))
        return int(count)

    async def case(self, number: int) -> CaseFile | None:
        """Return one case, open or closed."""
        rows = await self._ask("read_case", id=number)
        return _file(rows[0]) if rows else None

    async def close(self, number: int, deed: Deed) -> bool:
        """Close an open case for the deed's reason; return False if it is not open."""
        return bool(await self._ask("close_case", id=number, **_by(deed)))

    async def rule(self, number: int, change: Callable[[Matrix], Change], deed: Deed) -> bool:
        """Change the order of an open case, close it, and put down what follows, all at once."""
        file = await self.case(number)
        if file is None:
            return False
        async with self._database.begin() as connection:
            await orders.lock(connection, [file.order])
            given = {"id": number, **_by(deed)}
            if (await connection.execute(statement("close_case"), given)).first() is None:
                return False
            held = (await orders.load(connection, [file.order]))[file.order]
            made = change(held)
            await orders.update(connection, {file.order: made.matrix}, deed.at)
            await of_facts(connection, [(made, order_number(file.order))], deed.at)
            await count_agreed(connection, [made], deed.at)
            await tasks.ask(connection, [*wanted_by_change(file.order, made, deed.at)])
        return True

    async def _ask(self, name: str, **given: object) -> Sequence[Row]:
        async with self._database.single() as connection:
            return await connection.execute(statement(name), given)


def _by(deed: Deed) -> dict[str, object]:
    who, why = storable(deed.who), storable(deed.why)
    return {"what": deed.what, "who": who, "why": why, "at": deed.at}


def _sought(sought: Sought, now: datetime) -> dict[str, object]:
    return {
        "closed": sought.closed,
        "now": now,
        "kind": sought.kind.value if sought.kind else "",
        "system": storable(sought.system),
        "has_order": bool(sought.order),
        "names": [storable(name) for name in names_meant(sought.order)],
    }


def _file(row: Row) -> CaseFile:
    told = row._asdict()
    order, number, kind = str(told.pop("order_id")), told.pop("number") or "", told.pop("kind")
    return CaseFile(order=order, number=number, kind=CaseKind(kind), **told)
