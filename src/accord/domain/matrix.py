"""Everything known of one order: facts only. What follows from them is computed elsewhere."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from itertools import chain

from msgspec import Struct
from msgspec.structs import fields, replace

from accord.domain.report import NUMBER, SILENT, Particulars, Ref, Subject, SubjectKind
from accord.domain.ruling import Ruling
from accord.domain.tracks import State, Track, rank

_NEVER = datetime.min.replace(tzinfo=UTC)
# Names are asked for again and again while one order is in hand; this holds those of a batch.
_NAMES_KEPT = 8192


class Cell(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The latest word of one system on one track of one subject, and the state it means."""

    system: str
    track: Track
    subject: Subject
    kind: str
    word: str
    state: State
    said_at: datetime
    happened_at: datetime | None = None
    read_at: datetime | None = None
    evidence: str = ""

    @property
    def key(self) -> str:
        """Return the name of this cell within its matrix."""
        return cell_key(self.system, self.track, self.subject)

    def follows(self, other: "Cell") -> bool:
        """Return whether this cell is the later statement of the two.

        The source's own time decides, then the time we asked, then the rank of the state on its
        track, then the words: a total order, so that any order of arrival ends in the same cell.
        Sources count in seconds; only reading again tells which of two words of one second holds.
        """
        if self.said_at != other.said_at:
            return self.said_at > other.said_at
        return self.age() > other.age()

    def age(self) -> tuple[datetime, datetime, int, str, str, str]:
        """Return the place of this statement among those of its cell."""
        happened = self.happened_at.isoformat() if self.happened_at else ""
        standing = rank(self.track, self.state)
        return (self.said_at, self.read_at or _NEVER, standing, self.kind, self.word, happened)


class Known(Struct, frozen=True, omit_defaults=True):
    """What one system has told of one subject, each particular with the time it was said.

    ``read_at`` has the time we asked, for the particulars that came as an answer.
    """

    system: str
    subject: Subject
    particulars: Particulars
    said_at: dict[str, datetime]
    read_at: dict[str, datetime] = {}

    def age(self, name: str) -> tuple[datetime, datetime, str]:
        """Return the place of one particular among those told of it.

        As for cells: sources count in seconds, and only reading again tells which of two values
        of one second holds. Without that the greater text wins: arbitrary, the same in any order.
        """
        value = repr(getattr(self.particulars, name))
        return (self.said_at[name], self.read_at.get(name, _NEVER), value)

    def is_later(self, name: str, other: "Known") -> bool:
        """Return whether one particular was told later here than in ``other``."""
        said, held = self.said_at[name], other.said_at[name]
        return said > held if said != held else self.age(name) > other.age(name)

    @property
    def key(self) -> str:
        """Return the name of this entry within its matrix."""
        return known_key(self.system, self.subject)


class PassedOver(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The latest word of one system on one kind of record that is known and says nothing to us.

    No rule looks at it. Once the word gets a meaning, it tells that nobody said anything new.
    """

    system: str
    subject: Subject
    kind: str
    word: str
    said_at: datetime

    @property
    def key(self) -> str:
        """Return the name of this entry within its matrix."""
        return f"{self.system}|{self.subject}|{self.kind}"

    def follows(self, other: "PassedOver") -> bool:
        """Return whether this is the later statement of the two; of one second, by the word."""
        return (self.said_at, self.word) > (other.said_at, other.word)


@lru_cache(maxsize=_NAMES_KEPT)
def cell_key(system: str, track: Track, subject: Subject) -> str:
    """Return the name of a cell within its matrix."""
    return f"{system}|{track}|{subject}"


@lru_cache(maxsize=_NAMES_KEPT)
def known_key(system: str, subject: Subject) -> str:
    """Return the name of a subject's particulars within its matrix."""
    return f"{system}|{subject}"


class Matrix(Struct, frozen=True, omit_defaults=True, dict=True):
    """The facts of one order: a cell per system, track and subject, and the particulars.

    ``refs`` holds every name a system uses for the order. Nothing in it is a conclusion.
    ``rulings`` has, by the key of a cell, what was noticed and decided of a mirror's own change;
    it stays empty unless a track's rule is to ask. ``passed_over`` has words that say nothing.
    """

    cells: dict[str, Cell] = {}
    known: dict[str, Known] = {}
    refs: tuple[Ref, ...] = ()
    rulings: dict[str, Ruling] = {}
    passed_over: dict[str, PassedOver] = {}

    def cell(self, system: str, track: Track, subject: Subject) -> Cell | None:
        """Return what ``system`` last said on ``track`` of ``subject``."""
        return self.cells.get(cell_key(system, track, subject))

    def waits(self, cell: Cell | None, owner: State | None) -> bool:
        """Return whether a person is to decide about ``cell``, whose owner says ``owner``."""
        ruling = None if cell is None else self.rulings.get(cell.key)
        if cell is None or ruling is None or ruling.verdict is not None:
            return False
        return ruling.is_about(cell.state, owner)

    def particulars(self, system: str, subject: Subject) -> Particulars:
        """Return what ``system`` has told of ``subject``; silence where it told nothing."""
        found = self.known.get(known_key(system, subject))
        return found.particulars if found else Particulars()

    def subjects(self, system: str, kind: SubjectKind) -> Iterator[Subject]:
        """Yield the subjects of one kind that ``system`` has spoken of, oldest id first."""
        yield from self._subjects.get((system, kind), ())

    @cached_property
    def _subjects(self) -> Mapping[tuple[str, SubjectKind], list[Subject]]:
        found: dict[tuple[str, SubjectKind], set[Subject]] = {}
        everything: Iterable[Cell | Known] = chain(self.known.values(), self.cells.values())
        for told in everything:
            found.setdefault((told.system, told.subject.kind), set()).add(told.subject)
        return {whose: sorted(subjects) for whose, subjects in found.items()}

    def own_ref(self, system: str) -> str | None:
        """Return the id ``system`` itself gives the order, or None if it does not know it."""
        for ref in self.refs:
            if ref.scope == system:
                return ref.value
        return None

    @property
    def number(self) -> str | None:
        """Return the order number that people read, or None if no system told one."""
        return next((ref.value for ref in self.refs if ref.scope == NUMBER), None)


_FIELDS = tuple(field.name for field in fields(Particulars))


def learn(known: Known | None, told: Known) -> Known:
    """Return what is known after ``told``: on each particular the latest statement stands."""
    if known is None:
        return told
    newer = [
        name for name in told.said_at if name not in known.said_at or told.is_later(name, known)
    ]
    if not newer:
        return known
    asked = {name: at for name, at in known.read_at.items() if name not in newer}
    return Known(
        known.system,
        known.subject,
        replace(known.particulars, **{name: getattr(told.particulars, name) for name in newer}),
        known.said_at | {name: told.said_at[name] for name in newer},
        asked | {name: told.read_at[name] for name in newer if name in told.read_at},
    )


def told_by(
    system: str,
    subject: Subject,
    particulars: Particulars,
    said_at: datetime,
    read_at: datetime | None = None,
) -> Known | None:
    """Return the particulars of one report as knowledge, or None if it told none."""
    if particulars is SILENT:
        return None
    spoken = [name for name in _FIELDS if getattr(particulars, name) is not None]
    if not spoken:
        return None
    asked = dict.fromkeys(spoken, read_at) if read_at else {}
    return Known(system, subject, particulars, dict.fromkeys(spoken, said_at), asked)


Condition = Callable[[Matrix], bool]


def anyhow(matrix: Matrix) -> bool:
    """Return that it may be, whatever is known."""
    del matrix
    return True
