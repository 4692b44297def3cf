"""All orders are compared with the truth, and what is found is kept until it clears."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from accord.domain.decision import decide
from accord.domain.drift import DriftClass, DriftPattern
from accord.domain.matrix import Cell, Matrix
from accord.domain.report import Report
from accord.engine.compare_all import Compared, Comparing
from accord.engine.drift_ledger import EVERY_DRIFT, DriftSought
from accord.engine.ports import Change, TaskKind
from accord.storage.memory import MemoryStore
from tests.domain.stack import NOON, ordered, said, stack
from tests.engine.orders import of, working

MINUTE = timedelta(minutes=1)
LATER = NOON + timedelta(hours=1)
ACCORD = stack()


class Office:
    """A store with the small stack's orders, and what was asked to be repaired."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.now = NOON
        self.asked: list[tuple[str, tuple[str, ...], str]] = []

    async def hear(self, *reports: Report) -> str:
        """Take in what is said of one order; return its number."""
        async with self.store.interpreting(0, self.now) as sitting:
            found = await sitting.find([ref for report in reports for ref in report.order])
            order = next(iter(found.values()), None)
            held = await sitting.matrices([order]) if order else {}
            matrix = held.get(order or "", Matrix())
            told: list[Cell] = []
            for report in reports:
                decision = decide(matrix, report, ACCORD, evidence="1")
                told += getattr(decision, "cells", ())
                matrix = decision.matrix
            change = Change(order=order, matrix=matrix, told=tuple(told))
            await sitting.write([change], [], {}, self.now)
        return order or str(len(self.store.rows))

    async def compare(self, at: datetime = LATER) -> Compared:
        self.now = at

        async def repairs(system: str, orders: Sequence[str], why: str) -> None:
            self.asked.append((system, tuple(orders), why))

        return await Comparing(
            ledger=self.store.drifts, accord=ACCORD, clock=lambda: self.now, repairs=repairs
        ).run()

    async def patterns(self, **sought: object) -> list[tuple[str, DriftPattern]]:
        found = await self.store.drifts.list_drifts(DriftSought(**sought), 99)  # type: ignore[arg-type]
        return [(one.order, one.drift.pattern) for one in found]


@pytest.fixture
def office() -> Office:
    return Office()


def behind(number: int) -> list[Report]:
    """Return an order the shop has completed, and the books have not."""
    return [
        *working(number),
        *of(number, said("shop", "order", "completed", minute=2)),
    ]


async def test_only_what_differs_is_found_and_counted(office: Office) -> None:
    for number in range(1, 8):
        await office.hear(*working(number))
    order = await office.hear(*behind(8))

    compared = await office.compare()

    assert (compared.orders, compared.shapes) == (8, 2)
    assert (compared.agreeing, compared.in_flight, compared.drifting) == (7, 0, 1)
    assert compared.systems["books"].drifting == 1
    assert await office.patterns() == [(order, DriftPattern.DISAGREEMENT)]
    (cause,) = compared.causes
    assert cause.cause == "word 'B' of books where order completed is expected"


async def test_what_somebody_works_on_is_following(office: Office) -> None:
    order = await office.hear(*behind(1))
    await office.store.ask(TaskKind.PROPAGATE, "books", [order], LATER)

    compared = await office.compare()

    assert (compared.in_flight, compared.drifting) == (1, 0)
    assert await office.patterns(standing=DriftClass.IN_FLIGHT) == [
        (order, DriftPattern.DISAGREEMENT)
    ]
    assert office.asked == []


async def test_what_was_told_a_moment_ago_is_following(office: Office) -> None:
    office.now = LATER - MINUTE
    await office.hear(*behind(1))

    assert (await office.compare()).in_flight == 1


async def test_what_has_a_plan_and_nobody_at_work_is_asked_to_be_repaired(office: Office) -> None:
    order = await office.hear(
        *of(1, *ordered(A=1), said("books", "SalesOrd", "A", minute=1)),
        *[report for report in working(1) if report.system == "warehouse"],
    )

    compared = await office.compare()

    assert office.asked == [
        ("books", (order,), "changed there to word 'A' of books where order open is expected"),
    ]
    assert compared.repairs == 1


async def test_many_orders_of_one_cause_are_systemic(office: Office) -> None:
    for number in range(1, 5):
        await office.hear(*behind(number))
    alone = await office.compare()
    await office.hear(*behind(5))
    together = await office.compare(LATER + MINUTE * 60)

    assert [cause.standing for cause in alone.causes] == [DriftClass.ISOLATED]
    assert [(c.standing, c.orders) for c in together.causes] == [(DriftClass.SYSTEMIC, 5)]


async def test_what_is_found_again_has_one_row_and_what_is_not_is_cleared(office: Office) -> None:
    order = await office.hear(*behind(1))
    await office.compare()
    await office.compare(LATER + MINUTE)
    (one,) = await office.store.drifts.list_drifts(EVERY_DRIFT, 9)
    assert (one.found_at, one.seen_at) == (LATER, LATER + MINUTE)

    await office.hear(*of(1, said("shop", "order", "open", minute=70)))
    cleared = (await office.compare(LATER + 60 * MINUTE)).cleared
    assert cleared == 1
    assert await office.patterns() == []
    await office.hear(*of(1, said("shop", "order", "completed", minute=140)))
    await office.compare(LATER + 180 * MINUTE)

    (again,) = await office.store.drifts.list_drifts(EVERY_DRIFT, 9)
    assert (again.order, again.id, again.times) == (order, one.id, 2)


async def test_a_stage_that_stalls_is_found_though_its_shape_is_in_order(office: Office) -> None:
    order = await office.hear(*working(1))
    day = timedelta(days=1)

    assert (await office.compare(NOON + 3 * day - MINUTE)).agreeing == 1
    await office.compare(NOON + 3 * day)
    assert await office.patterns() == [(order, DriftPattern.STALLED_STAGE)]


async def test_a_mirror_corrected_twice_is_found_though_it_is_in_order_again(
    office: Office,
) -> None:
    order = await office.hear(*working(1))
    for minute, word in enumerate("HBHB", 10):
        office.now = NOON + minute * MINUTE
        await office.hear(*of(1, said("books", "SalesOrd", word, minute=minute)))

    await office.compare()

    assert await office.patterns() == [(order, DriftPattern.CORRECTED_TWICE)]


async def test_looking_keeps_nothing(office: Office) -> None:
    await office.hear(*behind(1))
    looking = Comparing(ledger=office.store.drifts, accord=ACCORD, clock=lambda: LATER, note=False)

    assert (await looking.run()).drifting == 1
    assert await office.patterns() == []
