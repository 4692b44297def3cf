"""The way of a hook to us: lost, doubled, overtaken, late, and tried again as its sender does."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextvars import Context
from datetime import datetime, timedelta
from random import Random
from typing import Any

from accord.connector_kit.simulator import Hook, World
from accord.engine.ports import Delivery
from accord.engine.receive import Receipt
from tests.simulation.chronicle import Chronicle
from tests.simulation.process import Process
from tests.simulation.weather import HOUR, MINUTE, Weather

SECOND = timedelta(seconds=1)
DAY = 24 * HOUR
# How long a sender waits for our answer, and when it tries again after a bad one. Shopify tries
# eight times in four hours; ShipStation's schedule is not documented, so few are assumed.
PATIENCE = 5.0
AGAIN = {"shop": (MINUTE, 2 * MINUTE, 5 * MINUTE, 20 * MINUTE, HOUR, HOUR, HOUR)}
FEW = (MINUTE, 10 * MINUTE)


class Post:
    """Carries what the simulated systems send. ``acknowledged`` is the senders' own ledger."""

    def __init__(
        self,
        world: World,
        weather: Weather,
        chance: Random,
        chronicle: Chronicle,
        processes: Callable[[], Sequence[Process]],
    ) -> None:
        """Draw how bad this seed's post is."""
        self.acknowledged: list[tuple[str, bytes]] = []
        self.under_way: dict[asyncio.Task[None], None] = {}
        self._world, self._weather, self._chance = world, weather, chance
        self._chronicle, self._processes = chronicle, processes
        self._lost = chance.choice((0, 0, 0.1, 0.3, 1))
        self._doubled = chance.choice((0, 0.1, 0.4))
        self._late = chance.choice((0, 0, 0.1, 0.3))
        # From then on the vendor sends no more: it took the subscription away.
        begin, span = world.now, weather.calm_at - world.now
        self._ends: Mapping[str, datetime] = {
            system: begin + chance.random() * span
            for system in ("shop", "warehouse")
            if chance.random() < 0.1
        }

    def collect(self) -> None:
        """Take what was sent since the last time and bring it on its way."""
        hooks = list(self._world.sent)
        self._world.sent.clear()
        for hook in hooks:
            self._send(hook)

    def _send(self, hook: Hook) -> None:
        ends = self._ends.get(hook.system)
        if ends is not None and self._world.now >= ends:
            self._chronicle.reach("subscription removed")
            return
        calm = self._weather.calm
        if not calm and self._chance.random() < self._lost:
            self._chronicle.reach("hook lost")
            return
        copies = 1
        if not calm and self._chance.random() < self._doubled:
            copies = self._chance.choice((2, 2, 3, 50))
            self._chronicle.reach("hook doubled")
        for _ in range(copies):
            self._start(self._carry(hook, self._delay(calm=calm)))

    def _delay(self, *, calm: bool) -> timedelta:
        if not calm and self._chance.random() < self._late:
            self._chronicle.reach("hook late")
            return self._chance.random() * self._chance.choice((10 * MINUTE, HOUR, DAY))
        return self._chance.random() * 3 * SECOND

    def _start(self, carrying: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(carrying, context=Context())
        self.under_way[task] = None
        task.add_done_callback(lambda done: self.under_way.pop(done, None))

    async def _carry(self, hook: Hook, delay: timedelta) -> None:
        await asyncio.sleep(delay.total_seconds())
        for wait in (*AGAIN.get(hook.system, FEW), None):
            receipt = await self._knock(hook)
            self._chronicle.tell("post", f"{hook.system}/{hook.topic[:30]} {receipt}")
            if receipt is Receipt.KEPT or receipt is Receipt.UNPROVEN:
                return
            if wait is not None:
                await asyncio.sleep(wait.total_seconds())

    async def _knock(self, hook: Hook) -> Receipt | None:
        """Return what one process of ours answered, or None if none did in time."""
        doors = [process for process in self._processes() if process.alive]
        if not doors:
            return None
        process = self._chance.choice(doors)
        names = {name.lower(): value for name, value in hook.headers.items()}
        delivery = Delivery(hook.topic, names, hook.body)
        answering = process.spawn(process.receive(hook.system, delivery))
        await asyncio.wait([answering], timeout=PATIENCE)
        if not answering.done() or answering.cancelled() or answering.exception():
            return None
        receipt = answering.result()
        if receipt is Receipt.KEPT:
            link = process.engine.links[hook.system]
            self.acknowledged.append((hook.system, link.identity(delivery)))
        return receipt
