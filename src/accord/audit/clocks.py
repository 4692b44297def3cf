"""By how many hours the clock of one list stands apart from the shop's, found from its orders."""

from datetime import timedelta

import polars as pl

from accord.audit.recognition import Recognised

_HOUR = 3600 * 1_000_000
_FEWEST, _SAMPLED = 20, 20_000
# What a system writes down minutes after the shop lies this close together; what arrives in
# batches, or is entered by hand, does not, and tells nothing of its clock.
_SPREAD = 40 * 60 * 1_000_000
# Two clocks in one zone may differ by so much.
_DRIFT = 5 * 60 * 1_000_000


def hours_ahead(
    orders: pl.DataFrame, records: pl.DataFrame, pairs: pl.DataFrame, source: Recognised
) -> timedelta:
    """Return by how many whole hours the times of ``records`` stand ahead of their orders'.

    None unless nearly all do so alike, and never where the list names its zones itself.
    """
    created = source.created
    few = pairs.head(_SAMPLED)
    if created is None or created.zoned or created.days or few.height < _FEWEST:
        return timedelta(0)
    one = orders.get_column("created")[few.get_column("order")]
    other = records.get_column("created")[few.get_column("record")]
    apart = (other - one).dt.total_microseconds().drop_nulls()
    low, high = apart.quantile(0.1, "nearest"), apart.quantile(0.9, "nearest")
    if low is None or high is None or apart.len() < _FEWEST or high - low > _SPREAD:
        return timedelta(0)
    return timedelta(hours=int((low + _DRIFT) // _HOUR))


def set_back(records: pl.DataFrame, ahead: timedelta) -> pl.DataFrame:
    """Return the records with their times as the shop's clock would have shown them."""
    return records.with_columns(pl.col("created", "touched") - ahead) if ahead else records
