"""Which system an export is from and what each of its columns tells, from names and values."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl

from accord.audit.errors import UndecidedError, UnusableError
from accord.audit.exports import Export, Kind, StatusColumn, exports, plain_name, systems
from accord.audit.hints import Hints
from accord.audit.table import Table
from accord.audit.times import TimeColumn, time_column
from accord.audit.words import Words
from accord.domain.tracks import Track

# Below this a guess is no better than none, and the user is asked.
_ENOUGH = 0.3
# Two guesses nearer to each other than this are as good.
_AS_GOOD = 0.05
_SIGNS_WANTED = 4
# The share of known words at which a column counts by its values, whatever it is called.
_CONVINCING = 0.8
# Where a list has statuses of several tracks, a column of another name must still name its own.
_STEMS = {
    Track.ORDER: ("",),
    Track.PAYMENT: ("pay", "financ"),
    Track.FULFILLMENT: ("fulfil", "ship"),
    Track.DELIVERY: ("deliver",),
    Track.RETURN: ("return",),
}


class Status(NamedTuple):
    """A column taken for a status, and the kinds of word expected in it.

    ``rivals`` are columns that could be it just as well, this one among them.
    """

    column: str
    spec: StatusColumn
    share: float
    rivals: tuple[str, ...] = ()


class Recognised(NamedTuple):
    """An export, what it was taken for and how sure that is, from 0 to 1."""

    table: Table
    export: Export
    words: Words
    confidence: float
    statuses: tuple[Status, ...]
    created: TimeColumn | None
    touched: tuple[TimeColumn, ...]

    def column(self, names: Sequence[str]) -> str | None:
        """Return the first column of this export with one of ``names``."""
        return named(self.table.columns, names)

    @property
    def clock(self) -> str | None:
        """Return the zone its times are read in; None where each names its own."""
        times = [time for time in (self.created, *self.touched) if time and not time.zoned]
        return times[0].zone if times else None

    def email(self) -> str | None:
        """Return the column of mail addresses where day and amount cannot tell orders apart."""
        told = self.created is not None and self.column(self.export.total) is not None
        return None if told else self.column(self.export.email)

    def columns(self, names: Sequence[str]) -> list[str]:
        """Return all columns with one of ``names``, in the order of the names."""
        plain = {plain_name(column): column for column in reversed(self.table.columns)}
        return [plain[name] for name in names if name in plain]


def named(columns: Sequence[str], names: Sequence[str]) -> str | None:
    """Return the column with the first of ``names`` that there is."""
    plain = {plain_name(column): column for column in reversed(columns)}
    return next((plain[name] for name in names if name in plain), None)


def recognise(
    table: Table, hints: Hints, settings: Mapping[str, Mapping[str, str | bool]]
) -> Recognised:
    """Return what ``table`` is an export of.

    Raises ``UndecidedError`` where two systems fit as well, and ``UnusableError`` where none
    fits; a hint settles either.
    """
    given = hints.system(table.name)
    if given and given not in systems():
        known = ", ".join(systems())
        raise UnusableError(table.name, f"the system {given} is not known; known are {known}.")
    wanted = hints.kind(table.name)
    candidates = [
        _scored(table, export, settings.get(export.system, {}), hints)
        for export in exports()
        if given in {None, export.system} and wanted in {None, export.kind}
    ]
    ranked = sorted(candidates, key=lambda one: one.confidence, reverse=True)
    best, *others = ranked
    if given is None:
        _sure(table, best, others)
    _usable(table, best)
    best = _in_zone(best, hints.zone(table.name))
    return best._replace(confidence=1.0) if given else best


def _in_zone(found: Recognised, zone: str) -> Recognised:
    created = found.created._replace(zone=zone) if found.created else None
    return found._replace(
        created=created, touched=tuple(time._replace(zone=zone) for time in found.touched)
    )


def _usable(table: Table, found: Recognised) -> None:
    """Ask which column holds a status where two could, and refuse a list of no orders."""
    for status in found.statuses:
        if status.rivals:
            question = f"its status could be in {' or '.join(status.rivals)}."
            raise UndecidedError(table.name, question, "--status", status.rivals)
    if found.export.kind is Kind.ORDERS and not table.rows:
        reason = "it has a header and no rows; a list without orders says nothing of any order."
        raise UnusableError(table.name, reason)


def _sure(table: Table, best: Recognised, others: list[Recognised]) -> None:
    flag = "--system"
    if best.confidence < _ENOUGH:
        reason = (
            "its columns are not those of a system we know. Name it with "
            f"{flag} '{table.name}=SYSTEM' (one of {', '.join(systems())})."
        )
        raise UnusableError(table.name, reason, 1)
    rivals = [
        other
        for other in others
        if best.confidence - other.confidence < _AS_GOOD
        and other.export.system != best.export.system
    ]
    if rivals:
        choices = (best.export.system, *dict.fromkeys(one.export.system for one in rivals))
        question = f"it could come from {' or '.join(choices)}."
        raise UndecidedError(table.name, question, flag, choices)


def _scored(
    table: Table, export: Export, settings: Mapping[str, str | bool], hints: Hints
) -> Recognised:
    words = Words(export.system, settings, hints.rows(table.name))
    plain = {plain_name(column) for column in table.columns}
    signs = len(plain.intersection(export.signs))
    statuses = _statuses(table, export, words, hints)
    shares = [status.share for status in statuses if not status.spec.line]
    values = sum(shares) / len(shares) if shares else 0.0
    telling = statuses or any(one.alone and one.name in plain for one in export.presence)
    hinted = export.system.replace("_", "") in plain_name(table.name)
    score = 0.5 * min(1.0, signs / _SIGNS_WANTED) + 0.4 * values + 0.1 * hinted
    return Recognised(
        table=table,
        export=export,
        words=words,
        confidence=round(score if telling else score / 2, 3),
        statuses=statuses,
        created=_time(table, export.created),
        touched=tuple(
            found
            for column in dict.fromkeys(
                c for name in export.touched for c in table.columns if plain_name(c) == name
            )
            if (found := time_column(table.sample, column)) is not None
        ),
    )


def _time(table: Table, names: Sequence[str]) -> TimeColumn | None:
    for name in names:
        for column in table.columns:
            if plain_name(column) == name:
                found = time_column(table.sample, column)
                if found is not None:
                    return found
    return None


def _statuses(table: Table, export: Export, words: Words, hints: Hints) -> tuple[Status, ...]:
    given = hints.statuses(table.name, table.columns)
    if given:
        return tuple(_given(table, export, words, column) for column in given)
    return tuple(
        status
        for spec in export.statuses
        if (status := _status(table, spec, words, export)) is not None
    )


def _given(table: Table, export: Export, words: Words, column: str) -> Status:
    """Return a column the user named: the status of that name, else what knows most values."""
    plain = plain_name(column)
    specs = [spec for spec in export.statuses if plain in spec.names] or [*export.statuses]
    shares = [(known_share(table.sample, column, spec, words), spec) for spec in specs]
    share, spec = max(shares, key=lambda one: one[0])
    return Status(column, spec, share)


def _status(table: Table, spec: StatusColumn, words: Words, export: Export) -> Status | None:
    """Return the column that holds a status: by its name, or by its values."""
    found: list[tuple[tuple[float, ...], Status]] = []
    for column in table.columns:
        rank = _rank(column, spec, export)
        if rank is None:
            continue
        share = known_share(table.sample, column, spec, words)
        if rank < len(spec.names) or share >= _CONVINCING:
            found.append((_weight(share, rank), Status(column, spec, share)))
    if not found:
        return None
    weight, best = max(found, key=lambda one: one[0])
    twins = [status.column for other, status in found if other == weight]
    if len(twins) > 1 and not _alike(table.sample, twins):
        return best._replace(rivals=tuple(twins))
    return best


def _rank(column: str, spec: StatusColumn, export: Export) -> int | None:
    """Return the place of a column's name among those expected, past the last if only similar."""
    plain = plain_name(column.rsplit(" (", 1)[0])
    if plain in spec.names:
        return spec.names.index(plain)
    taken = {name for other in export.statuses if other is not spec for name in other.names}
    if plain in taken or "status" not in plain or spec.line:
        return None
    alone = len({other.track for other in export.statuses}) == 1
    fits = alone or any(stem in plain for stem in _STEMS[spec.track])
    return len(spec.names) if fits else None


def _weight(share: float, rank: int) -> tuple[float, ...]:
    """Return what to choose by: among columns of words we know their name, else the words."""
    return (1, -rank, 0) if share >= _CONVINCING else (0, share, -rank)


def _alike(sample: pl.DataFrame, columns: Sequence[str]) -> bool:
    first, *rest = (sample.get_column(column) for column in columns)
    return all(first.equals(other.alias(first.name)) for other in rest)


def known_share(sample: pl.DataFrame, column: str, spec: StatusColumn, words: Words) -> float:
    """Return the share of a column's rows whose word is in the table of the system."""
    counts = sample.get_column(column).drop_nulls().value_counts()
    if counts.is_empty():
        return 0.0
    rows = counts.rows()
    known = sum(n for word, n in rows if words.read(spec.kinds, word.strip()).known)
    return float(known / sum(n for _, n in rows))
