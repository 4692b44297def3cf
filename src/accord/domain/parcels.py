"""Which records of several systems are the same parcel or the same return."""

from collections.abc import Callable, Iterable

from msgspec import Struct

from accord.domain.accord import Accord
from accord.domain.matrix import Matrix
from accord.domain.report import Particulars, Subject, SubjectKind
from accord.domain.tracks import State, Track


class Record(Struct, frozen=True):
    """One system's record of a parcel or a return."""

    system: str
    subject: Subject
    particulars: Particulars
    location: str

    @property
    def name(self) -> str:
        """Return the name by which other systems' records refer to this one."""
        return f"{self.system}:{self.subject.id}"


class Group(Struct, frozen=True):
    """The records of one parcel or return, one per system at most, the owner's first if known.

    ``doubts`` names the systems that hold a record which may be of it and as well of another:
    there nothing is guessed.
    """

    id: str
    owner: str | None
    records: dict[str, Record]
    doubts: frozenset[str] = frozenset()

    def own_id(self, system: str) -> str | None:
        """Return the id ``system`` gives it, or None if that system has no record of it."""
        record = self.records.get(system)
        return record.subject.id if record else None

    @property
    def lines(self) -> dict[str, int]:
        """Return what it holds by the first record that tells, the owner's before all others."""
        return next((r.particulars.lines for r in self._told() if r.particulars.lines), {})

    @property
    def tracking(self) -> tuple[str, ...]:
        """Return the tracking numbers by the first record that tells."""
        return next((r.particulars.tracking for r in self._told() if r.particulars.tracking), ())

    @property
    def carrier(self) -> str | None:
        """Return the carrier by the first record that tells."""
        return next((r.particulars.carrier for r in self._told() if r.particulars.carrier), None)

    @property
    def location(self) -> str:
        """Return the accord's name for the place it leaves from."""
        return next((r.location for r in self._told() if r.location), "")

    def _told(self) -> Iterable[Record]:
        if self.owner in self.records:
            yield self.records[self.owner]
        yield from self.records.values()


def groups(matrix: Matrix, accord: Accord, kind: SubjectKind, track: Track) -> list[Group]:
    """Return the parcels or returns of an order, each with every system's record of it.

    Records are joined by the link made when one was created from the other, then by tracking
    number, then by lines and place. Two candidates that fit equally well are both left alone.
    """
    records = [
        Record(system, subject, told, accord.systems[system].location(told.place))
        for system in sorted(accord.systems)
        for subject in matrix.subjects(system, kind)
        for told in (matrix.particulars(system, subject),)
    ]
    if not records:
        return []
    clusters = _by_link(records)
    clusters = _join(clusters, _share_tracking)
    doubts = _join_by_lines(clusters, matrix, track)
    return [_group(cluster, accord, track, doubts) for cluster in clusters]


def _by_link(records: list[Record]) -> list[list[Record]]:
    clusters = [[record] for record in records]
    return _join(clusters, _linked)


def _linked(one: list[Record], other: list[Record]) -> bool:
    return any(_names(a, b) or _names(b, a) for a in one for b in other)


def _names(record: Record, other: Record) -> bool:
    made_from = record.particulars.same_as or ()
    return any((ref.scope, ref.value) == (other.system, other.subject.id) for ref in made_from)


def _share_tracking(one: list[Record], other: list[Record]) -> bool:
    numbers = {n for record in one for n in record.particulars.tracking or ()}
    return any(n in numbers for record in other for n in record.particulars.tracking or ())


def _join(
    clusters: list[list[Record]], same: Callable[[list[Record], list[Record]], bool]
) -> list[list[Record]]:
    """Merge clusters that are the same, never two records of one system."""
    merged: list[list[Record]] = []
    for cluster in clusters:
        fits = [m for m in merged if same(m, cluster) and not _systems(m) & _systems(cluster)]
        if len(fits) == 1:
            fits[0].extend(cluster)
        else:
            merged.append(list(cluster))
    return merged


def _systems(cluster: list[Record]) -> set[str]:
    return {record.system for record in cluster}


def _join_by_lines(
    clusters: list[list[Record]], matrix: Matrix, track: Track
) -> dict[str, set[str]]:
    """Join what only lines and place can join; return where each name left over may belong."""
    doubts: dict[str, set[str]] = {}
    for cluster in list(clusters):
        if cluster not in clusters or _is_cancelled(cluster, matrix, track):
            continue
        fits = [c for c in clusters if c is not cluster and _alike(cluster, c, matrix, track)]
        rivals = [
            r for f in fits for r in clusters if r is not cluster and _alike(f, r, matrix, track)
        ]
        if len(fits) == 1 and not [r for r in rivals if _systems(r) & _systems(cluster)]:
            fits[0].extend(cluster)
            clusters.remove(cluster)
        elif fits:
            where = {system for fit in fits for system in _systems(fit)}
            doubts.update((record.name, where) for record in cluster)
    return doubts


def _alike(one: list[Record], other: list[Record], matrix: Matrix, track: Track) -> bool:
    if _systems(one) & _systems(other) or _is_cancelled(other, matrix, track):
        return False
    lines, their_lines = _lines(one), _lines(other)
    places = {r.location for r in (*one, *other) if r.location}
    numbers, theirs = _tracking(one), _tracking(other)
    if numbers and theirs:
        return False  # both are numbered, and differently: they are two parcels
    return bool(lines) and lines == their_lines and len(places) <= 1


def _lines(cluster: list[Record]) -> dict[str, int]:
    return next((r.particulars.lines for r in cluster if r.particulars.lines), {})


def _tracking(cluster: list[Record]) -> set[str]:
    return {n for record in cluster for n in record.particulars.tracking or ()}


def _is_cancelled(cluster: list[Record], matrix: Matrix, track: Track) -> bool:
    cells = [matrix.cell(record.system, track, record.subject) for record in cluster]
    return any(cell is not None and cell.state is State.CANCELLED for cell in cells)


def _group(
    cluster: list[Record], accord: Accord, track: Track, doubts: dict[str, set[str]]
) -> Group:
    location = next((record.location for record in cluster if record.location), "")
    owner = accord.ownership.owner(track, location)
    records = {record.system: record for record in cluster}
    first = records.get(owner or "") or cluster[0]
    where = frozenset[str]().union(*(doubts.get(record.name, ()) for record in cluster))
    return Group(first.name, owner if owner in records else None, records, where)
