"""Which record of one system is which order of the shop; doubt is set aside, never guessed."""

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from accord.audit.channels import with_shops
from accord.audit.keys import compact, unlike

# Systems write an order down within a day; time zones and dates without hours add another.
_NEAR = 36 * 3600 * 1_000_000
_FAR = 3 * 24 * 3600 * 1_000_000
# A record cannot be older than its order; how late it may be entered is another matter.
_LATE = 30 * 24 * 3600 * 1_000_000
# What agrees on nearly all pairs tells a wrong pair apart; with few pairs it tells nothing.
_RELIABLE = 0.9
_FEWEST_PAIRS = 8
_SAMPLED = 20_000


class Pairing(NamedTuple):
    """``pairs`` has ``order`` and ``record``. The rest could not be paired without guessing.

    ``doubtful`` are orders of the shop, ``namesakes`` records that have the number of one and are
    not its record, ``elsewhere`` records of a sales channel that is none of the shops.
    """

    pairs: pl.DataFrame
    doubtful: pl.Series
    namesakes: pl.Series
    elsewhere: pl.Series


def pair(orders: pl.DataFrame, records: pl.DataFrame, shops: dict[int, str]) -> Pairing:
    """Pair orders with records that share a ``key``.

    Both frames have ``key``, ``created``, ``total``, ``email``, ``channel``, ``cancelled``;
    orders have ``order`` and ``shop``, records ``record`` and ``silent``. ``shops`` names the
    system of each shop.
    """
    records, foreign = with_shops(records, orders, shops)
    by_order, by_record = compact(orders.get_column("key"), records.get_column("key"))
    asked, known = (_with_key(orders, by_order), _with_key(records, by_record))
    tangled = _tangled(asked, known)
    several, alone = asked.head(0), asked
    if not tangled.is_empty():
        several = asked.join(tangled, on="key", how="semi")
        alone = asked.join(tangled, on="key", how="anti")
    split = _candidates(several, known)
    plain = (
        alone.lazy()
        .select("key", "order", "shop")
        .join(known.lazy().select("key", "record", "of_shop"), on="key")
        .collect(engine="streaming")
    )
    if plain.get_column("of_shop").null_count() < plain.height:
        plain = plain.filter(_of_that_shop())
    plain = _in_order(plain.select("order", "record"), orders.height)
    odd = _contradicted(plain, orders, records)
    kept = plain if odd.is_empty() else plain.join(odd, on="order", how="anti")
    settled = _settled(split)
    pairs = pl.concat([kept, settled])
    left_orders = split.select("order").unique().join(settled, on="order", how="anti")
    left_records = split.select("record").unique().join(settled, on="record", how="anti")
    missing = _surely_missing(split, settled)
    unsure = odd.filter(~pl.col("older")).select("order")
    doubtful = pl.concat([unsure, left_orders.join(missing, on="order", how="anti")])
    namesakes = pl.concat([odd.select("record"), left_records])
    return Pairing(pairs, doubtful.to_series(), namesakes.to_series(), foreign.to_series())


def _apart() -> pl.Expr:
    return (pl.col("created") - pl.col("created_other")).dt.total_microseconds().abs()


_LATER = (pl.col("created_other") - pl.col("created")).dt.total_microseconds()
_SAME: Mapping[str, pl.Expr] = {
    "day": _LATER.is_between(-_NEAR, _LATE),
    "total": pl.col("total") == pl.col("total_other"),
    "email": pl.col("email").str.to_lowercase() == pl.col("email_other").str.to_lowercase(),
}


def _with_key(frame: pl.DataFrame, keys: pl.Series) -> pl.DataFrame:
    keyed = frame.with_columns(keys.alias("key"))
    return keyed.drop_nulls("key") if keys.null_count() else keyed


def _tangled(orders: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Return the keys that stand for more than one order or record."""
    twice = [
        frame.filter(pl.col("key").is_duplicated()).select("key").unique()
        for frame in (orders, records)
        if not unlike(frame.get_column("key"))
    ]
    return pl.concat(twice).unique() if twice else orders.select("key").head(0)


def _in_order(pairs: pl.DataFrame, orders: int) -> pl.DataFrame:
    """Return pairs, of which no two share an order, as the orders stand; joining shuffles them."""
    nobody = pl.Series("record", [None], pairs.schema["record"]).new_from_index(0, orders)
    records = nobody.scatter(pairs.get_column("order"), pairs.get_column("record"))
    return records.to_frame().with_row_index("order").select("order", "record").drop_nulls()


def _of_that_shop() -> pl.Expr:
    return pl.col("of_shop").is_null() | (pl.col("of_shop") == pl.col("shop"))


def _contradicted(pairs: pl.DataFrame, orders: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs that share nothing but their number, where the others agree on more.

    ``older`` marks records from before the order, which can by no means be its own.
    """
    few = pairs.head(_SAMPLED)
    reliable = [
        name
        for name, same in _SAME.items()
        if _is_reliable(_beside(few, orders, records, name).select(same).to_series())
    ]
    if not reliable or reliable == ["total"]:  # an edited order may well cost something else
        return pairs.head(0).with_columns(older=pl.lit(value=False))
    for name in reliable:  # each leaves few for the next
        pairs = _beside(pairs, orders, records, name).filter(~_SAME[name]).select("order", "record")
    before = (_LATER < -_NEAR) if "day" in reliable else pl.lit(value=False)
    return _beside(pairs, orders, records, "day").select("order", "record", older=before)


def _beside(
    pairs: pl.DataFrame, orders: pl.DataFrame, records: pl.DataFrame, name: str
) -> pl.DataFrame:
    """Return pairs with what both sides say; ``order`` and ``record`` are places in the frames."""
    column = "created" if name == "day" else name
    one = orders.get_column(column)[pairs.get_column("order")]
    other = records.get_column(column)[pairs.get_column("record")]
    return pairs.with_columns(one, other.alias(f"{column}_other"))


def _is_reliable(same: pl.Series) -> bool:
    told = same.drop_nulls()
    return told.len() >= _FEWEST_PAIRS and (told.sum() / told.len()) >= _RELIABLE


def _candidates(orders: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Return every possible pair of tangled orders with a score of what speaks for it."""
    pairs = orders.drop("record").join(records, on="key", suffix="_other")
    pairs = pairs.filter(_of_that_shop())
    spoken = pairs.filter(~pl.col("silent")).select("order").unique()
    both = pl.concat(
        [
            pairs.filter(~pl.col("silent")),
            pairs.filter(pl.col("silent")).join(spoken, on="order", how="anti"),
        ]
    )
    names = set(both.get_column("channel").drop_nulls().str.to_lowercase())
    shared = names & set(both.get_column("channel_other").drop_nulls().str.to_lowercase())
    near, far = _apart() <= _NEAR, _apart() > _FAR
    return both.with_columns(
        score=_worth(near, 2, far, -3)
        + _equal("total", 1, -1)
        + _equal("email", 1, -1)
        + (_equal("channel", 2, -4) if shared else pl.lit(0.0))
        + _equal("cancelled", 0.5, 0)
    )


def _worth(yes: pl.Expr, gain: float, no: pl.Expr, loss: float) -> pl.Expr:
    return pl.when(yes).then(gain).when(no).then(loss).otherwise(0.0)


def _equal(name: str, gain: float, loss: float) -> pl.Expr:
    one, other = pl.col(name), pl.col(f"{name}_other")
    if name in {"email", "channel"}:
        one, other = one.str.to_lowercase(), other.str.to_lowercase()
    return _worth(one == other, gain, one != other, loss)


def _settled(candidates: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs in which each is the other's one best, and nothing speaks against it."""
    if candidates.is_empty():
        return candidates.select("order", "record")
    best = candidates.filter(
        (pl.col("score") > 0)
        & (pl.col("score") == pl.col("score").max().over("order"))
        & (pl.col("score") == pl.col("score").max().over("record"))
    )
    alone = best.filter((pl.len().over("order") == 1) & (pl.len().over("record") == 1))
    return alone.select("order", "record")


def _surely_missing(candidates: pl.DataFrame, settled: pl.DataFrame) -> pl.DataFrame:
    """Return orders whose every candidate is surely another order's record."""
    taken = settled.select("record").with_columns(taken=pl.lit(value=True))
    judged = candidates.join(taken, on="record", how="left").with_columns(
        other=(pl.col("taken").fill_null(value=False) & (pl.col("score") < 0))
    )
    lost = judged.group_by("order").agg(pl.col("other").all())
    unpaired = lost.filter("other").select("order")
    return unpaired.join(settled, on="order", how="anti")
