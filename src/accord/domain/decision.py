"""What a report does to a matrix."""

from msgspec import Struct
from msgspec.structs import replace

from accord.domain.accord import Accord
from accord.domain.boundary import unusable
from accord.domain.matrix import Cell, Known, Matrix, PassedOver, learn, told_by
from accord.domain.reason import Reason, UnknownSystem, UnknownWord
from accord.domain.report import THE_ORDER, Report, Subject
from accord.domain.tracks import Track
from accord.domain.vocabulary import Meaning, Silent, Unknown


class Applied(Struct, frozen=True):
    """The report says something new: ``cells`` are the cells it changed."""

    matrix: Matrix
    cells: tuple[Cell, ...]


class Repeated(Struct, frozen=True):
    """The system says again what it said before."""

    matrix: Matrix


class Late(Struct, frozen=True):
    """The system has since said something newer. ``doubtful``: at the very same instant."""

    matrix: Matrix
    doubtful: bool = False


class Ignored(Struct, frozen=True):
    """The word is known and says nothing to us."""

    matrix: Matrix
    reason: str


class Quarantined(Struct, frozen=True):
    """The report cannot be used as it is. The matrix stays as it was."""

    matrix: Matrix
    reason: Reason


Decision = Applied | Repeated | Late | Ignored | Quarantined


def decide(matrix: Matrix, report: Report, accord: Accord, evidence: str = "") -> Decision:
    """Return what ``report`` does to ``matrix``; change nothing.

    Cells and particulars merge by the source's own time, so any order of arrival and any
    duplication of the same reports end in the same matrix. ``evidence`` names the envelope.
    """
    reason = unusable(report) if report.system in accord.systems else None
    if reason is not None:
        return Quarantined(matrix, reason)
    return decide_usable(matrix, report, accord, evidence)


def decide_usable(matrix: Matrix, report: Report, accord: Accord, evidence: str = "") -> Decision:
    """Return the same for a report of which ``unusable`` had nothing to say already."""
    system = accord.systems.get(report.system)
    if system is None:
        return Quarantined(matrix, UnknownSystem(report.system))
    reading = system.read(report.kind, report.word)
    if isinstance(reading, Unknown):
        return Quarantined(matrix, UnknownWord(report.system, report.kind, report.word))
    learned = _learn(matrix, report)
    if isinstance(reading, Silent):
        return Ignored(_pass_over(learned, report), reading.reason)
    decision = _apply(learned, _cells(report, reading, evidence))
    if isinstance(decision, Applied) or not _taught(learned, matrix, report):
        return decision
    return Applied(decision.matrix, ())


def _learn(matrix: Matrix, report: Report) -> Matrix:
    """Return the matrix with the report's names and particulars, whatever its word says."""
    refs = matrix.refs
    fresh = [ref for ref in report.order if ref not in refs]
    if fresh:
        refs = tuple(sorted((*refs, *fresh)))
    told = told_by(
        report.system, report.subject, report.particulars, report.said_at, report.read_at
    )
    known = matrix.known if told is None else _with(matrix.known, told)
    if refs is matrix.refs and known is matrix.known:
        return matrix
    return Matrix(matrix.cells, known, refs, matrix.rulings, matrix.passed_over)


def _pass_over(matrix: Matrix, report: Report) -> Matrix:
    """Return the matrix with a word that says nothing, so that a meaning for it is no news."""
    told = PassedOver(
        system=report.system,
        subject=report.subject,
        kind=report.kind,
        word=report.word,
        said_at=report.said_at,
    )
    held = matrix.passed_over.get(told.key)
    if held is not None and not told.follows(held):
        return matrix
    return replace(matrix, passed_over={**matrix.passed_over, told.key: told})


def _taught(after: Matrix, before: Matrix, report: Report) -> bool:
    """Return whether the report told a name or a particular that was not known before."""
    if after is before:
        return False
    return after.refs != before.refs or after.particulars(
        report.system, report.subject
    ) != before.particulars(report.system, report.subject)


def _with(known: dict[str, Known], told: Known) -> dict[str, Known]:
    before = known.get(told.key)
    after = learn(before, told)
    return known if after is before else {**known, told.key: after}


def _cells(report: Report, meaning: Meaning, evidence: str) -> list[Cell]:
    """Return one cell for each track the word speaks on; progress speaks of the whole order."""
    said = [(track, _subject_on(track, report), state) for track, state in meaning.states.items()]
    if meaning.progress is not None:
        said.append((Track.FULFILLMENT, THE_ORDER, meaning.progress))
    return [
        Cell(
            system=report.system,
            track=track,
            subject=subject,
            kind=report.kind,
            word=report.word,
            state=state,
            said_at=report.said_at,
            happened_at=report.happened_at,
            read_at=report.read_at,
            evidence=evidence,
        )
        for track, subject, state in said
    ]


def _subject_on(track: Track, report: Report) -> Subject:
    # A word on a parcel or a return may also speak of the order or its payment as a whole.
    if track in (Track.ORDER, Track.PAYMENT):
        return THE_ORDER
    return report.subject


def _apply(learned: Matrix, cells: list[Cell]) -> Decision:
    table = learned.cells
    changed: list[Cell] = []
    late = doubtful = False
    for cell in cells:
        key = cell.key
        held = table.get(key)
        if held is None or cell.follows(held):
            table = {**table, key: cell}
            if held is None or (held.word, held.kind) != (cell.word, cell.kind):
                changed.append(cell)
        elif held.follows(cell):
            late = True
            doubtful = doubtful or (held.said_at == cell.said_at and held.state is not cell.state)
    matrix = learned
    if table is not learned.cells:
        matrix = Matrix(table, learned.known, learned.refs, learned.rulings, learned.passed_over)
    if changed:
        return Applied(matrix, tuple(changed))
    return Late(matrix, doubtful) if late else Repeated(matrix)
