"""Orders in PostgreSQL: their facts, their names, their history, what was tried on them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import repeat
from typing import Any

from msgspec import json

from accord.domain.action import action_name
from accord.domain.matrix import Cell, Condition, Matrix
from accord.domain.report import Ref
from accord.domain.shape import begun_at, remember, shape
from accord.engine.ports import Attempt, LinkTakenError
from accord.storage.connections import Connection
from accord.storage.facts import merged, without_address
from accord.storage.statement import all_storable, order_number, statement, storable, to_json

# A change of a cell and the order it belongs to.
Told = tuple[int, Cell]
# A name and the order it leads to.
Name = tuple[Ref, int]

_ADD_HISTORY = """
COPY history (order_id, system, track, subject, kind, word, state, said_at, happened_at, evidence,
              decided_at)
FROM STDIN (FORMAT BINARY)
"""
_decode = json.Decoder(Matrix).decode
_HISTORY_TYPES = ("int8", *("text",) * 6, "timestamptz", "timestamptz", "text", "timestamptz")


async def find(connection: Connection, refs: Collection[Ref]) -> dict[Ref, str]:
    """Return which of ``refs`` lead to an order."""
    asked = {(storable(ref.scope), storable(ref.value)): ref for ref in refs}
    rows = await connection.execute(
        statement("find_orders"),
        {"scopes": [scope for scope, _ in asked], "values": [value for _, value in asked]},
    )
    return {asked[row.scope, row.value]: str(row.order_id) for row in rows}


async def lock(connection: Connection, orders: Collection[str]) -> None:
    """Take orders in hand until the transaction ends."""
    await connection.execute(statement("lock_orders"), {"orders": _numbers(orders)})


async def take(connection: Connection, orders: Collection[str]) -> dict[str, Matrix]:
    """Take orders in hand until the transaction ends; return their facts."""
    return await _facts(connection, "take_orders", orders)


async def load(connection: Connection, orders: Collection[str]) -> dict[str, Matrix]:
    """Return the facts of those of ``orders`` that exist."""
    return await _facts(connection, "load_matrices", orders)


async def _facts(connection: Connection, how: str, orders: Collection[str]) -> dict[str, Matrix]:
    rows = await connection.execute(statement(how), {"orders": _numbers(orders)})
    return {str(id_): remember(_decode(matrix), found) for id_, matrix, found in rows}


async def create(connection: Connection, matrices: Sequence[Matrix], now: datetime) -> list[int]:
    """Make an order of each of ``matrices``; return their numbers."""
    if not matrices:
        return []
    given = {**_written(matrices), "now": now}
    return list(await connection.scalars(statement("create_orders"), given))


async def update(
    connection: Connection, matrices: Mapping[str, Matrix], now: datetime | None
) -> None:
    """Replace the facts of orders in our hand; without ``now`` they do not count as told anew."""
    if not matrices:
        return
    numbers = [order_number(order) for order in matrices]
    given = {"orders": numbers, **_written(matrices.values()), "now": now}
    await connection.execute(statement("update_orders"), given)


def _written(matrices: Collection[Matrix]) -> dict[str, list[Any]]:
    return {
        "matrices": [to_json(matrix) for matrix in matrices],
        "shapes": [shape(matrix) for matrix in matrices],
        "begun": [begun_at(matrix) for matrix in matrices],
    }


async def name(connection: Connection, names: Sequence[Name]) -> None:
    """Give orders their names and let envelopes that waited for them be read again.

    Raises ``LinkTakenError`` when a name leads to another order.
    """
    if not names:
        return
    given = {
        "scopes": all_storable([ref.scope for ref, _ in names]),
        "values": all_storable([ref.value for ref, _ in names]),
        "orders": [order for _, order in names],
    }
    fresh = await connection.execute(statement("link_orders"), given)
    if len(fresh) < len(names):
        taken = (await connection.execute(statement("find_taken_link"), given)).first()
        if taken is not None:
            raise LinkTakenError(Ref(taken.scope, taken.value))
    if fresh:
        woken = {"scopes": [row.scope for row in fresh], "values": [row.value for row in fresh]}
        await connection.execute(statement("wake_envelopes"), woken)


async def link(connection: Connection, order: str, matrix: Matrix, only_if: Condition) -> bool:
    """Merge particulars and names learned outside an envelope into one order.

    Returns False, and changes nothing, where ``only_if`` does not hold of it while it is locked.
    """
    await lock(connection, [order])
    held = (await load(connection, [order])).get(order)
    if held is None:
        message = f"there is no order {order} to link anything to"
        raise LookupError(message)
    if not only_if(held):
        return False
    after = merged(held, matrix)
    await update(connection, {order: after}, None)
    fresh = sorted(set(after.refs) - set(held.refs))
    if fresh:
        await connection.execute(statement("await_parking"))
        await name(connection, [(ref, order_number(order)) for ref in fresh])
    return True


async def add_history(connection: Connection, told: Sequence[Told], now: datetime) -> None:
    """Add changed cells to the history; by COPY, since no table gets as many rows."""
    if not told:
        return
    async with connection.driver.cursor() as cursor, cursor.copy(_ADD_HISTORY) as copy:
        copy.set_types(_HISTORY_TYPES)
        for row in zip(*_columns(told), repeat(now), strict=False):
            await copy.write_row(row)


def _columns(told: Sequence[Told]) -> tuple[Sequence[object], ...]:
    cells = [cell for _, cell in told]
    return (
        [order for order, _ in told],
        [cell.system for cell in cells],
        [cell.track.value for cell in cells],
        all_storable([str(cell.subject) for cell in cells]),
        all_storable([cell.kind for cell in cells]),
        all_storable([cell.word for cell in cells]),
        [cell.state.value for cell in cells],
        [cell.said_at for cell in cells],
        [cell.happened_at for cell in cells],
        all_storable([cell.evidence for cell in cells]),
    )


async def record(connection: Connection, attempts: Sequence[Attempt]) -> None:
    """Keep what was tried, and merge what is known by it into the facts of the orders."""
    if not attempts:
        return
    await lock(connection, {attempt.order for attempt in attempts})
    made = [attempt for attempt in attempts if attempt.made is not None]
    if made:
        matrices = await load(connection, {attempt.order for attempt in made})
        for attempt in made:
            if attempt.made is not None and attempt.order in matrices:
                known = Matrix(known={attempt.made.key: attempt.made})
                matrices[attempt.order] = merged(matrices[attempt.order], known)
        await update(connection, matrices, None)
    await connection.execute(
        statement("record_attempts"),
        {
            "orders": [order_number(attempt.order) for attempt in attempts],
            "systems": [attempt.system for attempt in attempts],
            "action_kinds": [action_name(type(attempt.action)) for attempt in attempts],
            "outcome_kinds": [action_name(type(attempt.outcome)) for attempt in attempts],
            "actions": [to_json(without_address(attempt.action)) for attempt in attempts],
            "outcomes": [to_json(attempt.outcome) for attempt in attempts],
            "at": [attempt.at for attempt in attempts],
            "took": [attempt.took for attempt in attempts],
        },
    )


def _numbers(orders: Collection[str]) -> list[int]:
    return sorted({order_number(order) for order in orders})
