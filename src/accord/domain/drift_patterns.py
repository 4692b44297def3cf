"""The named contradictions across tracks and systems, looked for in a matrix. Pure."""

from collections.abc import Iterator
from datetime import datetime

from accord.domain.drift import Drift, DriftPattern
from accord.domain.drift_grounds import Grounds, plain
from accord.domain.patterns import Found, Pattern, TellsApart, patterns
from accord.domain.report import THE_ORDER
from accord.domain.situation import shops_of, situation
from accord.domain.tracks import State, Track
from accord.domain.warehouse_plan import UNSHIPPED

_NAMED = {
    Pattern.GHOST_FULFILLMENT: DriftPattern.GHOST_FULFILLMENT,
    Pattern.ORPHANED_PAYMENT: DriftPattern.ORPHANED_PAYMENT,
    Pattern.UNACKNOWLEDGED_ORDER: DriftPattern.UNACKNOWLEDGED_ORDER,
    Pattern.UNPROCESSED_RETURN: DriftPattern.UNPROCESSED_RETURN,
    Pattern.OPEN_PARTIAL_SHIPMENT: DriftPattern.OPEN_PARTIAL_SHIPMENT,
    Pattern.STALE_SHIPPING_STATUS: DriftPattern.STALE_SHIPPING_STATUS,
    Pattern.NO_COUNTERPART: DriftPattern.NO_COUNTERPART,
}

_BETWEEN = {
    DriftPattern.GHOST_FULFILLMENT: "The shop cancelled it, and {system} went on with it.",
    DriftPattern.ORPHANED_PAYMENT: "Money came in and goods left, and {system} has no record.",
    DriftPattern.UNACKNOWLEDGED_ORDER: "It is paid and not shipped, and {system} has no record.",
    DriftPattern.UNPROCESSED_RETURN: "A return is open, and {system} has none.",
    DriftPattern.OPEN_PARTIAL_SHIPMENT: "A part has shipped, and the rest waits.",
    DriftPattern.STALE_SHIPPING_STATUS: "{system} waits for goods that have left elsewhere.",
    DriftPattern.NO_COUNTERPART: "{system} has an order that no shop knows.",
}


def contradictions(known: Grounds, now: datetime | None) -> Iterator[Drift]:
    """Yield the named contradictions; without ``now`` also those whose time has yet to come."""
    if shops_of(known.accord):
        yield from _named(known, now)
    yield from _refunded_and_open(known)
    yield from _delivered_and_unfulfilled(known)
    yield from _silent_owners(known)


def _named(known: Grounds, now: datetime | None) -> Iterator[Drift]:
    order = situation(known.matrix, known.accord, overdue=_is_overdue(known, now))
    for found in patterns(order, _tells_apart(known)):
        pattern = _NAMED.get(found.pattern)
        if pattern is None:
            continue  # the comparison with the truth tells it better
        for system in _where(known, found, pattern):
            cells = [c for c in known.matrix.cells.values() if c.system == system]
            on_track = [c for c in cells if c.track is found.track]
            yield known.drift(
                pattern,
                system,
                found.track,
                what=_BETWEEN[pattern].format(system=system),
                cause=f"{pattern.replace('_', ' ')} at {system}",
                cells=[*known.of_order(), *on_track],
                deadline=_deadline(known, pattern),
            )


def _tells_apart(known: Grounds) -> TellsApart:
    systems = known.accord.systems
    return lambda name, column, one, other: systems[name].vocabulary.tells_apart(column, one, other)


def _where(known: Grounds, found: Found, pattern: DriftPattern) -> list[str]:
    """Return the systems in which something is to be put right."""
    accord = known.accord
    match pattern:
        case DriftPattern.STALE_SHIPPING_STATUS:
            # Whoever contradicts the owner of the goods is wrong: the shop, or who runs ahead.
            wrong = [r.system for r in known.rows if not r.agrees and r.track is found.track]
            shops = [one.name for one in shops_of(accord) if one.name in wrong]
            return shops or [name for name in found.systems if name in wrong]
        case DriftPattern.UNPROCESSED_RETURN:
            open_ = any(item.state in _OPEN_RETURNS for item in known.so.returns)
            mirrors = [s for s in found.systems if accord.ownership.is_mirror(s, Track.RETURN)]
            return mirrors if open_ else []
        case DriftPattern.ORPHANED_PAYMENT:
            return [name for name in found.systems if known.matrix.own_ref(name) is None]
        case DriftPattern.OPEN_PARTIAL_SHIPMENT:
            return list(found.systems[:1])
        case _:
            return list(found.systems)


_OPEN_RETURNS = frozenset({State.APPROVED, State.IN_TRANSIT, State.RECEIVED})


def _is_overdue(known: Grounds, now: datetime | None) -> bool:
    if known.so.progress is not State.PARTIAL:
        return False
    return now is None or now - _partial_since(known) >= known.accord.partial_limit


def _deadline(known: Grounds, pattern: DriftPattern) -> datetime | None:
    """Return until when it should be settled where the accord or a promise says so."""
    if pattern is DriftPattern.OPEN_PARTIAL_SHIPMENT:
        return _partial_since(known) + known.accord.partial_limit
    if pattern is DriftPattern.UNPROCESSED_RETURN and known.accord.refund_within is not None:
        return known.returned_since() + known.accord.refund_within
    return None


def _partial_since(known: Grounds) -> datetime:
    """Return when the last of the parcels left that have left."""
    shipped = [p.group for p in known.so.parcels if p.fulfillment is State.SHIPPED]
    cells = [
        known.matrix.cell(name, Track.FULFILLMENT, record.subject)
        for group in shipped
        for name, record in group.records.items()
        if name == group.owner
    ]
    return max((known.past.since(cell) for cell in cells if cell), default=known.began)


def _refunded_and_open(known: Grounds) -> Iterator[Drift]:
    so, matrix, accord = known.so, known.matrix, known.accord
    if so.payment is not State.REFUNDED or so.order is State.CANCELLED:
        return
    working = {p.group.owner for p in so.parcels if p.fulfillment in UNSHIPPED} - {None}
    for name in accord.systems:
        cell = matrix.cell(name, Track.ORDER, THE_ORDER)
        progress = matrix.cell(name, Track.FULFILLMENT, THE_ORDER)
        is_open = (
            accord.ownership.is_mirror(name, Track.ORDER)
            and cell is not None
            and cell.state in {State.OPEN, State.ON_HOLD}
            and (progress is None or progress.state is not State.COMPLETE)
        )
        if name not in working and not is_open:
            continue
        owner = accord.ownership.owner(Track.PAYMENT)
        paid = matrix.cell(owner, Track.PAYMENT, THE_ORDER) if owner else None
        yield known.drift(
            DriftPattern.REFUNDED_AND_OPEN,
            name,
            Track.PAYMENT,
            what=f"All money went back, and {name} still has the order open.",
            cause=f"refunded and still open at {name}",
            cells=[one for one in (paid, cell) if one is not None],
        )


def _delivered_and_unfulfilled(known: Grounds) -> Iterator[Drift]:
    arrived = {p.group.id for p in known.so.parcels if p.delivery is State.DELIVERED}
    for row in known.rows:
        if row.agrees or row.track is not Track.FULFILLMENT or row.subject not in arrived:
            continue
        cell = known.matrix.cells.get(row.cell)
        yield known.drift(
            DriftPattern.DELIVERED_AND_UNFULFILLED,
            row.system,
            Track.FULFILLMENT,
            subject=row.subject,
            what=f"{row.subject} has arrived; at {row.system} it is {plain(row.said)}.",
            cause=f"delivered and not shipped at {row.system}",
            cells=[*([cell] if cell else []), *known.owners_of(row)],
        )


def _silent_owners(known: Grounds) -> Iterator[Drift]:
    """Find owners that have the order and never said where it stands."""
    owners = {known.accord.ownership.owner(track) for track in (Track.ORDER, Track.PAYMENT)}
    for name in sorted(owner for owner in owners if owner):
        if known.is_silent(name):
            yield known.drift(
                DriftPattern.MISSED_FIRST_UPDATE,
                name,
                Track.ORDER,
                what=f"{name} owns the order and has never said a word on it.",
                cause=f"{name} has never said a word on an order it has",
            )
