"""Hooks that a system no longer sends are noticed, made again, and their gap is swept."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from accord.bootstrap import Engine, engine
from accord.connector_kit.connector import Context
from accord.connector_kit.discovery import connectors
from accord.connector_kit.http import in_process
from accord.connector_kit.link import ConnectedSystem
from accord.connector_kit.simulator import Fault, World
from accord.connector_kit.simulator_subscriptions import PretendSubscriptions
from accord.domain.accord import Accord, System
from accord.domain.ownership import Ownership
from accord.engine.ports import TaskKind
from accord.engine.settling import Pace
from accord.engine.subscription_book import SubscriptionLine
from accord.engine.subscriptions import (
    EVERY,
    NO_ADDRESS,
    NOT_SEEN,
    SWEEP_UNDER_WAY,
    TRIED_FOR,
    WAIT_FOR_SWEEP,
    Subscriber,
)
from accord.engine.sweep_book import Occasion, Sweep
from accord.storage.memory import MemoryStore
from tests.contracts.bench import MORNING, delivery
from tests.contracts.wire import Wire

OURS = "https://hooks.example.com/accord"
ABLE = sorted(name for name, each in connectors().items() if each.subscribable)
MINUTE = timedelta(minutes=1)


@dataclass
class Stage:
    """One system, a process that watches it, and what the process told."""

    kind: str
    world: World = field(default_factory=lambda: World(now=MORNING))
    store: MemoryStore = field(default_factory=MemoryStore)
    gaps: list[tuple[str, timedelta]] = field(default_factory=list)
    news: list[SubscriptionLine] = field(default_factory=list)
    dies: bool = False
    watched: bool = True  # the gaps are written down instead of swept

    def __post_init__(self) -> None:
        self.simulator: Any = connectors()[self.kind].simulate(self.world, "here")
        self.wire = Wire(in_process(self.simulator.app), self.simulator)
        self.topics = sorted(connectors()[self.kind].subscribable)

    @property
    def kept(self) -> PretendSubscriptions:
        found: PretendSubscriptions = self.simulator.subscriptions
        return found

    @property
    def addresses(self) -> dict[str, str]:
        return {row.topic: row.address for row in self.kept.rows.values()}

    async def rest(self, seconds: float) -> None:
        self.world.pass_time(timedelta(seconds=seconds))

    async def gap(self, system: str, since: timedelta) -> Sweep:
        if self.dies:
            message = "the process died"
            raise RuntimeError(message)
        self.gaps.append((system, since))
        now = self.world.now
        return Sweep(
            system=system,
            occasion=Occasion.DEMAND,
            since=now - since,
            until=now,
            place=now,
            step=EVERY,
            phase_since=now,
            started_at=now,
        )

    @asynccontextmanager
    async def process(
        self, address: str = OURS, *, subscribe: bool = True
    ) -> AsyncIterator[Engine]:
        """Yield a process that has just begun."""
        connector = connectors()[self.kind]
        context = Context(
            system="here",
            settings=self.simulator.settings,
            secrets=self.simulator.secrets,
            transport=self.wire,
            clock=self.world.clock,
        )
        here = System(
            name="here",
            connector=self.kind,
            role=connector.role,
            vocabulary=connector.vocabulary,
            can=connector.can,
            settings=self.simulator.settings,
            subscribe=subscribe,
        )
        accord = Accord(systems={"here": here}, ownership=Ownership({}), address=address)
        links = {"here": ConnectedSystem(connector, context)}
        works = engine(accord, links, self.store, clock=self.world.clock, rest=self.rest)
        subscriber = Subscriber(
            accord,
            links,
            self.store,
            Pace(self.world.clock, lambda: 0.5),
            traffic=works.traffic,
            gap=self.gap if self.watched else works.sweeper.demand,
            news=self.news.extend,
        )
        works = replace(works, subscriber=subscriber)
        await works.begin()
        yield works
        await works.close()

    async def lines(self) -> dict[str, SubscriptionLine]:
        return {line.topic: line for line in await self.store.subscriptions()}

    async def hour_later(self, works: Engine) -> int:
        self.world.pass_time(EVERY)
        return await works.subscriber.turn("here")


@pytest.fixture(params=ABLE)
def stage(request: pytest.FixtureRequest) -> Stage:
    return Stage(request.param)


async def test_at_the_start_everything_is_subscribed_at_an_address_of_its_own(
    stage: Stage,
) -> None:
    async with stage.process() as works:
        made = await works.subscriber.turn("here")

    assert made == len(stage.topics)
    assert stage.addresses == {topic: f"{OURS}/hooks/here/{topic}" for topic in stage.topics}
    lines = await stage.lines()
    assert [*lines] == stage.topics
    assert {(one.seen_at, one.missing_since, one.trouble) for one in lines.values()} == {
        (MORNING, None, "")
    }
    assert stage.gaps == []  # nothing was ever sent, so nothing can have been lost


async def test_what_is_there_is_seen_every_hour_and_made_once(stage: Stage) -> None:
    async with stage.process() as works:
        await works.subscriber.turn("here")
        rows, calls = dict(stage.kept.rows), stage.wire.calls
        assert await works.subscriber.turn("here") == 0
        assert stage.wire.calls == calls
        assert await stage.hour_later(works) == 0

    assert stage.kept.rows == rows
    assert {line.seen_at for line in (await stage.lines()).values()} == {MORNING + EVERY}


async def test_what_was_dropped_is_made_again_and_its_gap_swept(stage: Stage) -> None:
    lost = stage.topics[0]
    async with stage.process() as works:
        await works.subscriber.turn("here")
        await works.settle()
        stage.kept.lose(lost)
        stage.news.clear()
        stage.world.pass_time(EVERY)
        await works.reader.poll_turn("here", works.poll_every["here"])
        assert await works.subscriber.turn("here") == 1
        due = await stage.store.due(stage.world.now)

    line = (await stage.lines())[lost]
    assert lost in stage.addresses
    assert (line.made_again_at, line.missing_since) == (MORNING + EVERY, None)
    assert stage.gaps == [("here", EVERY + TRIED_FOR)]
    assert [line.topic for line in stage.news] == [lost]
    assert (TaskKind.POLL, "here") in due


async def test_without_an_address_nothing_is_made_and_what_is_missing_is_told(
    stage: Stage,
) -> None:
    there, *missing = stage.topics
    stage.kept.make(there, f"https://some.example.com/hooks/here/{there}")
    async with stage.process(address="") as works:
        await works.subscriber.turn("here")
        await stage.hour_later(works)

    lines = await stage.lines()
    assert len(stage.kept.rows) == 1
    assert lines[there].missing_since is None
    assert {lines[topic].missing_since for topic in missing} == {MORNING}
    assert {lines[topic].trouble for topic in missing} == {NO_ADDRESS}
    assert sorted(line.topic for line in stage.news) == missing


async def test_a_subscription_of_somebody_else_is_left_alone(stage: Stage) -> None:
    topic = stage.topics[0]
    stage.kept.make(topic, "https://elsewhere.example.com/x")
    async with stage.process() as works:
        await works.subscriber.turn("here")

    rows = [row.address for row in stage.kept.rows.values() if row.topic == topic]
    assert rows == ["https://elsewhere.example.com/x", f"{OURS}/hooks/here/{topic}"]


async def test_one_that_is_refused_is_told_and_asked_for_again_in_an_hour(stage: Stage) -> None:
    first, *others = stage.topics
    async with stage.process() as works:
        await works.links["here"].subscriptions()  # which signs in
        stage.wire.fail_after(1, Fault.REFUSAL)
        await works.subscriber.turn("here")
        refused = (await stage.lines())[first]
        assert sorted(stage.addresses) == others
        assert await works.subscriber.turn("here") == 0
        assert await stage.hour_later(works) == 1

    assert refused.trouble.startswith("refused")
    assert refused.missing_since == MORNING
    assert (await stage.lines())[first].trouble == ""


@pytest.mark.parametrize("calm", [0, 1, 2])
async def test_an_outage_at_any_call_is_on_record_and_over_within_the_hour(
    stage: Stage, calm: int
) -> None:
    async with stage.process() as works:
        await works.links["here"].subscriptions()  # which signs in
        stage.wire.fail_after(calm, Fault.OUTAGE)
        await works.subscriber.turn("here")
        troubles = {line.trouble for line in (await stage.lines()).values()}
        assert any(trouble.startswith("unavailable") for trouble in troubles)
        for _ in range(10):
            stage.world.pass_time(MINUTE)
            await works.subscriber.turn("here")

    assert {line.trouble for line in (await stage.lines()).values()} == {""}
    assert sorted(stage.addresses) == stage.topics


async def test_who_dies_before_the_gap_is_swept_leaves_it_to_the_next(stage: Stage) -> None:
    async with stage.process() as works:
        await works.subscriber.turn("here")
        stage.kept.lose()
        stage.dies = True
        with pytest.raises(RuntimeError):
            await stage.hour_later(works)
    stage.dies = False
    async with stage.process() as works:
        await stage.hour_later(works)

    assert stage.gaps == [("here", 2 * EVERY + TRIED_FOR)]
    assert len(stage.kept.rows) == len(stage.topics)


@pytest.mark.parametrize("ago", [MINUTE, 5 * EVERY])
async def test_a_gap_outside_of_the_sweep_under_way_is_swept_after_it(
    stage: Stage, ago: timedelta
) -> None:
    """The sweep under way reads a minute only, or began hours before the subscription was lost."""
    stage.watched = False
    lost = stage.topics[0]
    async with stage.process() as works:
        await works.subscriber.turn("here")
        if ago == MINUTE:
            stage.world.pass_time(EVERY)
        under_way = await works.sweeper.demand("here", EVERY + ago)
        stage.world.pass_time(ago)
        stage.kept.lose(lost)
        await works.subscriber.turn("here")
        line = (await stage.lines())[lost]
        assert line.trouble == SWEEP_UNDER_WAY
        await works.settle()
        stage.world.pass_time(WAIT_FOR_SWEEP)
        await works.subscriber.turn("here")
        swept, *_ = await stage.store.sweeps.sweeps("here", 1)

    assert (await stage.lines())[lost].trouble == ""
    assert swept.id > under_way.id
    assert swept.since <= MORNING - TRIED_FOR


async def test_processes_side_by_side_make_a_subscription_once(stage: Stage) -> None:
    async with stage.process() as one, stage.process() as other:
        made = await asyncio.gather(*(each.subscriber.turn("here") for each in (one, other)))

    assert sorted(made) == [0, len(stage.topics)]
    assert len(stage.kept.rows) == len(stage.topics)


async def test_one_that_somebody_made_again_by_hand_has_a_gap_all_the_same(stage: Stage) -> None:
    topic = stage.topics[0]
    async with stage.process() as works:
        await works.subscriber.turn("here")
        stage.kept.lose(topic)
        stage.kept.make(topic, f"{OURS}/hooks/here/{topic}")
        assert await stage.hour_later(works) == 1

    assert stage.gaps == [("here", EVERY + TRIED_FOR)]
    assert (await stage.lines())[topic].made_again_at == MORNING  # by us: the first time only


async def test_one_that_was_missing_and_is_there_again_as_before_has_a_gap(stage: Stage) -> None:
    topic = stage.topics[0]
    own = stage.kept.make(topic, f"https://some.example.com/hooks/here/{topic}")
    assert own is not None
    async with stage.process(address="") as works:
        await works.subscriber.turn("here")
        row = stage.kept.rows.pop(own)
        await stage.hour_later(works)
        stage.kept.rows[own] = row
        assert await stage.hour_later(works) == 1

    assert stage.gaps == [("here", 2 * EVERY + TRIED_FOR)]
    assert (await stage.lines())[topic].missing_since is None


async def test_what_is_answered_as_made_and_is_not_there_is_told(stage: Stage) -> None:
    topic = stage.topics[0]
    async with stage.process() as works:
        stage.simulator.fail(Fault.FORGOTTEN)
        await works.subscriber.turn("here")

    line = (await stage.lines())[topic]
    assert (line.trouble, line.missing_since) == (NOT_SEEN, MORNING)


async def test_what_the_accord_keeps_us_from_is_neither_looked_at_nor_shown(stage: Stage) -> None:
    async with stage.process() as works:
        await works.subscriber.turn("here")
    async with stage.process(subscribe=False) as works:
        assert works.subscriber.systems == []

    assert await stage.store.subscriptions() == []


async def test_a_system_without_subscriptions_is_never_asked(stage: Stage) -> None:
    del stage
    without = Stage("netsuite")
    async with without.process() as works:
        assert works.subscriber.systems == []
        assert (TaskKind.SUBSCRIBE, "here") not in await without.store.due(MORNING)


async def arrive(stage: Stage, works: Engine) -> Sequence[str]:
    """Let everything on the wire arrive; return the topics that came."""
    hooks = stage.world.sent[:]
    stage.world.sent.clear()
    for hook in hooks:
        await works.receiver.receive("here", delivery(hook))
    await works.settle()
    return [hook.topic for hook in hooks]


async def test_a_shop_that_drops_its_subscriptions_is_whole_again_within_the_hour() -> None:
    stage = Stage("shopify", watched=False)
    async with stage.process() as works:
        await works.settle()
        for _ in stage.simulator.story("4001"):
            stage.world.pass_time(MINUTE)
        assert await arrive(stage, works) != []
        stage.kept.lose()
        for _ in stage.simulator.story("4002"):
            stage.world.pass_time(MINUTE)
        assert stage.world.sent == []

        stage.world.pass_time(EVERY)
        await works.settle()
        after = [line.matrix for line in await stage.store.orders()]
        for _ in stage.simulator.story("4003"):
            stage.world.pass_time(MINUTE)
        heard = await arrive(stage, works)

    known = {ref.value for matrix in after for ref in matrix.refs if ref.scope == "number"}
    assert known == {"4001", "4002"}
    assert heard != []
