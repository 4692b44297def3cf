"""Whether a table of words is sound: every word one meaning, every state on its own track."""

from collections.abc import Iterator, Mapping

from accord.domain.accord import System
from accord.domain.finding import Code, Finding, Path, did_you_mean, listed
from accord.domain.tracks import PROGRESS, STATES, State
from accord.domain.vocabulary import PROGRESS_COLUMN, Row

COLUMNS: Mapping[str, tuple[State, ...]] = {
    **{str(track): states for track, states in STATES.items()},
    PROGRESS_COLUMN: PROGRESS,
}


def word_path(system: str, kind: str, word: str) -> Path:
    """Return the place of a word in a system's table, the same however the word is cased."""
    return ("systems", system, "words", kind, word.casefold())


def prove_vocabulary(system: System) -> Iterator[Finding]:
    """Yield every word mapped twice, not at all, or to a state of another track."""
    for row in system.vocabulary.rows:
        where = word_path(system.name, row.kind, row.word)
        if not row.means:
            yield Finding(
                code=Code.WORD_NOT_MAPPED,
                where=where,
                what=f"The word {row.word!r} on {row.kind} is listed without a meaning.",
                remedy='Say what it means, for example means = { order = "open" }, or list it '
                f"with a reason under [[systems.{system.name}.ignored_words]].",
            )
        for column, state in row.means.items():
            yield from prove_column(column, (state,), (*where, "means", column))
    yield from _silences(system)
    yield from _twice(system)


def prove_column(column: str, states: tuple[State, ...], where: Path) -> Iterator[Finding]:
    """Yield what is wrong with naming ``states`` under ``column``: another track's, or none."""
    foreign = [state for state in states if state not in COLUMNS.get(column, ())]
    if not foreign:
        if column not in COLUMNS:
            yield _no_column(column, where)
        return
    homes = "; ".join(f"{state} belongs to {listed(homes_of(state))}" for state in foreign)
    if column not in COLUMNS and len({tuple(homes_of(state)) for state in foreign}) == 1:
        yield _no_column(column, where, homes)
        return
    known = column in COLUMNS
    what = "is another kind of status" if known else "is not one kind of status"
    yield Finding(
        code=Code.MIXED_TRACKS,
        where=where,
        what=f"Status types are mixed: {homes}, and {column!r} {what}.",
        remedy="Put each state under its own track"
        + (f"; {column} knows {listed(COLUMNS[column])}." if known else "."),
    )


def _no_column(column: str, where: Path, homes: str = "") -> Finding:
    because = f" {homes[0].upper()}{homes[1:]}." if homes else ""
    return Finding(
        code=Code.UNKNOWN_TRACK,
        where=where,
        what=f"{column!r} is not a track.{because}",
        remedy=f"{did_you_mean(column, COLUMNS)}Use one of {listed(COLUMNS)}.",
    )


def homes_of(state: State) -> list[str]:
    """Return the tracks, and perhaps ``progress``, that know ``state``."""
    return [column for column, states in COLUMNS.items() if state in states]


def _silences(system: System) -> Iterator[Finding]:
    for row in system.vocabulary.ignored:
        if not row.reason.strip():
            yield Finding(
                code=Code.WORD_NOT_MAPPED,
                where=word_path(system.name, row.kind, row.word),
                what=f"The word {row.word!r} on {row.kind} is ignored without a reason.",
                remedy='Say why it tells us nothing: reason = "…".',
            )


def _twice(system: System) -> Iterator[Finding]:
    seen: set[Path] = set()
    rows = [(row.kind, row.word, _condition(row)) for row in system.vocabulary.rows]
    silences = {(row.kind, row.word.casefold()) for row in system.vocabulary.ignored}
    listings = [(row.kind, row.word.casefold()) for row in system.vocabulary.ignored]
    for kind, word, condition in rows:
        where = word_path(system.name, kind, word)
        # A row under a condition may leave the word silent where the condition does not hold.
        if not condition and (kind, word.casefold()) in silences:
            yield _mapped_twice(where, f"{word!r} on {kind} is both mapped and ignored")
        elif (*where, condition) in seen:
            yield _mapped_twice(where, f"{word!r} on {kind} is mapped twice")
        seen.add((*where, condition))
    for kind, word in sorted(silences):
        if listings.count((kind, word)) > 1:
            where = word_path(system.name, kind, word)
            yield _mapped_twice(where, f"{word!r} on {kind} is ignored twice")


def _condition(row: Row) -> str:
    return repr(sorted(row.when.items())) if row.when else ""


def _mapped_twice(where: Path, what: str) -> Finding:
    return Finding(
        code=Code.WORD_MAPPED_TWICE,
        where=where,
        what=f"The word {what}.",
        remedy="Keep the one entry that is right and take out the other.",
    )
