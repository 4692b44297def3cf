"""A pretend shop with orders that wait for parcels, and what it must show in the end."""

from collections.abc import Mapping
from datetime import UTC, datetime

from accord.bench.events import tracking
from accord.bench.measured import LostError
from accord.connector_kit.signature import fingerprint
from accord.connector_kit.simulator import World
from accord.connectors.shopify.simulator import ShopifySimulator
from accord.connectors.shopify.simulator_state import Line
from accord.engine.envelope import Incoming, Origin

PLACE = "655441491"
LINES: Mapping[str, int] = {"SKU-1": 1, "SKU-2": 2}
# More points than any bench asks for.
NO_LIMIT = 1e12


class PresentWorld(World):
    """A world in which time goes by itself."""

    def clock(self) -> datetime:
        """Return the present time."""
        return datetime.now(UTC)


class PretendShop:
    """The simulator, and the numbers of the orders placed in it."""

    def __init__(self, simulator: ShopifySimulator, numbers: list[str]) -> None:
        self.simulator = simulator
        self.numbers = numbers

    def placed(self) -> list[Incoming]:
        """Return what the shop sent when its orders were placed."""
        return [
            Incoming(
                system=hook.system,
                topic=hook.topic,
                origin=Origin.HOOK,
                identity=fingerprint(hook.topic.encode(), hook.body),
                body=hook.body,
                headers=hook.headers,
                received_at=datetime.now(UTC),
            )
            for hook in self.simulator.world.sent
            if hook.topic == "orders/create"
        ]

    def verify(self) -> None:
        """Raise ``LostError`` unless every order has one parcel, and the right one."""
        for number in self.numbers:
            parcels = self.simulator.orders[number].parcels
            if [list(parcel.tracking) for parcel in parcels] != [[tracking(number)]]:
                what = f"Order {number} has {len(parcels)} parcels in the shop, or the wrong one."
                raise LostError(what)


def pretend_shop(orders: int) -> PretendShop:
    """Return a shop with ``orders`` paid orders."""
    simulator = ShopifySimulator(PresentWorld(datetime.now(UTC)), "shop")
    simulator.bucket = simulator.restored_each_second = NO_LIMIT
    numbers = [str(1001 + order) for order in range(orders)]
    lines = [Line(sku, quantity, PLACE) for sku, quantity in LINES.items()]
    for number in numbers:
        simulator.place_order(number, lines)
    return PretendShop(simulator, numbers)
