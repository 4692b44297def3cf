"""A batch of envelopes in one hand, in the memory store."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Protocol

from accord.domain.matrix import Matrix
from accord.domain.report import Ref
from accord.engine.envelope import Envelope, Lookup
from accord.engine.ports import Change, Verdict
from accord.storage.facts import Wanted, wanted_by
from accord.storage.memory_rows import OrderRow

# A change with the number of its order.
Placed = tuple[str, Change]


class Orders(Protocol):
    """What of the memory store a sitting works with."""

    rows: dict[str, OrderRow]

    def named(self, ref: Ref) -> str | None:
        """Return the one order that has this name."""

    def next_number(self) -> str:
        """Return the number of a new order."""

    def check(self, placed: Sequence[Placed]) -> None:
        """Raise ``LinkTakenError`` for the first name that leads to another order."""

    async def load(self, orders: Collection[str]) -> Mapping[str, Matrix]:
        """Return the matrices of some orders."""


class MemorySitting:
    """A ``Sitting``. What it writes is stored when its block ends without an error."""

    def __init__(self, store: Orders, envelopes: Sequence[Envelope], hands: AsyncExitStack) -> None:
        self._store = store
        self._hands = hands
        self._held: set[str] = set()
        self.envelopes: Sequence[Envelope] = envelopes
        self.written: list[tuple[Sequence[Placed], Sequence[Verdict], datetime]] = []
        self.wanted: list[Wanted] = []

    async def find(self, refs: Collection[Ref]) -> Mapping[Ref, str]:
        """Return which of ``refs`` already name an order, and lock those orders."""
        found = {ref: order for ref in refs if (order := self._store.named(ref))}
        for order in sorted(set(found.values()) - self._held, key=int):
            await self._hands.enter_async_context(self._store.rows[order].hand)
            self._held.add(order)
        return found

    async def matrices(self, orders: Collection[str]) -> Mapping[str, Matrix]:
        """Return the matrices of locked orders."""
        return await self._store.load(orders)

    async def write(
        self,
        changes: Sequence[Change],
        verdicts: Sequence[Verdict],
        lookups: Mapping[str, Sequence[Lookup]],
        now: datetime,
    ) -> None:
        """Store the outcome of the batch. Raises ``LinkTakenError`` when a name is taken."""
        placed = [(change.order or self._store.next_number(), change) for change in changes]
        self._store.check(placed)
        self.written.append((placed, verdicts, now))
        self.wanted += [
            wanted_by(system, one, now) for system in lookups for one in lookups[system]
        ]
