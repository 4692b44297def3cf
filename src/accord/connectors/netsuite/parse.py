"""What NetSuite's documents say: rows of its change feed, and records read one by one."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from accord.connector_kit.wire import read_json
from accord.connectors.netsuite.lines import goods, order_lines, sku_of, sums, text_of, whole
from accord.connectors.netsuite.payloads import (
    Deleted,
    ItemFulfillment,
    Named,
    OfOrder,
    ReturnAuthorization,
    Row,
    SalesOrder,
    ShippedItem,
)
from accord.connectors.netsuite.statuses import LABELS, normalised
from accord.domain.errors import UnreadableError
from accord.domain.report import (
    EXTERNAL,
    SILENT,
    THE_ORDER,
    Particulars,
    Ref,
    Report,
    Subject,
    SubjectKind,
    order_number,
)
from accord.engine.envelope import Envelope, Lookup, Origin, Parsed

# Which subject a record type speaks of; every other type speaks of the order as a whole.
SUBJECTS: Mapping[str, SubjectKind] = {
    "ItemShip": SubjectKind.PARCEL,
    "RtnAuth": SubjectKind.RETURN,
}
# The word for a record that is gone; NetSuite itself has none.
DELETED = "deleted"
# How an external id made by Accord begins; the subject it was made from follows.
MADE_BY_ACCORD = "accord"


def parse(envelope: Envelope, settings: Mapping[str, str | bool]) -> Parsed:
    """Return what one document says. Raises ``UnreadableError`` for another shape."""
    zone = _zone(settings)
    match envelope.topic:
        case "feed/transaction" | "reread/transaction":
            return _row(envelope, zone)
        case "reread/salesOrder":
            return Parsed(reports=(_sales_order(envelope, zone),))
        case "reread/itemFulfillment":
            return Parsed(reports=(_item_fulfillment(envelope, zone),))
        case "reread/returnAuthorization":
            return Parsed(reports=(_return_authorization(envelope, zone),))
        case "reread/deleted":
            return Parsed(reports=(_deleted(envelope),))
        case topic:
            return Parsed(ignored=f"{topic} is no document that NetSuite's connector asks for")


def made_from(external_id: str | None) -> tuple[Ref, ...] | None:
    """Return the subject named by an external id of the form ``accord:SYSTEM:ID``."""
    maker, _, rest = (external_id or "").partition(":")
    scope, _, value = rest.partition(":")
    return (Ref(scope, value),) if maker == MADE_BY_ACCORD and scope and value else None


def status_of(kind: str, *fields: Named | str | None) -> str:
    """Return the status by the first field that shows a known one, else as first written."""
    texts = [normalised(kind, text) for field in fields for text in text_of(field)]
    known = (text for text in texts if text in LABELS[kind])
    return next(known, texts[0] if texts else "")


def _row(envelope: Envelope, zone: ZoneInfo) -> Parsed:
    row = read_json(envelope.body, Row)
    order = row.sales_order()
    if order is None:
        return Parsed(ignored=f"{row.type} {row.id} was made from no sales order")
    # A row has no lines; the order it belongs to is read whole, once, when the feed names it.
    lookups = (Lookup(Ref("order", order)),) if envelope.origin is Origin.FEED else ()
    if not row.status:
        return Parsed(lookups=lookups, ignored=f"{row.type} {row.id} shows no status")
    of_order = row.type == "SalesOrd"
    kind = SUBJECTS.get(row.type)
    report = Report(
        system=envelope.system,
        order=_order_refs(envelope.system, order, row.externalid, row.otherrefnum)
        if of_order
        else (Ref(envelope.system, order),),
        subject=Subject(kind, row.id) if kind else THE_ORDER,
        kind=row.type,
        word=normalised(row.type, row.status),
        said_at=_time(row.lm, zone),
        particulars=Particulars(same_as=made_from(row.externalid)) if kind else SILENT,
    )
    return Parsed(reports=(report,), lookups=lookups)


def _sales_order(envelope: Envelope, zone: ZoneInfo) -> Report:
    order = read_json(envelope.body, SalesOrder)
    lines = order_lines(order.item)
    booked = None if lines is None else goods(lines)
    return Report(
        system=envelope.system,
        order=_order_refs(envelope.system, order.id, order.external_id, order.other_ref_num),
        subject=THE_ORDER,
        kind="SalesOrd",
        word=status_of("SalesOrd", order.status, order.order_status),
        said_at=_time(order.last_modified_date, zone),
        particulars=SILENT
        if booked is None
        else Particulars(
            lines=sums((line.sku, line.wanted) for line in booked),
            ordered=sums((line.sku, line.quantity) for line in booked),
        ),
    )


def _item_fulfillment(envelope: Envelope, zone: ZoneInfo) -> Report:
    wrapped = read_json(envelope.body, OfOrder)
    record = read_json(bytes(wrapped.record), ItemFulfillment)
    items = record.item.items
    return Report(
        system=envelope.system,
        order=(Ref(envelope.system, wrapped.sales_order),),
        subject=Subject(SubjectKind.PARCEL, record.id),
        kind="ItemShip",
        word=status_of("ItemShip", record.ship_status, record.status),
        said_at=_time(record.last_modified_date, zone),
        particulars=Particulars(
            lines=None if items is None else sums(_shipped(item) for item in items),
            place=_place(items or ()),
            tracking=record.tracking() or None,
            same_as=made_from(record.external_id),
        ),
    )


def _return_authorization(envelope: Envelope, zone: ZoneInfo) -> Report:
    wrapped = read_json(envelope.body, OfOrder)
    record = read_json(bytes(wrapped.record), ReturnAuthorization)
    lines = order_lines(record.item)
    return Report(
        system=envelope.system,
        order=(Ref(envelope.system, wrapped.sales_order),),
        subject=Subject(SubjectKind.RETURN, record.id),
        kind="RtnAuth",
        word=status_of("RtnAuth", record.status, record.order_status),
        said_at=_time(record.last_modified_date, zone),
        particulars=Particulars(
            lines=None
            if lines is None
            else sums((line.sku, line.quantity) for line in goods(lines)),
            same_as=made_from(record.external_id),
        ),
    )


def _deleted(envelope: Envelope) -> Report:
    gone = read_json(envelope.body, Deleted)
    return Report(
        system=envelope.system,
        order=(Ref(envelope.system, gone.sales_order),),
        subject=Subject(SUBJECTS.get(gone.type, SubjectKind.PARCEL), gone.id),
        kind=gone.type,
        word=DELETED,
        # What is gone has no time of its own left; when it was missed is as close as one gets.
        said_at=envelope.received_at,
    )


def _shipped(item: ShippedItem) -> tuple[str, int]:
    return sku_of(item.item, item.order_line), whole(item.quantity, item.order_line)


def _place(items: tuple[ShippedItem, ...]) -> str | None:
    """Return the location the goods left from, where all lines name the same."""
    places = {str(item.location.id) for item in items if item.location}
    return places.pop() if len(places) == 1 else None


def _order_refs(system: str, own: str, external: str | None, number: str | None) -> tuple[Ref, ...]:
    refs = [Ref(system, own)]
    if external:
        refs.append(Ref(EXTERNAL, external))
    if number and number.strip():
        refs.append(order_number(number))
    return tuple(refs)


def _zone(settings: Mapping[str, str | bool]) -> ZoneInfo:
    name = str(settings.get("timezone", ""))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = (
            f"the setting timezone is {name!r}, which is no time zone; give the account's, as "
            "in Setup > Company > Company Information, by its IANA name (America/Los_Angeles)"
        )
        raise UnreadableError(message) from error


def _time(text: str, zone: ZoneInfo) -> datetime:
    """Return a time with its zone; NetSuite's lists give the account's clock without one."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"{text!r} is no time in the documented form"
        raise UnreadableError(message) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
