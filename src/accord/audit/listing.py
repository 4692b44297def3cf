"""The records of one export, one row each, with the words they carry."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import polars as pl

from accord.audit.exports import ROLES, Kind
from accord.audit.keys import unlike
from accord.audit.recognition import Recognised
from accord.audit.times import INSTANT
from accord.audit.words import record_kind
from accord.domain.accord import Role

# Records of NetSuite that stand for an order, for its parcels and for its returns. Where a sale
# was booked without a sales order, the cash sale or invoice is the record of it.
_RECORD_KINDS = {"ItemShip": Kind.SHIPMENTS, "RtnAuth": Kind.RETURNS}
_BOOKINGS = ("CashSale", "CustInvc")
_OTHER_RECORDS = ("CustPymt", "CustDep", "CustCred", "CustRfnd", "TrnfrOrd", "StPickUp")

LINES = "lines"
_IN, _AT = "in the column ", "at the time in "


class Listing(NamedTuple):
    """Records of one kind from one export.

    ``frame`` has one row per record: ``record`` (its place), ``number`` columns as they are in
    the file, ``own``, ``created``, ``touched``, ``total``, ``refund``, ``currency``, ``email``,
    ``channel``, ``origin``, ``refunded``, and one column per word. ``words`` maps those columns to
    status columns.
    """

    source: Recognised
    kind: Kind
    frame: pl.DataFrame
    words: Mapping[str, str]

    @property
    def role(self) -> Role | None:
        """Return what the system does in the stack; a list of payments has no role."""
        return ROLES.get(self.source.export.system)


def read_listings(source: Recognised, read: pl.DataFrame, numbers: Sequence[str]) -> list[Listing]:
    """Return the records of an export, by kind, with the columns of order numbers kept.

    ``read`` is what ``read_rows`` made of it.
    """
    rows = _with_numbers(source, read, numbers)
    words = _word_columns(source)
    if not source.export.record_type:
        orders = _one_row_each(rows, source, numbers, words)
        return [Listing(source, source.export.kind, orders, words)]
    return _by_record_kind(rows, source, numbers, words)


def _word_columns(source: Recognised) -> dict[str, str]:
    columns = {f"word{at}": one.column for at, one in enumerate(source.statuses)}
    for presence in source.export.presence:
        column = source.column((presence.name,))
        if column:
            columns[f"filled_{presence.name}"] = column
    return columns


def read_rows(source: Recognised, numbers: Sequence[str]) -> pl.DataFrame:
    """Return every row of an export with its words and times read, before it is known how it joins.

    ``numbers`` are the columns that may turn out to hold the numbers of the orders.
    """
    export = source.export
    singles = {
        "own": source.column(export.own_ids),
        "total": source.column(export.total),
        "email": source.email(),
        "channel": source.column(export.channel),
        "origin": source.column(export.origin),
        "refund": source.column(export.refunded),
        "currency": source.column(export.currency),
    }
    words = _word_columns(source)
    times = [*source.touched, *([source.created] if source.created else [])]
    # All of this is worked out while the file is read, so that its texts need not be kept.
    raw = source.table.select(
        [
            *(pl.col(number).alias(_IN + number) for number in dict.fromkeys(numbers)),
            *(_or_null(column).alias(name) for name, column in singles.items()),
            _or_null(source.column(export.record_type)).cast(pl.Categorical).alias("record_type"),
            *(_word(name, column) for name, column in words.items()),
            _or_null(singles["refund"])
            .str.contains("[1-9]")
            .fill_null(value=False)
            .alias("refunded"),
            *(pl.col(name).alias(_AT + name) for name in dict.fromkeys(t.name for t in times)),
        ]
    )
    with ThreadPoolExecutor(max_workers=2) as pool:  # reading times is what takes longest here
        read = dict(pool.map(lambda t: (t.name, t._replace(name=_AT + t.name).read(raw)), times))
    created = read.get(source.created.name) if source.created else None
    return raw.select(
        pl.exclude(f"^{_AT}.*$"),
        created=pl.lit(None, INSTANT) if created is None else created,
        touched=pl.max_horizontal([*read.values(), pl.lit(None, INSTANT)]),
    )


def _with_numbers(source: Recognised, read: pl.DataFrame, numbers: Sequence[str]) -> pl.DataFrame:
    """Return rows with these columns as their numbers, and without those that hold none."""
    missing = [number for number in numbers if _IN + number not in read.columns]
    if missing:
        more = source.table.select(missing)
        read = read.with_columns(more.get_column(name).alias(_IN + name) for name in missing)
    others = [column for column in read.columns if not column.startswith(_IN)]
    return read.select(
        *(pl.col(_IN + number).alias(f"number{at}") for at, number in enumerate(numbers)), *others
    )


def _or_null(column: str | None) -> pl.Expr:
    return pl.col(column) if column else pl.lit(None, pl.String)


def _word(name: str, column: str) -> pl.Expr:
    if name.startswith("filled_"):  # a time or a number says something, a dash or a blank nothing
        return pl.col(column).str.contains("[0-9]").fill_null(value=False).alias(name)
    return pl.col(column).cast(pl.Categorical).alias(name)


def _one_row_each(
    rows: pl.DataFrame, source: Recognised, numbers: Sequence[str], words: Mapping[str, str]
) -> pl.DataFrame:
    """Return one row for each record of a list in which an order may take several rows.

    Only the first row of an order need carry its statuses. A row begins another record if it
    carries statuses of its own and its id, time, channel or words are not those of the row
    before; a split order, listed part by part, is not what its first part says.
    """
    if numbers and rows.get_column("number0").null_count():
        rows = rows.filter(pl.any_horizontal(pl.col("^number\\d+$").is_not_null()))
    if source.export.kind is not Kind.ORDERS or not numbers:
        return _numbered(rows)
    key = "own" if not source.export.numbers else "number0"
    if unlike(rows.get_column(key)):
        return _numbered(rows)
    heads = _heads(rows, key, source)
    return _numbered(_first_of_each(heads, key, words))


def _numbered(rows: pl.DataFrame) -> pl.DataFrame:
    if LINES not in rows.columns:
        rows = rows.with_columns(pl.lit(None, pl.String).alias(LINES))
    return rows.with_row_index("record")


def _heads(rows: pl.DataFrame, key: str, source: Recognised) -> pl.DataFrame:
    """Return the rows that begin a record, with the line statuses of all its rows."""
    lines = next((f"word{at}" for at, s in enumerate(source.statuses) if s.spec.line), None)
    words = [f"word{at}" for at, s in enumerate(source.statuses) if not s.spec.line]
    same = ("own", "created", "channel", *words)
    other = pl.any_horizontal(
        [(pl.col(c).is_not_null() & pl.col(c).ne_missing(pl.col(c).shift(1))) for c in same]
    )
    begins = pl.col(key).ne_missing(pl.col(key).shift(1)) | (_carries(words) & other)
    marked = rows.with_columns(begins=begins)
    if lines is None:
        return marked.filter("begins").drop("begins")
    marked = marked.with_columns(group=pl.col("begins").cum_sum())
    several = (
        marked.select("group", pl.col(lines).cast(pl.String))
        .drop_nulls()
        .unique()
        .sort("group", lines)
        .group_by("group")
        .agg(pl.col(lines).str.join("\x1f").alias(LINES))
    )
    heads = marked.filter("begins").join(several, on="group", how="left", maintain_order="left")
    return heads.drop("begins", "group")


def _carries(words: Sequence[str]) -> pl.Expr:
    return pl.any_horizontal([pl.col(c).is_not_null() for c in words] or [pl.lit(value=True)])


def _first_of_each(heads: pl.DataFrame, key: str, words: Mapping[str, str]) -> pl.DataFrame:
    """Bring together rows of one record that do not stand together."""
    if heads.get_column(key).n_unique() == heads.height:
        return heads
    twice = pl.col(key).is_duplicated()
    alone, several = heads.filter(~twice), heads.filter(twice)
    plain = [c for c in words if not c.startswith("filled_")]
    same = [c for c in ("own", "created", "channel") if several.get_column(c).null_count() == 0]
    carrying = several.filter(_carries(plain)) if plain else several
    bare = several.join(carrying.select(key), on=key, how="anti")
    told = carrying.unique([key, *same, *plain], keep="first", maintain_order=True)
    rest = bare.unique([key], keep="first", maintain_order=True)
    return pl.concat([alone, told, rest])


def _by_record_kind(
    rows: pl.DataFrame, source: Recognised, numbers: Sequence[str], words: Mapping[str, str]
) -> list[Listing]:
    """Split a mixed list of transactions: orders, parcels, returns."""
    rows = _with_record_kind(rows, source)
    kinds = rows.get_column("kind").unique().to_list()
    only = Kind(kinds[0]) if len(kinds) == 1 and kinds[0] else None
    found = []
    for kind in (Kind.ORDERS, Kind.SHIPMENTS, Kind.RETURNS):
        part = rows if only is kind else rows.filter(pl.col("kind") == kind.value)
        if part.is_empty() and kind is not Kind.ORDERS:
            continue
        if kind is Kind.ORDERS:
            if part.get_column("own").null_count():
                part = part.filter(pl.col("own").is_not_null() | _any_number(numbers))
            part = _once_per_document(part, words)
        found.append(Listing(source, kind, _numbered(part.drop("kind")), words))
    return found


def _any_number(numbers: Sequence[str]) -> pl.Expr:
    columns = [pl.col(f"number{at}").is_not_null() for at in range(len(numbers))]
    return pl.any_horizontal(columns or [pl.lit(value=False)])


def _once_per_document(rows: pl.DataFrame, words: Mapping[str, str]) -> pl.DataFrame:
    """Return each document once: a search without main lines lists it with every line."""
    if rows.get_column("own").null_count() == rows.height:
        return rows
    if unlike(rows.get_column("own")):
        return rows
    told = rows.sort(_carries(list(words)), descending=True, maintain_order=True)
    listed = told.filter(pl.col("own").is_not_null())
    return pl.concat(
        [
            listed.unique(["own", "record_type"], keep="first", maintain_order=True),
            told.filter(pl.col("own").is_null()),
        ]
    )


def _with_record_kind(rows: pl.DataFrame, source: Recognised) -> pl.DataFrame:
    """Add ``kind``: what sort of record each row is, by its type or the prefix of its status."""
    status = next((f"word{at}" for at, s in enumerate(source.statuses) if not s.spec.line), None)
    if status is None:
        return rows.with_columns(kind=pl.lit(Kind.ORDERS.value))
    pairs = rows.select("record_type", status).unique()
    kinds = [_kind(source, *pair) for pair in pairs.rows()]
    table = pairs.with_columns(pl.Series("kind", kinds, pl.String))
    if table.get_column("kind").n_unique() == 1:
        return rows.with_columns(kind=pl.lit(kinds[0], pl.String))
    return rows.join(
        table, on=["record_type", status], how="left", nulls_equal=True, maintain_order="left"
    )


def _kind(source: Recognised, record_type: str | None, status: str | None) -> str | None:
    """Return the kind of record, or None for one that is about no order."""
    named = record_kind((status or "").partition(":")[0]) if ":" in (status or "") else ""
    named = named or record_kind(record_type or "")
    if not named and status:
        spec = source.statuses[0].spec
        named = source.words.read(spec.kinds, status).kind
    if named in _OTHER_RECORDS:
        return None
    return _RECORD_KINDS.get(named, Kind.ORDERS).value
