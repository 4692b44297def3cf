"""The one place where the parts are joined."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Protocol
from uuid import uuid4
from zoneinfo import ZoneInfo

from accord.domain.accord import Accord
from accord.domain.notice_rules import ChannelKind
from accord.engine.alert_desk import AlertDesk
from accord.engine.arrival_sensors import ArrivalSensors
from accord.engine.case_desk import CaseDesk
from accord.engine.census import CensusTaker
from accord.engine.drift_ledger import DriftLedger
from accord.engine.drift_sensors import DriftSensors
from accord.engine.emptying import release_known
from accord.engine.gauges import Instruments
from accord.engine.group_commit import GroupCommit
from accord.engine.interpret import Interpreter
from accord.engine.latency_sensor import LatencySensor
from accord.engine.notice_channel import Channel
from accord.engine.notice_ledger import NoticeLedger
from accord.engine.notice_sending import Notifying
from accord.engine.notify import Notifier
from accord.engine.numbers import Numbers
from accord.engine.paging import Pager, Rest
from accord.engine.ports import Link, Store, TaskKind
from accord.engine.propagate import Propagator, Watch
from accord.engine.reading import FeedNews, Reader
from accord.engine.receive import Keeping, Receiver
from accord.engine.repair import Repairer
from accord.engine.runner import Runner
from accord.engine.sensors import DeskSensors, GaugeSensors, LinkSensors
from accord.engine.settling import Pace
from accord.engine.subscription_sensor import SubscriptionSensor
from accord.engine.subscriptions import Subscriber, SubscriptionNews
from accord.engine.sweep import Compare, Sweeper, no_comparison
from accord.engine.traffic import Traffic
from accord.engine.watch import Teller, Watcher
from accord.notify.alert_channel import alert_channels
from accord.notify.mail import MailAccount, MailChannel
from accord.notify.webhook import WebhookChannel
from accord.settings.notices import channel_secrets
from accord.storage.send_mark import SendMarkFile


class Watched(Store, Protocol):
    """A store, with what the watch reads off it and writes to it."""

    @property
    def cases(self) -> CaseDesk:
        """What needs a person."""

    @property
    def alerts(self) -> AlertDesk:
        """Incidents, and what is told of them."""

    @property
    def instruments(self) -> Instruments:
        """The numbers of the moment."""

    @property
    def drifts(self) -> DriftLedger:
        """What the last comparison found."""

    @property
    def numbers(self) -> Numbers:
        """Agreement as a number."""


def watching(
    accord: Accord, store: Watched, pace: Pace, addresses: Mapping[str, str]
) -> tuple[Watcher, Teller]:
    """Return what looks whether something is wrong, and what tells it at ``addresses``.

    Raises ``UnusableInputError`` where an address leads nowhere.
    """
    desk, gauges = DeskSensors(store.desk, store.cases), GaugeSensors(accord, store.instruments)
    drift = DriftSensors(accord, store.drifts)
    arrivals = ArrivalSensors(store.census, store.heard)
    watcher = Watcher(
        accord.alerts,
        store,
        store.alerts,
        pace,
        sensors=[
            desk.pressing,
            desk.pauses,
            desk.unknown_words,
            gauges.look,
            LinkSensors(accord.systems, store).look,
            LatencySensor(accord, store.numbers).look,
            drift.drifting,
            drift.stalled,
            arrivals.holes,
            arrivals.silence,
            SubscriptionSensor(store.subscription_book).look,
        ],
        zone=ZoneInfo(accord.alerts.time_zone),
    )
    return watcher, Teller(store.alerts, alert_channels(addresses), pace)


def utc_now() -> datetime:
    """Return the present time."""
    return datetime.now(UTC)


def notifying(
    accord: Accord, environment: Mapping[str, str], ledger: NoticeLedger, mark: Path
) -> Notifying | None:
    """Return what telling customers needs, with ``mark`` the file outside of the database.

    None where the accord tells nobody. Raises ``UnusableInputError`` where a secret is missing.
    """
    rules = accord.notices
    if rules is None:
        return None
    secrets = channel_secrets(rules, environment)
    channels: dict[ChannelKind, Channel] = {}
    if rules.mail is not None:
        account = MailAccount(user=secrets.user, password=secrets.password)
        channels[ChannelKind.MAIL] = MailChannel(rules.mail, account)
    if rules.webhook is not None:
        channels[ChannelKind.WEBHOOK] = WebhookChannel(rules.webhook, secrets.webhook)
    return Notifying(
        ledger=ledger, channels=channels, mark=SendMarkFile(mark), fresh_id=lambda: uuid4().hex
    )


@dataclass(frozen=True, slots=True)
class Engine:
    """The use cases over one accord, one store and its links."""

    accord: Accord
    links: Mapping[str, Link]
    store: Store
    receiver: Receiver
    interpreter: Interpreter
    traffic: Traffic
    propagator: Propagator
    reader: Reader
    repairer: Repairer
    sweeper: Sweeper
    census: CensusTaker
    subscriber: Subscriber
    poll_every: Mapping[str, timedelta]
    clock: Callable[[], datetime]
    notifier: Notifier | None = None

    async def begin(self) -> None:
        """Put down the standing work: every change feed is read from now on.

        What waited in quarantine on words that the accord knows by now is released.
        """
        await release_known(self.store.desk, self.accord, self.clock())
        for system in self.links:
            await self.store.ask(TaskKind.POLL, system, ["*"], self.clock())
        for each in (self.sweeper, self.census, self.subscriber):
            await each.begin()
        if self.notifier is not None:
            await self.notifier.begin()

    def work(self, runner: Runner) -> None:
        """Start what is done with what was kept: one loop per step and system."""
        runner.start("interpret", self.interpreter.turn)
        runner.start("interpret beside", self.interpreter.turn_beside)
        step, finish = self.propagator.step, self.propagator.finish
        for system in self.links:
            for name, urgent in (("stop at", True), ("propagate", False)):
                runner.start(
                    f"{name} {system}",
                    partial(step, system, urgent=urgent),
                    partial(finish, system, urgent=urgent),
                )
            runner.start(f"reread {system}", partial(self.reader.reread_turn, system))
            runner.start(f"repair {system}", partial(self.repairer.turn, system))
        if self.notifier is not None:
            runner.start("notices", self.notifier.turn)

    def sweep(self, runner: Runner) -> None:
        """Start what looks for changes nobody told of: one loop per system for each of them."""
        for system, every in self.poll_every.items():
            runner.start(f"poll {system}", partial(self.reader.poll_turn, system, every))
            runner.start(f"sweep {system}", partial(self.sweeper.turn, system))
            runner.start(f"census {system}", partial(self.census.turn, system))
        for system in self.subscriber.systems:
            runner.start(f"subscribe {system}", partial(self.subscriber.turn, system))

    async def settle(self) -> None:
        """Work on everything due now, step after step, until nothing is, or all of it must wait."""
        while True:
            worked = await self.interpreter.turn()
            for kind, system in sorted(await self.store.due(self.clock())):
                worked += await self._step(kind, system)
            for system in self.links:
                worked += await self.repairer.turn(system)
            if not worked:
                return

    async def _step(self, kind: TaskKind, system: str) -> int:
        match kind:
            case TaskKind.NOTIFY:
                return await self.notifier.turn() if self.notifier else 0
            case TaskKind.REREAD:
                return await self.reader.reread_turn(system)
            case TaskKind.POLL:
                return await self.reader.poll_turn(system, self.poll_every[system])
            case TaskKind.SWEEP | TaskKind.CENSUS | TaskKind.SUBSCRIBE:
                return await self._looking[kind](system)
            case TaskKind.PROPAGATE:
                stopped = await self.propagator.turn(system, urgent=True)
                return stopped + await self.propagator.turn(system)
            case TaskKind.WATCH:
                return 0  # nobody is called by what is played or settled step by step

    @property
    def _looking(self) -> Mapping[TaskKind, Callable[[str], Awaitable[int]]]:
        return {
            TaskKind.SWEEP: self.sweeper.turn,
            TaskKind.CENSUS: self.census.turn,
            TaskKind.SUBSCRIBE: self.subscriber.turn,
        }

    async def close(self) -> None:
        """Let go of every link."""
        await self.propagator.close()
        if self.notifier is not None:
            await self.notifier.close()
        for each in self.links.values():
            await each.close()


def engine(
    accord: Accord,
    links: Mapping[str, Link],
    store: Store,
    *,
    clock: Callable[[], datetime] = utc_now,
    chance: Callable[[], float] = random.random,
    keeping: Keeping | None = None,
    wake: Callable[[], None] = lambda: None,
    watch: Watch = lambda _attempt: None,
    news: FeedNews = lambda _system, _reason: None,
    notifying: Notifying | None = None,
    compare: Compare = no_comparison,
    rest: Rest = asyncio.sleep,
    hooks_news: SubscriptionNews = lambda _lines: None,
) -> Engine:
    """Return the use cases over these parts; deliveries are kept by ``keeping``, or the store.

    Customers are told of nothing without ``notifying``. At the end of a sweep ``compare`` is
    called; ``rest`` lets seconds pass between two pages.
    """
    pace = Pace(clock, chance)
    traffic = Traffic(links, store, clock)
    pager = Pager(links, traffic, pace, rest)
    sweeper = Sweeper(accord, links, store, pace, traffic=traffic, pager=pager, compare=compare)
    notifier = None
    if notifying is not None:
        notifier = Notifier(accord, links, store, pace, traffic=traffic, parts=notifying)
    return Engine(
        accord=accord,
        links=links,
        store=store,
        receiver=Receiver(links, keeping or GroupCommit(store.keep, kept=wake), clock),
        interpreter=Interpreter(accord, links, store, clock),
        traffic=traffic,
        propagator=Propagator(accord, links, store, pace, traffic=traffic, watch=watch, kept=wake),
        subscriber=Subscriber(
            accord, links, store, pace, traffic=traffic, gap=sweeper.demand, news=hooks_news
        ),
        reader=Reader(links, store, pace, traffic=traffic, news=news),
        repairer=Repairer(accord, links, store, pace, traffic=traffic),
        sweeper=sweeper,
        census=CensusTaker(accord.sweep, links, store, pace, traffic=traffic, pager=pager),
        poll_every={
            name: max(link.poll_every, accord.sweep.rolling or link.poll_every)
            for name, link in links.items()
        },
        clock=clock,
        notifier=notifier,
    )
