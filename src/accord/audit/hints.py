"""What the user says about files: by flags, or in a mapping file of the same content."""

from collections.abc import Sequence
from pathlib import PurePath

from msgspec import Struct, structs

from accord.audit.errors import UnusableError
from accord.audit.exports import Kind
from accord.audit.times import UTC_ZONE, is_zone
from accord.domain.vocabulary import Row


class FileHint(Struct, frozen=True, forbid_unknown_fields=True):
    """What is said of one file; what is left out is found from the data."""

    file: str
    system: str | None = None
    kind: Kind | None = None
    join: str | None = None
    status: tuple[str, ...] = ()
    words: tuple[Row, ...] = ()
    time_zone: str | None = None


class Hints(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything said of all files. Of two hints about one thing the first counts.

    ``time_zone`` holds for every file of which no other is said.
    """

    files: tuple[FileHint, ...] = ()
    time_zone: str | None = None

    def _of(self, file: str) -> list[FileHint]:
        return [hint for hint in self.files if PurePath(hint.file).name == file]

    def system(self, file: str) -> str | None:
        """Return the system a file is said to come from."""
        return next((h.system for h in self._of(file) if h.system), None)

    def kind(self, file: str) -> Kind | None:
        """Return what the rows of a file are said to be."""
        return next((h.kind for h in self._of(file) if h.kind), None)

    def join(self, file: str, columns: Sequence[str]) -> str | None:
        """Return the column said to hold the order number."""
        return next((_column(file, h.join, columns) for h in self._of(file) if h.join), None)

    def statuses(self, file: str, columns: Sequence[str]) -> tuple[str, ...]:
        """Return the columns said to hold the status."""
        given = [column for hint in self._of(file) for column in hint.status]
        return tuple(_column(file, column, columns) for column in dict.fromkeys(given))

    def says_zone(self, file: str) -> bool:
        """Return whether it is said where the clock of a file stands."""
        return bool(self.time_zone or any(hint.time_zone for hint in self._of(file)))

    def zone(self, file: str) -> str:
        """Return where the clock stands that writes times without a zone; UTC if not said.

        Raises ``UnusableError`` where there is no zone of that name.
        """
        own = next((h.time_zone for h in self._of(file) if h.time_zone), None)
        zone = own or self.time_zone or UTC_ZONE
        if not is_zone(zone):
            reason = f"there is no time zone {zone!r}; one is named as in Europe/Berlin."
            raise UnusableError(file if own else "--time-zone", reason)
        return zone

    def rows(self, file: str) -> tuple[Row, ...]:
        """Return the words that are given a meaning for this file."""
        return tuple(row for hint in self._of(file) for row in hint.words)


def _column(file: str, name: str, columns: Sequence[str]) -> str:
    found = [column for column in columns if column.casefold() == name.casefold()]
    if name in columns or not found:
        found = [name] if name in columns else []
    if not found:
        listed = ", ".join(columns)
        raise UnusableError(file, f"it has no column {name!r}. Its columns are: {listed}.")
    return found[0]


def with_hint(hints: Hints, flag: str, file: str, value: str) -> Hints:
    """Return the hints with what one flag says of one file put first."""
    said = {
        "--system": lambda: FileHint(file, system=value),
        "--kind": lambda: FileHint(file, kind=_kind(file, value)),
        "--join": lambda: FileHint(file, join=value),
        "--status": lambda: FileHint(file, status=(value,)),
    }
    return structs.replace(hints, files=(said[flag](), *hints.files))


def _kind(file: str, value: str) -> Kind:
    if value not in set(Kind):
        raise UnusableError(file, f"{value!r} is no kind of list; kinds are {', '.join(Kind)}.")
    return Kind(value)
