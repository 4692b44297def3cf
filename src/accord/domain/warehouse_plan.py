"""What a warehouse should be working on: what the order's owner wants shipped from where."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from accord.domain.accord import Accord, System
from accord.domain.action import Action, Allocate, CancelParcel, Hold, Release
from accord.domain.comparison import GOOD_FOR
from accord.domain.matrix import Matrix
from accord.domain.report import HeldBy, Ref, SubjectKind
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
    now: datetime | None = None

    @property
    def may_leave(self) -> bool:
        return self.so.order is State.OPEN and self.so.payment in GOOD_FOR


class _Allocation(Struct, frozen=True):
    location: str
    state: State
    lines: dict[str, int]


def warehouse_work(
    matrix: Matrix, accord: Accord, system: System, so: Truth, now: datetime | None = None
) -> Iterator[Action]:
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
    case = _Case(matrix, accord, system, so, now)
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
    system = case.system
    wanted = total(a.lines for a in here if a.state in WANTED)
    live = [p for p in work if p.fulfillment is not State.CANCELLED]
    surplus = _less(total(p.group.lines for p in live), wanted)
    if surplus:
        yield from _cancel(_holding(live, surplus), system, "no longer wanted from here")
        return
    ready = total(a.lines for a in here if a.state in WANTED and a.state is not State.ON_HOLD)
    held: list[Parcel] = []
    if any(a.state is State.ON_HOLD for a in here):
        # Of what is there, what is not held asks for so much; the rest stands still.
        held = _holding(live, _less(total(p.group.lines for p in live), ready))
    for parcel in live:
        yield from _hold_or_release(parcel, case, held=parcel in held)
    missing = _capped(_less(ready, total(p.group.lines for p in live)), case)
    if missing and case.may_leave:
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
    """Return the unshipped parcels to take back so that the surplus is gone.

    What is held goes first, then what came last.
    """
    taken: list[Parcel] = []
    rest = dict(surplus)
    order = sorted(parcels, key=lambda p: (p.fulfillment is State.ON_HOLD, p.group.id))
    for parcel in reversed(order):
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


def _hold_or_release(parcel: Parcel, case: _Case, *, held: bool) -> Iterator[Action]:
    """Yield what keeps a parcel or lets it go. A hold of others is theirs to lift."""
    own = parcel.group.own_id(case.system.name)
    if own is None:
        return
    if parcel.fulfillment in STOPPABLE:
        if held:
            yield Hold(subject=own, reason="held by the owner of the order")
        elif case.system.is_gated and not _is_permitted(parcel, case):
            yield Hold(subject=own, reason="no permission to ship holds")
    elif parcel.fulfillment is State.ON_HOLD and not held and _is_releasable(parcel, case):
        yield Release(subject=own)


def _is_releasable(parcel: Parcel, case: _Case) -> bool:
    told = parcel.group.records[case.system.name].particulars
    if told.held is HeldBy.OTHERS:
        return False
    if not case.system.is_gated:
        return True
    rests = _rests_until(parcel, case)
    rested = rests is None or case.now is None or case.now >= rests
    return case.may_leave and rested


def _is_permitted(parcel: Parcel, case: _Case) -> bool:
    until = parcel.group.records[case.system.name].particulars.permit_until
    return until is not None and (case.now is None or case.now < until)


def _rests_until(parcel: Parcel, case: _Case) -> datetime | None:
    subject = parcel.group.records[case.system.name].subject
    cell = case.matrix.cell(case.system.name, Track.FULFILLMENT, subject)
    return cell.said_at + case.system.hold_for if cell is not None else None


def gate_turns_at(
    matrix: Matrix, accord: Accord, system: System, so: Truth, now: datetime
) -> datetime | None:
    """Return when time alone will leave something to do at a warehouse whose gate holds.

    That is when a parcel has rested for long enough, or a permission to ship runs out.
    """
    if not system.is_gated or so.order is State.CANCELLED:
        return None
    case = _Case(matrix, accord, system, so, now)
    times = []
    for parcel in so.parcels:
        record = parcel.group.records.get(system.name)
        if record is None or parcel.group.owner != system.name:
            continue
        if parcel.fulfillment is State.ON_HOLD and record.particulars.held is not HeldBy.OTHERS:
            times.append(_rests_until(parcel, case))
        elif parcel.fulfillment in STOPPABLE:
            times.append(record.particulars.permit_until)
    return min((time for time in times if time is not None and time > now), default=None)


def _allocate(location: str, lines: dict[str, int], earlier: int, case: _Case) -> Allocate:
    owner = case.accord.ownership.owner(Track.ORDER) or ""
    order = case.matrix.own_ref(owner) or ""
    number = case.matrix.number or order
    return Allocate(
        source=Ref(owner, f"{order}/{location}/{earlier}"),
        number=number,
        lines=lines,
        place=case.system.places.get(location),
        held=case.system.is_gated,
    )
