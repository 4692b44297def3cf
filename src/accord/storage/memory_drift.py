"""The comparison of all orders in the memory store."""

from collections.abc import Mapping, Sequence

from accord.engine.drift_ledger import Shape
from accord.storage.memory_rows import OrderRow


class MemoryDrift:
    """A ``DriftLedger``."""

    def __init__(self, orders: Mapping[str, OrderRow]) -> None:
        self._orders = orders

    async def shapes(self) -> Sequence[Shape]:
        """Return every shape that any order has, by its digest."""
        alike: dict[bytes, list[OrderRow]] = {}
        for row in self._orders.values():
            alike.setdefault(row.shape, []).append(row)
        return [
            Shape(digest=digest, orders=len(rows), order=rows[0].order, matrix=rows[0].matrix)
            for digest, rows in sorted(alike.items())
        ]
