"""Whatever is seen, whoever dies and however often a channel fails: told once, and in the end."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from enum import Enum

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from accord.domain.alert import CALM, SAME_WITHIN, Condition
from accord.domain.alert_rules import USUAL, AlertRules, RuleName
from accord.engine.alert_desk import PATIENCE, Letter
from accord.engine.ports import TaskKind
from accord.engine.settling import Pace
from accord.engine.watch import (
    EVERY,
    EVERYTHING,
    LEASE,
    LETTER_LEASE,
    LETTERS_A_TURN,
    Teller,
    Watcher,
)
from accord.storage.memory import MemoryStore

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
# One rule calls at once, one when it lasted for five minutes.
THINGS = (
    (RuleName.UNKNOWN_WORD, "shop: x"),
    (RuleName.DOWN, "books"),
    (RuleName.DEAD_LETTERS, "depot"),
)
NAMES = [f"{rule.replace('_', ' ')}: {key}" for rule, key in THINGS]
CHANNELS = ("ops", "lead")
RULES = AlertRules(rules=USUAL, channels=CHANNELS)


class Death(Enum):
    """Where a process dies; another begins in its place."""

    NONE = 0
    IDLE = 1  # between two turns
    LOOKING = 2  # with the look in its hands
    TELLING = 3  # with messages in its hands, before any was told


class Minute(Struct, frozen=True):
    """What the world is like in one step, and what goes wrong in it."""

    wait: timedelta
    figures: tuple[int, ...]
    dead_channels: frozenset[str]
    first: int
    death: Death


MINUTES = st.builds(
    Minute,
    wait=st.sampled_from([MINUTE, MINUTE, 3 * MINUTE, 11 * MINUTE, 70 * MINUTE, 30 * CALM]),
    figures=st.tuples(*(st.sampled_from([0, 0, 1, 2, 9]) for _ in THINGS)),
    dead_channels=st.frozensets(st.sampled_from(CHANNELS)),
    first=st.integers(0, 1),
    death=st.sampled_from(Death),
)


class Ear:
    """A channel, which is dead at times."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.is_dead = False
        self.refused: Counter[str] = Counter()

    async def tell(self, title: str, text: str) -> str:
        if self.is_dead:
            self.refused[text] += 1
            return "nobody answers"
        self.heard.append(f"{title}\n\n{text}")
        return ""

    def begins_and_ends(self, name: str) -> list[str]:
        """Return when it heard that an incident began or was over, in order."""
        parts = [part for one in self.heard for part in one.split("\n\n")[1:]]
        marks = {f"{name}. ": "begun", f"Over: {name}. ": "over"}
        return [mark for part in parts for head, mark in marks.items() if part.startswith(head)]


class Town:
    """Two processes that watch and tell over one store, and a world that goes wrong."""

    def __init__(self) -> None:
        self.now = NOW
        self.figures: tuple[int, ...] = (0,) * len(THINGS)
        self.store = MemoryStore()
        self.ears = {name: Ear() for name in CHANNELS}
        self.looks = 0
        self._pace = Pace(lambda: self.now, lambda: 0.5)
        self._processes = [self._process(), self._process()]

    def _process(self) -> tuple[Watcher, Teller]:
        watcher = Watcher(
            RULES, self.store, self.store.alerts, self._pace, sensors=[self._sense], zone=UTC
        )
        return watcher, Teller(self.store.alerts, self.ears, self._pace)

    async def _sense(self, now: datetime) -> list[Condition]:
        del now
        self.looks += 1
        return [
            Condition(rule=rule, key=key, figure=figure, what=f"It is {figure}.")
            for (rule, key), figure in zip(THINGS, self.figures, strict=True)
            if figure
        ]

    async def begin(self) -> None:
        await self._processes[0][0].begin()

    async def live(self, minute: Minute) -> None:
        self.now += minute.wait
        self.figures = minute.figures
        for name, ear in self.ears.items():
            ear.is_dead = name in minute.dead_channels
        await self._die(minute)
        for place in (minute.first, 1 - minute.first):
            watcher, teller = self._processes[place]
            await watcher.turn()
            await teller.turn()

    async def _die(self, minute: Minute) -> None:
        if minute.death is Death.NONE:
            return
        if minute.death is Death.LOOKING:
            await self.store.claim(TaskKind.WATCH, [EVERYTHING], 1, LEASE, self.now)
        if minute.death is Death.TELLING:
            await self.store.alerts.letters(LETTERS_A_TURN, LETTER_LEASE, self.now)
        self._processes[minute.first] = self._process()
        await self._processes[minute.first][0].begin()

    async def all_clears(self) -> None:
        """Let everything be well, and channels answer, until nothing is left to tell."""
        calm = Minute(EVERY, (0,) * len(THINGS), frozenset(), 0, Death.NONE)
        for _ in range(40):
            await self.live(calm)
        await self.live(replace(calm, wait=SAME_WITHIN))

    async def untold(self) -> list[Letter]:
        return list(await self.store.alerts.letters(999, LEASE, self.now + 9 * SAME_WITHIN))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(MINUTES, max_size=30))
def test_each_incident_is_told_as_begun_once_and_as_over_once_and_nothing_is_lost(
    minutes: list[Minute],
) -> None:
    async def lived() -> Town:
        town = Town()
        await town.begin()
        for minute in minutes:
            await town.live(minute)
        await town.all_clears()
        return town

    async def judged(town: Town) -> None:
        assert await town.store.alerts.alerts(99) == []
        assert await town.untold() == []
        closed = await town.store.alerts.alerts(99, closed=True)
        for ear in town.ears.values():
            assert len(ear.heard) <= town.looks
            for name, (rule, key) in zip(NAMES, THINGS, strict=True):
                told = ear.begins_and_ends(name)
                incidents = [one for one in closed if one.name == (rule, key)]
                assert told.count("begun") == told.count("over")
                if max(ear.refused.values(), default=0) < PATIENCE:
                    assert told == ["begun", "over"] * (len(told) // 2)
                assert len(incidents) <= len(told) // 2 <= sum(one.times for one in incidents)

    async def both() -> None:
        await judged(await lived())

    asyncio.run(both())
