"""Which milestones an order and its parcels have reached, by the stages of the accord. Pure."""

import hashlib
from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from accord.domain.accord import Accord, Notify, Stage
from accord.domain.matrix import Cell, Matrix
from accord.domain.report import THE_ORDER
from accord.domain.tracks import State, Track
from accord.domain.truth import Parcel, Truth, truth
from accord.domain.view import holds, reached, told_stages
from accord.domain.vocabulary import PROGRESS_COLUMN

OF_A_PARCEL = frozenset({Track.FULFILLMENT, Track.DELIVERY})


class Milestone(Struct, frozen=True, kw_only=True):
    """A stage whose conditions hold for the order, or for one parcel of it.

    ``is_current``: nothing further holds, so it is what a customer would be told now.
    ``is_dated``: its systems told when it came about; otherwise ``came_about`` is when they last
    said so. ``systems`` are those whose word it rests on.
    """

    stage: str
    place: int
    subject: str
    names: tuple[str, ...]
    is_current: bool
    came_about: datetime
    is_dated: bool
    systems: frozenset[str]
    lines: dict[str, int] = {}
    tracking: tuple[str, ...] = ()


def is_of_a_parcel(stage: Stage) -> bool:
    """Return whether a stage is reached by each parcel for itself."""
    return not OF_A_PARCEL.isdisjoint(stage.when)


def fingerprint(stage: Stage) -> str:
    """Return a name for a stage that changes with the conditions under which it is reached."""
    told = ";".join(
        f"{column}={','.join(sorted(states))}" for column, states in sorted(stage.when.items())
    )
    return f"stage {stage.name} {hashlib.sha256(told.encode()).hexdigest()[:12]}"


def milestones(matrix: Matrix, accord: Accord, known: Truth | None = None) -> tuple[Milestone, ...]:
    """Return every milestone that holds and of which customers are to be told, first ones first.

    A cancellation holds once no parcel is in anybody's hands any more, and none has left.
    """
    if not matrix.cells:
        return ()
    so = known or truth(matrix, accord)
    stages = told_stages(accord)
    found = [*_of_order(stages, so, matrix, accord), *_of_parcels(stages, so, matrix, accord)]
    return tuple(sorted(found, key=lambda one: (one.place, one.subject)))


def live(so: Truth) -> list[Parcel]:
    """Return the parcels a customer hears of: those that are not called off."""
    return [p for p in so.parcels if p.fulfillment not in {None, State.CANCELLED}]


def _of_order(
    stages: list[Stage], so: Truth, matrix: Matrix, accord: Accord
) -> Iterator[Milestone]:
    furthest = max([reached(stages, so, None), *(reached(stages, so, p) for p in live(so))])
    for place, stage in enumerate(stages):
        if stage.notify is Notify.NEVER or is_of_a_parcel(stage) or not holds(stage, so, None):
            continue
        if State.CANCELLED in stage.when.get(Track.ORDER, ()) and _left(so):
            continue
        cells = [c for column in stage.when for c in resting_on(column, None, so, matrix, accord)]
        if cells:
            yield _milestone(stage, place, cells, is_current=place == furthest)


def _of_parcels(
    stages: list[Stage], so: Truth, matrix: Matrix, accord: Accord
) -> Iterator[Milestone]:
    for parcel in live(so):
        furthest = reached(stages, so, parcel)
        for place, stage in enumerate(stages):
            told = stage.notify is not Notify.NEVER and is_of_a_parcel(stage)
            if not told or not holds(stage, so, parcel):
                continue
            cells = [
                c for column in stage.when for c in resting_on(column, parcel, so, matrix, accord)
            ]
            if cells:
                current = place == furthest
                yield _milestone(stage, place, cells, is_current=current, parcel=parcel)


def _milestone(
    stage: Stage, place: int, cells: list[Cell], *, is_current: bool, parcel: Parcel | None = None
) -> Milestone:
    group = parcel.group if parcel else None
    return Milestone(
        stage=stage.name,
        place=place,
        subject=group.id if group else "",
        names=tuple(sorted(r.name for r in group.records.values())) if group else (),
        is_current=is_current,
        came_about=max(cell.happened_at or cell.said_at for cell in cells),
        is_dated=all(cell.happened_at is not None for cell in cells),
        systems=frozenset(cell.system for cell in cells),
        lines=dict(group.lines) if group else {},
        tracking=group.tracking if group else (),
    )


def _left(so: Truth) -> bool:
    """Return whether goods are on their way all the same: that is no cancellation to tell of."""
    return any(parcel.fulfillment is State.SHIPPED for parcel in so.parcels)


def resting_on(
    column: str, parcel: Parcel | None, so: Truth, matrix: Matrix, accord: Accord
) -> Iterator[Cell]:
    """Yield the owners' words by which a column's condition holds."""
    match column:
        case Track.ORDER | Track.PAYMENT:
            track = Track(column)
            yield from _cell(accord.ownership.owner(track), track, matrix)
        case Track.FULFILLMENT | Track.DELIVERY if parcel is not None:
            yield from _parcel_cell(Track(column), parcel, matrix, accord)
        case _ if column == PROGRESS_COLUMN:
            for each in live(so):
                yield from _parcel_cell(Track.FULFILLMENT, each, matrix, accord)
        case Track.RETURN:
            for item in so.returns:
                record = item.group.records.get(item.group.owner or "")
                cell = record and matrix.cell(record.system, Track.RETURN, record.subject)
                if cell:
                    yield cell
        case _:
            return


def _cell(owner: str | None, track: Track, matrix: Matrix) -> Iterator[Cell]:
    cell = matrix.cell(owner, track, THE_ORDER) if owner else None
    if cell is not None:
        yield cell


def _parcel_cell(track: Track, parcel: Parcel, matrix: Matrix, accord: Accord) -> Iterator[Cell]:
    owner = accord.ownership.owner(track, parcel.group.location)
    record = parcel.group.records.get(owner or "")
    cell = record and matrix.cell(record.system, track, record.subject)
    if cell:
        yield cell
