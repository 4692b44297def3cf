"""Small things to keep: envelopes, matrices, times. Every name in them is invented."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from accord.domain.matrix import Cell, Matrix
from accord.domain.report import THE_ORDER, Ref
from accord.domain.tracks import State, Track
from accord.engine.envelope import Incoming, Lookup, Origin, Standing
from accord.engine.ports import Change, TaskKind, Verdict
from accord.storage.memory import MemoryStore
from accord.storage.postgres import PostgresStore

AnyStore = MemoryStore | PostgresStore

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
LEASE = timedelta(minutes=5)

# Bytes that are no text in any encoding must come back as they are.
BEGIN = b"\x00\xff\\ "

PROPAGATE, REREAD, POLL = TaskKind.PROPAGATE, TaskKind.REREAD, TaskKind.POLL


def incoming(name: str, system: str = "shop", origin: Origin = Origin.HOOK) -> Incoming:
    return Incoming(
        system=system,
        topic="orders/updated",
        origin=origin,
        identity=name.encode(),
        body=BEGIN + name.encode(),
        headers={"x-topic": "orders/updated"},
        received_at=NOW,
    )


def cell(word: str = "paid", state: State = State.PAID, said_at: datetime = NOW) -> Cell:
    return Cell(
        system="shop",
        track=Track.PAYMENT,
        subject=THE_ORDER,
        kind="financial_status",
        word=word,
        state=state,
        said_at=said_at,
        evidence="1",
    )


def matrix(*refs: Ref, cells: Sequence[Cell] = ()) -> Matrix:
    return Matrix(cells={one.key: one for one in cells}, refs=tuple(sorted(refs)))


def own(value: str, system: str = "shop") -> Ref:
    return Ref(system, value)


async def write(
    store: AnyStore,
    *changes: Change,
    verdicts: Sequence[Verdict] = (),
    lookups: Mapping[str, Sequence[Lookup]] | None = None,
    now: datetime = NOW,
) -> None:
    """Write ``changes`` in a sitting of their own."""
    async with store.interpreting(100, now) as sitting:
        await sitting.write(changes, verdicts, lookups or {}, now)


async def place_order(store: AnyStore, *refs: Ref, due: tuple[str, ...] = ()) -> str:
    """Write an order under ``refs`` and return its number."""
    await write(store, Change(order=None, matrix=matrix(*refs), due=due))
    return await number_of(store, refs[0])


async def number_of(store: AnyStore, ref: Ref) -> str:
    async with store.interpreting(0, NOW) as sitting:
        return (await sitting.find([ref]))[ref]


async def waiting(store: AnyStore, limit: int = 100) -> list[str]:
    """Return what can be claimed for reading, by the name it was made with."""
    async with store.interpreting(limit, NOW) as sitting:
        return [envelope.body.removeprefix(BEGIN).decode() for envelope in sitting.envelopes]


async def judge(store: AnyStore, standing: Standing, waits_for: Ref | None = None) -> None:
    """Give everything that waits one verdict."""
    async with store.interpreting(100, NOW) as sitting:
        verdicts = [
            Verdict(envelope=envelope.id, standing=standing, waits_for=waits_for)
            for envelope in sitting.envelopes
        ]
        await sitting.write([], verdicts, {}, NOW)
