"""One strict way to read JSON, the same for every system, and an error that names the place.

Parsers disagree about doubled keys, NaN, endless numbers and deep nesting; whoever can choose
which parser sees what can say two things at once. What is not plainly JSON is not read at all.
"""

import json
from typing import Any, TypeVar

import msgspec

from accord.domain.errors import UnreadableError

T = TypeVar("T")

LARGEST_BODY = 1024 * 1024
LONGEST_STRING = 64 * 1024
DEEPEST = 32
MOST_VALUES = 10_000
LARGEST_NUMBER = 2**63

# What is left of a body to count in. Most of one is neither, and counting in less is faster.
_NEITHER = bytes(set(range(256)) - set(b'":,[{'))
_DIGITS_ONLY = bytes(
    ord("0") if chr(byte).isdigit() and byte < ord(":") else 32 for byte in range(256)
)
# A number beyond 64 bits has at least as many digits as this.
_MANY_DIGITS = b"0" * len(str(LARGEST_NUMBER))


class NotPlainJsonError(UnreadableError):
    """JSON that another parser might read as something else, or choke on."""

    def __init__(self, what: str) -> None:
        super().__init__(f"not plain JSON: {what}. Look at the sender; nothing was read.")


def read_json(body: bytes, shape: type[T]) -> T:
    """Return ``body`` as ``shape``. Raises ``UnreadableError`` naming what does not fit."""
    plainly_json(body)
    try:
        return decoder(shape).decode(body)
    except (ValueError, OverflowError, RecursionError) as error:
        message = f"not the documented shape: {error}"
        raise UnreadableError(message) from error


_DECODERS: dict[type[Any], msgspec.json.Decoder[Any]] = {}


def decoder(shape: type[T]) -> msgspec.json.Decoder[T]:
    """Return what decodes into ``shape``, made once: finding it anew costs as much as decoding."""
    found = _DECODERS.get(shape)
    if found is None:
        found = _DECODERS[shape] = msgspec.json.Decoder(shape)
    return found


def write_json(value: Any) -> bytes:
    """Return ``value`` as JSON, the keys in a fixed order so that equal values are equal bytes."""
    return msgspec.json.encode(value, order="deterministic")


def plainly_json(body: bytes) -> None:
    """Raise ``UnreadableError`` where another parser might read something else, or choke."""
    if len(body) > LARGEST_BODY:
        what = f"{len(body)} bytes, more than {LARGEST_BODY}"
        raise NotPlainJsonError(what)
    try:
        value = msgspec.json.decode(body)
    except (ValueError, RecursionError) as error:
        raise NotPlainJsonError(str(error)) from error
    marks = body.translate(None, _NEITHER)
    if _may_repeat_keys(body, marks, value):
        _refuse_repeated_keys(body)
    _refuse_excess(body, marks, value)


def _may_repeat_keys(body: bytes, marks: bytes, value: Any) -> bool:
    """Return False only where no object can have a key twice.

    Of a key its quotes and its colon are left in ``marks``, so it ends in ``":``, and so may a
    text, by what stands in it. Writing the value again drops the first of two equal keys, and
    leaves the same of every text: fewer of them come back. How a quote or a colon was escaped
    makes no difference, except by its number: then the slow way decides.
    """
    if b"\\" in body and b"\\u" in body:
        return True
    again = msgspec.json.encode(value).translate(None, _NEITHER)
    return marks.count(b'":') != again.count(b'":')


def _refuse_repeated_keys(body: bytes) -> None:
    def pairs(given: list[tuple[str, Any]]) -> None:
        keys = [key for key, _ in given]
        if len(set(keys)) != len(keys):
            twice = next(key for key in keys if keys.count(key) > 1)
            what = f"the key {twice[:80]!r} stands twice in one object"
            raise NotPlainJsonError(what)

    json.loads(body, object_pairs_hook=pairs)


def _refuse_excess(body: bytes, marks: bytes, value: Any) -> None:
    """Refuse what is too many, nests too deeply, is too long or too large to be an order.

    Counting bytes settles almost every body; only what might be too much is walked through.
    """
    brackets = marks.count(b"[") + marks.count(b"{")
    if brackets + marks.count(b",") >= MOST_VALUES:
        what = f"more than {MOST_VALUES} values"
        raise NotPlainJsonError(what)
    if brackets > DEEPEST and _nests_deeper(value, DEEPEST):
        what = f"nested deeper than {DEEPEST}"
        raise NotPlainJsonError(what)
    large = _MANY_DIGITS in body.translate(_DIGITS_ONLY)
    nul = b"\\" in body and b"\\u0000" in body
    if large or nul or len(body) > LONGEST_STRING:
        _refuse_odd(value)


def _nests_deeper(value: Any, levels: int) -> bool:
    inside = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(
        _nests_deeper(inner, levels - 1) for inner in inside if isinstance(inner, dict | list)
    )


def _refuse_odd(value: Any) -> None:
    match value:
        case dict():
            for key, inner in value.items():
                _refuse_odd(key)
                _refuse_odd(inner)
        case list():
            for inner in value:
                _refuse_odd(inner)
        case str() if len(value) > LONGEST_STRING:
            what = f"a text of {len(value)} characters"
            raise NotPlainJsonError(what)
        case str() if "\0" in value:
            what = "a text with a NUL character"
            raise NotPlainJsonError(what)
        case int() if not -LARGEST_NUMBER <= value < LARGEST_NUMBER:
            what = "a number beyond 64 bits"
            raise NotPlainJsonError(what)
