"""One process in its roles: joined from its parts, run until it is told to stop, taken apart."""

import asyncio
import logging
import random
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path

import structlog

from accord.bootstrap import Engine, engine, notifying, utc_now, watching
from accord.cli.database import store_of
from accord.cli.hook_news import tell_of_hooks
from accord.cli.stopping import told_to_stop
from accord.cli.surroundings import Surroundings
from accord.domain.errors import UnusableInputError
from accord.engine.desk import paused_thing
from accord.engine.digest import DigestWriter
from accord.engine.door_count import DoorCount
from accord.engine.first_week import FirstWeek
from accord.engine.notice_sending import Notifying
from accord.engine.receive import Keeping, Receiver
from accord.engine.runner import Runner
from accord.engine.self_check import SelfCheck, Violation, stopped_by
from accord.engine.settling import Pace
from accord.engine.sweep_comparison import SweepComparison
from accord.engine.tidying import Tidying
from accord.ingress.broker import Tell
from accord.ingress.choice import reader, sender
from accord.ingress.landing import Landing
from accord.settings.accord_file import load_accord
from accord.settings.alerts import channel_addresses
from accord.settings.linking import links
from accord.settings.process import ProcessRole, ProcessSettings
from accord.storage.clock import DatabaseClock
from accord.storage.postgres import PostgresStore
from accord.storage.trouble import blames_data
from accord.web.app import Door, pages_app
from accord.web.hooks import Hooks
from accord.web.names import own_names
from accord.web.server import listen
from accord.web.server import serve as http_serve

REFRESH = 10  # seconds after which a page loads itself again
TELL_EVERY = 10.0  # seconds between two lines on deliveries that were not kept
# Roles for which somebody knocks at our port.
ANSWERING = {ProcessRole.RECEIVE, ProcessRole.CONSOLE}

log = structlog.get_logger()


async def run(file: Path, around: Surroundings, settings: ProcessSettings) -> None:
    """Run a process in the roles of its ``settings`` until it is told to stop."""
    # What a broker's client has to say of a lost connection is said once, by us.
    logging.getLogger("aiormq").setLevel(logging.CRITICAL)
    async with AsyncExitStack() as parts:
        process = _Process(file, around, settings, parts)
        await (process.on_store() if settings.needs_database else process.before_broker())
    log.info("stopped")


class _Process:
    """What is joined; ``parts`` takes it apart again."""

    def __init__(
        self, file: Path, around: Surroundings, settings: ProcessSettings, parts: AsyncExitStack
    ) -> None:
        self._accord, self._systems, warnings = load_accord(
            file, around.catalogue(), around.environment
        )
        for warning in warnings:
            log.warning(warning.what, where=warning.key, remedy=warning.remedy)
        self._file = file
        self._environment = around.environment
        self._settings = settings
        self._parts = parts
        self._listening = _listen(settings) if settings.roles & ANSWERING else None
        self._stop = parts.enter_context(told_to_stop())

    async def before_broker(self) -> None:
        """Take hooks into the broker; the database may be away, now and at any time."""
        linked = links(self._systems, {}, utc_now)
        for each in linked.values():
            self._parts.push_async_callback(each.close)
        keeping = await self._broker()
        assert keeping is not None
        receiver = Receiver(linked, keeping, utc_now)
        await self._serve(Door(_hooks(receiver), None))

    async def on_store(self) -> None:
        """Do everything else: on the database, whose clock is ours."""
        settings, roles = self._settings, self._settings.roles
        store = await self._parts.enter_async_context(store_of(settings, tell=_tell_of_server))
        clock = DatabaseClock(store.time)
        await clock.set()
        runner = Runner(_tell_of_turn)
        bell = store.doorbell()

        def wake() -> None:
            runner.wake()
            bell.ring()

        works = engine(
            self._accord,
            links(self._systems, {}, clock.now),
            store,
            clock=clock.now,
            keeping=await self._broker() if ProcessRole.RECEIVE in roles else None,
            wake=wake,
            news=_tell_of_feed,
            hooks_news=tell_of_hooks,
            notifying=self._notifying(store),
            compare=SweepComparison(self._accord, store, store.drifts, clock.now),
        )
        self._parts.push_async_callback(works.close)
        await self._parts.enter_async_context(bell.connected(runner.wake))
        runner.start("clock", clock.turn)
        landing = Landing(
            store.keep, clock.now, blames_data=blames_data, tell=_tell_of_landing, wake=wake
        )
        if ProcessRole.SWEEP in roles:
            check = SelfCheck(store, store.desk, clock.now, _tell_of_violation)
            runner.start("check itself", check.turn)
            await self._watch(store, clock.now, runner)
        if ProcessRole.RECEIVE in roles:
            door = DoorCount(works.receiver.tally, store.instruments, clock.now)
            self._parts.push_async_callback(door.note)
            runner.start("count at the door", door.turn)
        await self._begin(works, runner, landing)
        pages = pages_app(store, self._accord, REFRESH) if ProcessRole.CONSOLE in roles else None
        hooks = _hooks(works.receiver) if ProcessRole.RECEIVE in roles else None
        names = own_names(self._accord.address, settings.pages_names)
        await self._serve(Door(hooks, pages, names), runner.stop)

    async def _watch(
        self, store: PostgresStore, clock: Callable[[], datetime], runner: Runner
    ) -> None:
        """Start to look whether anything is wrong, and to tell it."""
        addresses = channel_addresses(self._accord.alerts, self._environment)
        pace = Pace(clock, random.random)
        watcher, teller = watching(self._accord, store, pace, addresses)
        await watcher.begin()
        runner.start("watch", watcher.turn)
        runner.start("tell of alerts", teller.turn)
        hooked = {name for name, given in self._systems.items() if given.connector.topics}
        week = FirstWeek(self._accord, store, hooked)
        runner.start("digest", DigestWriter(self._accord, store, clock, week.to_do).turn)
        runner.start("tidy", Tidying(store.alerts, store.numbers, clock).turn)

    def _notifying(self, store: PostgresStore) -> Notifying | None:
        """Return what telling customers needs, if that is our work."""
        if ProcessRole.WORK not in self._settings.roles:
            return None
        given = self._environment
        return notifying(self._accord, given, store.notices, self._settings.send_mark)

    async def _begin(self, works: Engine, runner: Runner, landing: Landing) -> None:
        """Start the work of our roles."""
        roles, broker = self._settings.roles, self._settings.broker_url
        if roles & {ProcessRole.WORK, ProcessRole.SWEEP}:
            await works.begin()
        if works.notifier is not None:
            _tell_of_silence(await works.notifier.why_silent())
        if ProcessRole.WORK in roles:
            works.work(runner)
            if broker is not None:
                reading = reader(broker, _tell_of_broker("read from"))
                await self._parts.enter_async_context(_beside(reading.read(landing.land)))
        if ProcessRole.SWEEP in roles:
            works.sweep(runner)

    async def _broker(self) -> Keeping | None:
        """Return the broker to keep deliveries in, if there is one, connected."""
        if self._settings.broker_url is None:
            return None
        sending = sender(self._settings.broker_url, _tell_of_broker("sent to"))
        await self._parts.enter_async_context(sending.connected())
        return sending

    async def _serve(self, app: Door, *endings: Callable[[], Awaitable[None]]) -> None:
        """Answer until told to stop; then end everything side by side, within its time."""
        _tell_of_start(self._file, self._settings, self._listening)
        if self._listening is None:
            await self._stop.wait()
            await asyncio.gather(*(ending() for ending in endings))
            return
        serving = asyncio.create_task(http_serve(app, self._listening, self._stop))
        stopping = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            await asyncio.gather(serving, *(ending() for ending in endings))


@asynccontextmanager
async def _beside(work: Awaitable[None]) -> AsyncIterator[None]:
    """Do ``work`` for as long as the block lasts."""
    working = asyncio.ensure_future(work)
    try:
        yield
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


def _listen(settings: ProcessSettings) -> socket.socket:
    try:
        return listen(settings.host, settings.port)
    except OSError as error:
        address = f"{settings.host}:{settings.port}"
        message = f"{address} cannot be listened on: {error.strerror}. Choose --port."
        raise UnusableInputError(message) from error


def _hooks(receiver: Receiver) -> Hooks:
    return Hooks(receiver, _Missed())


class _Missed:
    """Tells of deliveries that were not kept: of the first at once, of the rest by their number.

    While a database is away there are thousands a second, and one reason.
    """

    def __init__(self) -> None:
        self._missed = 0
        self._told_at = -TELL_EVERY

    def __call__(self, error: Exception) -> None:
        self._missed += 1
        now = time.monotonic()
        if now - self._told_at >= TELL_EVERY:
            log.error("deliveries were not kept", error=repr(error), deliveries=self._missed)
            self._missed = 0
            self._told_at = now


def _tell_of_silence(reason: str) -> None:
    if reason:
        log.error("customers are told nothing", reason=reason)


def _tell_of_start(file: Path, settings: ProcessSettings, listening: socket.socket | None) -> None:
    roles = ",".join(role for role in ProcessRole if role in settings.roles)
    if listening is None:
        log.info("working", roles=roles, accord=str(file))
        return
    host, port = listening.getsockname()[:2]
    log.info("serving", address=f"http://{host}:{port}/", roles=roles, accord=str(file))


def _tell_of_server(trouble: UnusableInputError | None) -> None:
    if trouble is None:
        log.warning("the embedded database had died; it runs again")
    else:
        log.error("the embedded database is dead; it is tried again", reason=str(trouble))


def _tell_of_turn(step: str, error: Exception) -> None:
    log.error("a turn failed", step=step, error=repr(error))


def _tell_of_violation(found: Violation) -> None:
    log.error(
        "what must always be so is not; its lane is paused until somebody resumes it",
        paused=paused_thing(stopped_by(found)),
        what=str(found),
        remedy=found.remedy,
    )


def _tell_of_feed(system: str, reason: str) -> None:
    if reason:
        log.warning("a change feed stopped; it is tried again", system=system, reason=reason)
    else:
        log.info("a change feed is read again", system=system)


def _tell_of_landing(error: Exception | None) -> None:
    if error is None:
        log.info("deliveries from the broker are kept again")
    else:
        log.warning("deliveries stay in the broker; it is tried again", reason=repr(error))


def _tell_of_broker(what: str) -> Tell:
    def tell(reason: str | None) -> None:
        if reason is None:
            log.info("the broker is there", to_be=what)
        else:
            log.warning("the broker is away; it is tried again", to_be=what, reason=reason)

    return tell
