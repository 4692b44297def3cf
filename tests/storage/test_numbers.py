"""Agreement as a number is counted alike on every store."""

from datetime import timedelta

from msgspec.structs import replace

from accord.domain.agreement import STEPS, Agreed, Spread, step_of
from accord.domain.alert import Condition, follow
from accord.domain.alert_rules import RuleName, usual_rules
from accord.domain.case import Case, CaseKind
from accord.domain.report import order_number
from accord.domain.tracks import Track
from accord.engine.envelope import Standing
from accord.engine.numbers import Behind, lateness
from accord.engine.ports import Change, Settlement, Verdict
from accord.engine.repair_ledger import RepairOutcome
from tests.storage.examples import (
    LEASE,
    MINUTE,
    NOW,
    PROPAGATE,
    AnyStore,
    cell,
    incoming,
    matrix,
    own,
    place_order,
    write,
)

SOON, LATE = 3 * MINUTE, 20 * MINUTE
LEFT = Case(CaseKind.SHIPPED_AFTER_CANCEL, "depot", "depot:se-1", "It left all the same.")


def step(took: timedelta, number: int = 1) -> Spread:
    return Spread().with_counts({step_of(took): number})


async def test_how_long_it_took_adds_up_by_system_and_track(store: AnyStore) -> None:
    told = matrix(own("820"), order_number("#1001"), cells=[cell()])
    agreed = (Agreed("books", Track.ORDER, SOON), Agreed("shop", Track.DELIVERY, LATE))
    await write(store, Change(order=None, matrix=told, agreed=agreed))
    again = Change(order="1", matrix=told, agreed=agreed[:1])
    await write(store, again, now=NOW + MINUTE)

    assert await store.numbers.agreement(NOW - MINUTE * 5) == {
        ("books", Track.ORDER): step(SOON, 2),
        ("shop", Track.DELIVERY): step(LATE),
    }
    assert await store.numbers.agreement(NOW + timedelta(hours=1)) == {}


async def test_what_waits_too_long_is_late_before_it_is_done(store: AnyStore) -> None:
    await store.ask(PROPAGATE, "books", ["1", "2"], NOW - LATE)
    await store.ask(PROPAGATE, "books", ["3"], NOW)
    await store.ask(PROPAGATE, "shop", ["3"], NOW + LATE)
    behind = await store.numbers.behind(5 * MINUTE, NOW)

    assert list(behind) == [Behind(system="books", waiting=3, late=2)]
    found = lateness([step(SOON, 8), step(LATE, 2)], behind, STEPS[8])
    assert (found.late, found.all) == (4, 12)


async def test_how_long_reading_took_and_what_a_day_brought(store: AnyStore) -> None:
    await store.keep([incoming("1"), incoming("2")])
    verdicts = [Verdict(envelope=n, standing=Standing.APPLIED) for n in (1, 2)]
    for verdict in verdicts:
        async with store.interpreting(1, NOW) as sitting:
            await sitting.write([], [verdict], {}, NOW + verdict.envelope * MINUTE)
    told = matrix(own("820"), order_number("#1001"), cells=[cell()])
    await write(store, Change(order=None, matrix=told, cases=(LEFT,)))
    waits, day = await store.numbers.waits(NOW), await store.numbers.daily(NOW)

    assert (waits.p50, waits.p99) == (MINUTE, 2 * MINUTE)
    assert (day.cases_opened, day.cases_closed, day.alerts_opened) == (1, 0, 0)
    assert (day.alerts_closed, day.repairs_done) == (0, 0)


async def test_what_was_over_and_what_was_repaired_counts_on_the_day_it_was(
    store: AnyStore,
) -> None:
    down = Condition(rule=RuleName.UNAUTHORIZED, key="books", figure=1, what="books: 401.")
    for at, conditions in ((NOW, [down]), (NOW + MINUTE, []), (NOW + 20 * MINUTE, [])):
        known = await store.alerts.known(NOW)
        await store.alerts.follow(follow(known, conditions, usual_rules(), at), [], at)
    order = await place_order(store, own("820"))
    await store.ask_repairs("books", [order], "a hand", NOW, NOW)
    (task,) = await store.claim_repairs("books", 1, LEASE, NOW)
    rows = await store.repairs.undecided("books", [order], NOW)
    released = replace(rows[order], outcome=RepairOutcome.RELEASED, decided_at=NOW)
    await store.repairs.write([released])
    await store.settle([Settlement(task=task)], NOW)
    await store.repairs.tidy("books", NOW + MINUTE)
    day, later = await store.numbers.daily(NOW), await store.numbers.daily(NOW + 2 * MINUTE)

    assert (day.alerts_opened, day.alerts_closed, day.repairs_done) == (1, 1, 1)
    assert (later.alerts_opened, later.alerts_closed, later.repairs_done) == (0, 1, 0)
