"""A system's words and ours. A word in no table is news, never a default."""

from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct, convert

from accord.domain.tracks import PROGRESS, STATES, State, Track

PROGRESS_COLUMN = "progress"


class Unknown(Struct, frozen=True):
    """The table does not know this word."""


class Silent(Struct, frozen=True):
    """The table knows the word and lists why it says nothing to us."""

    reason: str


class Meaning(Struct, frozen=True):
    """What a word says: at most one state on each track, and perhaps the order's progress."""

    states: Mapping[Track, State]
    progress: State | None = None


Reading = Meaning | Silent | Unknown


class Row(Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a table: a word of one kind of record, and what it means.

    ``means`` has a track or ``progress`` on the left and a canonical state on the right.
    ``when`` restricts the row to a value of a declared setting. Of several words with one
    meaning, the first listed is the one the system is expected to show.
    """

    kind: str
    word: str
    means: dict[str, State]
    note: str = ""
    label: str = ""
    when: dict[str, str | bool] = {}


class Ignored(Struct, frozen=True, forbid_unknown_fields=True):
    """A word that is known and says nothing on any track, with the reason."""

    kind: str
    word: str
    reason: str


class Alike(Struct, frozen=True, forbid_unknown_fields=True):
    """States of one track that this system cannot tell apart; between them there is no drift."""

    track: str
    states: tuple[State, ...]
    reason: str


class Vocabulary(Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """The mapping table of one system. Words are compared without regard to case."""

    version: int
    rows: tuple[Row, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    alike: tuple[Alike, ...] = ()

    @cached_property
    def _rows(self) -> Mapping[tuple[str, str], tuple[Row, ...]]:
        table: dict[tuple[str, str], tuple[Row, ...]] = {}
        for row in self.rows:
            key = (row.kind, row.word.casefold())
            table[key] = (*table.get(key, ()), row)
        return table

    @cached_property
    def _silences(self) -> Mapping[tuple[str, str], Silent]:
        return {(row.kind, row.word.casefold()): Silent(row.reason) for row in self.ignored}

    @cached_property
    def _readings(self) -> dict[tuple[str, str, tuple[tuple[str, str | bool], ...]], Reading]:
        return {}

    def read(self, kind: str, word: str, settings: Mapping[str, str | bool]) -> Reading:
        """Return what ``word`` on a record of ``kind`` means under the declared ``settings``."""
        key = (kind, word, tuple(settings.items()))
        reading = self._readings.get(key)
        if reading is None:
            reading = self._look_up(kind, word, settings)
            if not isinstance(reading, Unknown):  # the words of the world are not bounded
                self._readings[key] = reading
        return reading

    def _look_up(self, kind: str, word: str, settings: Mapping[str, str | bool]) -> Reading:
        key = (kind, word.casefold())
        for row in self._rows.get(key, ()):
            if all(settings.get(name) == value for name, value in row.when.items()):
                return meaning_of(row)
        return self._silences.get(key, Unknown())

    def label(self, kind: str, word: str) -> str:
        """Return how people read a word (``G`` is *Billed*); empty where it speaks for itself."""
        rows = self._rows.get((kind, word.casefold()), ())
        return next((row.label for row in rows if row.label), "")

    def word_for(self, column: str, state: State, settings: Mapping[str, str | bool]) -> Row | None:
        """Return the row whose word this system shows for ``state``, or None if it has none."""
        key = (column, state, tuple(settings.items()))
        try:
            return self._shown[key]
        except KeyError:
            return self._shown.setdefault(key, self._look_for(column, state, settings))

    @cached_property
    def _shown(self) -> dict[tuple[str, State, tuple[tuple[str, str | bool], ...]], Row | None]:
        return {}

    def _look_for(
        self, column: str, state: State, settings: Mapping[str, str | bool]
    ) -> Row | None:
        for row in self.rows:
            if row.means.get(column) != state:
                continue
            if all(settings.get(name) == value for name, value in row.when.items()):
                return row
        return None

    def tells_apart(self, column: str, one: State, other: State) -> bool:
        """Return whether this system shows ``one`` and ``other`` as different things."""
        return one is not other and (column, one, other) not in self._same

    @cached_property
    def _same(self) -> frozenset[tuple[str, State, State]]:
        return frozenset(
            (group.track, one, other)
            for group in self.alike
            for one in group.states
            for other in group.states
        )

    def carries(self, column: str) -> bool:
        """Return whether any word of this system speaks on ``column``."""
        return column in self._columns

    @cached_property
    def _columns(self) -> frozenset[str]:
        return frozenset(column for row in self.rows for column in row.means)


def meaning_of(row: Row) -> Meaning:
    """Return a row's meaning; its columns were checked when the table was read."""
    states = {Track(name): state for name, state in row.means.items() if name != PROGRESS_COLUMN}
    return Meaning(states, row.means.get(PROGRESS_COLUMN))


def vocabulary(document: Mapping[str, object]) -> Vocabulary:
    """Return the table held by a decoded ``vocabulary.toml``.

    Raises ``ValueError`` naming the row when a column or a state does not exist on its track.
    """
    table = convert(document, Vocabulary)
    for row in table.rows:
        for column, state in row.means.items():
            known = PROGRESS if column == PROGRESS_COLUMN else STATES.get(Track(column), ())
            if state not in known:
                message = f"{row.kind} {row.word!r}: the track {column} has no state {state!r}"
                raise ValueError(message)
    return table
