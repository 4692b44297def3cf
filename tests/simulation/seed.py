"""One seed: a small world, its bad days, and the judgement after them."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from random import Random
from typing import cast

from msgspec import structs

from accord.bootstrap import Engine, engine
from accord.connector_kit.simulator import Fault, Simulator, World
from accord.connectors.netsuite.simulator import NetSuiteSimulator
from accord.connectors.shipstation.simulator import ShipStationSimulator
from accord.connectors.shopify.simulator import ShopifySimulator
from accord.demo.stack import BEGINNING, Stack, read_demo_accord
from accord.domain.accord import Accord, Gate
from accord.domain.action import Action, CancelOrder
from accord.domain.sweep_rules import SweepRules
from accord.settings.credentials import Credentials
from accord.settings.systems import SystemSettings
from accord.storage.postgres import postgres_store
from tests.simulation.chronicle import Chronicle
from tests.simulation.database import Leases, Server
from tests.simulation.ground import Ground, InMemory, OnPostgres
from tests.simulation.lists import Lists
from tests.simulation.loop import PatientLoop, VirtualLoop, play
from tests.simulation.nemesis import Fleet
from tests.simulation.office import Office, work
from tests.simulation.oracle import Oracle
from tests.simulation.post import Post
from tests.simulation.process import Works, owned
from tests.simulation.weather import HOUR, Ill, Weather
from tests.simulation.wire import Road

# The bad days end while people are still at work: what was held up is packed and sent after.
CALM_AFTER = 12 * HOUR
HOURS_OF_WORK = 100
# Longer than the longest wait of anything Accord tries again, and than its slowest reading.
QUIET = 11 * HOUR
SYSTEMS = ("shop", "books", "warehouse")
POLL_EVERY = (2 * HOUR, 4 * HOUR)
# In the bad days, at their end, and once more while people are at work and can still act on it.
SWEEPS = SweepRules(at="17 12,19,22 * * *", since=16 * HOUR)


@dataclass(frozen=True, slots=True)
class Played:
    """What became of a seed."""

    seed: int
    wrong: tuple[str, ...]
    reached: Mapping[str, int]
    trace: str
    lines: int


def play_seed(
    seed: int,
    *,
    orders: int | None = None,
    only: frozenset[Ill] | None = None,
    build: Callable[..., Engine] = engine,
    echo: Callable[[str], None] | None = None,
) -> Played:
    """Play one seed to its end and judge it; ``build`` makes the engine of each process."""
    world = World(now=BEGINNING, chance=Random(f"{seed} world"))
    chronicle = Chronicle(world, echo)
    scene = Scene(Random(seed), world, chronicle, InMemory(), only=only, build=build)
    play(VirtualLoop(world), scene.play(orders), owned)
    return _played(seed, chronicle)


def play_seed_on(url: str, seed: int, echo: Callable[[str], None] | None = None) -> Played:
    """Play one seed on an empty PostgreSQL database, over a loop with real sockets."""
    world = World(now=BEGINNING, chance=Random(f"{seed} world"))
    chronicle = Chronicle(world, echo)
    loop = PatientLoop(world)

    async def main() -> None:
        async with postgres_store(url) as store:
            ground = OnPostgres(store, SYSTEMS)
            scene = Scene(Random(seed), world, chronicle, ground)
            server = scene.works.server
            loop.wait_while(lambda: ground.looking or server.is_busy())
            await scene.play(1)

    play(loop, main(), owned)
    return _played(seed, chronicle)


def _played(seed: int, told: Chronicle) -> Played:
    return Played(seed, tuple(told.wrong), told.reached, told.trace, told.lines)


class Scene:
    """Everything of one seed, joined."""

    def __init__(
        self,
        chance: Random,
        world: World,
        chronicle: Chronicle,
        ground: Ground,
        *,
        only: frozenset[Ill] | None = None,
        build: Callable[..., Engine] = engine,
    ) -> None:
        self.world, self.chronicle = world, chronicle
        self._chance = chance
        self.shop = ShopifySimulator(world, "shop")
        self.books = NetSuiteSimulator(world, "books")
        self.warehouse = ShipStationSimulator(world, "warehouse")
        self.ground, self.store = ground, ground.store
        self._pretend: dict[str, Simulator] = {
            "shop": self.shop,
            "books": self.books,
            "warehouse": self.warehouse,
        }
        names = [*self._pretend]
        calm_at = world.now + CALM_AFTER
        self.weather = Weather(world, self._part(), names, calm_at, only)
        self.bell = ground.bell(world, self._part())
        accord, systems = _accord(chance.choice([*Gate]))
        accord = structs.replace(accord, sweep=SWEEPS)
        secret = {
            n: replace(systems[n], secrets=Credentials(s.secrets)) for n, s in self._pretend.items()
        }
        self.lists = Lists(
            world,
            self.weather,
            self._part(),
            chronicle=chronicle,
            store=self.store,
            pretend=self._pretend,
            systems=secret,
        )
        self.works = Works(
            accord=accord,
            systems=secret,
            lists=self.lists,
            roads={n: self._road(s) for n, s in self._pretend.items()},
            server=Server(
                self.store, Leases(chronicle), self.bell.ring, certified=self.lists.written
            ),
            chronicle=chronicle,
            clock=world.clock,
            bell=self.bell,
            poll_every=chance.choice(POLL_EVERY),
            changes={},
            too_early=self._too_early,
            build=build,
        )
        self.fleet = Fleet(self.works, self._part(), lambda: self.weather.calm)
        self.post = Post(world, self.weather, self._part(), chronicle, self.fleet.alive)
        self.office = Office(cast("Stack", self), self._part())

    @property
    def accord(self) -> Accord:
        return self.works.accord

    def _part(self) -> Random:
        """Return chance of its own for one part, so that parts do not shift each other."""
        return Random(self._chance.getrandbits(64))

    def _road(self, simulator: Simulator) -> Road:
        chance = self._part()

        def fail(fault: Fault) -> None:
            self.books.door.full = chance.choice((429, 400, 401))
            simulator.fail(fault)

        return Road(
            simulator.app,
            self.weather,
            fail=fail,
            told=lambda: self.post.collect(),  # noqa: PLW0108 - the post comes after the roads
            chance=chance,
            chronicle=self.chronicle,
            clock=self.world.clock,
        )

    async def play(self, orders: int | None) -> None:
        """Let everybody work, then be quiet, then judge."""
        chance = self._part()
        going = asyncio.create_task(self.fleet.run())
        many = orders or chance.choice((1, 1, 2))
        await work(self.office, chance, many, HOURS_OF_WORK, self._after)
        await self._arrived()
        self.chronicle.tell("weather", "calm")
        for process in self.fleet.alive():
            process.thaw()
        await asyncio.sleep(QUIET.total_seconds())
        rose = set[str]().union(*(road.rose for road in self.works.roads.values()))
        oracle = Oracle(self.office, self.ground, self.chronicle, self.weather.calm_at, rose)
        await oracle.judge(self.post.acknowledged)
        await self.lists.judge()
        await self.lists.close()
        going.cancel()
        for process in self.fleet.alive():
            process.kill("the end")
            await asyncio.wait([*process.tasks, asyncio.create_task(asyncio.sleep(1))])

    async def _arrived(self) -> None:
        """Wait for the last hook and the last zombie."""
        roads = self.works.roads.values()
        while late := [*self.post.under_way, *(task for road in roads for task in road.zombies)]:
            await asyncio.wait(late)

    def _too_early(self, action: Action, system: str, number: str) -> str:
        """Return what of an order may still leave while it is about to be told as cancelled."""
        road = self.works.roads["warehouse"]
        if not isinstance(action, CancelOrder) or system != "books":
            return ""
        if "POST /v2/shipments" in road.rose:
            return ""  # made after we gave it up, perhaps after we looked
        number = f"#{number.lstrip('#')}"
        gone = self.warehouse.words(number).values()
        held = [s for s in self.warehouse.shipments(number) if self._may_leave(s)]
        return f"{held} may still leave, of {[*gone]}" if held else ""

    def _may_leave(self, shipment: str) -> bool:
        status = self.warehouse.status(shipment)
        open_yet = status in {"pending", "processing", "on_hold"}
        return open_yet or (status == "label_purchased" and self.office.is_waiting(shipment))

    def _after(self) -> None:
        self.shop.tick()
        self.post.collect()


@cache
def _accord(gate: Gate) -> tuple[Accord, Mapping[str, SystemSettings]]:
    world = World(now=BEGINNING)
    pretend: dict[str, Simulator] = {
        "shop": ShopifySimulator(world, "shop"),
        "books": NetSuiteSimulator(world, "books"),
        "warehouse": ShipStationSimulator(world, "warehouse"),
    }
    accord, systems = read_demo_accord(pretend)
    gated = structs.replace(accord.systems["warehouse"], gate=gate)
    return structs.replace(accord, systems={**accord.systems, "warehouse": gated}), systems
