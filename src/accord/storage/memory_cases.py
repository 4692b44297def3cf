"""The cases of the memory store."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from accord.domain.case import Case, CaseKind
from accord.domain.matrix import Matrix
from accord.engine.case_desk import CaseFile, Sought
from accord.engine.desk import Deed
from accord.engine.ports import Change
from accord.storage.cases import SAME_WITHIN, Found
from accord.storage.facts import names_meant
from accord.storage.memory_rows import OrderRow

_WORST = {kind: place for place, kind in enumerate(CaseKind)}


@dataclass(slots=True)
class CaseRow:
    """One case with what became of it."""

    id: int
    order: str
    case: Case
    opened_at: datetime
    seen_at: datetime
    times: int = 1
    holds: bool = True
    closed_at: datetime | None = None
    closed_by: str = ""
    why: str = ""

    @property
    def counts_from(self) -> datetime:
        """When it begins to count."""
        return self.opened_at + self.case.after

    def reopen(self) -> None:
        """Open it once more."""
        self.closed_at, self.closed_by, self.why = None, "", ""
        self.holds, self.times = True, self.times + 1


class MemoryCases:
    """A ``CaseDesk``, as simple as its meaning allows."""

    def __init__(
        self,
        orders: Mapping[str, OrderRow],
        note: Callable[[Deed, list[str]], object],
        apply: Callable[[str, Change, datetime], None],
    ) -> None:
        """Put deeds on record with ``note``; change orders with ``apply``."""
        self._orders = orders
        self._note = note
        self._apply = apply
        self._rows: dict[int, CaseRow] = {}
        self._numbers = 0

    def write(self, found: Sequence[Found], kinds: frozenset[CaseKind], now: datetime) -> None:
        """Make the cases of some orders exactly those given, as far as they are ``whole``."""
        for one in found:
            if one.whole:
                self._end(one, kinds, now)
        for one in found:
            for case in one.cases:
                self._hold(str(one.order), case, now)

    def _end(self, found: Found, kinds: frozenset[CaseKind], now: datetime) -> None:
        given = {case.key for case in found.cases}
        for row in list(self._rows.values()):
            meant = row.order == str(found.order) and found.system in {"", row.case.system}
            if not (meant and row.holds and row.case.kind in kinds) or row.case.key in given:
                continue
            if row.closed_at is None and row.counts_from > now:
                del self._rows[row.id]
                continue
            row.holds = False
            if row.closed_at is None:
                row.closed_at, row.why = now, "it is so no more"

    def _hold(self, order: str, case: Case, now: datetime) -> None:
        same = [r for r in self._rows.values() if r.order == order and r.case.key == case.key]
        row = next((r for r in same if r.holds), None)
        lately = [r for r in same if r.closed_at and r.closed_at > now - SAME_WITHIN]
        if row is None and lately:
            row = lately[-1]
            row.reopen()
        if row is None:
            self._numbers += 1
            row = CaseRow(self._numbers, order, case, now, now)
            self._rows[row.id] = row
        elif row.closed_at is not None and row.case.what != case.what:
            row.reopen()
        row.seen_at = now
        row.case = Case(case.kind, case.system, case.subject, case.what, row.case.after)

    async def cases(self, sought: Sought, now: datetime, limit: int) -> Sequence[CaseFile]:
        """Return cases that count at ``now``: open ones worst first, closed ones latest first."""
        found = [self._file(row) for row in self._meant(sought, now)]
        found.sort(key=lambda one: (_WORST[one.kind], one.counts_from, one.id))
        if sought.closed:
            found.sort(key=lambda one: one.closed_at or now, reverse=True)
        return found[:limit]

    async def count_cases(self, sought: Sought, now: datetime) -> int:
        """Return how many cases are meant."""
        return sum(1 for _ in self._meant(sought, now))

    async def case(self, number: int) -> CaseFile | None:
        """Return one case, open or closed."""
        row = self._rows.get(number)
        return self._file(row) if row else None

    async def close(self, number: int, deed: Deed) -> bool:
        """Close an open case for the deed's reason; return False if it is not open."""
        row = self._rows.get(number)
        if row is None or row.closed_at is not None:
            return False
        row.closed_at, row.closed_by, row.why = deed.at, deed.who, deed.why
        self._note(deed, [str(number)])
        return True

    async def rule(self, number: int, change: Callable[[Matrix], Change], deed: Deed) -> bool:
        """Change the order of an open case, close it, and put down what follows, all at once."""
        row = self._rows.get(number)
        if row is None:
            return False
        order = self._orders[row.order]
        async with order.hand:
            made = change(order.matrix)
            if not await self.close(number, deed):
                return False
            self._apply(row.order, made, deed.at)
        return True

    def opened(self, since: datetime) -> int:
        """Return how many were noticed from a moment on."""
        return sum(row.opened_at >= since for row in self._rows.values())

    def closed(self, since: datetime) -> int:
        """Return how many were closed from a moment on."""
        times = [row.closed_at for row in self._rows.values()]
        return sum(closed_at is not None and closed_at >= since for closed_at in times)

    def _meant(self, sought: Sought, now: datetime) -> Iterator[CaseRow]:
        for row in self._rows.values():
            names = {ref.value for ref in self._orders[row.order].matrix.refs}
            if (
                (row.closed_at is not None) == sought.closed
                and row.counts_from <= now
                and sought.kind in {None, row.case.kind}
                and sought.system in {"", row.case.system}
                and (not sought.order or not names.isdisjoint(names_meant(sought.order)))
            ):
                yield row

    def _file(self, row: CaseRow) -> CaseFile:
        return CaseFile(
            id=row.id,
            order=row.order,
            number=self._orders[row.order].matrix.number or "",
            kind=row.case.kind,
            system=row.case.system,
            subject=row.case.subject,
            what=row.case.what,
            opened_at=row.opened_at,
            counts_from=row.counts_from,
            seen_at=row.seen_at,
            times=row.times,
            closed_at=row.closed_at,
            closed_by=row.closed_by,
            why=row.why,
        )
