"""The questions asked of NetSuite in SuiteQL."""

# ruff: noqa: S608 - whatever comes from outside is quoted or a number

from accord.connectors.netsuite.feed_time import Cursor

# What the change feed follows. Payments, deposits, credits and refunds say nothing of an order.
FEED_TYPES = ("SalesOrd", "ItemShip", "RtnAuth", "CustInvc", "CashSale")
CHILD_TYPES = FEED_TYPES[1:]

# A bare lastmodifieddate comes as a date in the user's own format, its time lost.
_LAST_MODIFIED = "TO_CHAR(t.lastmodifieddate, 'YYYY-MM-DD\"T\"HH24:MI:SS')"

# A fulfillment names its sales order; a return made from an invoice names the invoice, which in
# turn names the order. So each row comes with what it was made from, twice over.
_TRANSACTIONS = (
    "SELECT t.id, t.tranid, t.type, t.status, t.externalid, t.otherrefnum, "
    "l.createdfrom, p.type AS createdfromtype, pl.createdfrom AS origin, o.type AS origintype, "
    f"{_LAST_MODIFIED} AS lm "
    "FROM transaction t "
    "JOIN transactionline l ON l.transaction = t.id AND l.mainline = 'T' "
    "LEFT JOIN transaction p ON p.id = l.createdfrom "
    "LEFT JOIN transactionline pl ON pl.transaction = p.id AND pl.mainline = 'T' "
    "LEFT JOIN transaction o ON o.id = pl.createdfrom "
)


def changed_since(since: str, after: Cursor | None, until: str | None = None) -> str:
    """Return the question for what changed from ``since`` on, on the account's clock.

    With ``until``, what changed before it.

    The order is by second and then by id, so it is unambiguous, and ``after`` goes on behind
    the last row seen. Going on by offset would lose rows: one that changes meanwhile moves to
    the end, and every row behind it one place forward over the edge of the page. It would also
    end at 100,000 rows.
    """
    behind = (
        f"AND NOT ({_LAST_MODIFIED} = {quoted(after.moment)} AND t.id <= {after.id}) "
        if after
        else ""
    )
    window = _between(after.moment if after else since, until)
    return f"{_TRANSACTIONS}{window}{behind}ORDER BY lm, t.id"


def count_changed(since: str, until: str) -> str:
    """Return the question for how many changed in a window, without the joins of the listing."""
    return f"SELECT COUNT(*) AS found FROM transaction t {_between(since, until).rstrip()}"


def _between(since: str, until: str | None) -> str:
    end = f"AND t.lastmodifieddate < {_timestamp(until)} " if until else ""
    return (
        f"WHERE t.type IN ({_listed(FEED_TYPES)}) "
        f"AND t.lastmodifieddate >= {_timestamp(since)} {end}"
    )


def _timestamp(moment: str) -> str:
    return f"TO_TIMESTAMP({quoted(moment.replace('T', ' '))}, 'YYYY-MM-DD HH24:MI:SS')"


def made_from(order: int) -> str:
    """Return the question for what was made from a sales order, directly or by its invoice."""
    return (
        f"{_TRANSACTIONS}WHERE t.type IN ({_listed(CHILD_TYPES)}) "
        f"AND (l.createdfrom = {order} OR pl.createdfrom = {order}) "
        "ORDER BY t.id"
    )


def orders_by_number(number: str) -> str:
    """Return the question for the sales orders with an order number, written with # or without."""
    plain = number.strip().lstrip("#").casefold()
    return (
        "SELECT id FROM transaction WHERE type = 'SalesOrd' "
        f"AND LOWER(otherrefnum) IN ({quoted(plain)}, {quoted('#' + plain)}) ORDER BY id"
    )


def by_external_id(kind: str, external_id: str) -> str:
    """Return the question for the record of one type with an external id.

    The address ``eid:`` asks the same, but an id with a slash in it does not survive there.
    """
    return (
        f"SELECT id FROM transaction WHERE type = {quoted(kind)} "
        f"AND externalid = {quoted(external_id)} ORDER BY id"
    )


def items_by_sku(sku: str) -> str:
    """Return the question for the item with a name."""
    return f"SELECT id FROM item WHERE itemid = {quoted(sku)} AND isinactive = 'F' ORDER BY id"


def quoted(text: str) -> str:
    """Return ``text`` as a SuiteQL string; a quote inside is doubled."""
    return "'" + text.replace("'", "''") + "'"


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(quoted(word) for word in words)
