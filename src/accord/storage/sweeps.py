"""Sweeps in PostgreSQL: how far each has come, and what it found."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import json

from accord.domain.matrix import Matrix
from accord.domain.report import Ref
from accord.engine.envelope import Incoming
from accord.engine.sweep_book import Counts, Occasion, Phase, Sampled, Sweep
from accord.storage import envelopes, orders
from accord.storage.connections import Connections, Row
from accord.storage.statement import order_number, statement, storable

PHASES = [phase.value for phase in Phase]
COUNTS = Counts.__struct_fields__


class PostgresSweeps:
    """A ``SweepBook``."""

    def __init__(self, database: Connections) -> None:
        """Speak through ``database``."""
        self._database = database

    async def open(self, system: str) -> Sweep | None:
        """Return the sweep of ``system`` that has not ended."""
        async with self._database.single() as connection:
            row = (await connection.execute(statement("open_sweep"), {"system": system})).first()
        return None if row is None else _sweep(row)

    async def begin(self, sweep: Sweep) -> Sweep:
        """Begin a sweep; while another of the same system has not ended, return that one."""
        given = _given(sweep)
        while True:
            async with self._database.begin() as connection:
                await connection.execute(statement("begin_sweep"), given)
                under_way = {"system": sweep.system}
                row = (await connection.execute(statement("open_sweep"), under_way)).first()
            if row is not None:  # or it ended in between
                return _sweep(row)

    async def note(self, sweep: Sweep, incoming: Sequence[Incoming] = ()) -> Sweep | None:
        """Keep what was found and how far the sweep has come, in one commit."""
        async with self._database.begin() as connection:
            fresh = await envelopes.keep(connection, incoming)
            given = {**_given(sweep), "fresh": fresh, "phases": PHASES}
            row = (await connection.execute(statement("note_sweep"), given)).first()
        return None if row is None else _sweep(row)

    async def sweeps(self, system: str, limit: int) -> Sequence[Sweep]:
        """Return sweeps of one system, or of all, newest first."""
        given = {"system": system, "limit": limit}
        async with self._database.single() as connection:
            return [
                _sweep(row) for row in await connection.execute(statement("list_sweeps"), given)
            ]

    async def is_read(self, system: str, until: datetime) -> bool:
        """Return whether all that was kept of ``system`` up to a moment and can be read is."""
        given = {"system": system, "until": until}
        async with self._database.single() as connection:
            return bool(await connection.scalar(statement("is_all_read"), given))

    async def sample(self, system: str, limit: int) -> Sequence[Sampled]:
        """Return the newest orders that ``system`` knows."""
        given = {"system": system, "limit": limit}
        async with self._database.single() as connection:
            rows = await connection.execute(statement("sample_orders"), given)
            return [
                Sampled(
                    order=str(row.id),
                    matrix=json.decode(row.matrix, type=Matrix),
                    updated_at=row.updated_at,
                    asked_at=row.asked_at,
                )
                for row in rows
            ]

    async def sampled(self, system: str, orders_: Collection[str], now: datetime) -> None:
        """Note that these orders are read again."""
        given = {"system": system, "orders": [order_number(one) for one in orders_], "now": now}
        async with self._database.single() as connection:
            await connection.execute(statement("note_sampled"), given)

    async def named(self, refs: Collection[Ref]) -> Mapping[Ref, str]:
        """Return which of ``refs`` name one order; nothing is locked."""
        async with self._database.single() as connection:
            return await orders.find(connection, refs)


def _given(sweep: Sweep) -> dict[str, Any]:
    counts = sweep.counts
    return {
        "id": sweep.id,
        "system": sweep.system,
        "occasion": sweep.occasion.value,
        "since": sweep.since,
        "until": sweep.until,
        "place": sweep.place,
        "step": sweep.step,
        "phase": sweep.phase.value,
        "phase_since": sweep.phase_since,
        "started_at": sweep.started_at,
        "ended_at": sweep.ended_at,
        "trouble": storable(sweep.trouble),
        **{name: getattr(counts, name) for name in COUNTS},
    }


def _sweep(row: Row) -> Sweep:
    told = row._asdict()
    counts = Counts(**{name: told.pop(name) for name in COUNTS})
    occasion, phase = Occasion(told.pop("occasion")), Phase(told.pop("phase"))
    return Sweep(occasion=occasion, phase=phase, counts=counts, **told)
