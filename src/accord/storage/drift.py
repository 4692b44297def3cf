"""The comparison of all orders in PostgreSQL: whole sets in one statement each."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import json

from accord.domain.drift import Drift, DriftClass, DriftPattern, Unread
from accord.domain.matrix import Matrix
from accord.domain.past import Past, Said
from accord.domain.tracks import Track
from accord.engine.drift_ledger import Cause, DriftFile, DriftSought, OrderFacts, Shape
from accord.storage.connections import Connection, Connections, Row
from accord.storage.facts import names_meant
from accord.storage.reading import told_of
from accord.storage.statement import order_number, statement, storable, to_json


class PostgresDrift:
    """A ``DriftLedger``."""

    def __init__(self, database: Connections) -> None:
        """Speak through ``database``."""
        self._database = database

    async def shapes(self) -> Sequence[Shape]:
        """Return every shape that any order has, by its digest."""
        return [
            Shape(
                digest=row.shape,
                orders=row.orders,
                order=str(row.id),
                matrix=json.decode(row.matrix, type=Matrix),
            )
            for row in await self._ask("list_shapes")
        ]

    async def of_shapes(
        self, shapes: Collection[bytes], begun_before: datetime | None = None
    ) -> Sequence[str]:
        """Return the orders of some shapes; with a time those in which anything is so old."""
        given = {"shapes": [*shapes], "begun_before": begun_before}
        return [str(row.id) for row in await self._ask("list_orders_of_shapes", **given)]

    async def restless(
        self, systems: Collection[str], since: datetime, changes: int
    ) -> Sequence[str]:
        """Return the orders of which a system changed one cell so often since then."""
        given = {"systems": [*systems], "since": since, "changes": changes}
        return [str(row.order_id) for row in await self._ask("list_restless_orders", **given)]

    async def unread(self) -> Mapping[str, Sequence[Unread]]:
        """Return the words in no table that wait in quarantine, by their order."""
        found: dict[str, list[Unread]] = {}
        for row in await self._ask("list_unread_words"):
            unread = Unread(row.system, row.kind, row.word, row.envelope, row.since)
            found.setdefault(str(row.order_id), []).append(unread)
        return found

    async def facts(self, orders: Collection[str], lately: datetime) -> Sequence[OrderFacts]:
        """Return what there is on some orders; what was asked since ``lately`` is under way."""
        numbers = [order_number(order) for order in orders]
        async with self._database.single() as connection:
            given = {"orders": numbers, "lately": lately}
            rows = await connection.execute(statement("load_order_facts"), given)
            pasts = await _pasts(connection, numbers)
        return [
            OrderFacts(
                order=str(row.id),
                matrix=json.decode(row.matrix, type=Matrix),
                told_at=row.updated_at,
                under_way=frozenset(row.under_way),
                past=Past(tuple(pasts.get(row.id, ()))),
            )
            for row in rows
        ]

    async def note(self, found: Sequence[tuple[str, Drift]], now: datetime) -> None:
        """Keep what was found: as new, or as seen again."""
        if found:
            await self._do("note_drifts", **_columns(found), now=now)

    async def finish(self, systemic: Collection[str], now: datetime) -> int:
        """End a comparison: class causes as systemic, clear what was not seen; return how many."""
        async with self._database.begin() as connection:
            given = {"causes": [storable(cause) for cause in systemic]}
            await connection.execute(statement("class_drifts"), given)
            return len(await connection.execute(statement("clear_drifts"), {"now": now}))

    async def drifting(self) -> Mapping[str, int]:
        """Return by system how many orders are out of step and had their time."""
        return {row.system: row.orders for row in await self._ask("count_drifting")}

    async def causes(self, sought: DriftSought) -> Sequence[Cause]:
        """Return open drifts by cause, those of most orders first."""
        rows = await self._ask("list_causes", **_sought(sought))
        return [
            Cause(
                pattern=DriftPattern(told.pop("pattern")),
                standing=DriftClass(told.pop("class")),
                **told,
            )
            for told in (row._asdict() for row in rows)
        ]

    async def list_drifts(self, sought: DriftSought, limit: int) -> Sequence[DriftFile]:
        """Return drifts: open ones costliest first, cleared ones latest first."""
        rows = await self._ask("list_drifts", **_sought(sought), limit=limit)
        return [_file(row) for row in rows]

    async def read_drift(self, number: int) -> DriftFile | None:
        """Return one drift, open or cleared."""
        rows = await self._ask("read_drift", id=number)
        return _file(rows[0]) if rows else None

    async def _ask(self, name: str, **given: object) -> Sequence[Row]:
        async with self._database.single() as connection:
            return await connection.execute(statement(name), given)

    async def _do(self, name: str, **given: object) -> None:
        async with self._database.single() as connection:
            await connection.execute(statement(name), given)


async def _pasts(connection: Connection, orders: list[int]) -> dict[int, list[Said]]:
    found: dict[int, list[Said]] = {}
    for row in await connection.execute(statement("list_histories"), {"orders": orders}):
        told = told_of(row)
        found.setdefault(row.order_id, []).append(Said(told.cell, told.decided_at))
    return found


def _columns(found: Sequence[tuple[str, Drift]]) -> dict[str, list[Any]]:
    drifts = [one for _, one in found]
    return {
        "orders": [order_number(order) for order, _ in found],
        "patterns": [one.pattern.value for one in drifts],
        "systems": [one.system for one in drifts],
        "subjects": [storable(one.subject) for one in drifts],
        "tracks": [one.track.value for one in drifts],
        "whats": [storable(one.what) for one in drifts],
        "causes": [storable(one.cause) for one in drifts],
        "classes": [one.standing.value for one in drifts],
        "evidences": [to_json(one.evidence) for one in drifts],
        "sinces": [one.since for one in drifts],
        "deadlines": [one.deadline for one in drifts],
    }


def _sought(sought: DriftSought) -> dict[str, object]:
    return {
        "cleared": sought.cleared,
        "pattern": sought.pattern.value if sought.pattern else "",
        "system": storable(sought.system),
        "standing": sought.standing.value if sought.standing else "",
        "cause": storable(sought.cause),
        "has_order": bool(sought.order),
        "names": [storable(name) for name in names_meant(sought.order)],
        "patterns": [pattern.value for pattern in DriftPattern],
    }


def _file(row: Row) -> DriftFile:
    told = row._asdict()
    drift = Drift(
        pattern=DriftPattern(told["pattern"]),
        system=told["system"],
        track=Track(told["track"]),
        subject=told["subject"],
        what=told["what"],
        cause=told["cause"],
        since=told["since"],
        deadline=told["deadline"],
        evidence=tuple(told["evidence"]),
        standing=DriftClass(told["class"]),
    )
    return DriftFile(
        id=told["id"],
        order=str(told["order_id"]),
        number=told["number"] or "",
        drift=drift,
        found_at=told["found_at"],
        seen_at=told["seen_at"],
        times=told["times"],
        cleared_at=told["cleared_at"],
    )
