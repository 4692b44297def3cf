"""The shape of an order: its facts without its names. Orders of one shape get one answer.

The pure rules (``compare``, ``plan`` without a clock, ``cases``) look at states, words, quantities
and places, at which record is linked with which, and at which of two things comes first. They never
look at what an id, a line or a time is. So each name is replaced by its rank among those that are
ever compared with it, and what no rule reads is left out: of a million orders there remain some
hundreds of shapes, and the rules need be asked once for each.
"""

from collections.abc import Iterator
from datetime import datetime
from hashlib import blake2b

from msgspec import json

from accord.domain.matrix import Cell, Matrix
from accord.domain.report import Particulars, Subject, SubjectKind
from accord.domain.tracks import Track

# Shapes are told apart by these alone; of 16 bytes no two are ever the same by accident.
SHAPE_BYTES = 16
# Where a matrix keeps its shape, beside its facts.
_KNOWN = "shape"

_Ranks = dict[str, int]
_encode = json.Encoder().encode


def shape(matrix: Matrix) -> bytes:
    """Return a digest that is the same for two orders exactly if they differ in names only.

    It is worked out once for each matrix, since facts do not change.
    """
    known: bytes | None = vars(matrix).get(_KNOWN)
    return _digest(matrix) if known is None else known


def remember(matrix: Matrix, stored: bytes) -> Matrix:
    """Return ``matrix``, with the shape that was worked out when it was stored."""
    vars(matrix)[_KNOWN] = stored
    return matrix


def _digest(matrix: Matrix) -> bytes:
    places = _Places(matrix)
    scopes = tuple(dict.fromkeys([ref.scope for ref in matrix.refs]))
    seen = (scopes, [*_cells(matrix, places)], [*_told(matrix, places)])
    digest = blake2b(_encode(seen), digest_size=SHAPE_BYTES).digest()
    remember(matrix, digest)
    return digest


def begun_at(matrix: Matrix) -> datetime | None:
    """Return the earliest time told in any cell; nothing in the order can last for longer."""
    times = [cell.happened_at or cell.said_at for cell in matrix.cells.values()]
    return min(times, default=None)


class _Places:
    """The rank of each subject among those of its kind that one system has spoken of."""

    def __init__(self, matrix: Matrix) -> None:
        self._matrix = matrix
        self._ranks: dict[tuple[str, SubjectKind], _Ranks] = {}

    def of(self, system: str, subject: Subject) -> int:
        return self.named(system, subject.kind, subject.id) if subject.id else 0

    def named(self, system: str, kind: SubjectKind, own_id: str) -> int:
        """Return the rank of an id, or -1 for one that nothing is known by."""
        ranks = self._ranks.get((system, kind))
        if ranks is None:
            subjects = self._matrix.subjects(system, kind)
            ranks = {subject.id: place for place, subject in enumerate(subjects, 1)}
            self._ranks[system, kind] = ranks
        return ranks.get(own_id, -1)


def _cells(matrix: Matrix, places: _Places) -> Iterator[tuple[object, ...]]:
    times = _times(matrix)
    for key, cell in sorted(matrix.cells.items()):
        subject = cell.subject
        ruling = matrix.rulings.get(key) if matrix.rulings else None
        moments = times.get((cell.track, subject.kind))
        yield (
            cell.system,
            cell.track,
            subject.kind,
            places.of(cell.system, subject),
            cell.kind,
            cell.word,
            cell.state,
            moments and (moments[_moment(cell)], cell.happened_at is not None),
            ruling and (ruling.state, ruling.against, ruling.verdict),
        )


def _times(matrix: Matrix) -> dict[tuple[Track, SubjectKind], dict[datetime, int]]:
    """Return the rank of each time where times are compared.

    A mirror's time is held against the owner's only where the mirror tells when it happened, and
    only on one track of one kind of subject.
    """
    together: dict[tuple[Track, SubjectKind], list[Cell]] = {}
    for cell in matrix.cells.values():
        together.setdefault((cell.track, cell.subject.kind), []).append(cell)
    return {
        where: {time: place for place, time in enumerate(sorted({_moment(c) for c in cells}))}
        for where, cells in together.items()
        if len(cells) > 1 and any(cell.happened_at is not None for cell in cells)
    }


def _moment(cell: Cell) -> datetime:
    return cell.happened_at or cell.said_at


def _told(matrix: Matrix, places: _Places) -> Iterator[tuple[object, ...]]:
    lines = _lines(matrix)
    numbers: _Ranks = {}  # tracking numbers are only ever the same or not: the first is the first
    for _, known in sorted(matrix.known.items()):
        told = known.particulars
        kind = known.subject.kind
        yield (
            known.system,
            kind,
            places.of(known.system, known.subject),
            _ranked(told.lines, lines),
            _ranked(told.ordered, lines),
            _ranked(told.returned, lines),
            told.place,
            told.tracking and [numbers.setdefault(n, len(numbers)) for n in told.tracking],
            told.carrier,
            told.same_as
            and [(ref.scope, places.named(ref.scope, kind, ref.value)) for ref in told.same_as],
            told.held,
            told.permit_until is not None,
        )


def _lines(matrix: Matrix) -> _Ranks:
    names: set[str] = set()
    for known in matrix.known.values():
        for lines in _line_tables(known.particulars):
            names.update(lines)
    return {name: place for place, name in enumerate(sorted(names))}


def _line_tables(told: Particulars) -> Iterator[dict[str, int]]:
    for lines in (told.lines, told.ordered, told.returned):
        if lines:
            yield lines


def _ranked(lines: dict[str, int] | None, ranks: _Ranks) -> list[tuple[int, int]] | None:
    return None if lines is None else sorted([(ranks[name], n) for name, n in lines.items()])
