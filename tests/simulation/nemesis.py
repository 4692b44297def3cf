"""What happens to our own processes and their database: killed, frozen, cut off, started again."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import Random

from tests.simulation.process import Fate, Process, Works
from tests.simulation.weather import HOUR, MINUTE

SECOND = timedelta(seconds=1)
DOWN_FOR = (SECOND, 20 * SECOND, 5 * MINUTE, HOUR)
# After so many starts a seed has shown what ends and sleeps do to it.
MOST_FATES = 8
# Where a death does most harm: between two things that belong together. A process may be meant to
# die there, at one of the first times it comes by.
DEADLY = (
    "before keep",
    "after keep",
    "inside interpreting",
    "before write",
    "before the commit of interpreting",
    "after the commit of interpreting",
    "after claim",
    "before record",
    "after record",
    "before settle",
    "after settle",
    "before advance",
    "after advance",
)
FIRST_TIMES = 12
# A lease lasts minutes: some sleeps are longer.
FROZEN_FOR = (5 * SECOND, 2 * MINUTE, 6 * MINUTE, 20 * MINUTE)


class Fleet:
    """The processes of ours that run at one time, and what befalls them until it is calm."""

    def __init__(self, works: Works, chance: Random, calm: Callable[[], bool]) -> None:
        """Draw how many there are and how bad their days."""
        self.processes: list[Process] = []
        self.many = chance.choice((1, 1, 2, 3))
        self._works, self._chance, self._calm = works, chance, calm
        self._named = 0
        self._kills = chance.choice((0, 0, 1, 3))  # in a day, by the clock
        self._dies_within = chance.choice((None, None, 300, 3000))  # steps
        self._freezes = chance.choice((0, 0, 2, 8))
        self._sleeps_within = chance.choice((None, None, 300, 1000))  # steps
        self._cuts = chance.choice((0, 0, 0, 2))

    def alive(self) -> list[Process]:
        """Return the processes that take deliveries."""
        return [process for process in self.processes if process.alive]

    async def run(self) -> None:
        """Keep the processes going, and everything against them, for ever."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self.many):
                group.create_task(self._keep())
            for times, deed in (
                (self._kills, self._kill),
                (self._freezes, self._freeze),
                (self._cuts, self._cut),
            ):
                if times:
                    group.create_task(self._now_and_then(times, deed))

    async def _keep(self) -> None:
        while True:
            process = self._started()
            await process.died.wait()
            if process.tasks:
                await asyncio.wait(list(process.tasks), timeout=30)
            # A generator left in the middle is closed by a task of its own, which has no name.
            running = [task for task in process.tasks if not task.done()]
            left = [task for task in running if hasattr(task.get_coro(), "__name__")]
            if left:
                self._works.chronicle.blame(f"{process.name} cannot be ended: {left}")
            await asyncio.sleep(self._chance.choice(DOWN_FOR).total_seconds())

    def _started(self) -> Process:
        self._named += 1
        seed = Random(self._chance.getrandbits(32))
        fate = Fate() if self._calm() or self._named > MOST_FATES else self._fate()
        process = Process(f"accord-{self._named}", self._works, seed, fate)
        self.processes = [*self.alive(), process]
        self._works.chronicle.tell(process.name, "starts")
        process.start()
        return process

    def _fate(self) -> Fate:
        chance = self._chance
        within = (self._dies_within, self._sleeps_within)
        dies_at, sleeps_at = (chance.randint(1, most) if most else None for most in within)
        dies_when = None
        if self._dies_within and chance.random() < 0.5:
            dies_when = chance.choice(DEADLY), chance.randint(1, FIRST_TIMES)
        return Fate(dies_at, dies_when, sleeps_at, chance.choice(FROZEN_FOR))

    async def _now_and_then(self, times: int, deed: Callable[[], Awaitable[None]]) -> None:
        while True:
            hours = self._chance.expovariate(times / 24)
            await asyncio.sleep(hours * HOUR.total_seconds())
            if self._calm():
                return
            await deed()

    async def _kill(self) -> None:
        for process in self._chance.sample(self.alive(), k=min(1, len(self.alive()))):
            process.kill("by the clock")

    async def _freeze(self) -> None:
        for process in self._chance.sample(self.alive(), k=min(1, len(self.alive()))):
            self._works.chronicle.tell(process.name, "frozen")
            self._works.chronicle.reach("frozen")
            process.freeze()
            await asyncio.sleep(self._chance.choice(FROZEN_FOR).total_seconds())
            self._works.chronicle.tell(process.name, "thawed")
            process.thaw()

    async def _cut(self) -> None:
        self._works.chronicle.tell("database", "down")
        self._works.server.down = True
        await asyncio.sleep(self._chance.choice(DOWN_FOR).total_seconds())
        self._works.server.down = False
        self._works.chronicle.tell("database", "up")
