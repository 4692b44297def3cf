"""Which column of an export holds the number its orders go by in the shop, found from the data."""

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from accord.audit.errors import UndecidedError, UnusableError
from accord.audit.exports import Kind, plain_name
from accord.audit.keys import Form, normal
from accord.audit.recognition import Recognised
from accord.audit.times import INSTANT, time_column

# Fewer shared orders than this share of the smaller file, and the column joins nothing.
_FEWEST = 0.1
# Two columns nearer than this in what they join are as good, if they join different orders.
_AS_GOOD = 0.05
_SAME_DAY = 36 * 3600 * 1_000_000  # microseconds; time zones can move a date by a day

_LIKELY = (
    "pocheck", "pochecknumber", "ponumber", "po", "otherrefnum", "externalid", "externalref",
    "externalreference", "externaldocumentno", "externaldocumentnumber", "customerordernbr",
    "customerorder", "ordernumber", "shopifyorder", "shopifyordernumber", "shopifyordername",
    "etailorderid", "weborder", "webordernumber", "yourreference", "orderno", "order",
)  # fmt: skip
_UNLIKELY = ("zip", "phone", "quantity", "qty", "price", "amount", "total", "sku", "postal", "tax")
_MOSTLY, _NEARLY_ALL = 0.5, 0.98
_AMOUNT = r"^-?[0-9.,]*[.,][0-9]{2}$"


class SpineKeys(NamedTuple):
    """The shop's orders by their numbers, for one column of numbers.

    ``frame`` has ``number`` as written, ``order``, ``shop``, ``created``, ``total``.
    """

    column: int
    frame: pl.DataFrame
    forms: dict[Form, pl.Series]

    def keys(self, form: Form) -> pl.Series:
        """Return the numbers in one normal form, worked out once."""
        if form not in self.forms:
            self.forms[form] = normal(self.frame.get_column("number"), form)
        return self.forms[form]


class Candidate(NamedTuple):
    """One way to join: a column, the shop's column it meets, the normal form, and how well."""

    column: str
    number: int
    form: Form
    share: float
    score: float
    matched: pl.DataFrame


class Join(NamedTuple):
    """The column taken, others that fill its gaps, and the share of rows that meet an order."""

    columns: tuple[str, ...]
    number: int
    form: Form
    share: float
    given: bool


def find_join(source: Recognised, spine: list[SpineKeys], given: str | None) -> Join:
    """Return how a file joins the shop's orders.

    Raises ``UndecidedError`` where two columns would join different orders as well, and
    ``UnusableError`` where none does.
    """
    sample = source.table.sample
    name = source.table.name
    columns = [given] if given else number_like(source)
    candidates = _candidates(source, columns, spine, Form.WRITTEN)
    if max((one.share for one in candidates), default=0.0) < _NEARLY_ALL:
        candidates += _candidates(source, columns, spine, Form.NUMBER)
    ranked = sorted(candidates, key=lambda one: one.score, reverse=True)
    if given and not ranked and source.export.kind is Kind.ORDERS and not sample.is_empty():
        reason = f"its column {given} holds no order number of the shop. Name another with --join."
        raise UnusableError(name, reason, 1)
    if sample.is_empty() or (given and not ranked):
        column = given or _first_likely(source)
        return Join((column,), 0, Form.WRITTEN, 0.0, given=bool(given))
    if not ranked or ranked[0].share < _FEWEST:
        reason = (
            "no column of it holds the order numbers of the shop. Name the column with "
            f"--join '{name}=COLUMN'; its columns are: {', '.join(source.table.columns)}."
        )
        raise UnusableError(name, reason, 1)
    best, *others = ranked
    rivals = [one for one in others if _rivals(best, one)]
    if rivals and not given:
        choices = (best.column, *dict.fromkeys(one.column for one in rivals))
        question = f"{' and '.join(choices)} would join different orders, and as many."
        raise UndecidedError(name, question, "--join", choices)
    more = dict.fromkeys(o.column for o in others if _fills(best, o))
    columns = [best.column, *([] if given else more)]
    return Join(tuple(columns), best.number, best.form, best.share, given=bool(given))


def number_like(source: Recognised) -> list[str]:
    """Return the columns whose values could be order numbers: many, and not times or amounts."""
    sample = source.table.sample
    taken = {status.column for status in source.statuses}
    found = []
    for column in source.table.columns:
        values = sample.get_column(column).drop_nulls()
        plain = plain_name(column)
        if column in taken or values.is_empty() or any(bad in plain for bad in _UNLIKELY):
            continue
        few = values.n_unique() < min(3, sample.height)
        amounts = _share(values.str.contains(_AMOUNT))
        numbered = _share(values.str.contains("[0-9]"))
        if few or numbered < _MOSTLY or amounts > _MOSTLY:
            continue
        if values.str.contains("@").any() or time_column(sample, column) is not None:
            continue
        found.append(column)
    return found


def likely_numbers(source: Recognised) -> list[str]:
    """Return the columns that may hold the orders' numbers, so that they can be read ahead."""
    export = source.export
    numbers = source.columns(export.numbers) if export.numbers else number_like(source)
    return list(dict.fromkeys((*numbers, *source.columns(export.own_ids))))


def _share(mask: pl.Series) -> float:
    return int(mask.sum()) / max(1, mask.len())


def _first_likely(source: Recognised) -> str:
    plain = {plain_name(column): column for column in source.table.columns}
    likely = [plain[name] for name in _LIKELY if name in plain]
    return (likely or [source.table.columns[0]])[0]


def _candidates(
    source: Recognised, columns: Sequence[str], spine: Sequence[SpineKeys], form: Form
) -> list[Candidate]:
    """Return the columns whose values, in one form, are numbers of the shop's orders."""
    sample = source.table.sample
    rows = pl.DataFrame({"row": pl.arange(0, sample.height, eager=True)}).with_columns(
        created=source.created.read(sample) if source.created else pl.lit(None, INSTANT),
        total=amount(sample, source.column(source.export.total)),
    )
    keyed = {column: normal(sample.get_column(column), form) for column in columns}
    if not keyed:
        return []
    every = pl.concat(list(keyed.values())).drop_nulls().unique()
    found: list[Candidate] = []
    for keys in spine:
        if max((one.share for one in found), default=0.0) >= _NEARLY_ALL:
            break
        numbers = keys.keys(form)
        met = keys.frame.drop("number").with_columns(key=numbers)
        met = met.filter(numbers.is_in(every.implode()))  # the sample is small, the shop is not
        for column, values in keyed.items():
            known = rows.with_columns(key=values)
            matched = known.join(met, on="key", how="inner", suffix="_shop")
            if not matched.is_empty():
                height = (sample.height, keys.frame.height)
                found.append(
                    _candidate(source, column, keys.column, form, matched=matched, height=height)
                )
    return found


def _candidate(
    source: Recognised,
    column: str,
    number: int,
    form: Form,
    *,
    matched: pl.DataFrame,
    height: tuple[int, int],
) -> Candidate:
    of_rows = matched.get_column("row").n_unique() / height[0]
    of_orders = matched.get_column("order").n_unique() / max(1, height[1])
    share = max(of_rows, of_orders)
    score = share + _agreement(matched) + _prior(source, column, form, number)
    pairs = matched.select("row", "order").unique()
    return Candidate(column, number, form, share, score, pairs)


def _prior(source: Recognised, column: str, form: Form, number: int) -> float:
    plain = plain_name(column)
    likely = 0.1 if plain in _LIKELY or "shopify" in plain or "amazon" in plain else 0.0
    own = -0.1 if plain in source.export.own_ids and not source.export.numbers else 0.0
    named = 0.1 if plain in source.export.numbers else 0.0
    return likely + own + named + 0.1 * (form is Form.WRITTEN) - 0.01 * number


def _agreement(matched: pl.DataFrame) -> float:
    """Return how well joined records agree in day and amount, from -1 to 1; 0 if unknown."""
    apart = (pl.col("created") - pl.col("created_shop")).dt.total_microseconds().abs()
    shares = matched.select(
        day=(apart <= _SAME_DAY).mean(), total=(pl.col("total") == pl.col("total_shop")).mean()
    ).row(0)
    told = [share for share in shares if share is not None]
    return max(told) * 2 - 1 if told else 0.0


def amount(frame: pl.DataFrame, column: str | None) -> pl.Series:
    """Return amounts for comparing, in whatever unit the file has them; null where none."""
    if column is None:
        return pl.Series("total", [None] * frame.height, pl.Float64)
    text = frame.get_column(column)
    plain = text.cast(pl.Float64, strict=False)
    if plain.null_count() == text.null_count():
        return plain.alias("total")
    digits = pl.col(column).str.replace_all(r"[^0-9.,-]", "").str.replace(r",([0-9]{2})$", ".$1")
    return frame.select(
        digits.str.replace_all(",", "").cast(pl.Float64, strict=False).alias("total")
    ).to_series()


def _rivals(best: Candidate, other: Candidate) -> bool:
    if other.column == best.column or best.score - other.score >= _AS_GOOD:
        return False
    return not _same_orders(best, other)


def _same_orders(best: Candidate, other: Candidate) -> bool:
    both = best.matched.join(other.matched, on="row", suffix="_other")
    if both.is_empty():
        return False
    agreeing = both.select((pl.col("order") == pl.col("order_other")).mean()).item()
    return bool(agreeing >= _NEARLY_ALL)


def _fills(best: Candidate, other: Candidate) -> bool:
    """Return whether another column can stand in where the best is empty."""
    if other.column == best.column or (other.number, other.form) != (best.number, best.form):
        return False
    apart = other.matched.join(best.matched, on="row", how="anti")
    return not apart.is_empty() and (
        _same_orders(best, other) or apart.height == other.matched.height
    )
