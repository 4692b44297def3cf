"""The matrix as people read it: a row per track and subject, a column per system."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from accord.domain.accord import Accord
from accord.domain.comparison import Comparison, compare
from accord.domain.matrix import Cell, Matrix
from accord.domain.parcels import Group
from accord.domain.report import THE_ORDER, Subject, SubjectKind
from accord.domain.tracks import State, Track
from accord.domain.truth import Truth, truth
from accord.domain.vocabulary import PROGRESS_COLUMN


class Standing(StrEnum):
    """How a cell stands to the truth of its row."""

    OWNS = "owns"  # its word is the truth
    AGREES = "agrees"
    BEHIND = "behind"  # it should say something else
    INFORMS = "informs"  # it says something; nothing is expected of it


class Entry(Struct, frozen=True):
    """One cell as shown. ``word`` is empty where the system should have a record and has none.

    ``label`` is how people read a word that is only a letter.
    """

    standing: Standing
    word: str
    label: str
    state: State | None
    expected_word: str
    said_at: datetime | None


class Line(Struct, frozen=True):
    """One row as shown: what it speaks of, the truth, and each system's entry.

    ``title`` is the track, or ``progress`` for the fulfillment of the order as a whole.
    """

    track: Track
    title: str
    subject: str
    truth: State | None
    entries: Mapping[str, Entry]


def sheet(matrix: Matrix, accord: Accord) -> list[Line]:
    """Return every row on which anything is said or expected."""
    so = truth(matrix, accord)
    compared = {(c.column, c.subject, c.system): c for c in compare(matrix, accord, so)}
    lines = [
        _line(matrix, accord, compared, row)
        for row in (
            *_order_rows(accord, so),
            *_group_rows(accord, so),
            *_allocations(matrix, accord),
        )
    ]
    return [line for line in lines if line.entries]


class _Row(Struct, frozen=True):
    track: Track
    column: str
    subject: str
    truth: State | None
    owner: str | None
    subjects: Mapping[str, Subject]


def _order_rows(accord: Accord, so: Truth) -> list[_Row]:
    whole = dict.fromkeys(accord.systems, THE_ORDER)
    owner = accord.ownership.owner
    return [
        _Row(Track.ORDER, Track.ORDER, "", so.order, owner(Track.ORDER), whole),
        _Row(Track.PAYMENT, Track.PAYMENT, "", so.payment, owner(Track.PAYMENT), whole),
        _Row(Track.FULFILLMENT, PROGRESS_COLUMN, "", so.progress, None, whole),
    ]


def _group_rows(accord: Accord, so: Truth) -> list[_Row]:
    rows = []
    for parcel in so.parcels:
        for track, state in (
            (Track.FULFILLMENT, parcel.fulfillment),
            (Track.DELIVERY, parcel.delivery),
        ):
            rows.append(_group_row(accord, track, parcel.group, state))
    rows.extend(_group_row(accord, Track.RETURN, r.group, r.state) for r in so.returns)
    return rows


def _group_row(accord: Accord, track: Track, group: Group, state: State | None) -> _Row:
    owner = accord.ownership.owner(track, group.location)
    subjects = {system: record.subject for system, record in group.records.items()}
    return _Row(track, track, group.id, state, owner, subjects)


def _allocations(matrix: Matrix, accord: Accord) -> list[_Row]:
    owner = accord.ownership.owner(Track.ORDER)
    rows = []
    for system in accord.systems:
        for subject in matrix.subjects(system, SubjectKind.ALLOCATION):
            cell = matrix.cell(system, Track.FULFILLMENT, subject)
            truth = cell.state if cell and system == owner else None
            found = {system: subject}
            rows.append(
                _Row(Track.FULFILLMENT, Track.FULFILLMENT, str(subject), truth, owner, found)
            )
    return rows


def _line(
    matrix: Matrix,
    accord: Accord,
    compared: Mapping[tuple[str, str, str], Comparison],
    row: _Row,
) -> Line:
    entries = {}
    for system in accord.systems:
        subject = row.subjects.get(system)
        cell = matrix.cell(system, row.track, subject) if subject else None
        comparison = compared.get((row.column, row.subject, system))
        if cell is not None or comparison is not None:
            vocabulary = accord.systems[system].vocabulary
            label = vocabulary.label(cell.kind, cell.word) if cell else ""
            entries[system] = _entry(cell, label, comparison, owns=system == row.owner)
    return Line(row.track, row.column, row.subject, row.truth, entries)


def _entry(cell: Cell | None, label: str, comparison: Comparison | None, *, owns: bool) -> Entry:
    if owns:
        standing = Standing.OWNS
    elif comparison is None:
        standing = Standing.INFORMS
    else:
        standing = Standing.AGREES if comparison.agrees else Standing.BEHIND
    return Entry(
        standing=standing,
        word=cell.word if cell else "",
        label=label,
        state=cell.state if cell else None,
        expected_word=comparison.expected_word if comparison else "",
        said_at=cell.said_at if cell else None,
    )
