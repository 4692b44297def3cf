import asyncio

import pytest

from accord.engine.slots import ANSWERS_A_PLACE, Slots


@pytest.fixture
def slots():
    return Slots(4)


class Queue:
    """Works that want a place, and in which order they got one."""

    def __init__(self, slots: Slots) -> None:
        self._slots = slots
        self.got: list[str] = []
        self.done: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def want(self, name: str, *, urgent: bool = False) -> None:
        self.done[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._have(name, urgent=urgent))
        await settle()

    async def _have(self, name: str, *, urgent: bool) -> None:
        async with self._slots.taken(urgent=urgent):
            self.got.append(name)
            await self.done[name].wait()

    async def end(self, name: str) -> None:
        self.done[name].set()
        await settle()


async def settle():
    for _ in range(5):
        await asyncio.sleep(0)


async def test_who_came_first_goes_first_and_one_place_is_left_for_what_is_urgent(slots):
    queue = Queue(slots)
    for name in "abcde":
        await queue.want(name)
    assert queue.got == ["a", "b", "c"]

    await queue.want("stop", urgent=True)
    assert queue.got[-1] == "stop"

    await queue.end("b")
    assert queue.got[-1] == "d"


async def test_a_place_given_to_one_who_left_goes_to_the_next(slots):
    queue = Queue(slots)
    for name in "abcde":
        await queue.want(name)
    queue.done["a"].set()
    await asyncio.sleep(0)  # the place is given to d at this moment
    queue.tasks["d"].cancel()
    await settle()

    assert queue.got == ["a", "b", "c", "e"]


async def test_who_left_the_queue_is_passed_over(slots):
    queue = Queue(slots)
    for name in "abcde":
        await queue.want(name)
    queue.tasks["d"].cancel()
    await queue.end("a")

    assert queue.got[-1] == "e"


async def test_a_throttle_halves_the_places_and_answers_give_them_back(slots):
    queue = Queue(slots)
    slots.narrow()
    for name in "ab":
        await queue.want(name)
    assert queue.got == ["a"]

    for _ in range(ANSWERS_A_PLACE):
        slots.widen()
    await settle()
    assert queue.got == ["a", "b"]
