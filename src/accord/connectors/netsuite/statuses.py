"""The many spellings of one NetSuite status, brought back to its letter.

A search and SuiteQL say ``B``, a saved search ``SalesOrd:B``, a printed list ``Sales Order :
Pending Fulfillment``, SOAP ``_pendingFulfillment``. Labels are translated with the user's
language; only the English ones are known here.
"""

from collections.abc import Mapping

# What ``BUILTIN.DF(type)`` and printed lists call each type of transaction.
TITLES: Mapping[str, str] = {
    "SalesOrd": "Sales Order",
    "ItemShip": "Item Fulfillment",
    "CustInvc": "Invoice",
    "CashSale": "Cash Sale",
    "CustPymt": "Payment",
    "CustDep": "Customer Deposit",
    "RtnAuth": "Return Authorization",
    "CustCred": "Credit Memo",
    "CustRfnd": "Customer Refund",
    "TrnfrOrd": "Transfer Order",
    "StPickUp": "Store Pickup Fulfillment",
}

# The letters of each type with their English labels (NetSuite answer 23874; TransactionStatus).
LABELS: Mapping[str, Mapping[str, str]] = {
    "SalesOrd": {
        "A": "Pending Approval",
        "B": "Pending Fulfillment",
        "C": "Cancelled",
        "D": "Partially Fulfilled",
        "E": "Pending Billing/Partially Fulfilled",
        "F": "Pending Billing",
        "G": "Billed",
        "H": "Closed",
    },
    "ItemShip": {"A": "Picked", "B": "Packed", "C": "Shipped"},
    "CustInvc": {
        "A": "Open",
        "B": "Paid In Full",
        "D": "Pending Approval",
        "E": "Rejected",
        "V": "Voided",
    },
    "CashSale": {"A": "Unapproved Payment", "B": "Not Deposited", "C": "Deposited"},
    "CustPymt": {"A": "Unapproved Payment", "B": "Not Deposited", "C": "Deposited"},
    "CustDep": {
        "A": "Not Deposited",
        "B": "Deposited",
        "C": "Fully Applied",
        "D": "Unapproved Payment",
    },
    "RtnAuth": {
        "A": "Pending Approval",
        "B": "Pending Receipt",
        "C": "Cancelled",
        "D": "Partially Received",
        "E": "Pending Refund/Partially Received",
        "F": "Pending Refund",
        "G": "Refunded",
        "H": "Closed",
    },
    "CustCred": {"A": "Open", "B": "Fully Applied", "V": "Voided"},
    "CustRfnd": {"V": "Voided"},
    "TrnfrOrd": {
        "A": "Pending Approval",
        "B": "Pending Fulfillment",
        "C": "Rejected",
        "D": "Partially Fulfilled",
        "E": "Pending Receipt/Partially Fulfilled",
        "F": "Pending Receipt",
        "G": "Received",
        "H": "Closed",
    },
    "StPickUp": {"A": "New", "B": "Picked", "C": "Picked Up"},
}

# Spellings of the SOAP enumerations that are not simply the label run together.
_OTHER_SPELLINGS: Mapping[str, Mapping[str, str]] = {
    "SalesOrd": {
        "pendingbillingpartfulfilled": "E",
        "fullybilled": "G",
        "canceled": "C",
    },
    "RtnAuth": {
        "pendingrefundpartreceived": "E",
        "canceled": "C",
    },
    "TrnfrOrd": {"pendingreceiptpartfulfilled": "E"},
}


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


_LETTERS = {
    kind: {_plain(label): letter for letter, label in labels.items()}
    | dict(_OTHER_SPELLINGS.get(kind, {}))
    for kind, labels in LABELS.items()
}


def normalised(kind: str, text: str) -> str:
    """Return the letter that ``text`` stands for on records of ``kind``.

    A status nobody knows, an account's own or in another language, is returned as it was
    written, so that it is quarantined as a word of its own.
    """
    bare = _without_type(kind, text.strip())
    if bare.upper() in LABELS.get(kind, {}):
        return bare.upper()
    return _LETTERS.get(kind, {}).get(_plain(bare), bare)


def _without_type(kind: str, text: str) -> str:
    """Return the status without the name of its record type; other colons are part of it."""
    before, colon, after = text.partition(":")
    named = before.strip().casefold() in {kind.casefold(), TITLES.get(kind, "").casefold()}
    return after.strip() if colon and named else text
