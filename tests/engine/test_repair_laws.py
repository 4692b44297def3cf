"""Whatever people do behind our back, and whenever: what is repaired was still to be repaired."""

import asyncio
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from accord.domain.case import CaseKind
from accord.engine.case_desk import Sought
from accord.storage.memory import MemoryStore
from tests.engine.mirrors import HOUR, Call, Office
from tests.engine.orders import MINUTE

ORDERS = 12
CAP = 5
NUMBERS = st.integers(1, ORDERS)

DEEDS = st.one_of(
    st.tuples(st.just("edit"), NUMBERS),
    st.tuples(st.just("edit several"), NUMBERS),
    st.tuples(st.just("put back, and say nothing"), NUMBERS),
    st.tuples(st.just("edit, and say nothing"), NUMBERS),
    st.tuples(st.just("cancel"), NUMBERS),
    st.tuples(st.just("cancel, and say nothing"), NUMBERS),
    st.tuples(st.just("wait"), st.integers(1, 40)),
)


async def lived(deeds, processes):
    """Return the office after people did all that, and some quiet minutes."""
    office = Office(MemoryStore(), processes=processes)
    await office.place(range(1, ORDERS + 1))
    office.calls.clear()
    for deed, number in deeds:
        match deed:
            case "edit":
                await office.edit(number)
            case "edit several":
                for each in range(number, min(number + 4, ORDERS + 1)):
                    await office.edit(each)
            case "cancel":
                await office.edit(number, "cancelled", system="shop")
            case "wait":
                await office.pass_time(number * MINUTE, step=timedelta(seconds=40))
            case "put back, and say nothing":
                office.books[number] = "B"
            case "edit, and say nothing":
                office.books[number] = "A"
            case _:
                office.shop[number] = "cancelled"
    await office.pass_time(6 * MINUTE, step=timedelta(seconds=40))
    unexplained = [n for n in range(1, ORDERS + 1) if not await explained(office, n)]
    return office, unexplained


async def explained(office, number):
    """Return whether nothing is left to do at the books, or it is held as a case."""
    lines = await office.store.orders(limit=ORDERS)
    (line,) = [line for line in lines if line.matrix.number == str(number)]
    file = await office.store.order(line.order)
    busy = [task for task in file.pending if task.system == "books"]
    sought = Sought(kind=CaseKind.REPAIR_HELD, order=str(number))
    return not busy or await office.store.cases.count_cases(sought, office.plain.now) > 0


def most_within_an_hour(calls: list[Call]) -> int:
    times = sorted(call.at for call in calls)
    return max((sum(at <= each < at + HOUR for each in times) for at in times), default=0)


@settings(max_examples=40, deadline=None)
@given(deeds=st.lists(DEEDS, min_size=1, max_size=20), processes=st.sampled_from([1, 2]))
def test_only_what_is_still_so_is_repaired_within_the_cap_and_the_rest_is_a_case(deeds, processes):
    office, unexplained = asyncio.run(lived(deeds, processes))

    repaired = [call for call in office.calls if call.action == "Approve"]
    assert {call.held for call in repaired} <= {("open", "A")}
    assert most_within_an_hour(repaired) <= CAP
    assert unexplained == []
