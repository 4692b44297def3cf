"""A batch of envelopes in one hand, inside one transaction of PostgreSQL."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from accord.domain.matrix import Matrix
from accord.domain.report import Ref
from accord.engine.envelope import Envelope, Lookup, Standing
from accord.engine.ports import Change, Verdict
from accord.storage import cases, orders, repairs, tasks
from accord.storage.connections import Connection
from accord.storage.desk import set_aside
from accord.storage.facts import Wanted, wanted_by, wanted_by_change
from accord.storage.numbers import count_agreed
from accord.storage.statement import all_storable, order_number, statement, storable


class PostgresSitting:
    """A ``Sitting``. A batch costs a dozen statements, however many envelopes it holds.

    Everything is locked in one order (orders by number, then names, then tasks), so that two
    sittings wait for each other but never in a circle.
    """

    def __init__(self, connection: Connection, envelopes: Sequence[Envelope]) -> None:
        self._connection = connection
        self.envelopes: Sequence[Envelope] = envelopes
        # As they were when they were taken in hand; a stored matrix has all of its names linked.
        self._held: dict[str, Matrix] = {}

    async def find(self, refs: Collection[Ref]) -> Mapping[Ref, str]:
        """Return which of ``refs`` already name an order, and lock those orders."""
        if not refs:
            return {}
        found = await orders.find(self._connection, refs)
        if found:
            self._held |= await orders.take(self._connection, set(found.values()))
        return found

    async def matrices(self, orders_: Collection[str]) -> Mapping[str, Matrix]:
        """Return the matrices of locked orders."""
        return {order: self._held[order] for order in orders_ if order in self._held}

    async def write(
        self,
        changes: Sequence[Change],
        verdicts: Sequence[Verdict],
        lookups: Mapping[str, Sequence[Lookup]],
        now: datetime,
    ) -> None:
        """Store the outcome of the batch. Raises ``LinkTakenError`` when a name is taken."""
        numbers = await self._store(changes, now)
        placed = list(zip(changes, numbers, strict=True))
        names = [(ref, number) for change, number in placed for ref in self._fresh(change, number)]
        if any(verdict.waits_for for verdict in verdicts):
            await self._connection.execute(statement("await_linking"))
        elif names:
            await self._connection.execute(statement("await_parking"))
        await orders.name(self._connection, names)
        told = [(number, cell) for change, number in placed for cell in change.told]
        await orders.add_history(self._connection, told, now)
        await self._settle(verdicts, now)
        await cases.of_facts(self._connection, placed, now)
        await count_agreed(self._connection, changes, now)
        wanted = [
            each for change, number in placed for each in wanted_by_change(str(number), change, now)
        ]
        await tasks.ask(self._connection, [*wanted, *_rereads(lookups, now)])
        await repairs.note(self._connection, repairs.found_in(placed), now)

    def _fresh(self, change: Change, number: int) -> list[Ref]:
        """Return the names that the order did not have before; none is ever taken from it."""
        before = self._held.get(str(number))
        if before is None:
            return sorted(change.matrix.refs)
        refs, named = change.matrix.refs, before.refs
        return [] if refs == named else sorted(set(refs) - set(named))

    async def _store(self, changes: Sequence[Change], now: datetime) -> list[int]:
        """Write the matrices; return the number of each change's order."""
        new = [change.matrix for change in changes if change.order is None]
        made = iter(await orders.create(self._connection, new, now))
        seen = {change.order: change.matrix for change in changes if change.order is not None}
        await orders.update(self._connection, seen, now)
        return [
            next(made) if change.order is None else order_number(change.order) for change in changes
        ]

    async def _settle(self, verdicts: Sequence[Verdict], now: datetime) -> None:
        if not verdicts:
            return
        await set_aside(self._connection, verdicts)
        waits = [v.waits_for if v.standing is Standing.WAITING else None for v in verdicts]
        await self._connection.execute(
            statement("settle_envelopes"),
            {
                "envelopes": [verdict.envelope for verdict in verdicts],
                "standings": [verdict.standing.value for verdict in verdicts],
                "reasons": all_storable([verdict.reason for verdict in verdicts]),
                "waits_scopes": [ref and storable(ref.scope) for ref in waits],
                "waits_values": [ref and storable(ref.value) for ref in waits],
                "now": now,
            },
        )


def _rereads(lookups: Mapping[str, Sequence[Lookup]], now: datetime) -> Iterator[Wanted]:
    for system, asked in lookups.items():
        for lookup in asked:
            yield wanted_by(system, lookup, now)
