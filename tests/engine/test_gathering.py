import asyncio

import pytest

from accord.engine.gathering import LARGEST, Gathering


class Clerk:
    """Doubles numbers, when it is told to, or refuses."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.opened = asyncio.Event()
        self.error: BaseException | None = None

    async def double(self, numbers):
        self.batches.append(list(numbers))
        await self.opened.wait()
        if self.error:
            raise self.error
        return [2 * number for number in numbers]


@pytest.fixture
def clerk():
    return Clerk()


async def asked(gathering, numbers):
    """Return who asks for each of ``numbers``, once all of them wait."""
    asking = [asyncio.create_task(gathering.ask(number)) for number in numbers]
    for _ in range(3):
        await asyncio.sleep(0)
    return asking


async def test_what_is_asked_for_while_another_goes_is_one_go_and_each_gets_its_own(clerk):
    gathering = Gathering(clerk.double)
    first = await asked(gathering, [1])
    later = await asked(gathering, [2, 3])

    clerk.opened.set()

    assert await asyncio.gather(*first, *later) == [2, 4, 6]
    assert clerk.batches == [[1], [2, 3]]


async def test_nobody_is_answered_by_a_look_that_began_before_he_asked(clerk):
    """A pause set before the question must be seen in the answer."""
    seen = []

    async def look(numbers):
        seen.append(clerk.batches)
        return [len(seen)] * len(numbers)

    gathering = Gathering(look)
    assert await gathering.ask(1) == 1
    assert await gathering.ask(1) == 2


async def test_what_failed_fails_for_those_of_its_go_and_for_no_other(clerk):
    gathering = Gathering(clerk.double)
    clerk.error = ConnectionError("the database is away")
    failing = await asked(gathering, [1, 2])
    clerk.opened.set()
    for each in failing:
        with pytest.raises(ConnectionError):
            await each

    clerk.error = None
    assert await gathering.ask(3) == 6


async def test_who_stops_waiting_takes_nothing_back_and_holds_up_nobody(clerk):
    gathering = Gathering(clerk.double)
    impatient, patient = await asked(gathering, [1, 2])
    impatient.cancel()
    clerk.opened.set()

    assert await patient == 4
    assert clerk.batches == [[1, 2]]


async def test_one_go_is_bounded(clerk):
    clerk.opened.set()
    gathering = Gathering(clerk.double)

    await asyncio.gather(*(gathering.ask(number) for number in range(2 * LARGEST + 1)))

    assert [len(batch) for batch in clerk.batches] == [LARGEST, LARGEST, 1]
