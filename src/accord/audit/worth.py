"""What the orders that are told of are worth: read for those few, never for all."""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal

import polars as pl

from accord.audit.captures import amount_in, captures
from accord.audit.exports import Kind
from accord.audit.money import comma_is_decimal
from accord.audit.outcome import Finding, Worth
from accord.audit.stack import Follower, Stack
from accord.audit.standings import Coded
from accord.domain.patterns import Pattern

Row = Mapping[str, object]

TOTAL, REFUNDED = "total", "refunded"

_TEXTS = ("total", "refund", "currency")
_RANK = {pattern: rank for rank, pattern in enumerate(Pattern)}


class Amounts:
    """The amounts in the lists of one stack.

    ``beside`` and ``beside_extra`` put the texts of the amounts next to some orders, all at once;
    ``worth`` reads those of one of them.
    """

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._commas: dict[str, bool] = {}
        self._records: dict[int, list[pl.Series]] = {}
        self._captured: dict[int, Mapping[str, Worth]] = {}

    def beside(self, cases: pl.DataFrame) -> pl.DataFrame:
        """Return orders with the texts of their amounts: ``total``, ``refund``, ``currency``.

        Those of the shop are ``total_text`` and so on, those of another list carry its place
        among the followers: ``total_text_0``.
        """
        order = cases.get_column("order")
        shops = [shop.frame for _, shop in self._stack.shops]
        texts = [
            pl.concat([shop.get_column(name) for shop in shops])[order].alias(f"{name}_text")
            for name in _TEXTS
        ]
        for at, follower in enumerate(self._stack.followers):
            records = cases.get_column(f"rec_{at}")
            self._records.setdefault(at, []).append(records)
            texts += _texts(follower, records, f"_{at}")
        return cases.with_columns(texts)

    def beside_extra(self, extra: pl.DataFrame) -> pl.DataFrame:
        """Return records unknown to the shop with the texts of their own list."""
        parts = []
        for at, follower in enumerate(self._stack.followers if extra.height else ()):
            part = extra.filter(pl.col("follower") == at)
            records = part.get_column("record").alias(f"rec_{at}")
            self._records.setdefault(at, []).append(records)
            parts.append(part.with_columns(records, *_texts(follower, records, "")))
        return pl.concat(parts, how="diagonal") if parts else extra

    def worth(self, pattern: Pattern, row: Row) -> Worth | None:
        """Return what the order of ``row`` is worth where ``pattern`` is in it.

        Money without a record is what was captured, a return what was refunded. Anything else,
        and these where no file tells, is the order's total.
        """
        if pattern is Pattern.ORPHANED_PAYMENT and (captured := self._captures(row)):
            return captured
        own = self._own(row)
        if pattern is Pattern.UNPROCESSED_RETURN:
            refunded = self._amount(own, row, "refund_text", "currency_text", REFUNDED)
            if refunded is not None and refunded.amount:
                return refunded
        total = self._amount(own, row, "total_text", "currency_text", TOTAL)
        return total or self._total_of_others(row)

    def _own(self, row: Row) -> Coded:
        if "shop" in row:
            return self._stack.shops[int(str(row["shop"]))][1]
        return self._stack.followers[int(str(row["follower"]))].coded

    def _total_of_others(self, row: Row) -> Worth | None:
        """Return the total that the first other list of orders tells, if any."""
        for at, follower in enumerate(self._stack.followers):
            if follower.coded.listing.kind is Kind.ORDERS:
                names = (f"total_text_{at}", f"currency_text_{at}")
                total = self._amount(follower.coded, row, *names, TOTAL)
                if total is not None:
                    return total
        return None

    def _amount(self, listing: Coded, row: Row, name: str, beside: str, of: str) -> Worth | None:
        text, named = row.get(name), row.get(beside)
        if not isinstance(text, str):
            return None
        currency = named if isinstance(named, str) else None
        return amount_in(text, currency, of, comma=self._comma(listing))

    def _comma(self, listing: Coded) -> bool:
        source = listing.listing.source
        if source.table.name not in self._commas:
            columns = (source.column(source.export.total), source.column(source.export.refunded))
            values = [source.table.sample.get_column(c).drop_nulls() for c in columns if c]
            told = comma_is_decimal(value for column in values for value in column.unique())
            self._commas[source.table.name] = told
        return self._commas[source.table.name]

    def _captures(self, row: Row) -> Worth | None:
        """Return what lists of payments say was captured; None where they tell no one sum."""
        told = []
        for at, follower in enumerate(self._stack.followers):
            record = row.get(f"rec_{at}")
            if follower.coded.listing.kind is not Kind.PAYMENTS or not isinstance(record, int):
                continue
            if at not in self._captured:
                records = pl.concat([one.alias("record") for one in self._records[at]])
                keys = follower.coded.frame.get_column("key")[records.drop_nulls()]
                self._captured[at] = captures(follower, keys, comma=self._comma(follower.coded))
            found = self._captured[at].get(str(follower.coded.frame.get_column("key")[record]))
            told += [found] if found else []
        return told[0] if len(told) == 1 else None


def _texts(follower: Follower, records: pl.Series, mark: str) -> list[pl.Series]:
    frame = follower.coded.frame
    return [frame.get_column(name)[records].alias(f"{name}_text{mark}") for name in _TEXTS]


def costliest_first(rows: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings by pattern, and within one by what they are worth.

    Amounts of two currencies are not compared: the currency of more findings comes first.
    """
    found = list(rows)
    currencies = Counter(one.worth.currency for one in found if one.worth is not None)

    def place(finding: Finding) -> tuple[int, int, str, Decimal, str]:
        worth = finding.worth
        rank = _RANK[finding.pattern]
        if worth is None:
            return rank, 1, "", Decimal(0), finding.order
        return rank, -currencies[worth.currency], worth.currency, -worth.amount, finding.order

    return tuple(sorted(found, key=place))
