"""The orders of a stack, judged: once for each combination of words, joined back to the orders."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

import polars as pl

from accord.audit.exports import Kind
from accord.audit.flight import Flight, Taken, on_the_way, taken
from accord.audit.keys import normal
from accord.audit.stack import Follower, Stack
from accord.audit.standings import Coded
from accord.domain.accord import Role
from accord.domain.patterns import Found, Situation, Standing, TellsApart, patterns
from accord.domain.tracks import State

# A partly shipped order whose rest has waited this long is not going to close by itself.
PARTIAL_LIMIT = timedelta(days=14)
# Exports of different lengths: so many orders before the other's first are no coincidence.
_EARLIER_SHARE, _EARLIER_FEWEST = 0.05, 5
_MARGIN = timedelta(days=1)

ON_THE_WAY = "on the way between the systems when the exports were taken"
DOUBTFUL = "the number stands for more than one order, and nothing tells which is meant"
REFUSED = "the line in one of the files was refused"
BARE = "the row with the statuses is missing"
EARLIER = "older than anything in the other export"
NAMESAKE = "of the number of a shop's order, and by all signs not its record"
OTHER_CHANNEL = "of sales channels of which no shop export was given"


class Judged(NamedTuple):
    """Orders and records that were judged, those set aside, and what each combination means.

    ``cases`` are the orders that were judged, ``extra`` the records unknown to the shop, and
    ``outcomes`` the patterns of each combination of words. ``aside`` are orders of the shop and
    ``extra_aside`` records unknown to it that were not judged; ``why`` is the reason.
    """

    cases: pl.DataFrame
    extra: pl.DataFrame
    aside: pl.DataFrame
    extra_aside: pl.DataFrame
    outcomes: dict[int, list[Found]]


def judge(stack: Stack, flown: Flight, partial_limit: timedelta) -> Judged:
    """Return every order with its combination of words, and what each combination means."""
    takens = {one.name: one for one in flown.taken}
    cases = _cases(stack, flown, partial_limit)
    cases, aside = _without_doubt(cases, stack, flown, takens)
    extra, extra_aside = _extras(stack, flown, takens)
    cases = cases.with_columns(combination=_combination(stack))
    codes = [c for c in cases.columns if c.startswith("code") or c in {"shop", "overdue"}]
    places = cases.select(pl.col("combination").arg_unique()).to_series()
    distinct = cases.select("combination", *codes)[places]
    outcomes = {row["combination"]: _outcome(stack, row) for row in distinct.iter_rows(named=True)}
    return Judged(cases, extra, aside, extra_aside, outcomes)


def _combination(stack: Stack) -> pl.Expr:
    """Return one number for each combination of words in all lists."""
    number = pl.col("shop").cast(pl.Int64) * 2 + pl.col("overdue")
    number = number * max(len(shop.spoken) for _, shop in stack.shops) + pl.col("code")
    for at, follower in enumerate(stack.followers):
        size = len(follower.coded.spoken)
        number = number * (size + 1) + pl.col(f"code_{at}").fill_null(size)
    return number


def takens(stack: Stack) -> list[Taken]:
    """Return when each list of the stack was taken at the earliest."""
    shops = [taken(name, shop.listing) for name, shop in stack.shops]
    return shops + [taken(_label(f), f.coded.listing) for f in stack.followers]


def _label(follower: Follower) -> str:
    return f"{follower.name}/{follower.coded.listing.kind}"


def _cases(stack: Stack, flown: Flight, partial_limit: timedelta) -> pl.DataFrame:
    """Return the shop's orders with the code of their record in every other list."""
    cases = stack.orders.drop("record", "own", "email", "channel", "cancelled")
    for at, follower in enumerate(stack.followers):
        pairs, records = follower.pairing.pairs, follower.coded.frame
        # Orders and records are known by their places, and each is in one pair at most.
        nobody = pl.Series([None], dtype=records.schema["record"]).new_from_index(0, cases.height)
        own = nobody.scatter(pairs.get_column("order"), pairs.get_column("record"))
        said = [records.get_column(name).gather(own) for name in ("code", "touched")]
        cases = cases.with_columns(
            own.alias(f"rec_{at}"), *(one.alias(f"{one.name}_{at}") for one in said)
        )
    overdue = pl.lit(value=False)
    if flown.now is not None:
        overdue = (pl.col("created") < flown.now - partial_limit).fill_null(value=True)
    partial = [
        pl.col("shop").eq(at) & pl.col("code").is_in(_partial(shop))
        for at, (_, shop) in enumerate(stack.shops)
    ]
    return cases.with_columns(overdue=overdue & pl.any_horizontal(partial))


def _partial(shop: Coded) -> list[int]:
    return [c for c, one in enumerate(shop.spoken) if one.standing.progress is State.PARTIAL]


def _without_doubt(
    cases: pl.DataFrame, stack: Stack, flown: Flight, times: Mapping[str, Taken]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the orders that can be judged, and those that cannot with the reason ``why``."""
    aside = [cases.head(0).with_columns(why=pl.lit("", pl.String))]
    kept = pl.Series("kept", [True]).new_from_index(0, cases.height)
    for mask, reason in _doubts(cases, stack, flown, times):
        left = kept & mask
        if left.any():
            aside.append(cases.filter(left).with_columns(why=pl.lit(reason)))
            kept &= ~mask
    return (cases if kept.all() else cases.filter(kept)), pl.concat(aside)


def _doubts(
    cases: pl.DataFrame, stack: Stack, flown: Flight, times: Mapping[str, Taken]
) -> Iterator[tuple[pl.Series, str]]:
    """Yield which orders prove nothing, reason by reason."""
    order = cases.get_column("order")
    yield cases.get_column("bare"), BARE
    for follower in stack.followers:
        yield order.is_in(follower.pairing.doubtful.implode()), DOUBTFUL
    for at, (name, _) in enumerate(stack.shops):
        of_shop = cases if len(stack.shops) == 1 else cases.filter(pl.col("shop") == at)
        young = on_the_way(flown, times[name], of_shop)
        yield order.is_in(of_shop.get_column("order").filter(young).implode()), ON_THE_WAY
    for at, follower in enumerate(stack.followers):
        none = pl.lit(None, cases.schema["created"])
        edited = cases.select(created=none, touched=f"touched_{at}")
        yield on_the_way(flown, times[_label(follower)], edited), ON_THE_WAY
        if _lists_all(follower):
            yield _in_refused(cases, at, follower), REFUSED
            yield _before_first(cases, at, follower), EARLIER


def _lists_all(follower: Follower) -> bool:
    return follower.coded.listing.kind is Kind.ORDERS


def _in_refused(cases: pl.DataFrame, at: int, follower: Follower) -> pl.Series:
    """Return which orders without a record have their number in a refused line."""
    texts = [one.text for one in follower.coded.listing.source.table.refused]
    if not texts:
        return pl.Series([False]).new_from_index(0, cases.height)
    missing = pl.col(f"rec_{at}").is_null()
    number = normal(cases.get_column("number"), follower.join.form).alias("key")
    keys = _numbers_in(texts, follower)
    return cases.select(missing & number.is_in(keys.implode())).to_series().fill_null(value=False)


def _numbers_in(texts: Sequence[str], follower: Follower) -> pl.Series:
    tokens = pl.Series("token", texts, pl.String).str.replace_all('"', "")
    split = tokens.str.split("\t").explode().str.split(";").explode().str.split(",").explode()
    return normal(split.drop_nulls().str.strip_chars(), follower.join.form).drop_nulls().unique()


def _before_first(cases: pl.DataFrame, at: int, follower: Follower) -> pl.Series:
    """Return which orders without a record are older than the other export reaches back."""
    first = follower.coded.frame.get_column("created").min()
    none = pl.Series([False]).new_from_index(0, cases.height)
    if first is None:
        return none
    older = cases.select(
        (pl.col(f"rec_{at}").is_null() & (pl.col("created") < pl.lit(first) - _MARGIN)).fill_null(
            value=False
        )
    ).to_series()
    fewest = max(_EARLIER_FEWEST, _EARLIER_SHARE * cases.height)
    return older if older.sum() >= fewest else none


def _extras(
    stack: Stack, flown: Flight, times: Mapping[str, Taken]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return records that no order of the shop belongs to, and those of them set aside."""
    parts: list[pl.DataFrame] = []
    booked = [f.coded.frame.get_column("key") for f in books(stack)]
    for at, follower in enumerate(stack.followers):
        listed = follower in books(stack)
        if not listed and follower.coded.listing.kind is not Kind.PAYMENTS:
            continue
        left = _unpaired(follower)
        # A row of neither a status nor an order's number is no record, but a total.
        bare = [code for code, spoken in enumerate(follower.coded.spoken) if spoken.bare]
        left = left.filter(~pl.col("code").is_in(bare) | pl.col("key").is_not_null())
        if not listed and booked:
            on_books = left.get_column("key").is_in(pl.concat(booked).drop_nulls().implode())
            left = left.filter(~on_books.fill_null(value=False))
        doubted = left.with_columns(why=_extra_doubt(left, stack, flown, times, follower))
        number = pl.col("number0").cast(pl.String)
        columns = ("record", "code", "created", "touched", "total", "own", "why")
        parts.append(doubted.select(*columns, number=number, follower=pl.lit(at)))
    if not parts:
        return pl.DataFrame(), pl.DataFrame()
    whole = pl.concat(parts)
    told = pl.col("why").is_null()
    return whole.filter(told), whole.filter(~told)


def _unpaired(follower: Follower) -> pl.DataFrame:
    records = follower.coded.frame
    alone = pl.Series([True]).new_from_index(0, records.height)
    return records.filter(alone.scatter(follower.pairing.pairs.get_column("record"), values=False))


def _extra_doubt(
    left: pl.DataFrame, stack: Stack, flown: Flight, times: Mapping[str, Taken], follower: Follower
) -> pl.Series:
    """Return for each record unknown to the shop why that proves nothing, or null."""
    record = left.get_column("record")
    elsewhere = record.is_in(follower.pairing.elsewhere.implode())
    namesake = record.is_in(follower.pairing.namesakes.implode())
    on_way = on_the_way(flown, times[_label(follower)], left)
    texts = [o.text for _, s in stack.shops for o in s.listing.source.table.refused]
    refused = left.get_column("key").is_in(_numbers_in(texts, follower).implode())
    first = stack.orders.get_column("created").min()
    older = (pl.col("created") < pl.lit(first) - _MARGIN) if first else pl.lit(value=False)
    earlier = left.select(older.fill_null(value=False).alias("older")).to_series()
    if earlier.sum() < max(_EARLIER_FEWEST, _EARLIER_SHARE * stack.orders.height):
        earlier = earlier & False
    reason = (
        pl.when(elsewhere).then(pl.lit(OTHER_CHANNEL))
        .when(namesake).then(pl.lit(NAMESAKE))
        .when(on_way).then(pl.lit(ON_THE_WAY))
        .when(refused.fill_null(value=False)).then(pl.lit(REFUSED))
        .when(earlier).then(pl.lit(EARLIER))
    )  # fmt: skip
    return left.select(reason.alias("why")).to_series()


def books(stack: Stack) -> list[Follower]:
    """Return the lists in which every order must appear: the books, or else the warehouse."""
    lists = [f for f in stack.followers if f.coded.listing.kind is Kind.ORDERS]
    erp = [f for f in lists if f.coded.listing.role is Role.ERP]
    return erp or lists


def _outcome(stack: Stack, row: Mapping[str, int | bool | None]) -> list[Found]:
    name, shop = stack.shops[int(row["shop"] or 0)]
    spoken = shop.spoken[int(row["code"] or 0)]
    situation = situation_of(stack, (name, spoken.standing), row)
    return patterns(situation, tells_apart(stack))


def tells_apart(stack: Stack) -> TellsApart:
    """Return how each system's vocabulary tells states apart."""
    words = {f.name: f.coded.listing.source.words for f in stack.followers}
    words |= {name: shop.listing.source.words for name, shop in stack.shops}
    return lambda system, column, one, other: words[system].tells_apart(column, one, other)


def situation_of(
    stack: Stack,
    shop: tuple[str, Standing] | None,
    row: Mapping[str, int | bool | None],
) -> Situation:
    """Return one combination of words as the rules see an order."""
    held: dict[str, dict[str, Standing | None]] = {
        "books": {}, "floors": {}, "payments": {}, "returns": {},
    }  # fmt: skip
    book_names = {f.name for f in books(stack)}
    for at, follower in enumerate(stack.followers):
        code = row.get(f"code_{at}")
        said = None if code is None else follower.coded.spoken[int(code)].standing
        kind = follower.coded.listing.kind
        part = {Kind.PAYMENTS: "payments", Kind.RETURNS: "returns"}.get(kind, "floors")
        if follower.name in book_names:
            part = "books"
        held[part][follower.name] = _merged(held[part].get(follower.name), said, kind)
    return Situation(shop=shop, overdue=bool(row.get("overdue")), **held)


def _merged(one: Standing | None, other: Standing | None, kind: Kind) -> Standing | None:
    """Return what one system says in two of its lists: its orders, and its parcels or returns.

    A parcel or a return alone is a record of the order as well.
    """
    if one is None or other is None:
        return one or other
    first, second = (other, one) if kind is Kind.ORDERS else (one, other)
    return Standing(
        order=first.order,
        payment=first.payment,
        progress=first.progress,
        parcels=first.parcels | second.parcels,
        returns=first.returns | second.returns,
        refunded=first.refunded or second.refunded,
        captured=first.captured or second.captured,
    )
