"""The files of one audit as a stack: the shop's orders, and each other list beside them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

import polars as pl

from accord.audit.at_once import at_once
from accord.audit.clocks import hours_ahead, set_back
from accord.audit.errors import UnusableError
from accord.audit.exports import ROLES, Kind
from accord.audit.hints import Hints
from accord.audit.join import Join, SpineKeys, amount, find_join
from accord.audit.keys import Form, normal
from accord.audit.listing import Listing, read_listings
from accord.audit.pairing import Pairing, pair
from accord.audit.recognition import Recognised
from accord.audit.standings import Coded, coded, is_many, together
from accord.domain.accord import Role

_SHOPS = {Role.STOREFRONT, Role.MARKETPLACE}


class Follower(NamedTuple):
    """One list beside the shop's: its records and which order each belongs to.

    ``ahead`` is by how much its clock was found to stand ahead of the shop's; its times are
    set back by that.
    """

    name: str
    coded: Coded
    join: Join
    pairing: Pairing
    ahead: timedelta


class Stack(NamedTuple):
    """The shop's orders (``order`` is a place in them all) and every list that follows."""

    shops: tuple[tuple[str, Coded], ...]
    orders: pl.DataFrame
    followers: tuple[Follower, ...]


def build(files: Sequence[Recognised], rows: Mapping[str, pl.DataFrame], hints: Hints) -> Stack:
    """Return the files joined, order by order; ``rows`` are theirs as read, by file name."""
    names = _names(files)
    sellers = _sellers(files)
    shops = [
        (names[id(source)], _shop(source, rows[source.table.name], hints)) for source in sellers
    ]
    orders = _orders(shops)
    keys = _spine_keys(shops, orders)
    systems = {at: shop.listing.source.export.system for at, (_, shop) in enumerate(shops)}
    followers: list[Follower] = []
    for source in files:
        if any(source is seller for seller in sellers):
            continue
        join = find_join(source, keys, hints.join(source.table.name, source.table.columns))
        spine = _spine(orders, keys, join)
        listings = [
            _without_copies(_said(one, join))
            for one in read_listings(source, rows[source.table.name], join.columns)
        ]
        ahead = timedelta(0)
        for listing in listings:
            whole = _gathered(_led(listing, listings)) if is_many(listing.listing.kind) else listing
            whole = whole._replace(frame=whole.frame.drop("record").with_row_index("record"))
            pairing = pair(spine, _records(whole), systems)
            if whole.listing.kind is Kind.ORDERS and not hints.says_zone(source.table.name):
                ahead = hours_ahead(orders, whole.frame, pairing.pairs, source)
            listed = whole.listing._replace(frame=set_back(whole.listing.frame, ahead))
            whole = whole._replace(listing=listed, frame=set_back(whole.frame, ahead))
            followers.append(Follower(names[id(source)], whole, join, pairing, ahead))
    return Stack(tuple(shops), orders, tuple(followers))


def _spine(orders: pl.DataFrame, keys: Sequence[SpineKeys], join: Join) -> pl.DataFrame:
    chosen = next(one for one in keys if one.column == join.number)
    return orders.with_columns(chosen.keys(join.form).alias("key"))


def _names(files: Sequence[Recognised]) -> dict[int, str]:
    """Return what to call each file: its system, and its own name where two share a system."""
    called = [(source.export.system, source.export.kind) for source in files]
    systems = [system for system, _ in called]
    return {
        id(source): (
            source.export.system
            if systems.count(source.export.system) == 1
            else f"{source.export.system} ({source.table.name})"
        )
        for source in files
    }


def _sellers(files: Sequence[Recognised]) -> list[Recognised]:
    """Return the files of whoever took the orders; without a shop the books stand for it."""
    lists = [source for source in files if source.export.kind is Kind.ORDERS]
    for roles in (_SHOPS, {Role.ERP}, {Role.WAREHOUSE}):
        found = [source for source in lists if ROLES.get(source.export.system) in roles]
        if found and len(files) > len(found):
            return found
    name = files[0].table.name
    reason = (
        "there is nothing to compare: one file must list a shop's or the books' orders, and "
        "another must come from a different system. Name them with --system FILE=SYSTEM."
    )
    raise UnusableError(name, reason)


def _shop(source: Recognised, rows: pl.DataFrame, hints: Hints) -> Coded:
    given = hints.join(source.table.name, source.table.columns)
    numbers = [given] if given else source.columns(source.export.numbers)
    numbers = numbers or source.columns(source.export.own_ids)
    if not numbers:
        reason = f"no column holds the order numbers. Use --join '{source.table.name}=COLUMN'."
        raise UnusableError(source.table.name, reason, 1)
    listings = read_listings(source, rows, numbers)
    listing = next(one for one in listings if one.kind is Kind.ORDERS)
    number = listing.frame.get_column("number0")
    said, keys = at_once(lambda: coded(listing), lambda: normal(number, Form.WRITTEN))
    return said._replace(frame=said.frame.with_columns(keys.alias("key")))


def _orders(shops: Sequence[tuple[str, Coded]]) -> pl.DataFrame:
    """Return all orders of all shops; ``order`` counts through them."""
    kept = ("record", "own", "created", "touched", "email", "channel", "code")
    parts = [
        shop.frame.select(
            *kept,
            number=pl.col("number0").cast(pl.String),
            total=amount(shop.frame, "total"),
            shop=pl.lit(at, pl.Int64),
            cancelled=_marked(shop, "cancelled"),
            bare=_marked(shop, "bare"),
        )
        for at, (_, shop) in enumerate(shops)
    ]
    return pl.concat(parts).with_row_index("order")


def _marked(listing: Coded, mark: str) -> pl.Expr:
    """Return whether the words of a record are of a certain sort."""
    codes = [
        code
        for code, spoken in enumerate(listing.spoken)
        if (spoken.standing.cancelled if mark == "cancelled" else getattr(spoken, mark))
    ]
    return pl.col("code").is_in(codes)


def _spine_keys(shops: Sequence[tuple[str, Coded]], orders: pl.DataFrame) -> list[SpineKeys]:
    widths = [sum(c.startswith("number") for c in shop.frame.columns) for _, shop in shops]
    spine = []
    for column in range(max(widths)):
        values = [
            shop.frame.get_column(f"number{column if column < width else 0}").cast(pl.String)
            for (_, shop), width in zip(shops, widths, strict=True)
        ]
        frame = orders.select("order", "shop", "created", "total")
        known = {} if column else {Form.WRITTEN: pl.concat(s.frame["key"] for _, s in shops)}
        spine.append(SpineKeys(column, frame.with_columns(number=pl.concat(values)), known))
    return spine


def _records(listing: Coded) -> pl.DataFrame:
    return listing.frame.select(
        "record",
        "key",
        "created",
        "email",
        "channel",
        total=amount(listing.frame, "total"),
        cancelled=_marked(listing, "cancelled"),
        silent=_marked(listing, "silent"),
    )


def keyed(listing: Coded, join: Join) -> Coded:
    """Return a list with ``key``, the number of the shop's order in one normal form."""
    return listing._replace(frame=listing.frame.with_columns(_key(listing.frame, join)))


def _key(frame: pl.DataFrame, join: Join) -> pl.Series:
    keys = [
        normal(frame.get_column(f"number{at}"), join.form).alias(f"key{at}")
        for at in range(len(join.columns))
    ]
    return pl.DataFrame(keys).select(key=pl.coalesce(pl.all())).to_series()


def _said(one: Listing, join: Join) -> Coded:
    said, key = at_once(lambda: coded(one), lambda: _key(one.frame, join))
    return said._replace(frame=said.frame.with_columns(key))


def _without_copies(listing: Coded) -> Coded:
    """Leave out invoices and cash sales of orders that are in the list themselves."""
    silent = listing.frame.select(_marked(listing, "silent")).to_series()
    if not silent.any() or silent.all():
        return listing
    spoken = listing.frame.filter(~silent).get_column("key").drop_nulls()
    copies = silent & listing.frame.get_column("key").is_in(spoken.implode()).fill_null(value=True)
    return listing._replace(frame=listing.frame.filter(~copies))


def _gathered(listing: Coded) -> Coded:
    """Return one record for each order of a list in which an order may have several."""
    loose = listing.frame.filter(pl.col("key").is_null())
    grouped = (
        listing.frame.drop_nulls("key")
        .group_by("key", maintain_order=True)
        .agg(
            pl.col("code").unique().sort().alias("codes"),
            pl.exclude("code", "key").first(),
        )
    )
    codes = grouped.get_column("codes").unique(maintain_order=True).to_list()
    table = pl.DataFrame(
        {"codes": codes, "code": list(range(len(codes)))},
        schema={"codes": pl.List(pl.UInt32), "code": pl.UInt32},
    )
    spoken = [together([listing.spoken[code] for code in group]) for group in codes]
    frame = grouped.join(table, on="codes", how="left", maintain_order="left").drop("codes")
    own = loose.with_columns(code=(pl.col("code") + len(spoken)).cast(pl.UInt32))
    return Coded(
        listing.listing,
        pl.concat([frame.select(loose.columns), own]),
        (*spoken, *listing.spoken),
    )


def _led(listing: Coded, listings: Sequence[Coded]) -> Coded:
    """Fill in the number of parcels and returns that name only the document they came from."""
    orders = next((one for one in listings if not is_many(one.listing.kind)), None)
    origin = listing.frame.get_column("origin")
    if orders is None or origin.null_count() == origin.len():
        return listing
    named = origin.str.extract(r"#\s*(\S+)\s*$", 1).fill_null(origin)
    own = normal(orders.frame.get_column("own"), Form.WRITTEN).alias("document")
    documents = (
        orders.frame.select(own, pl.col("key").alias("led"))
        .drop_nulls()
        .unique("document", keep="none")
    )
    led = listing.frame.with_columns(normal(named, Form.WRITTEN).alias("document")).join(
        documents, on="document", how="left", maintain_order="left"
    )
    filled = led.with_columns(key=pl.coalesce("key", "led")).drop("document", "led")
    return listing._replace(frame=filled)
