"""Pictures of shipments into reports; hooks into hints of what to read again. Pure."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from accord.connector_kit.wire import read_json
from accord.connectors.shipstation.payloads import (
    V1_ZONE,
    Hook,
    Item,
    Label,
    Picture,
    Shipment,
    Tracking,
    V1Order,
    is_ours,
    moment,
)
from accord.domain.report import (
    SILENT,
    THE_ORDER,
    HeldBy,
    Particulars,
    Ref,
    Report,
    Subject,
    SubjectKind,
    order_number,
)
from accord.engine.envelope import Envelope, Lookup, Parsed

THE_FEED = Lookup(Ref("*", "*"))
# The states of ``tracking_status`` in which the carrier has the parcel.
WITH_CARRIER = frozenset({"in_transit", "delivered"})
# A code that says only that the carrier's own code has no translation.
UNTRANSLATED = frozenset({None, "", "CARRIER_STATUS_NOT_MAPPED"})
LETTERS_OF_A_STATUS_CODE = 2

_LABEL = re.compile(r"/v2/labels/(se-[0-9A-Za-z-]+)(?:/track)?$")
_SILENT_HOOKS = re.compile(
    r"^(API_)?(RATE|CARRIER_CONNECTED|CARRIER|REPORT|REPORT_COMPLETE)(_V2)?$"
)
_TRACK_HOOKS = re.compile(r"^(API_TRACK|TRACK(_EVENT)?(_V2)?)$")


def parse(envelope: Envelope, settings: Mapping[str, str | bool]) -> Parsed:
    """Return what one envelope says. The meaning of its words is left to the vocabulary."""
    del settings  # they choose the meaning of a word, not the reading of a payload
    kind, _, _ = envelope.topic.partition("/")
    return _READERS.get(kind, _unknown)(envelope)


def _unknown(envelope: Envelope) -> Parsed:
    return Parsed(ignored=f"nothing is read at {envelope.topic!r}; hooks come to v1/… and v2/…")


def _hint(envelope: Envelope) -> Parsed:
    """Return the one thing an unsigned V1 hook is good for: ask the feed, with our own calls."""
    read_json(envelope.body, Hook)
    return Parsed(lookups=(THE_FEED,))


def _hook(envelope: Envelope) -> Parsed:
    """Return what to read again. A tracking hook names neither the order nor the shipment."""
    hook = read_json(envelope.body, Hook)
    if _SILENT_HOOKS.match(hook.resource_type):
        return Parsed(ignored=f"{hook.resource_type} is not about a parcel")
    if not _TRACK_HOOKS.match(hook.resource_type):
        return Parsed(lookups=(THE_FEED,))
    label = _LABEL.search(hook.resource_url)
    if label:
        return Parsed(lookups=(Lookup(Ref("label", label[1])),))
    if hook.data and hook.data.tracking_number:
        return Parsed(lookups=(Lookup(Ref("tracking", hook.data.tracking_number)),))
    return Parsed(lookups=(THE_FEED,))


def _v1_order(envelope: Envelope) -> Parsed:
    order = read_json(envelope.body, V1Order)
    said_at = order.modify_date
    report = Report(
        system=envelope.system,
        order=(order_number(order.order_number),),
        subject=THE_ORDER,
        kind="orderStatus",
        word=order.order_status,
        said_at=said_at if said_at.tzinfo else said_at.replace(tzinfo=V1_ZONE),
    )
    return Parsed(reports=(report,))


def _picture(envelope: Envelope) -> Parsed:
    picture = read_json(envelope.body, Picture)
    if picture.shipment.is_return:
        return Parsed(ignored="a shipment back to us; the owner of returns tells of it")
    order = _order_of(picture.shipment)
    if order is None:
        return Parsed(ignored="it names no order: a label bought by itself")
    return Parsed(reports=tuple(_Teller(envelope.system, order, picture).reports()))


_READERS: dict[str, Callable[[Envelope], Parsed]] = {
    "shipment": _picture,
    "order": _v1_order,
    "v1": _hint,
    "v2": _hook,
}


def _order_of(shipment: Shipment) -> Ref | None:
    """Return the order number. A shipment without one repeats its own id in its place."""
    own = {None, "", shipment.shipment_id, shipment.external_shipment_id}
    items = [item.external_order_id for item in shipment.items or ()]
    names = (shipment.shipment_number, shipment.external_order_id, *items)
    found = next((name for name in names if name not in own), None)
    return order_number(found) if found and found.strip(" #") else None


class _Teller:
    """Turns one picture into reports on one parcel."""

    def __init__(self, system: str, order: Ref, picture: Picture) -> None:
        self._system = system
        self._order = order
        self._shipment = picture.shipment
        self._outbound = [label for label in picture.labels if label.outbound]
        self._live = [label for label in self._outbound if label.live]

    def reports(self) -> Iterator[Report]:
        yield self._of_shipment()
        for label in self._outbound:
            yield self._of_label(label)
        for label in self._live:
            if label.tracking_status:
                yield self._of_handover(label, label.tracking_status)
            if label.tracking:
                yield from self._of_tracking(label, label.tracking)

    def _report(
        self,
        kind: str,
        word: str,
        said_at: datetime,
        happened_at: datetime | None = None,
        particulars: Particulars = SILENT,
    ) -> Report:
        return Report(
            system=self._system,
            order=(self._order,),
            subject=Subject(SubjectKind.PARCEL, self._shipment.shipment_id),
            kind=kind,
            word=word,
            said_at=said_at,
            happened_at=happened_at,
            particulars=particulars,
        )

    def _of_shipment(self) -> Report:
        """Return the shipment's status.

        Once the carrier has the parcel, ``label_purchased`` is said at the label's own time:
        where a scan is what counts as shipped, a later edit of the shipment would otherwise
        take the scan back.
        """
        shipment = self._shipment
        labelled = shipment.shipment_status == "label_purchased" and self._live
        bought = min((label.created_at for label in self._live), default=None)
        gone = any(label.tracking_status in WITH_CARRIER for label in self._live)
        return self._report(
            "shipment_status",
            shipment.shipment_status,
            bought if labelled and gone and bought else shipment.modified_at,
            bought if labelled else None,
            Particulars(
                lines=_lines(shipment.items),
                place=shipment.warehouse_id or None,
                promised_at=moment(shipment.ship_by_date),
                held=_held_by(shipment),
            ),
        )

    def _of_label(self, label: Label) -> Report:
        """Return the label's status, with the numbers now on the parcel.

        A voided label tells the numbers that are left, so that its own is forgotten; a label
        not made yet tells none, or "no number" and the number would be said at one instant.
        """
        if label.status not in {"completed", "voided"}:
            return self._report("label_status", label.status, label.created_at)
        at = label.voided_at or label.created_at
        numbers = dict.fromkeys(number for live in self._live for number in live.numbers)
        carrier = next((live.carrier_code for live in self._live if live.carrier_code), None)
        told = Particulars(tracking=tuple(numbers), carrier=carrier)
        return self._report("label_status", label.status, at, at, told)

    def _of_handover(self, label: Label, word: str) -> Report:
        """Return the label's coarse word for its parcel's way.

        It carries no time. It is true of the shipment as it now is, so it is never said
        earlier than that.
        """
        events = _times(label.tracking)
        at = max(label.created_at, self._shipment.modified_at, *events)
        return self._report("tracking_status", word, at, min(events, default=None))

    def _of_tracking(self, label: Label, tracking: Tracking) -> Iterator[Report]:
        """Yield where the parcel is, at the time of the newest scan.

        Clocks of carriers run ahead and behind: no scan is earlier than its label.
        """
        detail, code = tracking.status_detail_code, tracking.status_code
        word = code if detail in UNTRANSLATED and code else detail
        if not word:
            return
        short = len(word) == LETTERS_OF_A_STATUS_CODE
        kind = "status_code" if short else "status_detail_code"
        at = max(_times(tracking), default=None)
        yield self._report(kind, word, max(at or label.created_at, label.created_at), at)


def _held_by(shipment: Shipment) -> HeldBy:
    """Return whose hold is on a shipment."""
    if shipment.shipment_status != "on_hold":
        return HeldBy.NOBODY
    return HeldBy.ACCORD if is_ours(shipment.hold_until_date) else HeldBy.OTHERS


def _times(tracking: Tracking | None) -> list[datetime]:
    """Return the times of a tracking log."""
    if tracking is None:
        return []
    texts = [event.occurred_at for event in tracking.events or ()]
    times = [moment(text) for text in texts] or [moment(tracking.actual_delivery_date)]
    return [time for time in times if time is not None]


def _lines(items: list[Item] | None) -> dict[str, int] | None:
    """Return quantities by SKU. A shipment made with its label lists no items: silence."""
    summed: Counter[str] = Counter()
    for item in items or ():
        own_id = item.external_order_item_id or item.sales_order_item_id or item.item_id
        key = item.sku or (f"line:{own_id}" if own_id else None)
        if key:
            summed[key] += item.quantity or 0
    return dict(summed) or None
