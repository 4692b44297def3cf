"""Keeping what was received in PostgreSQL."""

from collections.abc import Mapping, Sequence

from accord.engine.envelope import Envelope, Incoming, Origin, Standing
from accord.storage.connections import Connection, Row
from accord.storage.statement import all_storable, statement, storable, to_json


async def keep(connection: Connection, incoming: Sequence[Incoming]) -> int:
    """Keep what is new, count what is not; return how many were new."""
    first: dict[tuple[str, bytes], Incoming] = {}
    copies: dict[tuple[str, bytes], int] = {}
    for one in incoming:
        key = (one.system, one.identity)
        first.setdefault(key, one)
        copies[key] = copies.get(key, -1) + 1
    if not first:
        return 0
    places = {key: place for place, key in enumerate(first, 1)}
    first = dict(sorted(first.items()))
    rows = await connection.execute(
        statement("keep_envelopes"),
        {
            "places": [places[key] for key in first],
            "systems": all_storable([one.system for one in first.values()]),
            "topics": all_storable([one.topic for one in first.values()]),
            "origins": [one.origin.value for one in first.values()],
            "identities": [one.identity for one in first.values()],
            "bodies": [one.body for one in first.values()],
            "headers": [to_json(one.headers) for one in first.values()],
            "received": [one.received_at for one in first.values()],
            "copies": [copies[key] for key in first],
        },
    )
    return sum(row.is_new for row in rows)


async def claim(connection: Connection, limit: int, beyond: int) -> list[Envelope]:
    """Lock and return the oldest waiting envelopes after ``beyond`` that nobody has in hand."""
    given = {"limit": limit, "beyond": beyond}
    rows = await connection.execute(statement("claim_envelopes"), given)
    return [envelope_of(row) for row in rows]


async def claim_suspect(connection: Connection) -> list[Envelope]:
    """Lock and return the oldest envelope over which somebody died or failed, if there is one."""
    return [envelope_of(row) for row in await connection.execute(statement("claim_suspect"))]


def envelope_of(row: Row) -> Envelope:
    """Return a row as a sitting sees it."""
    return Envelope(
        id=row.id,
        system=row.system,
        topic=row.topic,
        origin=Origin(row.origin),
        body=row.body,
        headers=row.headers,
        received_at=row.received_at,
        tries=row.tries,
    )


async def bookmark(connection: Connection, system: str) -> str | None:
    """Return where the change feed of ``system`` was left."""
    found: str | None = await connection.scalar(statement("read_bookmark"), {"system": system})
    return found


async def move_bookmark(connection: Connection, system: str, position: str) -> None:
    """Leave the change feed of ``system`` at ``position``."""
    await connection.execute(
        statement("move_bookmark"), {"system": system, "position": storable(position)}
    )


async def balance(connection: Connection) -> Mapping[str, Mapping[Standing, int]]:
    """Return for each system how many envelopes stand where."""
    table: dict[str, dict[Standing, int]] = {}
    for row in await connection.execute(statement("balance_envelopes")):
        table.setdefault(row.system, {})[Standing(row.standing)] = row.envelopes
    return table
