"""What lists of payments say was captured for an order, added up from its own rows."""

from collections.abc import Mapping
from decimal import Decimal

import polars as pl

from accord.audit.money import currency_in, decimal
from accord.audit.outcome import Worth
from accord.audit.stack import Follower, keyed
from accord.audit.standings import coded

# Some write eur, which is the same money as EUR.
_CODE_LETTERS = 3


def amount_in(text: str, currency: str | None, of: str, *, comma: bool) -> Worth | None:
    """Return what a cell says, in the currency of the cell beside it or else of its own."""
    amount = decimal(text, comma=comma)
    if amount is None:
        return None
    named = (currency or currency_in(text)).strip()
    return Worth(amount, named.upper() if len(named) == _CODE_LETTERS else named, of)


def captures(follower: Follower, keys: pl.Series, *, comma: bool) -> Mapping[str, Worth]:
    """Return by order number the sum of all captures; none where they are of two currencies.

    ``keys`` are the numbers wanted. An order may have an authorization, two captures and a
    refund: of these only the captures are money that came in.
    """
    listing = follower.coded.listing
    few = keyed(follower.coded._replace(frame=listing.frame), follower.join).frame
    few = few.filter(pl.col("key").is_in(keys.drop_nulls().unique().implode()))
    rows = coded(listing._replace(frame=few))
    taken = [code for code, spoken in enumerate(rows.spoken) if spoken.standing.captured]
    wanted = rows.frame.filter(pl.col("code").is_in(taken))
    sums: dict[str, dict[str, Decimal]] = {}
    for key, text, currency in wanted.select("key", "total", "currency").rows():
        worth = amount_in(text or "", currency, "captured", comma=comma)
        if worth is not None:
            of_order = sums.setdefault(key, {})
            of_order[worth.currency] = of_order.get(worth.currency, Decimal(0)) + worth.amount
    return {
        key: Worth(amount, currency, "captured")
        for key, told in sums.items()
        if len(told) == 1
        for currency, amount in told.items()
    }
