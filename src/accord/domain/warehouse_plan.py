"""What a warehouse should be working on: what the order's owner wants shipped from where."""

from collections.abc import Iterator

from msgspec import Struct

from accord.domain.accord import Accord, System
from accord.domain.action import Action, Allocate, CancelParcel, Hold, Release
from accord.domain.comparison import GOOD_FOR
from accord.domain.matrix import Matrix
from accord.domain.report import Ref, SubjectKind
from accord.domain.tracks import State, Track
from accord.domain.truth import Parcel, Truth, total

UNSHIPPED = frozenset({State.SCHEDULED, State.OPEN, State.ON_HOLD, State.IN_PROGRESS, State.PACKED})
# An allocation that was worked on stays wanted once it is shipped; a scheduled one waits.
WANTED = frozenset({State.OPEN, State.ON_HOLD, State.IN_PROGRESS, State.PACKED, State.SHIPPED})
# What a hold can still stop; a packed parcel can only be taken back.
STOPPABLE = frozenset({State.OPEN, State.IN_PROGRESS})


class _Case(Struct, frozen=True):
    """One order as one warehouse meets it."""

    matrix: Matrix
    accord: Accord
    system: System
    so: Truth


class _Allocation(Struct, frozen=True):
    location: str
    state: State
    lines: dict[str, int]


def warehouse_work(matrix: Matrix, accord: Accord, system: System, so: Truth) -> Iterator[Action]:
    """Yield what makes a warehouse's open work match the wish: stop first, then start.

    Only what the owner of the order said outright counts: a location it has named no allocation
    for is left alone, since silence is not a cancellation.
    """
    if system.name not in accord.ownership.owners_of(Track.FULFILLMENT):
        return
    parcels = [p for p in so.parcels if p.group.owner == system.name]
    open_parcels = [p for p in parcels if p.fulfillment in UNSHIPPED]
    if so.order is State.CANCELLED:
        yield from _cancel(open_parcels, system, "the order was cancelled")
        return
    case = _Case(matrix, accord, system, so)
    allocations = _allocations(case)
    for location in sorted({a.location for a in allocations}):
        here = [a for a in allocations if a.location == location]
        work = [p for p in parcels if p.group.location == location]
        yield from _at(location, here, work, case)


def _allocations(case: _Case) -> list[_Allocation]:
    matrix, accord, system = case.matrix, case.accord, case.system
    owner = accord.ownership.owner(Track.ORDER)
    if owner is None or owner == system.name:
        return []
    found = []
    for subject in matrix.subjects(owner, SubjectKind.ALLOCATION):
        cell = matrix.cell(owner, Track.FULFILLMENT, subject)
        told = matrix.particulars(owner, subject)
        location = accord.systems[owner].location(told.place)
        if cell is None or accord.ownership.owner(Track.FULFILLMENT, location) != system.name:
            continue
        found.append(_Allocation(location, cell.state, told.lines or {}))
    return found


def _at(
    location: str, here: list[_Allocation], work: list[Parcel], case: _Case
) -> Iterator[Action]:
    so, system = case.so, case.system
    wanted = total(a.lines for a in here if a.state in WANTED)
    live = [p for p in work if p.fulfillment is not State.CANCELLED]
    surplus = _less(total(p.group.lines for p in live), wanted)
    if surplus:
        yield from _cancel(_holding(live, surplus), system, "no longer wanted from here")
        return
    held = any(a.state is State.ON_HOLD for a in here)
    yield from _holds(live, system, held=held)
    ready = total(a.lines for a in here if a.state in WANTED and a.state is not State.ON_HOLD)
    missing = _capped(_less(ready, total(p.group.lines for p in live)), case)
    if missing and so.order is State.OPEN and so.payment in GOOD_FOR:
        yield _allocate(location, missing, len(work), case)


def _capped(missing: dict[str, int], case: _Case) -> dict[str, int]:
    """Never ask for more of a line, over all warehouses, than the order still wants.

    Allocations and parcels reach us in different messages; this bound keeps a late one from
    shipping anything twice. What the owner of the order has sent itself counts; a record that
    only a mirror has does not: no warehouse knows of it, and the goods would never leave.
    """
    trusted = {case.accord.ownership.owner(Track.ORDER)}
    live = total(
        p.group.lines
        for p in case.so.parcels
        if p.fulfillment is not State.CANCELLED and (p.group.owner or trusted & {*p.group.records})
    )
    room = _less(case.so.wanted, live)
    bounded = {line: min(n, room.get(line, 0)) for line, n in missing.items()}
    return {line: n for line, n in bounded.items() if n}


def _less(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    rest = {line: n - other.get(line, 0) for line, n in one.items()}
    return {line: n for line, n in rest.items() if n > 0}


def _holding(parcels: list[Parcel], surplus: dict[str, int]) -> list[Parcel]:
    """Return the unshipped parcels to take back so that the surplus is gone, latest first."""
    taken: list[Parcel] = []
    rest = dict(surplus)
    for parcel in sorted(parcels, key=lambda p: p.group.id, reverse=True):
        holds = any(rest.get(line, 0) > 0 for line in parcel.group.lines)
        if parcel.fulfillment in UNSHIPPED and holds:
            taken.append(parcel)
            rest = {line: n - parcel.group.lines.get(line, 0) for line, n in rest.items()}
    return taken


def _cancel(parcels: list[Parcel], system: System, reason: str) -> Iterator[Action]:
    for parcel in parcels:
        own = parcel.group.own_id(system.name)
        if own is not None:
            yield CancelParcel(parcel=own, reason=reason)


def _holds(parcels: list[Parcel], system: System, *, held: bool) -> Iterator[Action]:
    for parcel in parcels:
        own = parcel.group.own_id(system.name)
        if own is None:
            continue
        if held and parcel.fulfillment in STOPPABLE:
            yield Hold(subject=own, reason="held by the owner of the order")
        elif not held and parcel.fulfillment is State.ON_HOLD:
            yield Release(subject=own)


def _allocate(location: str, lines: dict[str, int], earlier: int, case: _Case) -> Allocate:
    owner = case.accord.ownership.owner(Track.ORDER) or ""
    order = case.matrix.own_ref(owner) or ""
    number = case.matrix.number or order
    return Allocate(
        source=Ref(owner, f"{order}/{location}/{earlier}"),
        number=number,
        lines=lines,
        place=case.system.places.get(location),
    )
