"""The wire between the simulated systems and Accord: it loses, doubles, shuffles and delays."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random

from accord.connector_kit.simulator import Hook

Post = Callable[[Hook], Awaitable[int]]
# Whether a hook reaches nobody, and is not tried again.
Takes = Callable[[Hook], bool]

# Shares of deliveries; what the vendors' own pages warn of, only more of it.
DOUBLED = 0.2
DELAYED = 0.1
LOST = 0.03

OK = 200
AT_ONCE = 50


@dataclass(slots=True)
class Traffic:
    """What went over the wire."""

    sent: int = 0
    delivered: int = 0
    doubled: int = 0
    delayed: int = 0
    lost: int = 0
    unheard: int = 0
    refused: int = 0


class Network:
    """Delivers hooks in any order but their own, and not all of them."""

    def __init__(
        self,
        post: Post,
        chance: Random,
        may_wait: frozenset[str],
        takes: Takes = lambda _hook: False,
    ) -> None:
        """Let hooks of the systems in ``may_wait`` be late or lost, and those that it ``takes``.

        The others sign the present time, and try again.
        """
        self._takes = takes
        self._post = post
        self._chance = chance
        self._may_wait = may_wait
        self._late: list[Hook] = []
        self.traffic = Traffic()

    async def deliver(self, hooks: list[Hook], *, last: bool = False) -> None:
        """Deliver ``hooks`` with what was late before; keep some back unless it is the ``last``."""
        self.traffic.sent += len(hooks)
        ready = self._late
        self._late = []
        for hook in hooks:
            if self._takes(hook):
                self.traffic.unheard += 1
                continue
            if hook.system in self._may_wait and self._chance.random() < LOST:
                self.traffic.lost += 1
                continue
            if not last and hook.system in self._may_wait and self._chance.random() < DELAYED:
                self._late.append(hook)
                self.traffic.delayed += 1
                continue
            ready.append(hook)
            if self._chance.random() < DOUBLED:
                ready.append(hook)
                self.traffic.doubled += 1
        self._chance.shuffle(ready)
        for start in range(0, len(ready), AT_ONCE):
            burst = ready[start : start + AT_ONCE]
            statuses = await asyncio.gather(*map(self._post, burst))
            self.traffic.delivered += len(burst)
            self.traffic.refused += sum(status != OK for status in statuses)

    @property
    def empty(self) -> bool:
        """Whether nothing is still on its way."""
        return not self._late
