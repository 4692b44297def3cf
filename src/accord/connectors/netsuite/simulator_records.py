"""The record service of a pretend NetSuite: reading, changing and transforming records."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from accord.connectors.netsuite.simulator_state import (
    BookedLine,
    Books,
    Fulfillment,
    Return,
    SalesOrder,
    Transaction,
)
from accord.connectors.netsuite.statuses import LABELS, TITLES

TYPES = {
    "salesOrder": "SalesOrd",
    "itemFulfillment": "ItemShip",
    "invoice": "CustInvc",
    "returnAuthorization": "RtnAuth",
}


class ProblemError(Exception):
    """A refusal with NetSuite's code, for the answer."""

    def __init__(self, status: int, code: str, detail: str, path: str = "") -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.path = status, code, detail, path


class RecordService:
    """What ``/services/rest/record/v1`` does."""

    def __init__(
        self, books: Books, clock: Callable[[], datetime], *, pick_pack_ship: bool
    ) -> None:
        """Work on ``books``."""
        self.refuses_cancelling = False
        self._books = books
        self._clock = clock
        self._pick_pack_ship = pick_pack_ship

    def find(self, kind: str, key: str) -> Transaction:
        """Return a record by its internal id or, after ``eid:``, by its external id."""
        records = [r for r in self._books.records.values() if r.type == TYPES.get(kind)]
        external = key.removeprefix("eid:") if key.startswith("eid:") else None
        for record in records:
            if record.id == key or (external is not None and record.external_id == external):
                return record
        raise ProblemError(
            404, "NONEXISTENT_ID", f"The record instance does not exist. Provide a valid ID: {key}"
        )

    def body(self, record: Transaction, *, expanded: bool) -> dict[str, Any]:
        """Return the document of a record; its lines are only a link unless ``expanded``."""
        status = self._books.status(record)
        named = {"id": status, "refName": LABELS[record.type][status]}
        body: dict[str, Any] = {
            "id": record.id,
            "tranId": record.tranid,
            "lastModifiedDate": record.modified.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "status": named,
            "item": {"links": [{"rel": "self", "href": f"…/{record.id}/item"}]},
        }
        if record.external_id:
            body["externalId"] = record.external_id
        if record.parent:
            parent = self._books.records[record.parent]
            title = f"{TITLES[parent.type]} #{parent.tranid}"
            body["createdFrom"] = {"id": parent.id, "refName": title}
        if isinstance(record, SalesOrder):
            body |= {"orderStatus": named, "otherRefNum": record.number}
        if isinstance(record, Fulfillment):
            body |= {"shipStatus": named}
            body["package"] = {
                "items": [
                    {"packageTrackingNumber": n, "packageWeight": 1.0} for n in record.tracking
                ]
            }
        if expanded:
            items = self._items(record)
            body["item"] = {"items": items, "count": len(items), "hasMore": False}
        return body

    def _items(self, record: Transaction) -> list[dict[str, Any]]:
        if isinstance(record, SalesOrder):
            return [self._order_item(record, line) for line in record.lines]
        if isinstance(record, Return):
            return [
                _item(line) | {"quantityReceived": float(line.received)} for line in record.lines
            ]
        if isinstance(record, Fulfillment):
            order = self._books.records[record.parent or ""]
            assert isinstance(order, SalesOrder)
            by_number = {line.number: line for line in order.lines}
            return [
                {
                    "orderLine": number,
                    "item": {"id": by_number[number].item, "refName": by_number[number].sku},
                    "quantity": float(quantity),
                    "location": {"id": location},
                }
                for number, (quantity, location) in record.lines.items()
            ]
        return []

    def _order_item(self, order: SalesOrder, line: BookedLine) -> dict[str, Any]:
        item = _item(line) | {
            "quantityPicked": float(self._books.taken(order, line.number, "A")),
            "quantityPacked": float(self._books.taken(order, line.number, "B")),
            "quantityFulfilled": float(self._books.taken(order, line.number, "C")),
        }
        if line.location:
            item["location"] = {"id": line.location, "refName": f"Warehouse {line.location}"}
        return item

    def change(self, record: Transaction, body: Mapping[str, Any]) -> None:
        """Do what a PATCH asks. Lines with a number are changed, lines without are added."""
        changes = body.get("item", {}).get("items", [])
        if isinstance(record, SalesOrder):
            self._set_approval(record, body)
            for index, change in enumerate(changes):
                self._change_line(record, change, f"item.items[{index}]")
        elif isinstance(record, Return):
            for index, change in enumerate(changes):
                line = _line(record.lines, change.get("line"), f"item.items[{index}]")
                line.closed = bool(change.get("isClosed", line.closed))
        elif isinstance(record, Fulfillment):
            if letter := _choice(body.get("shipStatus")):
                _known("ItemShip", letter, "shipStatus")
                record.status = letter
            record.tracking += _tracking(body)
        self._books.touch(record, self._clock())

    def delete(self, record: Transaction) -> None:
        """Do what a DELETE asks; what the record was made from changes by it."""
        if any(other.parent == record.id for other in self._books.records.values()):
            raise ProblemError(
                400, "THIS_RECORD_CANNOT_BE_DELETED", "Other records depend on this record."
            )
        self._books.touch(record, self._clock())
        del self._books.records[record.id]

    def _set_approval(self, order: SalesOrder, body: Mapping[str, Any]) -> None:
        letter = _choice(body.get("orderStatus"))
        if not letter:
            return
        now = self._books.status(order)
        allowed = {("A", "B"), ("B", "A")}
        if not self.refuses_cancelling:
            allowed.add(("A", "C"))
        if letter != now and (now, letter) not in allowed:
            raise ProblemError(
                400,
                "INVALID_KEY_OR_REF",
                f"Invalid orderStatus reference key {letter}.",
                "orderStatus",
            )
        order.approval = letter

    def _change_line(self, order: SalesOrder, change: Mapping[str, Any], path: str) -> None:
        if "line" not in change:
            item = _choice(change.get("item"))
            sku = next((s for s, own in self._books.items.items() if own == item), None)
            if sku is None:
                raise ProblemError(400, "INVALID_KEY_OR_REF", "Invalid item reference key.", path)
            number = 3 + max((line.number for line in order.lines), default=-2)
            order.lines.append(BookedLine(number, sku, item, int(change["quantity"])))
            return
        line = _line(order.lines, change["line"], path)
        quantity = int(change.get("quantity", line.quantity))
        if quantity < self._books.taken(order, line.number):
            raise ProblemError(
                400, "USER_ERROR", "The quantity cannot be less than the quantity fulfilled.", path
            )
        line.quantity = quantity
        line.closed = bool(change.get("isClosed", line.closed))

    def transform(
        self, kind: str, key: str, target: str, body: Mapping[str, Any], *, replaced: bool
    ) -> str:
        """Make a record from a sales order; return its address."""
        order = self.find(kind, key)
        if not isinstance(order, SalesOrder) or target not in {
            "itemFulfillment",
            "returnAuthorization",
        }:
            raise ProblemError(400, "INVALID_REQUEST", f"{kind} cannot be made a {target} here.")
        external = body.get("externalId")
        same = [r for r in self._books.records.values() if r.type == TYPES[target]]
        if external is not None and any(r.external_id == external for r in same):
            raise ProblemError(400, "USER_ERROR", "This record already exists", "externalId")
        if target == "itemFulfillment":
            made = self.fulfilled(order, body)
        else:
            made = self.returned(order, body, replaced=replaced)
        return f"/services/rest/record/v1/{target}/{made}"

    def fulfilled(self, order: SalesOrder, body: Mapping[str, Any]) -> str:
        """Make an item fulfillment: lines nobody mentions are fulfilled in full."""
        if self._books.status(order) in {"A", "C", "G", "H"}:
            raise ProblemError(400, "INVALID_KEY_OR_REF", "The sales order cannot be fulfilled.")
        rest = {
            line.number: line.quantity - self._books.taken(order, line.number)
            for line in order.lines
            if not line.closed and line.kind != "Service"
        }
        asked = {entry.get("orderLine"): entry for entry in body.get("item", {}).get("items", [])}
        if unknown := [n for n in asked if not rest.get(n)]:
            raise ProblemError(400, "INVALID_CONTENT", f"Invalid orderLine {unknown[0]}.", "item")
        lines: dict[int, tuple[int, str]] = {}
        for line in order.lines:
            entry = asked.get(line.number, {})
            left = rest.get(line.number, 0)
            quantity = int(entry.get("quantity", left))
            if not left or not entry.get("itemreceive", True):
                continue
            if quantity > left:
                raise ProblemError(400, "USER_ERROR", f"Only {left} can be fulfilled.", "item")
            location = _choice(entry.get("location")) or line.location
            if not location:
                raise ProblemError(400, "USER_ERROR", "Please enter value(s) for: Location", "item")
            lines[line.number] = (quantity, location)
        if not lines:
            raise ProblemError(400, "USER_ERROR", "You must have at least one valid line item.")
        status = _choice(body.get("shipStatus")) if self._pick_pack_ship else "C"
        record = Fulfillment(
            id=self._books.next_id(),
            tranid=f"IF{2000 + len(self._books.records)}",
            type="ItemShip",
            modified=self._clock(),
            parent=order.id,
            external_id=body.get("externalId"),
            status=_known("ItemShip", status or "A", "shipStatus"),
            lines=lines,
            tracking=_tracking(body),
        )
        return self._books.add(record, self._clock())

    def returned(self, order: SalesOrder, body: Mapping[str, Any], *, replaced: bool) -> str:
        """Make a return authorization: the order's lines, or with ``replaced`` the given ones."""
        given = body.get("item", {}).get("items", [])
        lines = [] if replaced else [(line, line.quantity) for line in order.lines]
        for entry in given:
            line = _line(order.lines, entry.get("orderLine"), "item")
            lines = [pair for pair in lines if pair[0] is not line]
            lines.append((line, int(entry.get("quantity", line.quantity))))
        record = Return(
            id=self._books.next_id(),
            tranid=f"RMA{70 + len(self._books.records)}",
            type="RtnAuth",
            modified=self._clock(),
            parent=order.id,
            external_id=body.get("externalId"),
            approval=_choice(body.get("orderStatus")) or "A",
            lines=[
                BookedLine(1 + 3 * index, line.sku, line.item, quantity)
                for index, (line, quantity) in enumerate(lines)
            ],
        )
        return self._books.add(record, self._clock())


def _item(line: BookedLine) -> dict[str, Any]:
    return {
        "line": line.number,
        "item": {"id": line.item, "refName": line.sku},
        "itemType": {"id": line.kind, "refName": line.kind},
        "quantity": float(line.quantity),
        "isClosed": line.closed,
    }


def _line(lines: list[BookedLine], number: Any, path: str) -> BookedLine:
    for line in lines:
        if line.number == number:
            return line
    raise ProblemError(400, "INVALID_CONTENT", f"There is no line {number}.", path)


def _choice(value: Any) -> str:
    """Return the id of a choice, which may be sent as an object or bare."""
    if isinstance(value, Mapping):
        return str(value.get("id", ""))
    return "" if value is None else str(value)


def _known(kind: str, letter: str, path: str) -> str:
    if letter not in LABELS[kind]:
        raise ProblemError(400, "INVALID_KEY_OR_REF", f"Invalid reference key {letter}.", path)
    return letter


def _tracking(body: Mapping[str, Any]) -> list[str]:
    packages = body.get("package", {}).get("items", [])
    return [p["packageTrackingNumber"] for p in packages if p.get("packageTrackingNumber")]
