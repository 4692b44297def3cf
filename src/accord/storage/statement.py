"""Statements kept as files, and values in the form they are given to them."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

_FOLDER = Path(__file__).parent / "sql"

# PostgreSQL stores no NUL in a text, nor reads one in a JSON value. A payload that holds one is
# garbage or hostile, and must not stop the batch it came in: it is kept as the sign for it.
_NUL, _SIGN = "\0", "\N{SYMBOL FOR NULL}"
_ESCAPED_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


# Where a value goes into a statement. Two colons are a cast.
_PLACE = re.compile(r"(?<![:\w]):(\w+)(?!:)")


class Statement(Struct, frozen=True):
    """A statement as PostgreSQL takes it, and the names of the values for its places."""

    text: bytes
    names: tuple[str, ...] = ()


def prepared(written: str) -> Statement:
    """Return a statement in which each value stands by its name, as ``:name``."""
    names = tuple(dict.fromkeys(_PLACE.findall(written)))
    numbered = _PLACE.sub(lambda found: f"${names.index(found[1]) + 1}", written)
    return Statement(numbered.encode(), names)


@cache
def statement(name: str) -> Statement:
    """Return the statement in ``sql/NAME.sql``."""
    return prepared((_FOLDER / f"{name}.sql").read_text())


def storable(words: str) -> str:
    """Return ``words`` as PostgreSQL can keep them."""
    return words.replace(_NUL, _SIGN)


def all_storable(words: list[str]) -> list[str]:
    """Return the same of many; almost never is there anything to replace in any of them."""
    return list(map(storable, words)) if _NUL in "".join(words) else words


def to_json(value: Any) -> str:
    """Return ``value`` as JSON text that PostgreSQL can keep."""
    written = msgspec.json.encode(value).decode()
    if r"\u0000" in written:
        return _ESCAPED_NUL.sub(rf"\1{_SIGN}", written)
    return written


def order_number(order: str) -> int:
    """Return the number behind an order's id; for what was never given out, one that no row has."""
    is_given_out = order.isascii() and order.isdigit() and len(order) <= len(str(2**62))
    return int(order) if is_given_out else 0
