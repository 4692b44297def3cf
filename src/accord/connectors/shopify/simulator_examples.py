"""What can be shown of any store: the life of an order, and one use of each action."""

from collections.abc import Callable, Iterator, Mapping

from accord.connector_kit.simulator import Example
from accord.connectors.shopify.actions import HOLD_HANDLE
from accord.connectors.shopify.simulator_state import MAIN_PLACE, Line, Parcel
from accord.connectors.shopify.simulator_story import Story
from accord.domain.action import (
    Action,
    ActionKind,
    AddTracking,
    CancelOrder,
    Complete,
    Hold,
    Release,
    Ship,
    TellDelivery,
    Withdraw,
)
from accord.domain.report import Ref
from accord.domain.tracks import State

OTHER_PLACE = "71000000002"
LINES = (Line("LAMP", 2), Line("SHADE", 1, OTHER_PLACE))


class Examples(Story):
    """A store that shows what can happen in it."""

    def story(self, number: str) -> Iterator[None]:
        """Live through an order: paid late, edited, held, sent in two parcels, partly returned."""
        self.place_order(number, LINES, paid=False)
        yield
        self.capture(number)
        yield
        self.edit_order(number, {"LAMP": 3})
        yield
        self.hold(number, "A name is missing")
        yield
        self.release(number)
        yield
        first = self._send(number, MAIN_PLACE)
        yield
        yield from self._travel(number, first)
        self._send(number, OTHER_PLACE)
        yield
        self.request_return(number, {"LAMP": 1})
        yield
        self.approve_return(number)
        yield
        self.refund(number, {"LAMP": 1}, restock="return")
        yield
        self.close_return(number)
        yield

    def example(self, kind: ActionKind, number: str) -> Example:
        """Set up a paid order of which ``kind`` can be asked."""
        own = self.place_order(number, LINES)
        return Example(order=own, action=_ACTIONS[kind](self, number))

    def _travel(self, number: str, parcel: Parcel) -> Iterator[None]:
        for status in ("IN_TRANSIT", "OUT_FOR_DELIVERY", "DELIVERED"):
            self.scan(self.orders[number], parcel, status, self.world.clock())
            yield

    def _send(self, number: str, place: str) -> Parcel:
        """Send everything that is due from a place, without a tracking number yet."""
        order = self.orders[number]
        taken = [
            (asked, portion, portion.remaining)
            for asked in order.fulfillment_orders
            for portion in asked.portions
            if asked.active and asked.place == place and portion.remaining
        ]
        return self.fulfill(order, taken, (), None)

    def sent(self, number: str) -> str:
        """Send the lamps of an order; return the id of the parcel."""
        return str(self._send(number, MAIN_PLACE).id)

    def send_all(self, number: str) -> None:
        """Send all of an order."""
        for place in (MAIN_PLACE, OTHER_PLACE):
            self._send(number, place)

    def asked_for(self, number: str) -> str:
        """Return the id of the first fulfillment order."""
        return str(self.orders[number].fulfillment_orders[0].id)

    def held(self, number: str) -> str:
        """Hold the first fulfillment order as Accord does; return its id."""
        asked = self.orders[number].fulfillment_orders[0]
        self.place_hold(asked, self.new_hold(HOLD_HANDLE, "held for the example"))
        return str(asked.id)


def _ship(store: Examples, number: str) -> Action:
    """Leave enough of the line to make the same parcel a second time by mistake."""
    del store
    return Ship(source=Ref("depot", f"se-{number}"), lines={"LAMP": 1}, place=MAIN_PLACE)


def _finish(store: Examples, number: str) -> Action:
    store.send_all(number)
    return Complete()


def _tell(store: Examples, number: str) -> Action:
    parcel, now = store.sent(number), store.world.clock()
    return TellDelivery(parcel=parcel, state=State.IN_TRANSIT, happened_at=now)


_ACTIONS: Mapping[ActionKind, Callable[[Examples, str], Action]] = {
    Ship: _ship,
    AddTracking: lambda store, number: AddTracking(
        parcel=store.sent(number), tracking=("1Z999AA10123456784",), carrier="UPS"
    ),
    TellDelivery: _tell,
    Withdraw: lambda store, number: Withdraw(parcel=store.sent(number)),
    Hold: lambda store, number: Hold(subject=store.asked_for(number), reason="an example"),
    Release: lambda store, number: Release(subject=store.held(number)),
    CancelOrder: lambda _store, _number: CancelOrder(reason="customer"),
    Complete: _finish,
}
