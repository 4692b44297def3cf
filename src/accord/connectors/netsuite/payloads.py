"""The parts of NetSuite's documents that Accord reads, as they come over the wire."""

from collections.abc import Iterator

from msgspec import Raw, Struct, field


class Named(Struct, frozen=True):
    """A reference to a record or a choice: its id, and its name in the user's language."""

    id: str | int = ""
    refName: str = ""  # noqa: N815 - NetSuite's own spelling


class OrderItem(Struct, frozen=True, rename="camel"):
    """A line of a sales order or a return authorization. ``line`` is no running number: 1, 4, 7.

    NetSuite writes quantities as decimal numbers; ``None`` where the form does not show one.
    """

    line: int = 0
    item: Named = Named()
    item_type: Named | str | None = None
    quantity: float | None = None
    quantity_picked: float | None = None
    quantity_packed: float | None = None
    quantity_fulfilled: float | None = None
    quantity_received: float | None = None
    is_closed: bool = False
    location: Named | None = None


class OrderItems(Struct, frozen=True):
    """The lines, or only a link to them (``items`` None) where they were not asked for."""

    items: tuple[OrderItem, ...] | None = None


class SalesOrder(Struct, frozen=True, rename="camel"):
    """``GET record/v1/salesOrder/{id}?expandSubResources=true``."""

    id: str
    last_modified_date: str
    status: Named | str | None = None
    order_status: Named | str | None = None
    external_id: str | None = None
    other_ref_num: str | None = None
    item: OrderItems = OrderItems()


class ShippedItem(Struct, frozen=True, rename="camel"):
    """A line of an item fulfillment; ``order_line`` is the ``line`` of the order it fulfills."""

    order_line: int = 0
    item: Named = Named()
    quantity: float | None = None
    location: Named | None = None


class ShippedItems(Struct, frozen=True):
    """The lines of an item fulfillment."""

    items: tuple[ShippedItem, ...] | None = None


class Package(Struct, frozen=True):
    """A parcel of an item fulfillment. The field is named after the carrier's own sublist."""

    plain: str = field(default="", name="packageTrackingNumber")
    ups: str = field(default="", name="packageTrackingNumberUps")
    fedex: str = field(default="", name="packageTrackingNumberFedEx")
    usps: str = field(default="", name="packageTrackingNumberUsps")

    @property
    def number(self) -> str:
        """Return the tracking number, in whichever field it stands."""
        return self.plain or self.ups or self.fedex or self.usps


class Packages(Struct, frozen=True):
    """The parcels of an item fulfillment."""

    items: tuple[Package, ...] = ()


class ItemFulfillment(Struct, frozen=True, rename="camel"):
    """``GET record/v1/itemFulfillment/{id}?expandSubResources=true``."""

    id: str
    last_modified_date: str
    status: Named | str | None = None
    ship_status: Named | str | None = None
    external_id: str | None = None
    item: ShippedItems = ShippedItems()
    package: Packages = Packages()
    package_ups: Packages = Packages()
    package_fed_ex: Packages = Packages()
    package_usps: Packages = Packages()

    def tracking(self) -> tuple[str, ...]:
        """Return the tracking numbers of all parcels, each once."""
        return tuple(dict.fromkeys(self._numbers()))

    def _numbers(self) -> Iterator[str]:
        for sublist in (self.package, self.package_ups, self.package_fed_ex, self.package_usps):
            yield from (package.number for package in sublist.items if package.number)


class ReturnAuthorization(Struct, frozen=True, rename="camel"):
    """``GET record/v1/returnAuthorization/{id}?expandSubResources=true``."""

    id: str
    last_modified_date: str
    status: Named | str | None = None
    order_status: Named | str | None = None
    external_id: str | None = None
    item: OrderItems = OrderItems()


class OfOrder(Struct, frozen=True, rename="camel"):
    """A record read for one sales order, with the id of that order.

    A return may be made from an invoice, and then it does not name the order itself.
    """

    sales_order: str
    record: Raw


class Deleted(Struct, frozen=True, rename="camel"):
    """A record of one sales order that was asked for by its id and is not there."""

    sales_order: str
    type: str
    id: str


class Row(Struct, frozen=True):
    """A transaction as SuiteQL lists it: keys in lower case, every value text, nulls left out.

    ``createdfrom`` is the record it was made from, ``origin`` the record that one was made from.
    ``lm`` is the time of the last change on the account's clock, without a zone.
    """

    id: str
    type: str
    lm: str
    status: str = ""
    externalid: str | None = None
    otherrefnum: str | None = None
    createdfrom: str | None = None
    createdfromtype: str | None = None
    origin: str | None = None
    origintype: str | None = None

    def sales_order(self) -> str | None:
        """Return the id of the sales order this belongs to, or None if it belongs to none."""
        if self.type == "SalesOrd":
            return self.id
        if self.createdfromtype == "SalesOrd":
            return self.createdfrom
        return self.origin if self.origintype == "SalesOrd" else None
