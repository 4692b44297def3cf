"""Order numbers in one normal form, so that ``#1001``, ``1001`` and ``SO-001001`` can meet."""

from enum import StrEnum

import polars as pl

from accord.audit.at_once import at_once

# Amazon's order ids, which are numbers of their own and never a shop's number with a prefix.
_AMAZON = r"\d{3}-\d{7}-\d{7}"
_PLAIN = r"^#?[1-9][0-9]*$"


class Form(StrEnum):
    """How far an order number is stripped. The less is taken away, the surer is a match."""

    WRITTEN = "written"  # without '#', blanks, punctuation, capitals and zero padding
    NUMBER = "number"  # only its number: what follows '#', or else the last run of digits


def normal(values: pl.Series, form: Form) -> pl.Series:
    """Return order numbers in one normal form; null where there is no number."""
    if values.dtype != pl.String:
        values = values.cast(pl.String)
    frame = values.alias("number").to_frame()
    # Nearly every file has bare numbers alone, and those need no closer look.
    if frame.select(pl.col("number").str.contains(_PLAIN).all(ignore_nulls=True)).item():
        text = pl.col("number").str.strip_prefix("#")
    else:
        text = _number() if form is Form.NUMBER else _written()
    return frame.select(text.alias("key")).to_series()


def compact(one: pl.Series, other: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return two columns of keys as whole numbers where all of them are, for fast joining."""
    numbers = at_once(lambda: _whole(one), lambda: _whole(other))
    return (one, other) if numbers[0] is None or numbers[1] is None else (numbers[0], numbers[1])


def _whole(keys: pl.Series) -> pl.Series | None:
    """Return keys as whole numbers, or None where two of them could become one."""
    if any(keys.str.starts_with(sign).any() for sign in ("0", "+")):
        return None
    numbers = keys.cast(pl.UInt64, strict=False)
    return numbers if numbers.null_count() == keys.null_count() else None


def unlike(values: pl.Series) -> bool:
    """Return whether no two values are alike; a rare clash of hashes says no, which is safe."""
    told = values if values.dtype.is_integer() else values.hash()
    return told.n_unique() == values.len()


def _written() -> pl.Expr:
    stripped = (
        pl.col("number")
        .str.to_lowercase()
        .str.replace(r"\.0+$", "")  # what a spreadsheet makes of a number
        .str.replace_all(r"[^\p{L}\p{N}]", "")
        .str.replace(r"^0+([0-9]+)$", "$1")
    )
    return pl.when(stripped.str.contains("[0-9]")).then(stripped).otherwise(None)


def _number() -> pl.Expr:
    text = pl.col("number")
    amazon = text.str.extract(f"({_AMAZON})", 1).str.replace_all("-", "")
    hashed = text.str.extract(r"#\s*[A-Za-z_-]*0*([0-9]+)", 1)
    last = text.str.replace(r"\.0+$", "").str.extract(r"0*([0-9]+)[^0-9]*$", 1)
    return pl.coalesce(amazon, hashed, last)
