"""A simulated system on a bench: its world, a wire to it, a client of it, and what is read."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import msgspec

from accord.connector_kit.connector import Client, Connector, Context
from accord.connector_kit.http import in_process
from accord.connector_kit.simulator import Example, Hook, Simulator, World
from accord.domain.accord import Accord, System
from accord.domain.action import ActionKind
from accord.domain.decision import decide
from accord.domain.matrix import Matrix
from accord.domain.outcome import Outcome
from accord.domain.ownership import Ownership
from accord.domain.report import Ref, Report
from accord.engine.envelope import Envelope, Origin, Parsed
from accord.engine.ports import Delivery, Document
from tests.contracts.wire import Wire

SYSTEM = "sample"
NUMBER = "4001"
MORNING = datetime(2026, 11, 18, 9, tzinfo=UTC)
A_STEP = timedelta(minutes=7)


@dataclass(frozen=True)
class Bench:
    connector: Connector
    world: World
    simulator: Simulator
    wire: Wire
    context: Context
    client: Client

    @cached_property
    def accord(self) -> Accord:
        """An accord in which this system is alone."""
        return Accord(
            systems={SYSTEM: system(self.connector, self.context.settings)}, ownership=Ownership({})
        )

    def live(self, *numbers: str) -> list[Hook]:
        """Live through the story of each order and return every hook that was sent of it."""
        for number in numbers or (NUMBER,):
            for _ in self.simulator.story(number):
                self.world.pass_time(A_STEP)
        return self.world.sent

    def example(self, kind: ActionKind, number: str = NUMBER) -> Example:
        example = self.simulator.example(kind, number)
        self.world.pass_time(A_STEP)
        return example

    async def changes(self, bookmark: str | None = None) -> list[Document]:
        pages = [page async for page in self.client.changes(bookmark)]
        return [document for page in pages for document in page.documents]

    async def reread(self, order: str) -> Sequence[Document] | Outcome:
        return await self.client.reread(Ref(self.connector.order_scope, order))

    async def told(self, order: str) -> list[Report]:
        """Return what a re-read of an order tells."""
        documents = await self.reread(order)
        assert isinstance(documents, Sequence), documents
        return [r for document in documents for r in self.parse(document).reports]

    async def matrix(self, order: str) -> Matrix:
        """Return what is known of an order once it was read."""
        matrix = Matrix()
        for report in await self.told(order):
            matrix = decide(matrix, report, self.accord).matrix
        return matrix

    async def standing(self, order: str) -> list[dict[str, Any]]:
        """Return all that the system tells of an order, but for when it said so."""
        return timeless(await self.told(order))

    def parse(self, said: Document | Delivery, received_at: datetime | None = None) -> Parsed:
        """Return what a delivery or a re-read document says."""
        origin = Origin.HOOK if isinstance(said, Delivery) else Origin.REREAD
        now = received_at or self.world.clock()
        return self.connector.parse(envelope(said, origin, now), self.context.settings)


def system(connector: Connector, settings: Mapping[str, str | bool]) -> System:
    """Return a system of the connector as an accord knows it."""
    return System(
        name=SYSTEM,
        connector=connector.name,
        role=connector.role,
        vocabulary=connector.vocabulary,
        can=connector.can,
        settings=settings,
    )


def envelope(said: Document | Delivery, origin: Origin, received_at: datetime) -> Envelope:
    """Return what was said as the first envelope ever kept."""
    return Envelope(
        id=1,
        system=SYSTEM,
        topic=said.topic,
        origin=origin,
        body=said.body,
        headers=said.headers if isinstance(said, Delivery) else {},
        received_at=received_at,
    )


def timeless(reports: Iterable[Report]) -> list[dict[str, Any]]:
    told = [msgspec.to_builtins(report) for report in reports]
    return sorted(({**report, "said_at": None} for report in told), key=str)


def delivery(hook: Hook) -> Delivery:
    """Return a hook as the request it arrives as."""
    return Delivery(hook.topic, {n.lower(): v for n, v in hook.headers.items()}, hook.body)


@asynccontextmanager
async def set_up(
    connector: Connector, answer_within: timedelta = timedelta(seconds=10)
) -> AsyncIterator[Bench]:
    world = World(now=MORNING)
    simulator = connector.simulate(world, SYSTEM)
    wire = Wire(in_process(simulator.app), simulator)
    context = Context(
        system=SYSTEM,
        settings=simulator.settings,
        secrets=simulator.secrets,
        transport=wire,
        clock=world.clock,
        answer_within=answer_within,
    )
    client = connector.connect(context)
    yield Bench(connector, world, simulator, wire, context, client)
    await client.close()
