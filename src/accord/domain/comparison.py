"""Each mirror's cells beside the truth: who agrees, who does not, and what it should say."""

from collections.abc import Iterator

from msgspec import Struct

from accord.domain.accord import Accord, System
from accord.domain.action import Ship
from accord.domain.matrix import Cell, Matrix
from accord.domain.parcels import Group
from accord.domain.report import THE_ORDER
from accord.domain.tracks import HANDED_OVER, State, Track
from accord.domain.truth import Truth, truth
from accord.domain.vocabulary import PROGRESS_COLUMN

# What lets goods go: the money is there, or promised by whoever holds it.
GOOD_FOR = frozenset({State.AUTHORIZED, State.PAID, State.PARTIALLY_REFUNDED})

# Returns that must be on the books; a mere request need not be.
BOOKED_RETURNS = frozenset({State.APPROVED, State.IN_TRANSIT, State.RECEIVED, State.CLOSED})


class Comparison(Struct, frozen=True, kw_only=True):
    """One mirror on one row: what the truth expects of it, and what it says.

    ``said`` is None where the mirror has no record. ``word`` and ``expected_word`` are in the
    mirror's own terms, for people. ``subject`` is empty for the order as a whole. ``cell`` is
    the key of the mirror's cell, empty where it has none.
    """

    system: str
    track: Track
    column: str
    subject: str
    expected: State
    expected_word: str
    said: State | None
    word: str
    agrees: bool
    cell: str = ""


def compare(matrix: Matrix, accord: Accord, known: Truth | None = None) -> list[Comparison]:
    """Return every mirror's cell that the truth expects something of, row by row."""
    so = known or truth(matrix, accord)
    return [
        comparison
        for system in accord.systems.values()
        for part in (_of_order, _of_parcels, _of_returns)
        for comparison in part(matrix, accord, so, system)
    ]


def keeps_unshipped(system: System) -> bool:
    """Return whether the system keeps records of parcels that are packed but have not left."""
    shows_it = system.word_for(Track.FULFILLMENT, State.PACKED) is not None
    apart = system.vocabulary.tells_apart(Track.FULFILLMENT, State.PACKED, State.OPEN)
    return Ship in system.can and shows_it and apart


def satisfied(system: System, column: str, expected: State, said: State | None, so: Truth) -> bool:
    """Return whether what a mirror says is what the truth would have it say.

    An order that waits for its payment may rest unapproved: that is no disagreement.
    """
    if column == Track.ORDER and expected is State.OPEN and _came_to_nothing(so):
        return said in {None, State.CANCELLED} or not system.vocabulary.tells_apart(
            column, expected, said
        )
    if said is None:
        return False
    if column == Track.ORDER and (expected, said) == (State.OPEN, State.ON_HOLD):
        return so.payment not in GOOD_FOR
    return not system.vocabulary.tells_apart(column, expected, said)


def _came_to_nothing(so: Truth) -> bool:
    """Return whether every line was called off: books close such an order, or never book it."""
    return so.progress is not None and not so.wanted and not so.shipped


def _of_order(matrix: Matrix, accord: Accord, so: Truth, system: System) -> Iterator[Comparison]:
    mirrored = accord.ownership.is_mirror
    for track, state in ((Track.ORDER, so.order), (Track.PAYMENT, so.payment)):
        if state is not None and mirrored(system.name, track):
            cell = matrix.cell(system.name, track, THE_ORDER)
            if state is State.CANCELLED and matrix.own_ref(system.name) is None:
                continue  # it was called off before anybody booked it there
            yield _comparison(
                system, track, column=track, subject="", expected=state, cell=cell, so=so
            )
    if so.progress is None or not mirrored(system.name, Track.FULFILLMENT):
        return
    if system.vocabulary.carries(PROGRESS_COLUMN):
        cell = matrix.cell(system.name, Track.FULFILLMENT, THE_ORDER)
        if cell is not None or so.progress is not State.NONE:
            yield _comparison(
                system,
                Track.FULFILLMENT,
                column=PROGRESS_COLUMN,
                subject="",
                expected=so.progress,
                cell=cell,
                so=so,
            )


def _of_parcels(matrix: Matrix, accord: Accord, so: Truth, system: System) -> Iterator[Comparison]:
    fulfills = accord.ownership.is_mirror(system.name, Track.FULFILLMENT)
    delivers = accord.ownership.is_mirror(system.name, Track.DELIVERY)
    for parcel in so.parcels:
        known = system.name in parcel.group.records
        state = parcel.fulfillment
        due = state is State.SHIPPED or (state is State.PACKED and keeps_unshipped(system))
        if fulfills and state is not None and (known or due):
            yield _on_group(matrix, system, Track.FULFILLMENT, parcel.group, state=state, so=so)
        way = parcel.delivery
        if delivers and known and way in HANDED_OVER and system.word_for(Track.DELIVERY, way):
            yield _on_group(matrix, system, Track.DELIVERY, parcel.group, state=way, so=so)


def _of_returns(matrix: Matrix, accord: Accord, so: Truth, system: System) -> Iterator[Comparison]:
    if not accord.ownership.is_mirror(system.name, Track.RETURN):
        return
    for item in so.returns:
        known = system.name in item.group.records
        if item.state is not None and (known or item.state in BOOKED_RETURNS):
            yield _on_group(matrix, system, Track.RETURN, item.group, state=item.state, so=so)


def _on_group(
    matrix: Matrix, system: System, track: Track, group: Group, *, state: State, so: Truth
) -> Comparison:
    record = group.records.get(system.name)
    cell = matrix.cell(system.name, track, record.subject) if record else None
    return _comparison(
        system, track, column=track, subject=group.id, expected=state, cell=cell, so=so
    )


def _comparison(
    system: System,
    track: Track,
    *,
    column: str,
    subject: str,
    expected: State,
    cell: Cell | None,
    so: Truth,
) -> Comparison:
    row = system.word_for(column, expected)
    said = cell.state if cell else None
    return Comparison(
        system=system.name,
        track=track,
        column=column,
        subject=subject,
        expected=expected,
        expected_word=row.word if row else "",
        said=said,
        word=cell.word if cell else "",
        agrees=satisfied(system, column, expected, said, so),
        cell=cell.key if cell else "",
    )
