"""Which sales channel of a list belongs to which shop, so that equal numbers are not mixed up."""

import polars as pl

from accord.audit.exports import plain_name

_NEAR = 36 * 3600 * 1_000_000

# Names of channels that no shop export stands for unless one of that name was given.
_CHANNELS = (
    "amazon", "ebay", "walmart", "etsy", "tiktok", "faire", "wholesale", "b2b", "target", "wayfair",
    "zalando", "otto", "kaufland", "bol", "shopify", "woocommerce", "magento", "bigcommerce",
    "pointofsale", "pos", "retail", "edi", "phone", "manual",
)  # fmt: skip
_CLEARLY, _HARDLY = 0.8, 0.2
# A column with one value, or with very many, does not tell channels apart.
_FEWEST_CHANNELS, _MOST_CHANNELS = 2, 50
_FEWEST = 3


def with_shops(
    records: pl.DataFrame, orders: pl.DataFrame, shops: dict[int, str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add ``of_shop`` to the records, and take the key from those of channels no shop stands for.

    Returns the records, and the ``record`` of each that lost its key.
    """
    names = records.get_column("channel").drop_nulls().unique().to_list()
    undecided = records.with_columns(of_shop=pl.lit(None, pl.Int64))
    if not _FEWEST_CHANNELS <= len(names) <= _MOST_CHANNELS:
        return undecided, records.select("record").head(0)
    by_name = {name: _shop_of(name, shops) for name in names}
    foreign = {name for name, shop in by_name.items() if shop == _NOBODY}
    unnamed = [name for name, shop in by_name.items() if shop is None]
    foreign |= _by_evidence(undecided, orders, names, unnamed)
    if len(foreign) == len(names):  # then the column is about something else
        return undecided, records.select("record").head(0)
    out = pl.col("channel").is_in(sorted(foreign))
    kept = {name: shop for name, shop in by_name.items() if shop not in {None, _NOBODY}}
    marked = undecided.with_columns(
        of_shop=pl.col("channel").replace_strict(
            list(kept), list(kept.values()), default=None, return_dtype=pl.Int64
        )
        if kept
        else pl.lit(None, pl.Int64)
    )
    taken = marked.filter(out.fill_null(value=False))
    # The rows stay, so that a record is found by its place; without a key they join nothing.
    key = pl.when(out.fill_null(value=False)).then(None).otherwise(pl.col("key"))
    return marked.with_columns(key=key), taken.select("record")


_NOBODY = -1


def _shop_of(channel: str, shops: dict[int, str]) -> int | None:
    """Return the one shop a channel names, nobody if it names another, None if it tells nothing."""
    plain = plain_name(channel)
    meant = [name for name in _CHANNELS if name in plain]
    if not meant:
        return None
    fitting = [shop for shop, system in shops.items() if any(m in system for m in meant)]
    if len(fitting) == 1:
        return fitting[0]
    return None if fitting else _NOBODY


def _by_evidence(
    records: pl.DataFrame, orders: pl.DataFrame, names: list[str], unnamed: list[str]
) -> set[str]:
    """Return channels that share numbers with the shops by chance, or none at all."""
    if not unnamed:
        return set()
    apart = (pl.col("created") - pl.col("created_other")).dt.total_microseconds().abs()
    met = orders.drop_nulls("key").join(records.drop_nulls("key"), on="key", suffix="_other")
    stats = (
        met.group_by("channel_other")
        .agg(
            met=pl.col("record").n_unique(),
            agree=pl.max_horizontal(
                (apart <= _NEAR).mean(),
                (pl.col("total") == pl.col("total_other")).mean(),
                (pl.col("email") == pl.col("email_other")).mean(),
            ),
        )
        .rename({"channel_other": "channel"})
    )
    sizes = records.group_by("channel").len()
    known = sizes.join(stats, on="channel", how="left").with_columns(
        share=pl.col("met").fill_null(0) / pl.col("len")
    )
    rows = {row["channel"]: row for row in known.iter_rows(named=True) if row["channel"] in names}
    if not any(_belongs(row) for row in rows.values()):
        return set()
    return {name for name in unnamed if name in rows and _is_foreign(rows[name])}


def _belongs(row: dict[str, float]) -> bool:
    agrees = row["agree"] is None or row["agree"] >= _CLEARLY
    return bool(row["share"] >= _CLEARLY and agrees)


def _is_foreign(row: dict[str, float]) -> bool:
    if row["len"] < _FEWEST:
        return False
    chance = row["agree"] is not None and row["agree"] <= _HARDLY
    return bool(row["share"] <= _HARDLY or chance)
