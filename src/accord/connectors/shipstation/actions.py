"""What ShipStation can be asked to do. Each reads before it writes, so that twice is once."""

import hashlib

from msgspec import Struct

from accord.connector_kit.http import Answer
from accord.connectors.shipstation.payloads import (
    HELD_UNTIL,
    Label,
    Shipment,
    Tracking,
    is_ours,
)
from accord.connectors.shipstation.session import Failure, Session, about
from accord.domain.action import Allocate, CancelParcel, Destination, Hold, Release
from accord.domain.outcome import Applied, Outcome, Refused, Unavailable, Unneeded

# The states of a label's ``tracking_status`` and the codes of its log before the carrier has it.
NOT_SCANNED = frozenset({None, "", "unknown"})
CODES_BEFORE_SCAN = frozenset({None, "", "NY", "UN"})


class Created(Struct):
    """One shipment of the answer to its creation."""

    shipment_id: str | None = None
    errors: list[str] | None = None


class CreateAnswer(Struct):
    """The answer to a creation: 200 even where a shipment in it failed."""

    has_errors: bool
    shipments: list[Created]


class VoidAnswer(Struct):
    """The answer to a voiding: 200 even where the carrier would not."""

    approved: bool
    message: str = ""
    reason_code: str | None = None


class Labels(Struct):
    """A page of labels; one shipment never has more than a page."""

    labels: list[Label]


class Actions:
    """Changes to one account."""

    def __init__(self, session: Session) -> None:
        """Take the connection to ask over."""
        self._session = session

    async def allocate(self, action: Allocate) -> Outcome:
        """Create a shipment, unless one was made for the same request before."""
        if action.place is None:
            return _incomplete("the ShipStation warehouse_id of the place: name it under places")
        if action.destination is None:
            return _incomplete("the address the parcel goes to: its owner did not tell one")
        external_id = external_shipment_id(action)
        found = about(
            await self._session.get(f"/v2/shipments/external_shipment_id/{external_id}", Shipment),
            external_shipment_id=external_id,
        )
        if isinstance(found, Shipment):
            there = Unneeded(f"shipment {found.shipment_id} was made for it before")
            return await self._held(found.shipment_id, there) if action.held else there
        if not (isinstance(found, Refused) and found.code == "not_found"):
            return found
        made = await self._create(_new_shipment(action, action.destination, external_id))
        if action.held and isinstance(made, Applied):
            return await self._held(made.reference, made)
        return made

    async def _held(self, shipment_id: str, made: Outcome) -> Outcome:
        """Hold what was just created: the API takes no hold with the creation itself."""
        held = await self.hold(Hold(subject=shipment_id, reason="no permission to ship yet"))
        return made if isinstance(held, Applied | Unneeded) else held

    async def _create(self, shipment: dict[str, object]) -> Outcome:
        answer = await self._session.call("POST", "/v2/shipments", body={"shipments": [shipment]})
        if isinstance(answer, Refused) and answer.code == "identifier_conflict":
            return Unneeded("a shipment was made for it at the same time")
        if not isinstance(answer, Answer):
            return answer
        created = answer.read(CreateAnswer)
        return _created(created) if isinstance(created, CreateAnswer) else created

    async def hold(self, action: Hold) -> Outcome:
        """Put a shipment on hold until it is released. Anybody's hold is as good."""
        shipment = await self._shipment(action.subject)
        if not isinstance(shipment, Shipment):
            return shipment
        if shipment.shipment_status == "on_hold":
            return Unneeded(f"it is on hold until {shipment.hold_until_date}")
        if shipment.shipment_status in {"label_purchased", "cancelled"}:
            return Refused(
                shipment.shipment_status,
                f"shipment {action.subject} is {shipment.shipment_status}; ShipStation holds only "
                "what has no label. Stop the parcel by hand, or cancel it.",
            )
        return await self._put(
            f"/v2/shipments/{action.subject}/hold", {"hold_until_date": HELD_UNTIL.isoformat()}
        )

    async def release(self, action: Release) -> Outcome:
        """Lift the hold that ends on Accord's date; another date is somebody else's hold."""
        shipment = await self._shipment(action.subject)
        if not isinstance(shipment, Shipment):
            return shipment
        if shipment.shipment_status != "on_hold":
            return Unneeded(f"it is {shipment.shipment_status}")
        if not is_ours(shipment.hold_until_date):
            return Unneeded(f"it is held by somebody else until {shipment.hold_until_date}")
        return await self._put(f"/v2/shipments/{action.subject}/restore")

    async def cancel(self, action: CancelParcel) -> Outcome:
        """Cancel a shipment, its labels voided first; not once a carrier has scanned it."""
        shipment = await self._shipment(action.parcel)
        if not isinstance(shipment, Shipment):
            return shipment
        if shipment.shipment_status == "cancelled":
            return Unneeded("it is cancelled")
        live = await self._live_labels(shipment.shipment_id)
        if not isinstance(live, list):
            return live
        for label in live:
            gone = await self._scanned(label)
            if gone is not None:
                return gone
        for label in live:
            kept = await self._void(label)
            if kept is not None:
                return kept
        return await self._put(f"/v2/shipments/{shipment.shipment_id}/cancel")

    async def _shipment(self, shipment_id: str) -> Shipment | Failure:
        found = await self._session.get(f"/v2/shipments/{shipment_id}", Shipment)
        return about(found, shipment_id=shipment_id)

    async def _live_labels(self, shipment_id: str) -> list[Label] | Failure:
        listed = await self._session.get(
            "/v2/labels", Labels, {"shipment_id": shipment_id, "page_size": "100"}
        )
        if not isinstance(listed, Labels):
            return listed
        if any(label.shipment_id != shipment_id for label in listed.labels):
            return Unavailable(f"asked for labels of {shipment_id}, told of another's")
        return [label for label in listed.labels if label.live]

    async def _put(self, path: str, body: object = None) -> Outcome:
        answer = await self._session.call("PUT", path, body=body)
        return Applied() if isinstance(answer, Answer) else answer

    async def _scanned(self, label: Label) -> Outcome | None:
        """Return the refusal where the carrier has the parcel; None where it may be stopped."""
        if label.tracking_status not in NOT_SCANNED:
            return _shipped(label, label.tracking_status)
        log = await self._session.get(f"/v2/labels/{label.label_id}/track", Tracking)
        if isinstance(log, Refused):  # this carrier tells nothing; the voiding will decide
            return None
        if not isinstance(log, Tracking):
            return log
        if log.tracking_number not in {None, *label.numbers}:
            return Unavailable(f"asked for the log of {label.label_id}, told of another parcel's")
        if log.status_code in CODES_BEFORE_SCAN:
            return None
        return _shipped(label, log.status_code)

    async def _void(self, label: Label) -> Outcome | None:
        answer = await self._session.call("PUT", f"/v2/labels/{label.label_id}/void")
        if not isinstance(answer, Answer):
            return answer
        voided = answer.read(VoidAnswer)
        if not isinstance(voided, VoidAnswer):
            return voided
        if voided.approved or voided.reason_code == "label_already_voided":
            return None
        if voided.reason_code == "label_already_used":
            return _shipped(label, voided.message)
        return Refused(voided.reason_code or "void_refused", voided.message)


def external_shipment_id(action: Allocate) -> str:
    """Return the id under which one request is made once: unique in an account, 50 letters."""
    named = f"{action.source.scope}\0{action.source.value}".encode()
    return f"accord-{hashlib.sha256(named).hexdigest()[:32]}"


def _new_shipment(
    action: Allocate, destination: Destination, external_id: str
) -> dict[str, object]:
    return {
        "external_shipment_id": external_id,
        "shipment_number": action.number,
        "warehouse_id": action.place,
        "shipment_status": "pending",
        "validate_address": "no_validation",
        "ship_to": _address(destination),
        "items": [_item(line, n, action.number) for line, n in sorted(action.lines.items())],
    }


def _item(line: str, quantity: int, number: str) -> dict[str, object]:
    """Return one item. The order's number on it survives where the shipment's is dropped."""
    _, is_id, own_id = line.partition("line:")
    named = {"external_order_item_id": own_id} if is_id else {"sku": line}
    return {"name": line, "quantity": quantity, "external_order_id": number, **named}


def _address(to: Destination) -> dict[str, str]:
    address = {
        "name": to.name,
        "company_name": to.company,
        "phone": to.phone,
        "address_line1": to.line1,
        "address_line2": to.line2,
        "city_locality": to.city,
        "state_province": to.region,
        "postal_code": to.postal_code,
        "country_code": to.country,
    }
    return {name: value for name, value in address.items() if value}


def _created(answer: CreateAnswer) -> Outcome:
    made = answer.shipments[0] if answer.shipments else Created()
    if made.shipment_id and not made.errors:
        return Applied(made.shipment_id)
    return Refused("not_created", "; ".join(made.errors or ["no shipment came of it"]))


def _incomplete(what: str) -> Refused:
    return Refused("incomplete", f"a shipment needs {what}.")


def _shipped(label: Label, word: str | None) -> Refused:
    return Refused("already_shipped", f"label {label.label_id}: the carrier has it ({word})")
