"""What would bring one mirror into step with the truth, in the order it should be done."""

from collections.abc import Iterator
from datetime import datetime

from accord.domain.accord import Accord, System
from accord.domain.action import (
    Action,
    AddTracking,
    Advance,
    Amend,
    Approve,
    AuthorizeReturn,
    CancelOrder,
    CloseReturn,
    Complete,
    Ship,
    TellDelivery,
    Withdraw,
)
from accord.domain.comparison import BOOKED_RETURNS, GOOD_FOR, keeps_unshipped
from accord.domain.matrix import Matrix
from accord.domain.report import THE_ORDER, Ref
from accord.domain.tracks import HANDED_OVER, State, Track, rank
from accord.domain.truth import Parcel, Truth, total, truth
from accord.domain.warehouse_plan import UNSHIPPED, warehouse_work


def plan(
    matrix: Matrix,
    accord: Accord,
    name: str,
    known: Truth | None = None,
    *,
    now: datetime | None = None,
) -> list[Action]:
    """Return the actions still needed at the system ``name``; none when it is in step.

    The plan looks only at what is so and what the mirror says, never at how it came about:
    three changes while a mirror was down are one call when it is up, and a repeated plan for a
    mirror already in step is empty. ``now`` matters at a warehouse whose gate holds goods back;
    without it nothing there waits or runs out.
    """
    system = accord.systems[name]
    so = known or truth(matrix, accord)
    wanted: list[Action] = [*warehouse_work(matrix, accord, system, so, now)]
    if so.parcels:
        wanted += _withdrawals(matrix, accord, system, so)
    wanted += _order(matrix, accord, system, so)
    if so.parcels:
        wanted += _parcels(matrix, accord, system, so)
    if so.returns:
        wanted += _returns(matrix, accord, system, so)
    return [action for action in wanted if type(action) in system.can]


def _withdrawals(matrix: Matrix, accord: Accord, system: System, so: Truth) -> Iterator[Action]:
    """Yield the records to take back before anything else: they hold lines that are free again."""
    if not accord.ownership.is_mirror(system.name, Track.FULFILLMENT):
        return
    for parcel in so.parcels:
        record = parcel.group.records.get(system.name)
        if parcel.fulfillment is not State.CANCELLED or record is None:
            continue
        cell = matrix.cell(system.name, Track.FULFILLMENT, record.subject)
        if matrix.waits(cell, parcel.fulfillment):
            continue
        if cell is not None and cell.state is not State.CANCELLED:
            yield Withdraw(parcel=record.subject.id)


def _order(matrix: Matrix, accord: Accord, system: System, so: Truth) -> Iterator[Action]:
    cell = matrix.cell(system.name, Track.ORDER, THE_ORDER)
    if cell is None or not accord.ownership.is_mirror(system.name, Track.ORDER):
        return
    if matrix.waits(cell, so.order):
        return
    if not system.vocabulary.tells_apart(Track.ORDER, so.order or cell.state, cell.state):
        yield from _amend(matrix, accord, system, so)
        return
    match so.order:
        case State.CANCELLED if _stopped(so) and _left_to_stop(matrix, system, so):
            yield CancelOrder(reason="cancelled by the owner of the order")
        case State.OPEN if cell.state is State.ON_HOLD and so.payment in GOOD_FOR:
            yield Approve()
        case State.COMPLETED if cell.state is State.OPEN:
            yield Complete()
        case _:
            yield from _amend(matrix, accord, system, so)


def _stopped(so: Truth) -> bool:
    """Return whether no parcel is still in anybody's hands: until then nobody is told it is."""
    return not any(parcel.fulfillment in UNSHIPPED for parcel in so.parcels)


def _left_to_stop(matrix: Matrix, system: System, so: Truth) -> bool:
    """Return whether cancelling can still change anything: what left cannot be called back."""
    if not so.shipped:
        return True  # an order whose goods are all called off may stay open for its services
    booked = matrix.particulars(system.name, THE_ORDER).lines
    if booked is None:
        return so.progress is not State.COMPLETE
    return any(quantity > so.shipped.get(line, 0) for line, quantity in booked.items())


def _amend(matrix: Matrix, accord: Accord, system: System, so: Truth) -> Iterator[Action]:
    """Yield the quantities to book anew after an edit; what left stays booked."""
    booked = matrix.particulars(system.name, THE_ORDER).lines
    owner = accord.ownership.owner(Track.ORDER)
    if booked is None or owner is None or so.order not in {State.OPEN, State.ON_HOLD}:
        return
    told = matrix.particulars(owner, THE_ORDER)
    if told.lines is None:
        return
    lines = {*told.lines, *(told.ordered or {})}
    held = total(
        p.group.lines
        for p in so.parcels
        if p.fulfillment in UNSHIPPED and p.group.own_id(system.name) is not None
    )
    least = total((so.shipped, held))  # what is packed holds its lines until it is withdrawn
    targets = {line: max(so.wanted.get(line, 0), least.get(line, 0)) for line in lines}
    changed = {line: n for line, n in sorted(targets.items()) if booked.get(line, 0) != n}
    if changed:
        yield Amend(lines=changed)


def _parcels(matrix: Matrix, accord: Accord, system: System, so: Truth) -> Iterator[Action]:
    for parcel in so.parcels:
        if system.name in parcel.group.doubts:
            continue  # which record is which parcel is for a person to say
        if accord.ownership.is_mirror(system.name, Track.FULFILLMENT):
            yield from _record(matrix, system, parcel, so)
        if accord.ownership.is_mirror(system.name, Track.DELIVERY):
            yield from _delivery(matrix, accord, system, parcel)


def _record(matrix: Matrix, system: System, parcel: Parcel, so: Truth) -> Iterator[Action]:
    """Yield what makes the mirror's record of a parcel say what its owner says."""
    group, state = parcel.group, parcel.fulfillment
    due = state is State.SHIPPED or (state is State.PACKED and keeps_unshipped(system))
    if not due or state is None:
        return
    own = group.own_id(system.name)
    if own is None:
        if group.lines and matrix.own_ref(system.name) and so.order is not State.CANCELLED:
            yield _ship(system, parcel, state)
        return
    cell = matrix.cell(system.name, Track.FULFILLMENT, group.records[system.name].subject)
    if matrix.waits(cell, state):
        return
    behind = cell is None or (
        system.vocabulary.tells_apart(Track.FULFILLMENT, cell.state, state)
        and rank(Track.FULFILLMENT, cell.state) < rank(Track.FULFILLMENT, state)
    )
    if behind:
        yield Advance(parcel=own, state=state, tracking=group.tracking)
    elif set(group.tracking) - set(group.records[system.name].particulars.tracking or ()):
        yield AddTracking(parcel=own, tracking=group.tracking, carrier=group.carrier)


def _ship(system: System, parcel: Parcel, state: State) -> Ship:
    group = parcel.group
    owner, _, own_id = group.id.partition(":")
    return Ship(
        source=Ref(owner, own_id),
        lines=group.lines,
        state=state,
        place=system.places.get(group.location),
        tracking=group.tracking,
        carrier=group.carrier,
    )


def _delivery(matrix: Matrix, accord: Accord, system: System, parcel: Parcel) -> Iterator[Action]:
    """Yield the news of a parcel's way, unless the mirror has newer news of its own."""
    own = parcel.group.own_id(system.name)
    owner = accord.ownership.owner(Track.DELIVERY, parcel.group.location)
    if own is None or parcel.delivery not in HANDED_OVER or owner not in parcel.group.records:
        return
    news = matrix.cell(owner, Track.DELIVERY, parcel.group.records[owner].subject)
    held = matrix.cell(system.name, Track.DELIVERY, parcel.group.records[system.name].subject)
    if news is None or system.word_for(Track.DELIVERY, news.state) is None:
        return
    happened = news.happened_at or news.said_at
    if matrix.waits(held, parcel.delivery):
        return
    if held is not None:
        known = not system.vocabulary.tells_apart(Track.DELIVERY, held.state, news.state)
        newer = held.happened_at is not None and held.happened_at > happened
        if known or newer:
            return
    yield TellDelivery(parcel=own, state=news.state, happened_at=happened)


def _returns(matrix: Matrix, accord: Accord, system: System, so: Truth) -> Iterator[Action]:
    if not accord.ownership.is_mirror(system.name, Track.RETURN):
        return
    for item in so.returns:
        group = item.group
        own = group.own_id(system.name)
        if system.name in group.doubts or item.state is None:
            continue
        if own is None:
            if item.state in BOOKED_RETURNS and group.lines:
                owner, _, own_id = group.id.partition(":")
                yield AuthorizeReturn(source=Ref(owner, own_id), lines=group.lines)
            continue
        cell = matrix.cell(system.name, Track.RETURN, group.records[system.name].subject)
        if matrix.waits(cell, item.state):
            continue
        ended = item.state in {State.CLOSED, State.CANCELLED, State.DECLINED}
        said = cell.state if cell else State.APPROVED
        if ended and system.vocabulary.tells_apart(Track.RETURN, said, item.state):
            yield CloseReturn(subject=own, state=item.state)
