"""What the rules of drift stand on: one order with its truth, its rows and its past. Pure."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property

from msgspec import Struct

from accord.domain.accord import Accord
from accord.domain.cases import UNBOOKED_FOR
from accord.domain.comparison import Comparison, compare
from accord.domain.drift import Drift, DriftPattern
from accord.domain.matrix import Cell, Matrix
from accord.domain.milestones import resting_on
from accord.domain.parcels import Group
from accord.domain.past import Edit, Past, edits, moment
from accord.domain.report import THE_ORDER
from accord.domain.situation import speaks
from accord.domain.tracks import State, Track
from accord.domain.truth import Truth
from accord.domain.vocabulary import PROGRESS_COLUMN


class Grounds(Struct, frozen=True, dict=True):
    """One order as the rules of drift look at it."""

    matrix: Matrix
    accord: Accord
    so: Truth
    past: Past = Past()

    @cached_property
    def rows(self) -> Sequence[Comparison]:
        """Each mirror's cell beside the truth."""
        return compare(self.matrix, self.accord, self.so)

    @cached_property
    def last_edits(self) -> dict[str, Edit]:
        """What mirrors changed by themselves and have not changed since, by the key of the cell."""
        made = edits(self.past, self.accord, self.so)
        return {one.cell.key: one for one in made if one.is_last}

    @cached_property
    def began(self) -> datetime:
        """When the order began, as its owner tells."""
        cells = self.of_order() or [*self.matrix.cells.values()]
        return min(map(moment, cells))

    def of_order(self) -> list[Cell]:
        """Return the owner's word on the order, if it said one."""
        return list(self._own(Track.ORDER, None))

    def owners_of(self, row: Comparison) -> list[Cell]:
        """Return the owners' words a row of the comparison rests on."""
        if row.column == PROGRESS_COLUMN:
            found = resting_on(PROGRESS_COLUMN, None, self.so, self.matrix, self.accord)
            return list(found) or self.of_order()
        if not row.subject:
            return list(self._own(row.track, None))
        groups = [p.group for p in self.so.parcels] + [r.group for r in self.so.returns]
        group = next((group for group in groups if group.id == row.subject), None)
        return list(self._own(row.track, group))

    def _own(self, track: Track, group: Group | None) -> Iterator[Cell]:
        owner = self.accord.ownership.owner(track, group.location if group else "")
        record = group.records.get(owner or "") if group else None
        subject = record.subject if record else THE_ORDER
        cell = self.matrix.cell(owner, track, subject) if owner else None
        if cell is not None and (group is None or record is not None):
            yield cell

    def promised(self) -> datetime | None:
        """Return until when goods are promised that have not left; None where nothing is told."""
        if self.so.progress is State.COMPLETE or self.so.order is State.CANCELLED:
            return None
        told = (known.particulars.promised_at for known in self.matrix.known.values())
        return min((time for time in told if time is not None), default=None)

    def returned_since(self) -> datetime:
        """Return since when the owner of returns says of one what it says now, at the latest."""
        groups = [item.group for item in self.so.returns]
        cells = [cell for group in groups for cell in self._own(Track.RETURN, group)]
        return max(map(self.past.since, cells), default=self.began)

    def is_silent(self, system: str) -> bool:
        """Return whether a system has a record of the order and has never said a word on it."""
        return self.matrix.own_ref(system) is not None and not speaks(self.matrix, system)

    def drift(
        self,
        pattern: DriftPattern,
        system: str,
        track: Track,
        *,
        what: str,
        cause: str,
        subject: str = "",
        cells: Collection[Cell] = (),
        since: datetime | None = None,
        deadline: datetime | None = None,
    ) -> Drift:
        """Return a finding; its deadline is the promise made for the goods, if that is nearer."""
        began = since or max(map(self.past.since, cells), default=self.began)
        limit = deadline or began + self.within(pattern)
        promised = self.promised() if pattern in _OF_GOODS else None
        return Drift(
            pattern=pattern,
            system=system,
            track=track,
            subject=subject,
            what=what,
            cause=cause,
            since=began,
            deadline=min(limit, promised) if promised else limit,
            evidence=tuple(dict.fromkeys(cell.evidence for cell in cells if cell.evidence)),
        )

    def within(self, pattern: DriftPattern) -> timedelta:
        """Return how long a drift may last: books are often written once a day."""
        return UNBOOKED_FOR if pattern in _OF_BOOKS else self.accord.latency_target


_OF_BOOKS = frozenset(
    {
        DriftPattern.UNACKNOWLEDGED_ORDER,
        DriftPattern.ORPHANED_PAYMENT,
        DriftPattern.UNPROCESSED_RETURN,
        DriftPattern.MISSED_FIRST_UPDATE,
        DriftPattern.NO_COUNTERPART,
    }
)
_OF_GOODS = frozenset({DriftPattern.STALLED_STAGE, DriftPattern.OPEN_PARTIAL_SHIPMENT})


def plain(state: State | None) -> str:
    """Return a state as people read it."""
    return "unknown" if state is None else state.replace("_", " ")
