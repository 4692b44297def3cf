"""What needs a person is opened and closed with its cause, the same on every store."""

from datetime import timedelta

import pytest

from accord.domain.case import Case, CaseKind
from accord.domain.matrix import Matrix
from accord.domain.report import order_number
from accord.engine.case_desk import EVERY_OPEN, CaseFile, Sought
from accord.engine.desk import Deed
from accord.engine.ports import Change, Settlement, Task
from tests.storage.examples import (
    LEASE,
    MINUTE,
    NOW,
    PROPAGATE,
    AnyStore,
    cell,
    matrix,
    number_of,
    own,
    write,
)

HOUR = timedelta(hours=1)
LEFT = Case(CaseKind.SHIPPED_AFTER_CANCEL, "depot", "depot:se-1", "It left all the same.")
SLOW = Case(CaseKind.STOP_UNCONFIRMED, "depot", "parcel:se-1", "It is to be stopped.", 15 * MINUTE)
REFUSED = Case(CaseKind.ACTION_REFUSED, "books", "ship depot:se-1", "books refused to ship it.")
ANA = Deed(what="case closed", who="Ana", why="the customer keeps it", at=NOW + MINUTE)
NAMES = (own("820"), order_number("#1001"))


async def find(store: AnyStore, *cases: Case, after: timedelta = timedelta(0)) -> str:
    """Let an envelope have just these cases for the order; return the order's number."""
    known = await number_of(store, NAMES[0]) if await store.orders() else None
    change = Change(order=known, matrix=matrix(*NAMES, cells=[cell()]), cases=cases)
    await write(store, change, now=NOW + after)
    return await number_of(store, NAMES[0])


async def open_at(store: AnyStore, after: timedelta = timedelta(0)) -> list[CaseKind]:
    found = await store.cases.cases(EVERY_OPEN, NOW + after, 100)
    assert await store.cases.count_cases(EVERY_OPEN, NOW + after) == len(found)
    return [one.kind for one in found]


async def the_case(store: AnyStore, after: timedelta = timedelta(0)) -> CaseFile:
    (found,) = await store.cases.cases(EVERY_OPEN, NOW + after, 100)
    return found


async def task_of(store: AnyStore, order: str, after: timedelta = timedelta(0)) -> Task:
    await store.ask(PROPAGATE, "books", [order], NOW + after)
    (task,) = await store.claim(PROPAGATE, ["books"], 1, LEASE, NOW + after)
    return task


async def test_a_case_opens_and_closes_with_what_causes_and_clears_it(store: AnyStore) -> None:
    order = await find(store, LEFT)
    opened = await the_case(store)
    await find(store, after=MINUTE)

    assert (opened.order, opened.number, opened.what) == (order, "1001", LEFT.what)
    assert await open_at(store, MINUTE) == []
    closed = await store.cases.case(opened.id)
    assert closed is not None
    assert (closed.closed_at, closed.closed_by) == (NOW + MINUTE, "")


async def test_the_worst_comes_first(store: AnyStore) -> None:
    await find(store, SLOW, LEFT)

    assert await open_at(store, HOUR) == [LEFT.kind, SLOW.kind]


async def test_what_clears_within_its_time_was_never_a_case(store: AnyStore) -> None:
    await find(store, SLOW)
    assert await open_at(store, 14 * MINUTE) == []
    assert await open_at(store, 15 * MINUTE) == [SLOW.kind]
    await find(store, after=14 * MINUTE)

    assert await open_at(store, HOUR) == []
    assert await store.cases.cases(Sought(closed=True), NOW + HOUR, 100) == []


async def test_what_comes_and_goes_is_one_case(store: AnyStore) -> None:
    for turn in range(4):
        await find(store, LEFT, after=turn * 2 * MINUTE)
        await find(store, after=(turn * 2 + 1) * MINUTE)
    await find(store, LEFT, after=HOUR)

    assert (await the_case(store, HOUR)).times == 5
    assert (await the_case(store, HOUR)).opened_at == NOW


async def test_what_comes_back_after_days_is_a_case_of_its_own(store: AnyStore) -> None:
    await find(store, LEFT)
    first = await the_case(store)
    await find(store, after=MINUTE)
    await find(store, LEFT, after=timedelta(days=3))

    assert (await the_case(store, timedelta(days=3))).id != first.id


async def test_what_a_person_closed_opens_again_only_with_something_new(store: AnyStore) -> None:
    await find(store, LEFT)
    number = (await the_case(store)).id
    assert await store.cases.close(number, ANA)
    assert not await store.cases.close(number, ANA)
    await find(store, LEFT, after=2 * MINUTE)
    assert await open_at(store, HOUR) == []

    await find(store, Case(LEFT.kind, LEFT.system, LEFT.subject, "It is lost."), after=HOUR)

    again = await the_case(store, HOUR)
    assert (again.id, again.times, again.closed_by, again.what) == (number, 2, "", "It is lost.")
    (deed,) = await store.desk.deeds(10)
    assert (deed.what, deed.things, deed.who) == ("case closed", (str(number),), "Ana")


async def test_refused_work_opens_a_case_and_work_that_goes_well_closes_it(store: AnyStore) -> None:
    order = await find(store, LEFT)
    task = await task_of(store, order)
    await store.settle([Settlement(task=task, dead=True, cases=(REFUSED,), cleared=True)], NOW)
    assert await open_at(store) == [LEFT.kind, REFUSED.kind]
    await find(store, LEFT)  # what is told of the order says nothing about the work
    assert await open_at(store) == [LEFT.kind, REFUSED.kind]

    task = await task_of(store, order, MINUTE)
    await store.settle([Settlement(task=task, cleared=True)], NOW + MINUTE)

    assert await open_at(store, MINUTE) == [LEFT.kind]


async def test_a_task_put_back_leaves_cases_as_they_are(store: AnyStore) -> None:
    order = await find(store)
    task = await task_of(store, order)
    await store.settle([Settlement(task=task, dead=True, cases=(REFUSED,), cleared=True)], NOW)
    task = await task_of(store, order, MINUTE)

    await store.settle([Settlement(task=task, due=NOW + HOUR, failed=True)], NOW + MINUTE)

    assert await open_at(store, MINUTE) == [REFUSED.kind]


async def test_whoever_lost_a_lease_opens_no_case(store: AnyStore) -> None:
    order = await find(store)
    late = await task_of(store, order)
    await store.claim(PROPAGATE, ["books"], 1, LEASE, NOW + 2 * LEASE)

    lost = await store.settle([Settlement(task=late, dead=True, cases=(REFUSED,))], NOW)

    assert lost == [late]
    assert await open_at(store, HOUR) == []


async def test_a_ruling_changes_the_order_and_closes_the_case_at_once(store: AnyStore) -> None:
    order = await find(store, LEFT)
    number = (await the_case(store)).id

    def paid_late(held: Matrix) -> Change:
        assert held.refs == tuple(sorted(NAMES))
        told = matrix(*held.refs, cells=[cell(said_at=NOW + HOUR)])
        return Change(order=order, matrix=told, due=("books",))

    assert await store.cases.rule(number, paid_late, ANA)
    assert not await store.cases.rule(number, paid_late, ANA)

    changed = (await store.load([order]))[order]
    assert [each.said_at for each in changed.cells.values()] == [NOW + HOUR]
    assert await open_at(store, HOUR) == []
    assert len(await store.claim(PROPAGATE, ["books"], 9, LEASE, NOW + HOUR)) == 1
    assert [deed.who for deed in await store.desk.deeds(10)] == ["Ana"]


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        (Sought(kind=LEFT.kind), 1),
        (Sought(kind=CaseKind.GIVEN_UP), 0),
        (Sought(system="books"), 0),
        (Sought(order="#1001"), 2),
        (Sought(order="1002"), 0),
        (Sought(closed=True), 0),
    ],
)
async def test_cases_are_sought_by_what_they_are_about(
    store: AnyStore, sought: Sought, found: int
) -> None:
    await find(store, LEFT, SLOW)

    assert await store.cases.count_cases(sought, NOW + HOUR) == found
    assert len(await store.cases.cases(sought, NOW + HOUR, 100)) == found
