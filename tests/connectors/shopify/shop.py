"""A pretend store, a client of it and a world: what the tests of this connector share."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx2

from accord.connector_kit.connector import Context
from accord.connector_kit.simulator import Hook, World
from accord.connectors.shopify import CONNECTOR
from accord.connectors.shopify.client import ShopifyClient
from accord.connectors.shopify.simulator import ShopifySimulator
from accord.connectors.shopify.simulator_state import Line
from accord.domain.accord import Accord, Role, System
from accord.domain.decision import Decision, decide
from accord.domain.matrix import Matrix
from accord.domain.ownership import Ownership
from accord.domain.report import Ref, Report
from accord.engine.envelope import Envelope, Origin, Parsed
from accord.engine.ports import Delivery

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
EAST, WEST = "71000000001", "71000000002"

ACCORD = Accord(
    systems={
        "shop": System(
            name="shop",
            connector="shopify",
            role=Role.STOREFRONT,
            vocabulary=CONNECTOR.vocabulary,
            can=CONNECTOR.can,
        )
    },
    ownership=Ownership({}),
)


@dataclass
class Shop:
    """One order's worth of store: ``client`` talks to ``store`` in ``world``."""

    world: World
    store: ShopifySimulator
    context: Context
    client: ShopifyClient

    def order(self, *lines: Line, number: str = "#1001", paid: bool = True) -> Matrix:
        """Place an order and return the little that is known of it: its id."""
        own = self.store.place_order(number, lines or (Line("LAMP", 2),), paid=paid)
        return Matrix(refs=(Ref("shop", own),))

    async def read(self, order: Matrix) -> Matrix:
        """Return what a re-read of the order tells."""
        own = order.own_ref("shop") or ""
        documents = await self.client.reread(Ref("order", own))
        assert not isinstance(documents, tuple) or len(documents) == 1
        assert isinstance(documents, tuple), documents
        reports = read(documents[0].topic, documents[0].body, Origin.REREAD).reports
        return told(reports)[0]

    def heard(self) -> Matrix:
        """Return what the webhooks sent so far tell of the order they name."""
        reports = [r for hook in self.world.sent for r in read(hook.topic, hook.body).reports]
        return told(reports)[0]


def open_shop(answer_within: timedelta = timedelta(seconds=5)) -> Shop:
    """Return a store with nothing in it, and a client of it."""
    world = World(NOW)
    store = ShopifySimulator(world, "shop")
    context = Context(
        system="shop",
        settings=store.settings,
        secrets=store.secrets,
        transport=httpx2.ASGITransport(store.app),
        clock=world.clock,
        places={"east": EAST, "west": WEST},
        answer_within=answer_within,
    )
    return Shop(world, store, context, ShopifyClient(context))


def read(topic: str, body: bytes, origin: Origin = Origin.HOOK, **headers: str) -> Parsed:
    """Return what one body says."""
    envelope = Envelope(
        id=1,
        system="shop",
        topic=topic,
        origin=origin,
        body=body,
        headers=headers,
        received_at=NOW,
    )
    return CONNECTOR.parse(envelope, {})


def told(reports: tuple[Report, ...] | list[Report]) -> tuple[Matrix, list[Decision]]:
    """Return what the reports come to, and what each of them did."""
    matrix, decisions = Matrix(), []
    for report in reports:
        decision = decide(matrix, report, ACCORD)
        decisions.append(decision)
        matrix = decision.matrix
    return matrix, decisions


def delivered(hook: Hook) -> Delivery:
    """Return a hook as the request it arrives as."""
    return Delivery(hook.topic, hook.headers, hook.body)
