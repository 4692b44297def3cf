"""Turn what the sensors see into incidents, once a minute; hand over what is to be told of them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Protocol

from accord.domain.alert import SAME_WITHIN, Condition, follow
from accord.domain.alert_rules import AlertRules
from accord.domain.alert_text import messages
from accord.domain.retry import RetryPolicy
from accord.engine.alert_desk import AlertDesk, Letter
from accord.engine.ports import Settlement, Store, TaskKind
from accord.engine.settling import Pace

EVERY = timedelta(minutes=1)
LEASE = timedelta(minutes=5)
# There is one watch over everything, whatever the number of processes.
EVERYTHING = "*"
LETTERS_A_TURN = 20
LETTER_LEASE = timedelta(minutes=2)
# However long a channel is down, what was to be told waits for it.
TRY_AGAIN = RetryPolicy(first=timedelta(seconds=30), longest=timedelta(minutes=15))

Sensor = Callable[[datetime], Awaitable[Iterable[Condition]]]


class Channel(Protocol):
    """A way to the people who are called."""

    async def tell(self, title: str, text: str) -> str:
        """Tell; return why it was not taken, empty if it was. Nothing is raised."""


class Watcher:
    """One incident is told once, told when it gets worse, and told to be over."""

    def __init__(
        self,
        rules: AlertRules,
        store: Store,
        desk: AlertDesk,
        pace: Pace,
        *,
        sensors: Sequence[Sensor],
        zone: tzinfo,
    ) -> None:
        """Tell times by the clock of ``zone``."""
        self._rules = rules
        self._zone = zone
        self._store = store
        self._desk = desk
        self._sensors = sensors
        self._pace = pace

    async def begin(self) -> None:
        """Put the standing work down."""
        await self._store.ask(TaskKind.WATCH, EVERYTHING, ["*"], self._pace.clock())

    async def turn(self) -> int:
        """Look, if it is time and nobody else does; return how much there was to tell."""
        now = self._pace.clock()
        tasks = await self._store.claim(TaskKind.WATCH, [EVERYTHING], 1, LEASE, now)
        told = 0
        for task in tasks:
            told = await self._look(now)
            await self._store.settle([Settlement(task=task, due=now + EVERY)], self._pace.clock())
        return told

    async def _look(self, now: datetime) -> int:
        found = await asyncio.gather(*(sensor(now) for sensor in self._sensors))
        conditions = [condition for part in found for condition in part]
        known = await self._desk.known(now - SAME_WITHIN)
        steps = follow(known, conditions, self._rules, now)
        letters = messages(steps.told, self._rules, self._zone, now)
        await self._desk.follow(steps, letters, now)
        return len(letters)


class Teller:
    """Hands messages to their channels, and keeps what a channel does not take."""

    def __init__(self, desk: AlertDesk, channels: Mapping[str, Channel], pace: Pace) -> None:
        self._desk = desk
        self._channels = channels
        self._pace = pace

    async def turn(self) -> int:
        """Tell what is due; return how much that was."""
        now = self._pace.clock()
        letters = await self._desk.letters(LETTERS_A_TURN, LETTER_LEASE, now)
        await asyncio.gather(*(self._tell(letter) for letter in letters))
        return len(letters)

    async def _tell(self, letter: Letter) -> None:
        channel = self._channels.get(letter.channel)
        if channel is None:
            why = "the accord names no such channel any more"
        else:
            why = await channel.tell(letter.title, letter.text)
        now = self._pace.clock()
        if not why:
            await self._desk.sent(letter, now)
            return
        wait = TRY_AGAIN.pause(letter.tries + 1, self._pace.chance())
        await self._desk.put_off(letter, now + wait, why)
