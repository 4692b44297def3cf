"""Mirrors that say something else than the truth, row by row. Pure."""

from collections.abc import Iterator, Sequence

from accord.domain.comparison import Comparison
from accord.domain.drift import Drift, DriftPattern
from accord.domain.drift_grounds import Grounds, plain
from accord.domain.tracks import Track


def behind(known: Grounds, named: Sequence[Drift]) -> Iterator[Drift]:
    """Yield what mirrors say that they should not, unless a named pattern says it already."""
    told = {(one.system, track) for one in named for track in _TELLS.get(one.pattern, {one.track})}
    if any(one.pattern is DriftPattern.GHOST_FULFILLMENT for one in named):
        # Whoever repeats what should not have left waits until it is settled.
        told |= {(name, t) for name in known.accord.systems for t in _OF_A_GHOST}
    for row in known.rows:
        if not row.agrees and (row.system, row.track) not in told:
            yield _of_row(known, row)


_OF_A_GHOST = frozenset({Track.ORDER, Track.FULFILLMENT})
# What these say of a system leaves nothing to be said of its other tracks.
_TELLS = {
    DriftPattern.ORPHANED_PAYMENT: frozenset(Track),
    DriftPattern.UNACKNOWLEDGED_ORDER: frozenset(Track),
}


def _of_row(known: Grounds, row: Comparison) -> Drift:
    pattern = _pattern(known, row)
    cell = known.matrix.cells.get(row.cell)
    cells = [*([cell] if cell else []), *known.owners_of(row)]
    edit = known.last_edits.get(row.cell) if pattern is DriftPattern.FOREIGN_EDIT else None
    return known.drift(
        pattern,
        row.system,
        row.track,
        subject=f"{row.column} {row.subject}".strip(),
        what=_sentence(row, pattern),
        cause=_cause(row, pattern),
        cells=cells,
        since=edit.heard_at if edit else None,
    )


def _pattern(known: Grounds, row: Comparison) -> DriftPattern:
    if known.is_silent(row.system):
        return DriftPattern.MISSED_FIRST_UPDATE
    if row.cell in known.last_edits or row.cell in known.matrix.rulings:
        return DriftPattern.FOREIGN_EDIT
    return DriftPattern.DISAGREEMENT


def _sentence(row: Comparison, pattern: DriftPattern) -> str:
    about = f"{row.column} of {row.subject}" if row.subject else f"{row.column} of the order"
    if row.said is None:
        return f"{row.system} has no record on the {about}; it is {plain(row.expected)}."
    if pattern is DriftPattern.FOREIGN_EDIT:
        says = f"went over to {row.word!r} ({plain(row.said)}) by itself"
    else:
        says = f"says {row.word!r} ({plain(row.said)})"
    return f"On the {about} {row.system} {says}; by its owner it is {plain(row.expected)}."


def _cause(row: Comparison, pattern: DriftPattern) -> str:
    column = row.column if row.track != row.column or not row.subject else f"{row.track} of a part"
    expected = f"where {column} {plain(row.expected)} is expected"
    if pattern is DriftPattern.MISSED_FIRST_UPDATE:
        return f"{row.system} has never said a word on an order it has"
    if row.said is None:
        kept = "return" if row.track is Track.RETURN else "record"
        return f"no {kept} of {row.system} {expected}"
    by = "changed there to " if pattern is DriftPattern.FOREIGN_EDIT else ""
    return f"{by}word {row.word!r} of {row.system} {expected}"
