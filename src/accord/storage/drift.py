"""The comparison of all orders in PostgreSQL: whole sets in one statement each."""

from collections.abc import Sequence

from msgspec import json
from sqlalchemy.ext.asyncio import AsyncEngine

from accord.domain.matrix import Matrix
from accord.engine.drift_ledger import Shape
from accord.storage.statement import statement


class PostgresDrift:
    """A ``DriftLedger``."""

    def __init__(self, single: AsyncEngine) -> None:
        self._single = single

    async def shapes(self) -> Sequence[Shape]:
        """Return every shape that any order has, by its digest."""
        async with self._single.connect() as connection:
            rows = await connection.execute(statement("list_shapes"))
            return [
                Shape(
                    digest=row.shape,
                    orders=row.orders,
                    order=str(row.id),
                    matrix=json.decode(row.matrix, type=Matrix),
                )
                for row in rows
            ]
