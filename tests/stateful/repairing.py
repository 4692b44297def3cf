"""What is done to the ledger of repairs in a random history, and all that it shows."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from msgspec.structs import replace

from accord.domain.action import Approve
from accord.domain.case import case_of_hold
from accord.engine.case_desk import EVERY_OPEN
from accord.engine.desk import Deed
from accord.engine.repair_ledger import Look, RepairOutcome
from tests.storage.examples import AnyStore

Way = Callable[[AnyStore, str, int, datetime], Awaitable[object]]

HOUR = timedelta(hours=1)


async def hold(store: AnyStore, system: str, place: int, now: datetime) -> object:
    """Hold all repairs but the first ``place``."""
    rows = [*await store.repairs.waiting(system, 99)][place:]
    given = [replace(row, actions=(Approve(),)) for row in rows]
    await store.repairs.hold(given, {r.order: case_of_hold(system, r.why) for r in rows}, now)
    return len(rows)


async def look(store: AnyStore, system: str, place: int, now: datetime) -> object:
    """Look at a repair again, with one envelope that is there and one that is not."""
    rows = [*await store.repairs.waiting(system, 99)][place : place + 1]
    envelopes = (("shop", b"a"), ("shop", b"nowhere"))
    taken = Look(now, envelopes)
    await store.repairs.write([replace(row, look=taken, actions=(Approve(),)) for row in rows])
    return await store.repairs.standings(taken)


async def release(store: AnyStore, system: str, place: int, now: datetime) -> object:
    """Let a repair go, or end it on a second look."""
    orders = [line.order for line in await store.orders()][place : place + 1]
    rows = await store.repairs.undecided(system, orders, now)
    outcome = RepairOutcome.CLEARED if place else RepairOutcome.RELEASED
    ended = now if place else None
    given = [
        replace(row, outcome=outcome, who="Accord", reason="r", decided_at=now, ended_at=ended)
        for row in rows.values()
    ]
    await store.repairs.write(given)
    await store.repairs.write(given)  # what is decided is not decided again
    return len(given)


async def by_hand(store: AnyStore, system: str, place: int, now: datetime) -> object:
    """Ask for one repair whatever the cap."""
    deed = Deed(what="repaired", who="Ana", why="known", at=now)
    orders = [line.order for line in await store.orders()][place : place + 1]
    return [await store.repairs.ask_by_hand(order, system, deed) for order in orders]


async def tidy(store: AnyStore, system: str, place: int, now: datetime) -> object:
    """End what went on without the ledger."""
    return place, await store.repairs.tidy(system, now)


async def stop(store: AnyStore, system: str, place: int, now: datetime) -> object:
    """Stop the repairs of a system."""
    deed = Deed(what="paused", who="Accord", why=str(place), at=now)
    return await store.repairs.stop(system, deed)


WAYS: list[Way] = [hold, look, release, by_hand, tidy, stop]


async def ledger(store: AnyStore, now: datetime) -> object:
    """Return all that the ledger shows, with orders told by their place in the list."""
    places = {line.order: place for place, line in enumerate(await store.orders())}
    rows = [
        (places[row.order], replace(row, id=0, order="", number=""))
        for row in await store.repairs.rows("", now - HOUR, 99)
    ]
    cases = [
        (places[one.order], one.kind, one.system, one.what, one.times)
        for one in await store.cases.cases(EVERY_OPEN, now, 99)
    ]
    tallies = [await store.repairs.tally(name, now - HOUR) for name in ("shop", "erp")]
    hands = [await store.repairs.in_hand(name) for name in ("shop", "erp")]
    stopped = [await store.repairs.is_stopped(name) for name in ("shop", "erp")]
    let_go = [
        sorted((places[order], row.why) for order, row in released.items())
        for released in [await store.repairs.let_go(name) for name in ("shop", "erp")]
    ]
    known = await store.repairs.orders_known(2)
    return rows, cases, tallies, hands, stopped, let_go, known
