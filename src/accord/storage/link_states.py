"""What all processes know of each link, in PostgreSQL."""

from collections.abc import Callable
from datetime import datetime

from msgspec import json

from accord.domain.allowance import Allowance
from accord.domain.breaker import Breaker
from accord.domain.link_state import LinkState
from accord.storage.connections import Connection, Row
from accord.storage.overview import LinkLine
from accord.storage.statement import statement, to_json


async def read(connection: Connection, system: str) -> LinkState:
    """Return what is known of one link; of a new one, nothing yet."""
    row = (await connection.execute(statement("read_link_state"), {"system": system})).first()
    return LinkState() if row is None else _state(row)


async def reckon(
    connection: Connection, system: str, change: Callable[[LinkState], LinkState]
) -> tuple[LinkState, LinkState]:
    """Change what is known of one link while nobody else can; return it before and after."""
    await connection.execute(statement("make_link_state"), {"system": system})
    row = (await connection.execute(statement("lock_link_state"), {"system": system})).one()
    before = _state(row)
    after = change(before)
    if after != before:
        await connection.execute(statement("change_link_state"), _given(system, after))
    return before, after


async def lines(connection: Connection, now: datetime) -> list[LinkLine]:
    """Return every link with the work that waits for it."""
    rows = await connection.execute(statement("list_links"), {"now": now})
    return [
        LinkLine(
            system=row.system,
            state=_state(row),
            waiting=row.waiting,
            urgent=row.urgent,
            dead=row.dead,
            oldest=row.oldest,
        )
        for row in rows
    ]


def _state(row: Row) -> LinkState:
    limit = row.allowance
    return LinkState(
        breaker=Breaker() if row.breaker is None else json.decode(row.breaker, type=Breaker),
        not_before=row.not_before,
        allowance=None if limit is None else json.decode(limit, type=Allowance),
    )


def _given(system: str, state: LinkState) -> dict[str, object]:
    return {
        "system": system,
        "breaker": to_json(state.breaker),
        "not_before": state.not_before,
        "allowance": None if state.allowance is None else to_json(state.allowance),
    }
