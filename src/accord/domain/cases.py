"""Which exceptions of an order need a person, as far as its facts tell. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from accord.domain.accord import Accord
from accord.domain.action import Action, AuthorizeReturn, CancelParcel, Hold, stops
from accord.domain.case import Case, CaseKind
from accord.domain.comparison import Comparison, compare
from accord.domain.matrix import Matrix
from accord.domain.tracks import State, Track
from accord.domain.truth import Parcel, Truth
from accord.domain.warehouse_plan import UNSHIPPED, warehouse_work

# What a system has no record of may still be imported; books are often written once a day.
UNBOOKED_FOR = timedelta(days=1)

Plans = Mapping[str, Sequence[Action]]


def cases(matrix: Matrix, accord: Accord, so: Truth, plans: Plans) -> tuple[Case, ...]:
    """Return the exceptions of one order, given what is planned at each system; worst first.

    What a mirror contradicts is either planned to be put right somewhere or among these: no
    disagreement is left to itself.
    """
    lost = [*_shipped_after_cancel(so), *_shipped_too_much(so)]
    stopping = [*_stops(matrix, accord, so, plans)]
    found = [
        *lost,
        *stopping,
        *_doubts(so),
        *_contradictions(matrix, accord, so, plans, explained=bool(lost or stopping)),
    ]
    places = {kind: place for place, kind in enumerate(CaseKind)}
    named = {case.key: case for case in found}
    return tuple(sorted(named.values(), key=lambda case: (places[case.kind], case.key)))


def _shipped_after_cancel(so: Truth) -> Iterator[Case]:
    if so.order is not State.CANCELLED:
        return
    over = _over(so)
    for parcel in so.parcels:
        if parcel.fulfillment is State.SHIPPED and over & {*parcel.group.lines}:
            owner, number = parcel.group.owner or "", _number(parcel)
            what = f"The order is cancelled, and parcel {number} of {owner} has left all the same."
            yield Case(CaseKind.SHIPPED_AFTER_CANCEL, owner, parcel.group.id, what)


def _shipped_too_much(so: Truth) -> Iterator[Case]:
    if so.order is State.CANCELLED or so.progress is None:
        return
    for line in sorted(_over(so)):
        shipped, wanted = so.shipped[line], so.wanted.get(line, 0)
        what = f"{shipped} of {line} left, and the order wants {wanted}."
        owner = next(
            (p.group.owner or "" for p in so.parcels if line in p.group.lines and _left(p)), ""
        )
        yield Case(CaseKind.SHIPPED_TOO_MUCH, owner, line, what, _SETTLES)


# Parcels, refunds and what came back reach us in different messages.
_SETTLES = timedelta(minutes=5)


def _over(so: Truth) -> set[str]:
    """Return the lines of which more left than is wanted, what came back set aside."""
    return {line for line, n in so.shipped.items() if n > so.wanted.get(line, 0)}


def _left(parcel: Parcel) -> bool:
    return parcel.fulfillment is State.SHIPPED


def _stops(matrix: Matrix, accord: Accord, so: Truth, plans: Plans) -> Iterator[Case]:
    """Find what is to be stopped; each has until its system's limit to be seen stopped."""
    wanted = {name: [a for a in actions if stops(a)] for name, actions in plans.items()}
    if any(parcel.fulfillment in UNSHIPPED for parcel in so.parcels):
        for name in accord.ownership.owners_of(Track.FULFILLMENT):
            system = accord.systems.get(name)
            if system is not None and not (CancelParcel in system.can and Hold in system.can):
                # It cannot be asked, and the goods are to be stopped all the same.
                work = warehouse_work(matrix, accord, system, so)
                wanted[name] = [action for action in work if stops(action)]
    for name, actions in sorted(wanted.items()):
        for action in actions:
            yield _unconfirmed(name, action, accord)


def _unconfirmed(name: str, action: Action, accord: Accord) -> Case:
    subject = "order"
    if isinstance(action, CancelParcel):
        subject = f"parcel:{action.parcel}"
    elif isinstance(action, Hold):
        subject = f"parcel:{action.subject}"
    verb = "held" if isinstance(action, Hold) else "cancelled"
    what = f"{subject.replace(':', ' ')} is to be {verb} at {name}, and is not seen to be."
    within = accord.systems[name].cancel_within
    return Case(CaseKind.STOP_UNCONFIRMED, name, subject, what[0].upper() + what[1:], within)


def _doubts(so: Truth) -> Iterator[Case]:
    for group in [p.group for p in so.parcels] + [r.group for r in so.returns]:
        if group.owner is None:
            continue
        for system in sorted(group.doubts):
            what = f"{system} has more than one record that may be {group.id}."
            yield Case(CaseKind.DOUBTFUL_MATCH, system, group.id, what, _SETTLES)


def _contradictions(
    matrix: Matrix, accord: Accord, so: Truth, plans: Plans, *, explained: bool
) -> Iterator[Case]:
    """Find what mirrors contradict with nothing planned about it.

    ``explained``: another case tells why nothing can be done, or goods are being stopped and
    whoever repeats that waits for it.
    """
    for one in compare(matrix, accord, so):
        if one.agrees:
            continue
        ruling = matrix.rulings.get(one.cell)
        subject = f"{one.column} {one.subject}".strip()
        if ruling and ruling.verdict is None and ruling.is_about(one.said, one.expected):
            yield Case(CaseKind.FOREIGN_CHANGE, one.system, one.cell, _changed(one))
        elif one.track is Track.RETURN and one.said is None:
            if not any(isinstance(each, AuthorizeReturn) for each in plans.get(one.system, ())):
                what = f"The return {one.subject} is {one.expected}, and not booked at {one.system}"
                yield Case(
                    CaseKind.RETURN_NOT_BOOKED, one.system, one.subject, f"{what}.", UNBOOKED_FOR
                )
        elif not explained and not plans.get(one.system):
            lasts = UNBOOKED_FOR if one.said is None else accord.latency_target
            yield Case(CaseKind.CONTRADICTION, one.system, subject, _contradicts(one), lasts)


def _changed(one: Comparison) -> str:
    said, expected = _plain(one.said), _plain(one.expected)
    return f"{one.system} went over to {one.word!r} ({said}) by itself; the owner says {expected}."


def _contradicts(one: Comparison) -> str:
    about = f"{one.column} of {one.subject}" if one.subject else f"{one.column} of the order"
    said = f"says {one.word!r} ({_plain(one.said)})" if one.said else "has no record"
    return f"On the {about} {one.system} {said}; by its owner it is {_plain(one.expected)}."


def _plain(state: State | None) -> str:
    return "unknown" if state is None else state.replace("_", " ")


def _number(parcel: Parcel) -> str:
    return ", ".join(parcel.group.tracking) or parcel.group.id.partition(":")[2]
