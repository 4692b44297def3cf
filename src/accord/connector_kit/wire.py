"""One way to read JSON: typed, UTF-8 only, and an error that names the place."""

from typing import Any, TypeVar

import msgspec

from accord.domain.errors import UnreadableError

T = TypeVar("T")


def read_json(body: bytes, shape: type[T]) -> T:
    """Return ``body`` as ``shape``. Raises ``UnreadableError`` naming what does not fit."""
    try:
        return msgspec.json.decode(body, type=shape)
    except (ValueError, RecursionError) as error:
        message = f"not the documented shape: {error}"
        raise UnreadableError(message) from error


def write_json(value: Any) -> bytes:
    """Return ``value`` as JSON, the keys in a fixed order so that equal values are equal bytes."""
    return msgspec.json.encode(value, order="deterministic")
