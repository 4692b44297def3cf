"""Item fulfillments: recording a parcel, moving it on, giving it its tracking numbers."""

from accord.connector_kit.http import Answer
from accord.connectors.netsuite import suiteql
from accord.connectors.netsuite.answers import UNKNOWN_RECORD
from accord.connectors.netsuite.lines import Line, goods
from accord.connectors.netsuite.orders import CANCELLED, CLOSED, PENDING_APPROVAL, Booked
from accord.connectors.netsuite.parse import MADE_BY_ACCORD, status_of
from accord.connectors.netsuite.payloads import ItemFulfillment
from accord.connectors.netsuite.reading import Found
from accord.connectors.netsuite.session import RECORDS, Session
from accord.domain.action import AddTracking, Advance, Ship, Withdraw
from accord.domain.outcome import Applied, Outcome, Refused, Unneeded
from accord.domain.report import Ref
from accord.domain.tracks import State

FULFILLMENTS = f"{RECORDS}/itemFulfillment"
SHIP_STATUS = {State.PACKED: "B", State.SHIPPED: "C"}
# The form demands a weight above zero, and no part of the stack tells us one.
UNKNOWN_WEIGHT = 1


def external_id(source: Ref) -> str:
    """Return the external id of what Accord makes from ``source``; it can be made only once."""
    return f"{MADE_BY_ACCORD}:{source.scope}:{source.value}"


async def existing(session: Session, kind: str, source: Ref) -> Outcome | None:
    """Return ``Unneeded`` if a record was already made from ``source``, None if none was."""
    question = suiteql.by_external_id(kind, external_id(source))
    found = await session.query(question, 1, Found)
    if not isinstance(found, Found):
        return found
    if not found.items:
        return None
    return Unneeded(f"{kind} {found.items[0].id} was made from {source.scope} {source.value}")


async def made_once(
    session: Session, address: str, body: object, kind: str, source: Ref
) -> Outcome:
    """Make a record from ``source`` by a transform.

    Where another hand made it between our look and our write, NetSuite refuses the external id
    as taken, and a second look finds the record.
    """
    answer = await session.write("POST", address, body)
    if isinstance(answer, Answer):
        return Applied(answer.headers.get("location", "").rstrip("/").rpartition("/")[2])
    if isinstance(answer, Refused):
        return await existing(session, kind, source) or answer
    return answer


async def ship(session: Session, order: Booked, action: Ship, *, pick_pack_ship: bool) -> Outcome:
    """Record a parcel with exactly its lines; a parcel recorded before is not recorded again."""
    letter = SHIP_STATUS.get(action.state)
    if letter is None or (letter != SHIP_STATUS[State.SHIPPED] and not pick_pack_ship):
        return Refused("cannot", f"this account keeps no record of a parcel that is {action.state}")
    found = await existing(session, "ItemShip", action.source)
    if found is not None:
        return found
    if order.status in {PENDING_APPROVAL, CANCELLED, CLOSED}:
        return Refused("not_open", f"sales order {order.id} is {order.status}, not open to ship")
    items = chosen(order, action)
    if isinstance(items, Refused):
        return items
    body: dict[str, object] = {
        "externalId": external_id(action.source),
        "item": {"items": items},
        **_packages(action.tracking),
    }
    if pick_pack_ship:
        body["shipStatus"] = {"id": letter}
    address = f"{order.path}/!transform/itemFulfillment"
    return await made_once(session, address, body, "ItemShip", action.source)


def chosen(order: Booked, action: Ship) -> list[dict[str, object]] | Refused:
    """Return every line that could be fulfilled, each taken or left.

    NetSuite fulfills in full whatever line is not mentioned, so all are.
    """
    left = dict(action.lines)
    items: list[dict[str, object]] = []
    for line in goods(order.lines):
        take = min(left.get(line.sku, 0), line.remaining)
        if not line.remaining:
            continue
        if not take:
            items.append({"orderLine": line.number, "itemreceive": False})
            continue
        left[line.sku] -= take
        location = action.place or line.location
        if not location:
            return _no_location(order, line)
        items.append(
            {
                "orderLine": line.number,
                "itemreceive": True,
                "quantity": take,
                "location": {"id": location},
            }
        )
    missing = {sku: quantity for sku, quantity in left.items() if quantity}
    if missing or not any(item["itemreceive"] for item in items):
        return Refused(
            "not_remaining",
            f"sales order {order.id} has less left to fulfill than the parcel holds: {missing}; "
            "somebody may have fulfilled it by hand or changed its lines",
        )
    return items


async def advance(session: Session, action: Advance, *, pick_pack_ship: bool) -> Outcome:
    """Mark a parcel's record packed or shipped."""
    letter = SHIP_STATUS.get(action.state)
    if letter is None:
        return Refused("cannot", f"an item fulfillment cannot be marked {action.state}")
    record = await session.read(f"{FULFILLMENTS}/{action.parcel}", ItemFulfillment)
    if not isinstance(record, ItemFulfillment):
        return record
    body = _missing(record, action.tracking)
    now = status_of("ItemShip", record.ship_status, record.status)
    if pick_pack_ship and now < letter:
        body["shipStatus"] = {"id": letter}
    return await _patched(session, record, body)


async def withdraw(session: Session, action: Withdraw) -> Outcome:
    """Take back the record of a parcel that never left, by deleting it: there is no status for it.

    Its lines are free again. A shipped one has taken goods out of stock and stays.
    """
    address = f"{FULFILLMENTS}/{action.parcel}"
    record = await session.read(address, ItemFulfillment)
    if isinstance(record, Refused) and record.code in UNKNOWN_RECORD:
        return Unneeded(f"item fulfillment {action.parcel} is gone")
    if not isinstance(record, ItemFulfillment):
        return record
    if status_of("ItemShip", record.ship_status, record.status) == SHIP_STATUS[State.SHIPPED]:
        return Refused(
            "already_shipped", f"item fulfillment {record.id} has shipped; it takes a return"
        )
    answer = await session.write("DELETE", address)
    return Applied(record.id) if isinstance(answer, Answer) else answer


async def add_tracking(session: Session, action: AddTracking) -> Outcome:
    """Add the tracking numbers that a parcel's record lacks."""
    record = await session.read(f"{FULFILLMENTS}/{action.parcel}", ItemFulfillment)
    if not isinstance(record, ItemFulfillment):
        return record
    return await _patched(session, record, _missing(record, action.tracking))


async def _patched(session: Session, record: ItemFulfillment, body: dict[str, object]) -> Outcome:
    if not body:
        return Unneeded(f"item fulfillment {record.id} says so already")
    answer = await session.write("PATCH", f"{FULFILLMENTS}/{record.id}", body)
    return Applied(record.id) if isinstance(answer, Answer) else answer


def _missing(record: ItemFulfillment, tracking: tuple[str, ...]) -> dict[str, object]:
    known = record.tracking()
    return _packages(tuple(number for number in tracking if number not in known))


def _packages(tracking: tuple[str, ...]) -> dict[str, object]:
    """Return one package for each number; packages sent without a key are added."""
    packages = [
        {"packageTrackingNumber": number, "packageWeight": UNKNOWN_WEIGHT} for number in tracking
    ]
    return {"package": {"items": packages}} if packages else {}


def _no_location(order: Booked, line: Line) -> Refused:
    return Refused(
        "no_location",
        f"line {line.number} of sales order {order.id} has no location to ship from; give the "
        "parcel's place under places in the accord, or set the location on the order",
    )
