"""What can be shown of any account: the life of an order, and one use of each action."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from accord.connector_kit.simulator import Example
from accord.connectors.shipstation.payloads import HELD_UNTIL
from accord.domain.action import (
    Action,
    ActionKind,
    Allocate,
    CancelParcel,
    Destination,
    Hold,
    Release,
)
from accord.domain.report import Ref

if TYPE_CHECKING:  # the account offers these, so it is made of them
    from accord.connectors.shipstation.simulator import ShipStationSimulator

HOME = Destination(name="Robin Example", line1="1 Sample Way", city="Springfield", country="US")
PLACE = "se-7001"
LINES = {"MUG": 2, "SHIRT": 1}
A_WEEK = timedelta(days=7)


def story(account: "ShipStationSimulator", number: str) -> Iterator[None]:
    """Live through an order: one parcel held, relabelled, delivered; another cancelled."""
    parcel = account.import_shipment(number, PLACE, LINES)
    yield
    account.hold_by_hand(parcel, account.today + A_WEEK)
    yield
    account.restore_by_hand(parcel)
    yield
    other = account.import_shipment(number, PLACE, LINES)
    yield
    account.start(parcel)
    yield
    account.buy_label(parcel)
    yield
    account.void_by_hand(parcel)
    yield
    tracking = account.buy_label(parcel)
    yield
    account.cancel_by_hand(other)
    yield
    for code in ("AC", "IT", "DE"):
        account.scan(tracking, code)
        yield


def example(account: "ShipStationSimulator", kind: ActionKind, number: str) -> Example:
    """Set up an order of which ``kind`` can be asked; only allocating makes its first parcel."""
    return Example(order=number, action=_ACTIONS[kind](account, number))


def _release(account: "ShipStationSimulator", number: str) -> Action:
    parcel = account.import_shipment(number, PLACE, LINES)
    account.hold_by_hand(parcel, HELD_UNTIL)
    return Release(subject=parcel)


def _cancel(account: "ShipStationSimulator", number: str) -> Action:
    parcel = account.import_shipment(number, PLACE, LINES)
    account.buy_label(parcel)
    return CancelParcel(parcel=parcel, reason="changed their mind")


_ACTIONS: Mapping[ActionKind, Callable[["ShipStationSimulator", str], Action]] = {
    Allocate: lambda _account, number: Allocate(
        source=Ref("shop", f"{number}/0"),
        number=number,
        lines=LINES,
        place=PLACE,
        destination=HOME,
    ),
    Hold: lambda account, number: Hold(
        subject=account.import_shipment(number, PLACE, LINES), reason="an example"
    ),
    Release: _release,
    CancelParcel: _cancel,
}
