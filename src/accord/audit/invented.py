"""Invented exports of any length, the same every time, to measure with."""

from pathlib import Path
from typing import NamedTuple

import polars as pl

_FIRST = 1001
# Of a thousand orders so many are shipped; the others wait.
_SHIPPED = 900
_BOOKED = {
    "fulfilled": "Sales Order : Billed",
    "unfulfilled": "Sales Order : Pending Fulfillment",
}
_DRIFT_EVERY, _DRIFT_FROM = 997, 5


class Pair(NamedTuple):
    """A shop's and the books' export of the same orders, and how many of them drift."""

    shop: Path
    books: Path
    drifting: int


def invent(folder: Path, rows: int) -> Pair:
    """Write two exports of ``rows`` rows each, as Shopify and NetSuite shape them."""
    orders = _orders(rows)
    shop, books = folder / "orders_export.csv", folder / "netsuite_orders.csv"
    _shop(orders).write_csv(shop)
    _books(orders).write_csv(books)
    return Pair(shop, books, orders.filter("drifts").height)


def _orders(rows: int) -> pl.DataFrame:
    place = pl.int_range(rows, eager=True).alias("place")
    mixed = pl.col("place") * 7919 % 1000  # an even spread without chance
    words = pl.when(mixed < _SHIPPED).then(pl.lit("fulfilled")).otherwise(pl.lit("unfulfilled"))
    start = pl.datetime(2026, 9, 1, time_zone="UTC")
    return place.to_frame().with_columns(
        number=pl.col("place") + _FIRST,
        progress=words,
        drifts=(pl.col("place") % _DRIFT_EVERY == _DRIFT_FROM) & (mixed < _SHIPPED),
        created=start + pl.duration(seconds=pl.col("place") * 80 * 86_400 // max(1, rows)),
        total=(pl.col("place") * 31 % 20_000) / 100 + 5,
    )


def _shop(orders: pl.DataFrame) -> pl.DataFrame:
    time = pl.col("created").dt.strftime("%Y-%m-%d %H:%M:%S +0000")
    return orders.select(
        pl.format("#{}", "number").alias("Name"),
        pl.format("buyer{}@example.com", "number").alias("Email"),
        pl.lit("paid").alias("Financial Status"),
        time.alias("Paid at"),
        pl.when("drifts")
        .then(pl.lit("unfulfilled"))
        .otherwise("progress")
        .alias("Fulfillment Status"),
        pl.lit("EUR").alias("Currency"),
        pl.col("total").round(2).alias("Total"),
        time.alias("Created at"),
        (pl.col("place") % 3 + 1).alias("Lineitem quantity"),
        pl.when(pl.col("place") % 5 == 0)
        .then(pl.lit('Shirt, 12" blue'))
        .otherwise(pl.lit("Plain shirt"))
        .alias("Lineitem name"),
        pl.format("SKU-{}", pl.col("place") % 5000).alias("Lineitem sku"),
        pl.lit("Ada Example").alias("Billing Name"),
        pl.lit("12 High Street").alias("Billing Street"),
        pl.lit("Town").alias("Billing City"),
        pl.lit("Ada Example").alias("Shipping Name"),
        pl.lit("12 High Street").alias("Shipping Street"),
        pl.lit("Town").alias("Shipping City"),
        pl.lit(None, pl.String).alias("Cancelled at"),
        pl.lit("0.00").alias("Refunded Amount"),
        (pl.col("place") + 5_400_000_000_000).alias("Id"),
        pl.lit("web").alias("Source"),
    )


def _books(orders: pl.DataFrame) -> pl.DataFrame:
    mixed = orders.sort(pl.col("place") * 7919 % max(1, orders.height))
    return mixed.select(
        (pl.col("place") + 88_000).alias("Internal ID"),
        pl.col("created").dt.strftime("%m/%d/%Y").alias("Date"),
        pl.format("SO{}", pl.col("place") + 500_000).alias("Document Number"),
        pl.lit("Sales Order").alias("Type"),
        pl.lit("Ada Example").alias("Name"),
        pl.col("number").alias("PO/Check Number"),
        pl.col("progress").replace_strict(_BOOKED).alias("Status"),
        pl.col("total").round(2).alias("Amount"),
        pl.lit("web order").alias("Memo"),
        pl.col("created").dt.strftime("%m/%d/%Y %I:%M %p").alias("Last Modified"),
    )
