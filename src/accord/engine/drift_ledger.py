"""What the comparison of all orders asks of the database, and keeps in it."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from accord.domain.matrix import Matrix


class Shape(Struct, frozen=True, kw_only=True):
    """Orders that differ in names only: how many there are, and one of them."""

    digest: bytes
    orders: int
    order: str
    matrix: Matrix


class DriftLedger(Protocol):
    """The orders by their shape, and what was found of them."""

    async def shapes(self) -> Sequence[Shape]:
        """Return every shape that any order has, by its digest."""
