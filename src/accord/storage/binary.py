"""Values on their way to PostgreSQL and back in binary form."""

from itertools import chain
from struct import Struct
from typing import Any

import msgspec
import psycopg
from psycopg.abc import Buffer
from psycopg.pq import Format
from psycopg.types.array import ListBinaryDumper
from psycopg.types.json import set_json_loads

# The head of an array: dimensions, whether it has gaps, the type of its values, how many there
# are, and the number of the first. Then comes each value, its length before it.
_HEAD, _LENGTH = Struct("!IIIII"), Struct("!i")


def set_binary(driver: psycopg.AsyncConnection[Any]) -> None:
    """Send arrays and fetch rows in binary form on this connection.

    In the text form, psycopg's first choice for both, every quote of an array is escaped here and
    read again there, and every byte of an envelope comes as two digits: a batch took several
    times as long.
    """
    driver.adapters.register_dumper(list, _FlatListDumper)
    driver.cursor_factory = _BinaryCursor
    set_json_loads(msgspec.json.decode, driver)


class _BinaryCursor(psycopg.AsyncRawCursor[Any]):
    """A cursor that asks for rows in binary form, and takes statements as PostgreSQL does."""

    def __init__(self, *given: Any, **named: Any) -> None:
        """Be made as every cursor is."""
        super().__init__(*given, **named)
        self.format = Format.BINARY


class _FlatListDumper(ListBinaryDumper):
    """Dumps a list without gaps and without lists in it, several times as fast.

    A batch hands over tens of thousands of values in lists: no step of it is written in Python.
    """

    def dump(self, obj: list[Any]) -> Buffer | None:
        """Return the list in PostgreSQL's binary form: a head, then each value after its length."""
        element = self.sub_dumper
        if not obj or None in obj or isinstance(obj[0], list) or not (element and element.oid):
            return super().dump(obj)
        values: list[Any] = list(map(element.dump, obj))
        lengths = map(_LENGTH.pack, map(len, values))
        head = _HEAD.pack(1, 0, element.oid, len(values), 1)
        return b"".join((head, *chain.from_iterable(zip(lengths, values, strict=True))))
