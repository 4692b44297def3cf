"""Whatever happens to two workers, no customer gets a milestone twice: counted at the far side."""

import asyncio
import contextlib
import random
from copy import deepcopy
from datetime import timedelta

import pytest
from msgspec.structs import replace

from accord.domain.notice import NoticeState
from accord.domain.notice_rules import ChannelKind
from accord.domain.report import Report
from accord.engine.desk import Deed
from accord.engine.notice_ledger import NOTICES, Looked
from accord.engine.notice_sending import LEASE, Notifying
from accord.engine.notify import Notifier
from accord.engine.ports import TaskKind
from accord.engine.send_epoch import resume
from accord.engine.settling import Pace
from accord.engine.traffic import Traffic
from accord.storage.memory import MemoryStore
from tests.domain.notices import (
    DAY,
    HOOK,
    HOUR,
    LONG_SINCE,
    MAIL,
    MINUTE,
    cancelled,
    placed,
    telling,
)
from tests.domain.stack import NOON
from tests.domain.test_plan import work
from tests.engine.plain import Plain
from tests.engine.post import Killed, Life, NotedMark, Provider

ACCORD = telling(mail=MAIL, webhook=HOOK)
MOODS = ["take", "take", "take", "lose", "drop", "die", "die", "decline", "decline", "reject"]
# Between these nothing may go wrong unseen.
CALLS = ["note", "why_paused", "contact", "read", "intend", "write", "send", "end", "settle"]
SEEDS = 150
HOOK_KNOWS = DAY


class World:
    """One order, two workers, two providers, and everything that may go wrong between them."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.store = MemoryStore()
        self.mark = NotedMark()
        self.now = NOON
        self.mail = Provider(knows_keys=False, mood=self._mood)
        self.hook = Provider(knows_keys=True, mood=self._mood)
        self.calm = False
        self.copies: list[MemoryStore] = []
        self.paused: list[tuple[Life, asyncio.Task[int]]] = []
        self.happened: set[str] = set()
        self.ids = 0
        self.story: list[Report] = []

    def _mood(self) -> str:
        mood = "take" if self.calm else self.chance.choice(MOODS)
        self.happened.add(mood)
        return mood

    def notifier(self, life: Life) -> Notifier:
        """Return a worker that reaches everything by ``life``."""
        self.ids += 1
        own = f"epoch-{self.ids}"
        store = life.lived(self.store)
        plain = Plain(ACCORD, self.store)
        traffic = Traffic(plain.engine.links, store, lambda: self.now)
        channels = {
            ChannelKind.MAIL: life.lived(self.mail),
            ChannelKind.WEBHOOK: life.lived(self.hook),
        }
        parts = Notifying(
            ledger=life.lived(self.store.notices),
            channels=channels,
            mark=life.lived(self.mark),
            fresh_id=lambda: own,
        )
        pace = Pace(lambda: self.now, self.chance.random)
        return Notifier(ACCORD, plain.engine.links, store, pace, traffic=traffic, parts=parts)

    async def hear(self, *reports: Report) -> None:
        plain = Plain(ACCORD, self.store)
        plain.now = self.now
        await plain.said(*reports)

    async def turn(self) -> None:
        """Let a worker take a turn: to its end, to its death, or until it is stopped."""
        fate = (
            "lives"
            if self.calm
            else self.chance.choice(["lives", "lives", "lives", "dies", "stops"])
        )
        call = f"{self.chance.choice(['before', 'after'])} {self.chance.choice(CALLS)}"
        steps: list[int | str] = [self.chance.randrange(60), call, call]
        step = self.chance.choice(steps)
        life = Life(step if fate == "dies" else None, step if fate == "stops" else None)
        task = asyncio.create_task(self.notifier(life).turn())
        stopped = asyncio.create_task(life.stopped.wait())
        await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if life.stopped.is_set() and not task.done():
            self.happened.add("stopped")
            self.paused.append((life, task))
            return
        with contextlib.suppress(Killed):
            await task
        if life.is_dead:
            self.happened.add("died")

    async def wake(self) -> None:
        """Let a worker that was stopped go on, however late it is."""
        if self.paused:
            life, task = self.paused.pop(self.chance.randrange(len(self.paused)))
            life.goes_on.set()
            with contextlib.suppress(Killed):
                await task

    async def restore(self) -> None:
        """Put an older copy of the database in the place of the present one."""
        if self.copies and not self.paused:
            self.store = deepcopy(self.chance.choice(self.copies))
            self.happened.add("restored")

    async def copy(self) -> None:
        if not self.paused:
            self.copies.append(deepcopy(self.store))

    async def person(self) -> None:
        """Look at the providers, say what became of things, click twice; resume what stopped."""
        ledger = self.store.notices
        deed = Deed(what="resolved", who="Ana", why="asked the provider", at=self.now)
        for row in await ledger.listed(Looked(states=frozenset({NoticeState.AMBIGUOUS})), 99):
            if self.paused or row.called_at is None or self.now - row.called_at < LEASE:
                continue  # somebody may still be at it
            provider = self.mail if row.channel is ChannelKind.MAIL else self.hook
            known = any(message.key == row.message for message in provider.messages)
            state = NoticeState.SENT if known else NoticeState.WAITING
            for _ in range(2):
                await ledger.resolve(row.id, state, deed)
            self.happened.add(f"resolved as {state}")
        self.ids += 1
        if await resume(ledger, self.mark, f"epoch-{self.ids}", deed):
            self.happened.add("resumed")

    async def replay(self) -> None:
        """Hear everything again, and ask for the work again."""
        await self.hear(*self.story)
        for order in self.store.rows:
            await self.store.ask(TaskKind.NOTIFY, NOTICES, [order], self.now)

    async def goes_on(self) -> None:
        """Let the order come a step further."""
        minute = int((self.now - NOON) / MINUTE)
        steps = [
            lambda: placed(minute),
            lambda: [work("se-8", "IT", {"A": 1}, minute, tracking=("8",))],
            lambda: [work("se-8", "DE", {"A": 1}, minute, tracking=("8",))],
            lambda: [work("se-9", "IT", {"A": 1}, minute, tracking=("9",))],
            lambda: [replace(cancelled(minute), happened_at=self.now)],
        ]
        reports = self.chance.choice(steps)() if self.story else placed(minute)
        self.story += reports
        await self.hear(*reports)

    async def time_passes(self) -> None:
        steps = [timedelta(seconds=30), 3 * MINUTE, LEASE + MINUTE, HOUR, DAY]
        self.now += self.chance.choices(steps, [4, 6, 3, 2, 1])[0]
        self.hook.forget(self.now - HOOK_KNOWS)

    async def live(self) -> None:
        """Let things happen as chance has it, and then let everything calm down."""
        await self.begin()
        weighted = [
            (self.turn, 12),
            (self.time_passes, 6),
            (self.goes_on, 3),
            (self.wake, 2),
            (self.replay, 1),
            (self.copy, 1),
            (self.restore, 1),
            (self.person, 1),
        ]
        doing, weights = zip(*weighted, strict=True)
        for _ in range(60):
            await self.chance.choices(doing, weights)[0]()
        self.calm = True
        while self.paused:
            await self.wake()
        for _ in range(8):
            self.now += 2 * HOUR
            self.hook.forget(self.now - HOOK_KNOWS)
            for _ in range(3):
                await self.turn()

    async def begin(self) -> None:
        self.now = LONG_SINCE
        await self.notifier(Life()).begin()
        self.now = NOON


def worst(world: World) -> int:
    got = [*world.mail.got.values(), *world.hook.got.values()]
    return max(got, default=0)


async def lived(seed: int) -> World:
    world = World(seed)
    await world.live()
    return world


async def test_no_milestone_reaches_a_customer_twice_and_nothing_is_left_undecided():
    happened: set[str] = set()
    messages = 0
    for seed in range(SEEDS):
        world = await lived(seed)
        assert worst(world) <= 1, f"seed {seed} told somebody twice"
        left = {row.state for row in await world.store.notices.listed(Looked(), 99)}
        assert NoticeState.INTENT not in left, f"seed {seed} left an intent"
        happened |= world.happened
        messages += world.mail.calls + world.hook.calls

    assert messages > SEEDS  # most lives have something to tell
    assert happened >= {*MOODS, "died", "stopped", "restored", "resumed", "resolved as waiting"}


@pytest.mark.parametrize("seed", [3, 141])
async def test_a_life_is_the_same_each_time_it_is_lived(seed):
    one, other = await lived(seed), await lived(seed)

    assert one.mail.got == other.mail.got
    assert one.happened == other.happened


async def test_a_hand_that_was_stopped_undoes_nothing_of_a_later_one():
    world = World(0)
    world.calm = True
    await world.begin()
    await world.goes_on()
    await world.turn()
    world.now += 3 * MINUTE
    late = Life(stops_at="before intend")
    stopped = asyncio.create_task(world.notifier(late).turn())
    await late.stopped.wait()

    world.now += LEASE + MINUTE
    world.mail.mood = world.hook.mood = lambda: "lose"
    await world.turn()
    late.goes_on.set()
    await stopped

    rows = await world.store.notices.listed(Looked(), 9)
    assert {row.state for row in rows} == {NoticeState.AMBIGUOUS}
    assert world.mail.calls == 1
