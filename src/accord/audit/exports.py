"""What the exports of each system look like: their columns, and what each column tells."""

import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files
from threading import RLock

from msgspec import Struct, convert

from accord.domain.accord import Role
from accord.domain.tracks import Track


class Kind(StrEnum):
    """What one row of an export is."""

    ORDERS = "orders"
    SHIPMENTS = "shipments"
    PAYMENTS = "payments"
    RETURNS = "returns"


class StatusColumn(Struct, frozen=True, forbid_unknown_fields=True):
    """Columns that may hold one status, best first, and the kinds of word found there.

    ``line`` marks the status of one line of an order rather than of the whole; ``empty`` is the
    word that an empty cell stands for.
    """

    track: Track
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    line: bool = False
    empty: str = ""


class Presence(Struct, frozen=True, forbid_unknown_fields=True):
    """A column that says something by being filled: the word for filled, and for empty.

    ``alone`` marks one that is listened to only where no status of the record says anything.
    """

    name: str
    kind: str
    filled: str
    empty: str = ""
    alone: bool = False


class Export(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of file a system exports. ``signs`` are columns hardly found elsewhere.

    ``numbers`` are the columns that hold the number others know the order by; a system that did
    not take the order has none, and the column is found from the data. ``record_type`` and
    ``origin`` tell the records of a mixed list apart and point from a return to its order.
    """

    system: str
    kind: Kind
    signs: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    own_ids: tuple[str, ...] = ()
    statuses: tuple[StatusColumn, ...] = ()
    presence: tuple[Presence, ...] = ()
    created: tuple[str, ...] = ("createdat", "datecreated", "orderdate", "date", "created")
    touched: tuple[str, ...] = ("updatedat", "lastmodified", "datelastmodified", "lastupdated")
    total: tuple[str, ...] = ("total", "amount", "ordertotal", "grandtotal", "totalamount")
    email: tuple[str, ...] = ("email", "customeremail", "contactemail", "buyeremail")
    channel: tuple[str, ...] = (
        "saleschannel",
        "channel",
        "ordersource",
        "source",
        "marketplace",
        "storefront",
        "store",
        "storename",
        "marketstorename",
        "shop",
        "channelname",
        "orderorigin",
        "salessource",
        "class",
    )
    refunded: tuple[str, ...] = ()
    currency: tuple[str, ...] = ("currency", "currencycode", "transactioncurrency", "ordercurrency")
    record_type: tuple[str, ...] = ()
    origin: tuple[str, ...] = ()


ROLES = {
    "shopify": Role.STOREFRONT,
    "amazon": Role.MARKETPLACE,
    "netsuite": Role.ERP,
    "acumatica": Role.ERP,
    "business_central": Role.ERP,
    "shipstation": Role.WAREHOUSE,
}


# Two files are recognised side by side. What msgspec learns of a type when it first reads one is
# not guarded against a second thread doing the same, and ended the program with a fault.
ONE_AT_A_TIME = RLock()


def exports() -> tuple[Export, ...]:
    """Return every kind of export that is recognised."""
    with ONE_AT_A_TIME:
        return _exports()


@cache
def _exports() -> tuple[Export, ...]:
    text = files("accord.audit").joinpath("exports.toml").read_text(encoding="utf-8")
    return convert(tomllib.loads(text)["exports"], tuple[Export, ...])


def systems() -> tuple[str, ...]:
    """Return every system whose exports are known, by name."""
    return tuple(dict.fromkeys(export.system for export in exports()))


def plain_name(column: str) -> str:
    """Return a column's name by its letters and digits alone, in small letters."""
    return "".join(letter for letter in column.casefold() if letter.isalnum())
