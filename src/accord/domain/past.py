"""What was said before: since when something holds, and what a mirror changed by itself. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from accord.domain.accord import Accord
from accord.domain.comparison import satisfied
from accord.domain.matrix import Cell, cell_key
from accord.domain.report import THE_ORDER
from accord.domain.tracks import State, Track
from accord.domain.truth import Truth


class Said(Struct, frozen=True):
    """One change of a cell, and when Accord took it over."""

    cell: Cell
    heard_at: datetime


class Past(Struct, frozen=True):
    """Every change of every cell of one order, oldest first; empty where nobody looked."""

    said: tuple[Said, ...] = ()

    def since(self, cell: Cell) -> datetime:
        """Return since when a cell has said what it says: another word for it is no change."""
        began = moment(cell)
        for each in reversed(self.said):
            if each.cell.key == cell.key:
                if each.cell.state is not cell.state:
                    break
                began = min(began, moment(each.cell))
        return began


def moment(cell: Cell) -> datetime:
    """Return when a state came about, as far as its system tells."""
    return cell.happened_at or cell.said_at


class Edit(Struct, frozen=True):
    """A mirror that was in step went out of it, and its owner had said nothing new."""

    cell: Cell
    owner: Cell
    heard_at: datetime
    is_last: bool


def edits(past: Past, accord: Accord, so: Truth) -> list[Edit]:
    """Return what mirrors changed by themselves, oldest first."""
    owners = dict(_owners(accord, so))
    last = {each.cell.key: place for place, each in enumerate(past.said)}
    table: dict[str, Cell] = {}
    found = []
    for place, each in enumerate(past.said):
        key, cell = each.cell.key, each.cell
        owner, before = table.get(owners.get(key, "")), table.get(key)
        table[key] = cell
        if owner is None or before is None:
            continue
        in_step = _agree(accord, owner.state, before, so)
        if in_step and not _agree(accord, owner.state, cell, so):
            found.append(Edit(cell, owner, each.heard_at, last[key] == place))
    return found


def most_within(found: list[Edit], span: timedelta) -> list[Edit]:
    """Return the most edits of one order that lie within ``span``, the later ones if as many."""
    windows = (
        [one for one in found if first.heard_at <= one.heard_at <= first.heard_at + span]
        for first in reversed(found)
    )
    return max(windows, key=len, default=[])


def _agree(accord: Accord, expected: State, cell: Cell, so: Truth) -> bool:
    return satisfied(accord.systems[cell.system], cell.track, expected, cell.state, so)


def _owners(accord: Accord, so: Truth) -> Iterator[tuple[str, str]]:
    """Yield the key of each mirror's cell with that of its owner's."""
    for track in (Track.ORDER, Track.PAYMENT):
        owner = accord.ownership.owner(track)
        for name in accord.systems:
            if owner and accord.ownership.is_mirror(name, track):
                yield cell_key(name, track, THE_ORDER), cell_key(owner, track, THE_ORDER)
    ways = [(Track.FULFILLMENT, p.group) for p in so.parcels]
    ways += [(Track.DELIVERY, p.group) for p in so.parcels]
    ways += [(Track.RETURN, r.group) for r in so.returns]
    for track, group in ways:
        own = group.records.get(accord.ownership.owner(track, group.location) or "")
        for name, record in group.records.items():
            if own and accord.ownership.is_mirror(name, track):
                yield (
                    cell_key(name, track, record.subject),
                    cell_key(own.system, track, own.subject),
                )
