"""Reads shipments together with their labels and tracking logs, and drops what is not ours."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import msgspec

from accord.connector_kit.wire import write_json
from accord.connectors.shipstation.payloads import Label
from accord.connectors.shipstation.session import Failure, Labels, Session, Shipments, about
from accord.domain.outcome import Refused, Unavailable
from accord.engine.ports import Document

TOPIC = "shipment"
LISTED_AT_ONCE = 100
# Who lives where, who signed, and addresses at which anyone may fetch the printed label: none
# of it is a status, so none of it is kept.
NOT_OURS = frozenset(
    {
        "ship_to",
        "ship_from",
        "return_to",
        "notes_from_buyer",
        "notes_to_buyer",
        "notes_for_gift",
        "internal_notes",
        "customs",
        "tax_identifiers",
        "advanced_options",
        "assigned_user",
        "label_download",
        "form_download",
        "qr_code_download",
        "paperless_download",
        "insurance_claim",
        "signer",
        "latitude",
        "longitude",
        "city_locality",
        "postal_code",
        "proof_of_delivery_url",
    }
)
# Before any label; a shipment that was never touched since it was made has none.
UNLABELLED = frozenset({"pending", "on_hold"})


class Pictures:
    """Whole pictures of shipments, one call for each part."""

    def __init__(self, session: Session) -> None:
        """Take the connection to read over."""
        self._session = session

    async def of_id(self, shipment_id: str) -> Document | Failure:
        """Return the picture of the shipment with this id."""
        shipment = await self._session.get(
            f"/v2/shipments/{quote(shipment_id, safe='')}", dict[str, Any]
        )
        shipment = about(shipment, shipment_id=shipment_id)
        return await self.of(shipment) if isinstance(shipment, dict) else shipment

    async def of(self, shipment: Mapping[str, Any]) -> Document | Failure:
        """Return the picture of a shipment as just read."""
        labels: list[dict[str, Any]] = []
        if not _is_untouched(shipment):
            listed = await self.labels({"shipment_id": str(shipment.get("shipment_id"))})
            if not isinstance(listed, list):
                return listed
            strangers = [one for one in listed if one.get("shipment_id") != shipment["shipment_id"]]
            if strangers:
                return Unavailable(f"labels of another shipment than {shipment['shipment_id']}")
            labels = listed
        for label in labels:
            failure = await self._add_tracking(label)
            if failure is not None:
                return failure
        return Document(TOPIC, write_json(_ours({"shipment": shipment, "labels": labels})))

    async def labels(self, params: Mapping[str, str]) -> list[dict[str, Any]] | Failure:
        """Return the labels that match, oldest first."""
        return await self._all("/v2/labels", params, Labels)

    async def shipments(self, params: Mapping[str, str]) -> list[dict[str, Any]] | Failure:
        """Return the shipments that match, oldest first."""
        return await self._all("/v2/shipments", params, Shipments)

    async def _all(
        self, path: str, params: Mapping[str, str], shape: type[Shipments] | type[Labels]
    ) -> list[dict[str, Any]] | Failure:
        found: list[dict[str, Any]] = []
        page = pages = 1
        while page <= pages:
            listing = await self._session.get(
                path,
                shape,
                {
                    **params,
                    "sort_by": "created_at",
                    "sort_dir": "asc",
                    "page_size": str(LISTED_AT_ONCE),
                    "page": str(page),
                },
            )
            if not isinstance(listing, Shipments | Labels):
                return listing
            found += listing.shipments if isinstance(listing, Shipments) else listing.labels
            page, pages = page + 1, listing.pages
        return found

    async def _add_tracking(self, label: dict[str, Any]) -> Failure | None:
        """Put the tracking log into a live label; a carrier that tells none leaves it out."""
        try:
            read = msgspec.convert(label, Label)
        except msgspec.ValidationError:  # kept as it is, and shown to a person when it is read
            return None
        if not read.live or label.get("trackable") is False:
            return None
        log = await self._session.get(f"/v2/labels/{read.label_id}/track", dict[str, Any])
        if isinstance(log, dict):
            if log.get("tracking_number") not in {None, *read.numbers}:
                return Unavailable(f"the tracking log of another parcel than {read.label_id}")
            label["tracking"] = log
        elif not isinstance(log, Refused):
            return log
        return None


def _is_untouched(shipment: Mapping[str, Any]) -> bool:
    status, changed = shipment.get("shipment_status"), shipment.get("modified_at")
    return status in UNLABELLED and changed == shipment.get("created_at")


def _ours(value: Any) -> Any:
    """Return a document without the members that are not ours to keep, at any depth."""
    if isinstance(value, Mapping):
        return {name: _ours(part) for name, part in value.items() if name not in NOT_OURS}
    if isinstance(value, list):
        return [_ours(part) for part in value]
    return value
