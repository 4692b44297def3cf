"""What is wrong with an order that wants goods sent: no word on its payment, no usable address."""

import re
from collections.abc import Mapping

from msgspec.structs import asdict

from accord.connectors.shopify.graphql_payloads import GOrder, listed
from accord.connectors.shopify.payloads import Order, plain_id
from accord.connectors.shopify.rest import order_id, wants_goods
from accord.domain.reason import Flaw, MalformedAddress, NoAuthenticatedPayment
from accord.domain.report import Ref

# Longer than any field of an address in the store may be (255 characters).
LONGEST_FIELD = 255
# ISO 3166-1 alpha-2, as the store writes it.
COUNTRY_LETTERS = 2
NEEDED = frozenset({"address1"})
# A line may be broken; marks of writing direction belong to some addresses.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def flaws(system: str, order: Order) -> tuple[Flaw, ...]:
    """Return what keeps an order from being taken over; nothing where no goods are to be sent.

    A field that a subscription leaves out says nothing; one that is null says that there is none.
    """
    if not wants_goods(order):
        return ()
    name = order.name or order_id(order)
    ref = Ref(system, order_id(order))
    if order.financial_status is None:
        return (Flaw(ref, NoAuthenticatedPayment(system, name)),)
    field = malformed(asdict(order.shipping_address)) if order.shipping_address else ""
    return (Flaw(ref, MalformedAddress(system, name, field)),) if field else ()


def light_flaws(system: str, order: GOrder) -> tuple[Flaw, ...]:
    """Return the same of an order of the feed or a re-read, which never hold an address."""
    unpaid = order.display_financial_status is None
    wanted = any(
        (line.current_quantity or 0) > 0 and line.requires_shipping is not False
        for line in listed(order.line_items)
    )
    if not unpaid or not wanted or order.cancelled_at or order.closed_at:
        return ()
    own = plain_id(order.id)
    return (Flaw(Ref(system, own), NoAuthenticatedPayment(system, order.name or own)),)


def malformed(fields: Mapping[str, str | None]) -> str:
    """Return the first field that cannot be one of an address; empty if there is none.

    What the store does not show (None) may be right. A place can be without a postal code, and a
    city be its own country, so only the street and the country must be there.
    """
    for name, text in fields.items():
        if text is None:
            continue
        if len(text) > LONGEST_FIELD or _CONTROL.search(text):
            return name
        if name in NEEDED and not text.strip():
            return name
        if "country" in name and not (len(text) == COUNTRY_LETTERS and text.isalpha()):
            return name
    return ""
