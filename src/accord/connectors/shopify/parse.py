"""From envelopes to reports: which topic carries what."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from accord.connector_kit.wire import read_json
from accord.connectors.shopify import graphql, rest
from accord.connectors.shopify.flaws import flaws, light_flaws
from accord.connectors.shopify.graphql_payloads import GOrder
from accord.connectors.shopify.payloads import (
    Fulfillment,
    FulfillmentEvent,
    FulfillmentOrder,
    Id,
    Order,
    OrderEdit,
    Return,
    moment,
    own_id,
    plain_id,
    required_id,
)
from accord.connectors.shopify.teller import (
    FULFILLMENT_ORDER_SCOPE,
    ORDER_SCOPE,
    RETURN_SCOPE,
    Teller,
    order_refs,
)
from accord.domain.report import Ref, Report
from accord.engine.envelope import Envelope, Lookup, Parsed

FEED_ORDER = "feed/order"
REREAD_ORDER = "reread/order"


def parse(envelope: Envelope, _settings: Mapping[str, str | bool]) -> Parsed:
    """Return what an envelope says, by its topic. A topic we do not know is ignored by name."""
    reader = _READERS.get(envelope.topic)
    if reader is not None:
        return reader(envelope)
    if envelope.topic in _SILENT:
        return Parsed(ignored=_SILENT[envelope.topic])
    if envelope.topic.startswith(("fulfillment_orders/", "fulfillment_holds/")):
        return _fulfillment_order(envelope)
    return Parsed(ignored=f"{envelope.topic} is no topic we read. See the connector's README.")


def _order(envelope: Envelope) -> Parsed:
    order = read_json(envelope.body, Order)
    reports = rest.order_reports(envelope.system, order, envelope.received_at)
    said = {report.kind for report in reports}
    lookups = () if "order" in said else _order_again(rest.order_id(order))
    return Parsed(tuple(reports), lookups, flaws=flaws(envelope.system, order))


def _order_and_again(envelope: Envelope) -> Parsed:
    """Read the order, and again later: fulfillment orders are not in the webhook."""
    order = read_json(envelope.body, Order)
    reports = rest.order_reports(envelope.system, order, envelope.received_at)
    again = _order_again(rest.order_id(order))
    return Parsed(tuple(reports), again, flaws=flaws(envelope.system, order))


def _order_deleted(envelope: Envelope) -> Parsed:
    order = read_json(envelope.body, Order)
    return Parsed(
        lookups=_order_again(rest.order_id(order)),
        ignored="Only archived test orders and old ones can be deleted; no status is told.",
    )


class _OrderEdited(Struct, frozen=True):
    order_edit: OrderEdit


def _order_edited(envelope: Envelope) -> Parsed:
    """Read no delta: what is wanted now stands in the order itself."""
    edit = read_json(envelope.body, _OrderEdited).order_edit
    return Parsed(lookups=_order_again(required_id("the edited order", edit.order_id)))


class _Belonging(Struct, frozen=True):
    order_id: Id | None = None


def _of_an_order(envelope: Envelope) -> Parsed:
    """Read only whose it is: a refund and a transaction say nothing of the order's whole money."""
    whose = read_json(envelope.body, _Belonging)
    return Parsed(lookups=_order_again(required_id("the order of it", whose.order_id)))


def _fulfillment(envelope: Envelope) -> Parsed:
    fulfillment = read_json(envelope.body, Fulfillment)
    own_id("Fulfillment", fulfillment.gid, fulfillment.id)
    order_id = required_id("the order of a fulfillment", fulfillment.order_id)
    if rest.holds_no_goods(fulfillment):
        return Parsed(ignored="Nothing in this fulfillment needs shipping: it is no parcel.")
    refs = order_refs(envelope.system, order_id, None)
    teller = Teller(envelope.system, refs, envelope.received_at)
    return _or_again(rest.fulfillment_reports(teller, fulfillment), order_id)


def _event(envelope: Envelope) -> Parsed:
    event = read_json(envelope.body, FulfillmentEvent)
    reports = rest.event_reports(envelope.system, event, envelope.received_at)
    return _or_again(reports, plain_id(event.order_id))


def _return(envelope: Envelope) -> Parsed:
    """Read whose it is, and what it says only with a time of its own.

    Its payload holds none, and the time at which the store sent it comes by a header that is not
    signed: an old body sent again with a new one would undo what came about since.
    """
    one = read_json(envelope.body, Return)
    own = own_id("Return", one.gid, one.id)
    order = one.order
    order_id = plain_id(order.gid, order.id) if order else ""
    order_id = order_id or plain_id(one.order_id)
    if not order_id:
        return Parsed(lookups=(Lookup(Ref(RETURN_SCOPE, own)),))
    updated_at = moment(one.updated_at)
    if updated_at is None:
        return Parsed(lookups=_order_again(order_id))
    teller = Teller(envelope.system, order_refs(envelope.system, order_id, None), updated_at)
    return Parsed(tuple(rest.return_reports(teller, one, {})), _order_again(order_id))


class _Sparse(Struct, frozen=True):
    """A fulfillment order as its webhooks name it: hardly more than its gid."""

    id: Id | None = None


class _Merge(Struct, frozen=True):
    fulfillment_order: _Sparse | None = None


class _FulfillmentOrderNews(Struct, frozen=True):
    """The bodies of ``fulfillment_orders/*`` and ``fulfillment_holds/*``; none names its order."""

    fulfillment_order: _Sparse | None = None
    submitted_fulfillment_order: _Sparse | None = None
    original_fulfillment_order: _Sparse | None = None
    moved_fulfillment_order: _Sparse | None = None
    fulfillment_order_merges: _Merge | list[_Merge] | None = None
    id: Id | None = None
    order_id: Id | None = None


def _fulfillment_order(envelope: Envelope) -> Parsed:
    """Read only what to read again: its words come without an order and without a time.

    A whole fulfillment order, as the REST API shows it, names both and is read.
    """
    news = read_json(envelope.body, _FulfillmentOrderNews)
    if news.order_id:
        whole = read_json(envelope.body, FulfillmentOrder)
        reports = rest.fulfillment_order_reports(envelope.system, whole, envelope.received_at)
        return Parsed(tuple(reports), _order_again(plain_id(news.order_id)))
    named = (
        news.fulfillment_order,
        news.submitted_fulfillment_order,
        news.original_fulfillment_order,
        news.moved_fulfillment_order,
        _merged(news.fulfillment_order_merges),
    )
    ids = (thing.id for thing in named if thing is not None)
    own = required_id("a fulfillment order", *ids, news.id)
    ref = Ref(FULFILLMENT_ORDER_SCOPE, f"gid://shopify/FulfillmentOrder/{own}")
    return Parsed(lookups=(Lookup(ref),))


def _merged(merges: _Merge | list[_Merge] | None) -> _Sparse | None:
    first = merges[0] if isinstance(merges, list) and merges else merges
    return first.fulfillment_order if isinstance(first, _Merge) else None


def _feed_order(envelope: Envelope) -> Parsed:
    """Read a light order; what it leaves out (lines, parcels, holds, returns) is read again."""
    order = read_json(envelope.body, GOrder)
    reports = graphql.order_reports(envelope.system, order, envelope.received_at)
    again = _order_again(plain_id(order.id))
    return Parsed(tuple(reports), again, flaws=light_flaws(envelope.system, order))


def _reread_order(envelope: Envelope) -> Parsed:
    order = read_json(envelope.body, GOrder)
    reports = graphql.order_reports(envelope.system, order, envelope.received_at)
    return Parsed(tuple(reports), flaws=light_flaws(envelope.system, order))


def _or_again(reports: list[Report], order_id: str) -> Parsed:
    if reports:
        return Parsed(tuple(reports))
    return Parsed(lookups=_order_again(order_id))


def _order_again(order_id: str) -> tuple[Lookup, ...]:
    return (Lookup(Ref(ORDER_SCOPE, order_id)),)


_READERS: Mapping[str, Callable[[Envelope], Parsed]] = {
    FEED_ORDER: _feed_order,
    REREAD_ORDER: _reread_order,
    "orders/create": _order_and_again,
    "orders/cancelled": _order_and_again,
    "orders/updated": _order,
    "orders/paid": _order,
    "orders/fulfilled": _order,
    "orders/partially_fulfilled": _order,
    "orders/link_requested": _order,
    "orders/edited": _order_edited,
    "orders/delete": _order_deleted,
    "refunds/create": _of_an_order,
    "order_transactions/create": _of_an_order,
    "fulfillments/create": _fulfillment,
    "fulfillments/update": _fulfillment,
    "fulfillment_events/create": _event,
    "fulfillment_events/delete": _of_an_order,
    "returns/request": _return,
    "returns/approve": _return,
    "returns/decline": _return,
    "returns/update": _return,
    "returns/process": _return,
    "returns/cancel": _return,
    "returns/close": _return,
    "returns/reopen": _return,
}

_SILENT: Mapping[str, str] = {
    "orders/risk_assessment_changed": "A risk of fraud was judged; no status changed.",
    "orders/shopify_protect_eligibility_changed": "An insurance of the payment; no status changed.",
    "tender_transactions/create": "A payment's means; the order says what is paid.",
    "disputes/create": "A dispute at the bank; the order's payment status does not follow it.",
    "disputes/update": "A dispute at the bank; the order's payment status does not follow it.",
    "bulk_operations/finish": "An export ended; it tells nothing of an order.",
    "app/scopes_update": "What the app may do changed; it tells nothing of an order.",
    "app/uninstalled": "The app was taken out of the store; the next call will be refused.",
}

# What can happen to a fulfillment order: the enum WebhookSubscriptionTopic of version 2026-10.
_TO_A_FULFILLMENT_ORDER = (
    "cancellation_request_accepted",
    "cancellation_request_rejected",
    "cancellation_request_submitted",
    "cancelled",
    "fulfillment_request_accepted",
    "fulfillment_request_rejected",
    "fulfillment_request_submitted",
    "fulfillment_service_failed_to_complete",
    "hold_released",
    "line_items_prepared_for_local_delivery",
    "line_items_prepared_for_pickup",
    "manually_reported_progress_stopped",
    "merged",
    "moved",
    "order_routing_complete",
    "placed_on_hold",
    "progress_reported",
    "rescheduled",
    "scheduled_fulfillment_order_ready",
    "split",
)

TOPICS = frozenset(
    {
        *(topic for topic in _READERS if topic not in {FEED_ORDER, REREAD_ORDER}),
        *(f"fulfillment_orders/{what}" for what in _TO_A_FULFILLMENT_ORDER),
        "fulfillment_holds/added",
        "fulfillment_holds/released",
    }
)
