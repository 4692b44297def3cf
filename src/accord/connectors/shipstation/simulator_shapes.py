"""The objects of a pretend ShipStation in the JSON shapes of the V2 API description."""

from datetime import datetime
from typing import Any
from uuid import UUID

from accord.connectors.shipstation.simulator_state import (
    DESCRIPTIONS,
    PretendLabel,
    PretendShipment,
)


def moment(time: datetime) -> str:
    """Return a time as ShipStation writes it."""
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def shipment(one: PretendShipment) -> dict[str, Any]:
    """Return a shipment."""
    held = f"{one.hold_until.isoformat()}T00:00:00Z" if one.hold_until else None
    return {
        "shipment_id": one.shipment_id,
        "carrier_id": None,
        "service_code": None,
        "external_order_id": None,
        "hold_until_date": held,
        "ship_by_date": None,
        "items": [],
        "warehouse_id": None,
        "ship_to": {},
        "is_return": False,
        "confirmation": "none",
        "insurance_provider": "none",
        "tags": [],
        "packages": [],
        **one.given,
        "external_shipment_id": one.external_id,
        "shipment_number": one.number,
        "created_at": moment(one.created_at),
        "modified_at": moment(one.modified_at),
        "shipment_status": one.status,
    }


def label(one: PretendLabel, of: PretendShipment) -> dict[str, Any]:
    """Return a label."""
    url = f"https://api.shipstation.com/v2/downloads/10/{one.label_id}"
    return {
        "label_id": one.label_id,
        "status": "voided" if one.voided else "completed",
        "shipment_id": one.shipment_id,
        "external_shipment_id": of.external_id,
        "external_order_id": None,
        "created_at": moment(one.created_at),
        "tracking_number": one.tracking_number,
        "is_return_label": False,
        "carrier_id": "se-100",
        "carrier_code": "ups",
        "service_code": "ups_ground",
        "voided": one.voided,
        "voided_at": moment(one.voided_at) if one.voided_at else None,
        "trackable": True,
        "tracking_status": one.tracking_status,
        "label_download": {"pdf": f"{url}/label.pdf", "href": f"{url}/label.pdf"},
        "packages": [{"package_code": "package", "tracking_number": one.tracking_number}],
    }


def tracking(one: PretendLabel) -> dict[str, Any]:
    """Return the tracking log of a label."""
    delivered = one.events[0]["occurred_at"] if one.status_code == "DE" else None
    return {
        "tracking_number": one.tracking_number,
        "status_code": one.status_code,
        "status_detail_code": one.status_detail_code,
        "carrier_code": "ups",
        "status_description": DESCRIPTIONS.get(one.status_code, one.status_code),
        "carrier_status_code": one.status_code,
        "ship_date": None,
        "estimated_delivery_date": None,
        "actual_delivery_date": delivered,
        "events": one.events,
    }


def errors(request: UUID, code: str, message: str, kind: str = "validation") -> dict[str, Any]:
    """Return the body of a failed call."""
    return {
        "request_id": str(request),
        "errors": [
            {
                "error_source": "ShipStation",
                "error_type": kind,
                "error_code": code,
                "message": message,
            }
        ],
    }
