"""Over the cap nothing is written until a person says so: on each store, by any number of hands."""

import pytest

from accord.domain.case import CaseKind
from accord.engine.case_desk import Sought
from accord.engine.desk import Deed, repairs_at
from accord.engine.repair_ledger import RepairOutcome
from tests.engine.mirrors import HOUR, Office
from tests.engine.orders import MINUTE
from tests.storage.examples import AnyStore

EDITED = range(1, 9)
HELD = Sought(kind=CaseKind.REPAIR_HELD)


async def outcomes(office: Office) -> set[RepairOutcome]:
    rows = await office.store.repairs.rows("books", office.plain.now - HOUR, 99)
    return {row.outcome for row in rows}


@pytest.mark.parametrize("processes", [1, 2])
async def test_too_many_are_held_each_a_case_until_a_person_lets_them_go(
    store: AnyStore, processes: int
) -> None:
    office = Office(store, processes=processes)
    await office.place(range(1, 13))
    for number in EDITED:
        await office.edit(number)
    await office.pass_time(6 * MINUTE, step=MINUTE)

    assert office.written == []
    assert await store.cases.count_cases(HELD, office.plain.now) == len(EDITED)
    assert await outcomes(office) == {RepairOutcome.HELD}

    deed = Deed(what="resumed", who="Ana", why="we did that", at=office.plain.now)
    await store.desk.resume(repairs_at("books"), deed)
    await office.pass_time(6 * MINUTE, step=MINUTE)

    assert sorted(office.written) == [(number, "Approve") for number in EDITED]
    assert await store.cases.count_cases(HELD, office.plain.now) == 0
    assert await outcomes(office) == {RepairOutcome.REPAIRED}
