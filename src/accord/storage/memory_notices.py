"""The ledger of notices of the memory store."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from accord.domain.notice import Notice, NoticeState, Why
from accord.engine.desk import Deed
from accord.engine.notice_ledger import Ending, Epoch, Looked, Mark, Sending
from accord.storage.facts import names_meant
from accord.storage.memory_rows import OrderRow

_ON_ITS_WAY = frozenset({NoticeState.INTENT, NoticeState.AMBIGUOUS})


class MemoryNotices:
    """A ``NoticeLedger``, as simple as its meaning allows."""

    def __init__(
        self, orders: Mapping[str, OrderRow], note: Callable[[Deed, list[int]], object]
    ) -> None:
        """Put deeds on record with ``note``."""
        self._orders = orders
        self._deed = note
        self._rows: dict[int, Notice] = {}
        self._epoch: Epoch | None = None
        self.server = "memory"  # a test lets another one take over

    def _where(self, message: str) -> list[Notice]:
        return [row for row in self._rows.values() if message and row.message == message]

    async def of_order(self, order: str) -> Sequence[Notice]:
        """Return all rows of one order, oldest first."""
        return [row for row in self._rows.values() if row.order == order]

    async def note(self, rows: Sequence[Notice]) -> None:
        """Add rows; where one is there already for its milestone, that one stands."""
        for row in rows:
            known = {(one.order, one.key) for one in self._rows.values()}
            if row.order in self._orders and (row.order, row.key) not in known:
                number = len(self._rows) + 1
                self._rows[number] = replace(row, id=number)

    async def drop(self, rows: Sequence[Notice]) -> None:
        """Store why rows that still wait will not be sent."""
        for row in rows:
            held = self._rows.get(row.id)
            if held is not None and held.state is NoticeState.WAITING:
                self._rows[row.id] = replace(
                    held, state=NoticeState.SUPPRESSED, why=row.why, answer=row.answer
                )

    async def intend(self, sending: Sending, mark: Mark) -> int | None:
        """Write down that a message is about to be sent; return how many were by now."""
        epoch = self._epoch
        if epoch is None or not self._permits(epoch, mark):
            return None
        held = [self._rows[number] for number in sending.rows if number in self._rows]
        if len(held) != len(sending.rows) or not all(_is_free(row, sending) for row in held):
            return None
        for row in held:
            self._rows[row.id] = replace(
                row,
                state=NoticeState.INTENT,
                message=sending.message,
                content=sending.content,
                token=sending.token,
                tries=row.tries + 1,
                first_called_at=row.first_called_at or sending.at,
                called_at=sending.at,
                not_before=None,
            )
        self._epoch = replace(epoch, sends=epoch.sends + 1)
        return self._epoch.sends

    def _permits(self, epoch: Epoch, mark: Mark) -> bool:
        same = (epoch.id, epoch.cluster) == (mark.epoch, self.server)
        return same and epoch.sends >= mark.sends and not epoch.stopped

    async def end(self, ending: Ending) -> bool:
        """Store what came of a call; return whether it counted."""
        counted = False
        for row in self._where(ending.message):
            own = row.state is NoticeState.INTENT and row.token == ending.token
            sent = ending.state is NoticeState.SENT and row.state in _ON_ITS_WAY
            if own or sent:
                counted = True
                again = ending.state is NoticeState.WAITING
                self._rows[row.id] = replace(
                    row,
                    state=ending.state,
                    answer=ending.answer,
                    not_before=ending.not_before,
                    first_called_at=None if again else row.first_called_at,
                )
        return counted

    async def recover(self, order: str, token: int, now: datetime) -> int:
        """Make ambiguous what hands before ``token`` meant to send and said no more about."""
        del now
        left = [
            row
            for row in self._rows.values()
            if row.order == order and row.state is NoticeState.INTENT and row.token < token
        ]
        for row in left:
            self._rows[row.id] = replace(
                row,
                state=NoticeState.AMBIGUOUS,
                answer="whoever sent it did not say what came of it",
            )
        return len(left)

    async def epoch(self) -> Epoch | None:
        """Return the send epoch, None before there was one."""
        return self._epoch

    async def cluster(self) -> str:
        """Return a name for the server."""
        return self.server

    async def begin(self, epoch: Epoch) -> Epoch:
        """Begin the first epoch unless there is one; return the one that holds."""
        self._epoch = self._epoch or epoch
        return self._epoch

    async def tell_of(self, names: Collection[str], now: datetime) -> None:
        """Note that these things are told of from ``now`` on, if not yet."""
        if self._epoch is not None:
            things = {**dict.fromkeys(names, now), **self._epoch.things}
            self._epoch = replace(self._epoch, things=things)

    async def stop(self, why: str) -> None:
        """Let nothing be sent until a person resumes it; the first reason stands."""
        if self._epoch is not None:
            self._epoch = replace(self._epoch, stopped=self._epoch.stopped or why)

    async def renew(self, epoch: Epoch, deed: Deed) -> bool:
        """Put ``epoch`` in the place of the one it names last in ``former``; keep the deed."""
        if self._epoch is None or epoch.former[-1:] != (self._epoch.id,):
            return False
        self._epoch = epoch
        self._deed(deed, [0])
        return True

    async def listed(self, looked: Looked, limit: int) -> Sequence[Notice]:
        """Return notices, newest first."""
        found = [row for row in self._rows.values() if self._is_meant(row, looked)]
        return sorted(found, key=lambda row: row.id, reverse=True)[:limit]

    def _is_meant(self, row: Notice, looked: Looked) -> bool:
        if looked.states and row.state not in looked.states:
            return False
        names = {ref.value for ref in self._orders[row.order].matrix.refs}
        return not looked.order or not names.isdisjoint(names_meant(looked.order))

    async def notice(self, number: int) -> Notice | None:
        """Return one notice."""
        return self._rows.get(number)

    async def counts(self) -> Mapping[NoticeState, int]:
        """Return how many notices are in which state."""
        return dict(Counter(row.state for row in self._rows.values()))

    async def resolve(self, number: int, state: NoticeState, deed: Deed) -> Sequence[int]:
        """Say what became of a message of unknown outcome; return the rows it was told in."""
        row = self._rows.get(number)
        if row is None or row.state is not NoticeState.AMBIGUOUS:
            return ()
        rows = [r for r in self._where(row.message) if r.state is NoticeState.AMBIGUOUS]
        for each in rows:
            self._rows[each.id] = resolved(each, state, deed)
        numbers = sorted(each.id for each in rows)
        self._deed(deed, numbers)
        return numbers


def _is_free(row: Notice, sending: Sending) -> bool:
    if row.token > sending.token:
        return False
    if sending.again:
        return row.state is NoticeState.AMBIGUOUS and row.message == sending.message
    return row.state is NoticeState.WAITING


def resolved(row: Notice, state: NoticeState, deed: Deed) -> Notice:
    """Return a row as a person says it stands."""
    again = state is NoticeState.WAITING
    return replace(
        row,
        state=state,
        why=Why.BY_HAND if state is NoticeState.SUPPRESSED else None,
        who=deed.who,
        not_before=None,
        first_called_at=None if again else row.first_called_at,
    )
