"""Reading one order of NetSuite with all that was made from it."""

from collections.abc import Sequence
from typing import Any

from msgspec import Raw, Struct

from accord.connector_kit.http import Answer
from accord.connector_kit.wire import write_json
from accord.connectors.netsuite import suiteql
from accord.connectors.netsuite.answers import UNKNOWN_RECORD
from accord.connectors.netsuite.listing import PAGE, Rows
from accord.connectors.netsuite.payloads import Deleted, OfOrder
from accord.connectors.netsuite.session import RECORDS, Session
from accord.domain.outcome import Outcome, Refused, Unavailable
from accord.domain.report import EXTERNAL, NUMBER, Ref
from accord.engine.link import Document

# The record types read whole for an order; of the others a row says enough.
RECORD_NAMES = {"ItemShip": "itemFulfillment", "RtnAuth": "returnAuthorization"}


class Identified(Struct, frozen=True):
    """A found record."""

    id: str


class Found(Struct, frozen=True):
    """The records a question found."""

    items: tuple[Identified, ...]


async def reread(session: Session, ref: Ref) -> Sequence[Document] | Outcome:
    """Return a sales order, its fulfillments and returns whole, its invoices as rows.

    A single fulfillment is asked for as ``parcel`` by the ids of its order and its own,
    ``18231/18240``: one that was deleted is in no listing of the order any more.
    """
    if ref.scope == "parcel":
        parent, _, own = ref.value.partition("/")
        record = await _child(session, parent, {"type": "ItemShip", "id": own})
        return [record] if isinstance(record, Document) else record
    order = await _order_id(session, ref)
    return await _whole(session, order) if isinstance(order, str) else order


async def _whole(session: Session, order: str) -> Sequence[Document] | Outcome:
    answer = await session.call("GET", f"{RECORDS}/salesOrder/{order}?expandSubResources=true")
    if not isinstance(answer, Answer):
        return answer
    told = answer.read(Identified)
    if isinstance(told, Unavailable) or told.id != order:
        return Unavailable(f"asked for sales order {order}, NetSuite answered with {told}")
    children = await session.query(suiteql.made_from(int(order)), PAGE, Rows)
    if not isinstance(children, Rows):
        return children
    documents = [Document("reread/salesOrder", answer.body)]
    for row in children.items:
        document = await _child(session, order, row)
        if not isinstance(document, Document):
            return document
        documents.append(document)
    return documents


async def _child(session: Session, order: str, row: dict[str, Any]) -> Document | Outcome:
    name = RECORD_NAMES.get(row.get("type", ""))
    if name is None:
        return Document("reread/transaction", write_json(row))
    record = await session.read(f"{RECORDS}/{name}/{row.get('id')}", Raw)
    if isinstance(record, Refused) and record.code in UNKNOWN_RECORD:
        gone = Deleted(order, str(row.get("type")), str(row.get("id")))
        return Document("reread/deleted", write_json(gone))
    if not isinstance(record, Raw):
        return record
    return Document(f"reread/{name}", write_json(OfOrder(order, record)))


async def _order_id(session: Session, ref: Ref) -> str | Outcome:
    match ref.scope:
        case "order" if ref.value.isdecimal():
            return ref.value
        case "number":
            question = suiteql.orders_by_number(ref.value)
        case "external":
            question = suiteql.by_external_id("SalesOrd", ref.value)
        case _:
            known = f"order, {NUMBER} or {EXTERNAL}"
            return Refused("cannot", f"NetSuite reads orders by {known}, not {ref.scope} {ref}")
    found = await session.query(question, PAGE, Found)
    if not isinstance(found, Found):
        return found
    if len(found.items) != 1:
        many = len(found.items) or "no"
        return Refused("not_one", f"{many} sales orders with the {ref.scope} {ref.value}")
    return found.items[0].id
