"""The least that deciding can cost: decode a status, look it up in a table, upsert a row."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import msgspec
import psycopg
from msgspec import Struct

BATCH = 500
# As the worker does, so does this: one batch is read while another is written.
SIDE_BY_SIDE = 2
BARE_TABLE = """
CREATE TABLE bare_order (
    system text, number text, word text, state text, PRIMARY KEY (system, number)
)
"""
_CLAIM = """
SELECT id, system, body FROM envelope WHERE standing = 'waiting' AND waits_scope IS NULL
 ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
"""
_UPSERT = """
INSERT INTO bare_order (system, number, word, state)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[])
 ORDER BY 1, 2
    ON CONFLICT (system, number) DO UPDATE SET word = excluded.word, state = excluded.state
"""
_DONE = "UPDATE envelope SET standing = 'applied' WHERE id = ANY(%s)"
_STATES = {"pending": "pending", "paid": "paid", "A": "on_hold", "label_purchased": "packed"}


class _Shipment(Struct):
    shipment_number: str
    shipment_status: str


class _Status(Struct):
    """Whatever a body of the three systems names an order and its status by."""

    id: int | str = 0
    financial_status: str = ""
    status: str = ""
    shipment: _Shipment | None = None

    def told(self) -> tuple[str, str]:
        """Return the number and the word."""
        if self.shipment is not None:
            return self.shipment.shipment_number, self.shipment.shipment_status
        return str(self.id), self.financial_status or self.status


@asynccontextmanager
async def bare_turn(url: str) -> AsyncIterator[Callable[[], Awaitable[int]]]:
    """Yield a step that settles one batch and returns how many there were."""
    async with AsyncExitStack() as connections:
        free: list[psycopg.AsyncConnection[Any]] = []
        for _ in range(SIDE_BY_SIDE):
            opened = await psycopg.AsyncConnection.connect(url)
            free.append(await connections.enter_async_context(opened))

        async def turn() -> int:
            connection = free.pop()
            try:
                async with connection.transaction():
                    return await _settle(connection)
            finally:
                free.append(connection)

        yield turn


async def _settle(connection: psycopg.AsyncConnection[Any]) -> int:
    cursor = await connection.execute(_CLAIM, [BATCH], binary=True)
    rows = await cursor.fetchall()
    latest: dict[tuple[str, str], str] = {}
    for _, system, body in rows:
        number, word = msgspec.json.decode(body, type=_Status).told()
        latest[system, number] = word
    words = list(latest.values())
    columns = [[s for s, _ in latest], [n for _, n in latest], words]
    states = [_STATES[word] for word in words]
    await connection.execute(_UPSERT, [*columns, states])
    await connection.execute(_DONE, [[row[0] for row in rows]])
    return len(rows)
