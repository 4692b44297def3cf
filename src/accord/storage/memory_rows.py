"""The tables of the memory store: envelopes, orders, attempts."""

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from accord.domain.action import action_name
from accord.domain.matrix import Matrix
from accord.domain.reason import Objection
from accord.domain.report import NUMBER, Ref, order_number
from accord.domain.shape import begun_at, shape
from accord.engine.envelope import Envelope, Incoming, Standing
from accord.engine.ports import Attempt
from accord.storage.facts import without_address
from accord.storage.overview import AttemptCount, OrderLine, Told, Tried

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class EnvelopeRow:
    """A kept envelope with what became of it."""

    incoming: Incoming
    id: int
    copies: int = 0
    standing: Standing = Standing.WAITING
    reason: str = ""
    objections: Sequence[Objection] = ()
    tries: int = 0
    waits_for: Ref | None = None
    decided_at: datetime | None = None

    @property
    def is_ready(self) -> bool:
        """Whether it can be read now."""
        return self.waits_for is None and self.standing is Standing.WAITING

    def envelope(self) -> Envelope:
        """Return it as a sitting sees it."""
        return Envelope(
            id=self.id,
            system=self.incoming.system,
            topic=self.incoming.topic,
            origin=self.incoming.origin,
            body=self.incoming.body,
            headers=self.incoming.headers,
            received_at=self.incoming.received_at,
            tries=self.tries,
            failed_here=self.tries > 0,  # there is no other process, and nobody dies
        )


def read_next(
    waiting: Iterable[EnvelopeRow], in_hand: Collection[int], limit: int
) -> list[EnvelopeRow]:
    """Return what is read next: one over which somebody failed, alone, or the oldest others."""
    ready = [row for row in waiting if row.is_ready and row.id not in in_hand]
    suspects = [row for row in ready if row.tries]
    return suspects[: min(limit, 1)] or [row for row in ready if not row.tries][:limit]


@dataclass(slots=True)
class OrderRow:
    """An order with its history, and the lock that keeps it in one hand."""

    order: str
    matrix: Matrix = field(default_factory=Matrix)
    updated_at: datetime = _NEVER
    begun_at: datetime | None = None
    history: list[Told] = field(default_factory=list)
    hand: asyncio.Lock = field(default_factory=asyncio.Lock)

    def hold(self, matrix: Matrix, now: datetime | None = None) -> None:
        """Replace the facts; without ``now`` the order does not count as told anew."""
        self.updated_at = now or self.updated_at
        times = [time for time in (self.begun_at, begun_at(matrix)) if time is not None]
        self.matrix, self.begun_at = matrix, min(times, default=None)

    @property
    def shape(self) -> bytes:
        """Return what is alike in orders of one answer."""
        return shape(self.matrix)

    def number(self) -> int:
        """Return what orders are sorted by: the later one has the greater number."""
        return int(self.order)

    def line(self) -> OrderLine:
        """Return it as a list shows it."""
        return OrderLine(order=self.order, matrix=self.matrix, updated_at=self.updated_at)

    def has_name(self, search: str) -> bool:
        """Return whether a search for ``search`` finds it."""
        name, number = search.strip(), order_number(search).value
        return not name or any(
            ref.value == name or (ref.scope == NUMBER and ref.value.startswith(number))
            for ref in self.matrix.refs
        )


def tried(attempt: Attempt) -> Tried:
    """Return an attempt as an order's page shows it."""
    return Tried(
        system=attempt.system,
        action=without_address(attempt.action),
        outcome=attempt.outcome,
        at=attempt.at,
        took=attempt.took,
    )


def attempt_counts(attempts: Sequence[Attempt]) -> Iterator[AttemptCount]:
    """Yield how many attempts of one kind ended one way."""
    ways = Counter(
        (a.system, action_name(type(a.action)), action_name(type(a.outcome))) for a in attempts
    )
    for (system, action, outcome), number in ways.items():
        yield AttemptCount(system=system, action=action, outcome=outcome, attempts=number)


class Shelf(Protocol):
    """What of the memory store its books look things up in."""

    @property
    def rows(self) -> Mapping[str, OrderRow]:
        """The orders by their numbers."""

    def kept(self, system: str, identity: bytes) -> EnvelopeRow | None:
        """Return the envelope of this identity."""

    def waiting(self) -> Iterable[EnvelopeRow]:
        """Return the envelopes that wait."""

    def named(self, ref: Ref) -> str | None:
        """Return the one order that has this name."""

    async def keep(self, incoming: Sequence[Incoming]) -> int:
        """Keep what was received; return how many were not copies."""
