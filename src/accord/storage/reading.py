"""What pages and commands read, from PostgreSQL."""

from collections.abc import Sequence

from msgspec import json

from accord.domain.action import Action
from accord.domain.matrix import Cell, Matrix
from accord.domain.outcome import Outcome
from accord.domain.report import Subject, SubjectKind, order_number
from accord.domain.tracks import State, Track
from accord.engine.envelope import Origin
from accord.storage import statement as statements
from accord.storage.connections import Connection, Row
from accord.storage.overview import (
    AttemptCount,
    Counts,
    OrderFile,
    OrderLine,
    Pending,
    Told,
    Tried,
)
from accord.storage.statement import statement, storable

# Above every number an order can have, and above every character a number can begin with.
_NEWEST = 2**63 - 1
_LAST_CHARACTER = "\U0010ffff"


async def orders(
    connection: Connection, search: str, before: str | None, limit: int
) -> list[OrderLine]:
    """Return a page of orders, newest first."""
    name, number = storable(search.strip()), storable(order_number(search).value)
    given = {
        "before": _NEWEST if before is None else statements.order_number(before),
        "name": name,
        "number": number,
        "beyond": number + _LAST_CHARACTER,
        "limit": limit,
    }
    return [_line(row) for row in await connection.execute(statement("list_orders"), given)]


async def order(connection: Connection, order: str) -> OrderFile | None:
    """Return everything on one order."""
    key = {"order": statements.order_number(order)}
    row = (await connection.execute(statement("read_order"), key)).first()
    if row is None:
        return None
    history = await connection.execute(statement("list_history"), key)
    attempts = await connection.execute(statement("list_attempts"), key)
    pending = await connection.execute(statement("list_tasks_of_order"), {"key": order})
    return OrderFile(
        line=_line(row),
        history=[told_of(row) for row in history],
        attempts=[_tried(row) for row in attempts],
        pending=[Pending(**row._asdict()) for row in pending],
    )


async def counts(connection: Connection) -> Counts:
    """Return how much there is of everything."""
    rows = (await connection.execute(statement("count_rows"))).one()
    envelopes = await connection.execute(statement("count_envelopes"))
    return Counts(
        orders=rows.orders,
        history=rows.history,
        envelopes={Origin(row.origin): row.envelopes for row in envelopes},
        attempts=await _attempt_counts(connection),
    )


async def _attempt_counts(connection: Connection) -> Sequence[AttemptCount]:
    return sorted(
        AttemptCount(
            system=row.system,
            action=row.action_kind,
            outcome=row.outcome_kind,
            attempts=row.attempts,
        )
        for row in await connection.execute(statement("count_attempts"))
    )


def _line(row: Row) -> OrderLine:
    matrix = json.decode(row.matrix, type=Matrix)
    return OrderLine(order=str(row.id), matrix=matrix, updated_at=row.updated_at)


def told_of(row: Row) -> Told:
    """Return one row of the history."""
    kind, _, own_id = row.subject.partition(":")
    cell = Cell(
        system=row.system,
        track=Track(row.track),
        subject=Subject(SubjectKind(kind), own_id),
        kind=row.kind,
        word=row.word,
        state=State(row.state),
        said_at=row.said_at,
        happened_at=row.happened_at,
        evidence=row.evidence,
    )
    return Told(cell=cell, decided_at=row.decided_at)


def _tried(row: Row) -> Tried:
    return Tried(
        system=row.system,
        action=json.decode(row.action, type=Action),
        outcome=json.decode(row.outcome, type=Outcome),
        at=row.at,
        took=row.took,
    )
