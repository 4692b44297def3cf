"""Who is right: on each row the owner's word, and the order's progress from quantities."""

from collections.abc import Iterable

from msgspec import Struct

from accord.domain.accord import Accord, Rule
from accord.domain.matrix import Cell, Matrix
from accord.domain.parcels import Group, groups
from accord.domain.report import THE_ORDER, Subject, SubjectKind
from accord.domain.ruling import Verdict
from accord.domain.tracks import State, Track


class Parcel(Struct, frozen=True):
    """One parcel as its owners have it. None where the owner has said nothing yet."""

    group: Group
    fulfillment: State | None
    delivery: State | None


class Return(Struct, frozen=True):
    """One return as its owner has it."""

    group: Group
    state: State | None


class Truth(Struct, frozen=True):
    """What is so, by the owners' own words. Derived whenever it is needed, never stored.

    ``wanted`` and ``shipped`` map a line to a quantity; ``progress`` follows from them. A piece
    that left and came back counts in both: it takes nothing from what is still to be sent.
    """

    order: State | None
    payment: State | None
    progress: State | None
    parcels: tuple[Parcel, ...]
    returns: tuple[Return, ...]
    wanted: dict[str, int]
    shipped: dict[str, int]


def truth(matrix: Matrix, accord: Accord) -> Truth:
    """Return what is so for one order, row by row."""
    parcels = tuple(
        Parcel(
            group,
            _state(matrix, accord, Track.FULFILLMENT, group),
            _delivery(matrix, accord, group),
        )
        for group in groups(matrix, accord, SubjectKind.PARCEL, Track.FULFILLMENT)
    )
    returns = tuple(
        Return(group, _state(matrix, accord, Track.RETURN, group))
        for group in groups(matrix, accord, SubjectKind.RETURN, Track.RETURN)
    )
    wanted = _wanted(matrix, accord)
    shipped = total(p.group.lines for p in parcels if p.fulfillment is State.SHIPPED)
    return Truth(
        order=_of_order(matrix, accord, Track.ORDER),
        payment=_of_order(matrix, accord, Track.PAYMENT),
        progress=None if wanted is None else progress(wanted, shipped),
        parcels=parcels,
        returns=returns,
        wanted=wanted or {},
        shipped=shipped,
    )


def progress(wanted: dict[str, int], shipped: dict[str, int]) -> State:
    """Return how far an order has come, from what is wanted of each line and what left."""
    if not any(shipped.values()):
        return State.NONE
    enough = all(shipped.get(line, 0) >= quantity for line, quantity in wanted.items())
    return State.COMPLETE if enough else State.PARTIAL


def total(parts: Iterable[dict[str, int]]) -> dict[str, int]:
    """Return the sum of quantities by line, lines without any left out."""
    summed: dict[str, int] = {}
    for part in parts:
        for line, quantity in part.items():
            summed[line] = summed.get(line, 0) + quantity
    return {line: quantity for line, quantity in summed.items() if quantity}


def _wanted(matrix: Matrix, accord: Accord) -> dict[str, int] | None:
    owner = accord.ownership.owner(Track.ORDER)
    told = matrix.particulars(owner, THE_ORDER) if owner else None
    if told is None or told.lines is None:
        return None
    return total((told.lines, told.returned)) if told.returned else total((told.lines,))


def _of_order(matrix: Matrix, accord: Accord, track: Track) -> State | None:
    owner = accord.ownership.owner(track)
    own = matrix.cell(owner, track, THE_ORDER) if owner else None
    if own is None or accord.rule(track) is Rule.REVERT:
        return own.state if own else None
    return _other(matrix, accord, own, dict.fromkeys(accord.systems, THE_ORDER))


def _state(matrix: Matrix, accord: Accord, track: Track, group: Group) -> State | None:
    record = group.records.get(accord.ownership.owner(track, group.location) or "")
    own = matrix.cell(record.system, track, record.subject) if record else None
    if own is None or accord.rule(track) is Rule.REVERT:
        return own.state if own else None
    return _other(matrix, accord, own, {s: r.subject for s, r in group.records.items()})


def _delivery(matrix: Matrix, accord: Accord, group: Group) -> State | None:
    return _state(matrix, accord, Track.DELIVERY, group)


def _other(matrix: Matrix, accord: Accord, own: Cell, subjects: dict[str, Subject]) -> State:
    """Return what is so where a mirror may speak too: by its time, or by a person's word."""
    if accord.rule(own.track) is Rule.ADOPT:
        return _adopted(matrix, accord, own, subjects)
    return _decided(matrix, own, subjects)


def _adopted(matrix: Matrix, accord: Accord, own: Cell, subjects: dict[str, Subject]) -> State:
    """Return the state that came about last: the owner's, or that of a mirror.

    A mirror's change is adopted only where that system tells when it happened: the time of its
    last unrelated update must not pass for the time of a decision.
    """
    track = own.track
    rivals = [
        cell
        for system, subject in subjects.items()
        if accord.ownership.is_mirror(system, track)
        and (cell := matrix.cell(system, track, subject)) is not None
        and cell.happened_at is not None
        and cell.happened_at > (own.happened_at or own.said_at)
    ]
    latest: Cell = max(rivals, key=lambda cell: (cell.happened_at, cell.system), default=own)
    return latest.state


def _decided(matrix: Matrix, own: Cell, subjects: dict[str, Subject]) -> State:
    """Return the owner's state, or that of a mirror which a person let stand against it."""
    if not matrix.rulings:
        return own.state
    for system, subject in sorted(subjects.items()):
        cell = matrix.cell(system, own.track, subject)
        ruling = matrix.rulings.get(cell.key) if cell else None
        if cell is None or ruling is None or ruling.verdict is not Verdict.ADOPT:
            continue
        if ruling.is_about(cell.state, own.state):
            return cell.state
    return own.state
