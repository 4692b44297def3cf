"""Reading a decoded TOML table key by key, so that everything wrong is found at one go."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import TypeGuard

from msgspec.structs import replace

from accord.domain.finding import Code, Finding, Path, Severity, did_you_mean, listed, nearest
from accord.settings.durations import duration
from accord.settings.positions import Positions


class Notes:
    """What was found wrong so far, and which places need no second finding."""

    def __init__(self, where: Positions) -> None:
        self._where = where
        self._found: list[Finding] = []
        self._absences: list[Finding] = []
        self._proof: list[Finding] = []
        self._covered: set[Path] = set()
        self._written: dict[Path, Path] = {}

    def add(
        self, code: Code, where: Path, what: str, remedy: str, *, covers: Iterable[Path] = ()
    ) -> None:
        """Note an error. ``covers`` are further places where its consequences show."""
        self._covered.update((where, *covers))
        self._found.append(self._located(code, where, what, remedy))

    def add_warning(self, code: Code, where: Path, what: str, remedy: str) -> None:
        """Note what does not keep the accord from being used."""
        found = self._located(code, where, what, remedy)
        self._found.append(replace(found, severity=Severity.WARNING))

    def _located(self, code: Code, where: Path, what: str, remedy: str) -> Finding:
        line = self._where.line(where)
        return Finding(code=code, where=where, what=what, remedy=remedy, line=line)

    def cover(self, where: Path) -> None:
        """Let no consequence be reported at ``where``: its cause is."""
        self._covered.add(where)

    def same_place(self, named: Path, written: Path) -> None:
        """Say that what the model calls ``named`` is written at ``written``."""
        self._written[named] = written

    def add_absence(self, finding: Finding) -> None:
        """Take in that something is missing; it counts unless its place is covered."""
        self._absences.append(finding)

    def add_proof(self, findings: Iterable[Finding]) -> None:
        """Take in what the proof found; it counts where the file itself has nothing wrong."""
        self._proof.extend(findings)

    def findings(self) -> tuple[Finding, ...]:
        """Return everything found, in the order of the file."""
        covered = set(self._covered)
        absent = [f for f in self._absences if not _is_under(f.where, covered)]
        covered.update(f.where for f in self._absences)
        proof = [replace(f, where=self._as_written(f.where)) for f in self._proof]
        further = [*absent, *(f for f in proof if not _is_under(f.where, covered))]
        located = [replace(f, line=self._where.line(f.where)) for f in further]
        return tuple(sorted((*self._found, *located), key=lambda f: (f.line or 0, f.key, f.code)))

    def _as_written(self, where: Path) -> Path:
        for length in range(len(where), 0, -1):
            written = self._written.get(where[:length])
            if written is not None:
                return (*written, *where[length:])
        return where


def _is_under(where: Path, covered: set[Path]) -> bool:
    return any(where[:length] in covered for length in range(1, len(where) + 1))


class Table:
    """One table of the file. What is asked for is known; ``finish`` reports the rest."""

    def __init__(self, data: Mapping[str, object], path: Path, notes: Notes) -> None:
        self.path = path
        self.notes = notes
        self._data = data
        self._known: list[str] = []

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def raw(self, key: str) -> object:
        """Return a value of any kind, None where the key is absent."""
        self._known.append(key)
        return self._data.get(key)

    def text(self, key: str, example: str = "…") -> str | None:
        """Return a text without the blanks around it, None where it is absent or no text."""
        value = self.raw(key)
        if value is None or isinstance(value, str):
            return None if value is None else value.strip()
        self.wrong(key, value, f'Write it in quotes: {key} = "{_shown(value, example)}".')
        return None

    def flag(self, key: str) -> bool | None:
        """Return true or false, None where it is absent or neither."""
        value = self.raw(key)
        if value is None or isinstance(value, bool):
            return value
        self.wrong(key, value, f"Write {key} = true or {key} = false, without quotes.")
        return None

    def number(self, key: str, lowest: int, highest: int) -> int | None:
        """Return a whole number between two others, None where it is absent or no such number."""
        value = self.raw(key)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest:
            return value
        remedy = f"Write a whole number from {lowest} to {highest}: {key} = {lowest}."
        self.wrong(key, value, remedy)
        return None

    def texts(self, key: str) -> tuple[str, ...] | None:
        """Return a list of texts, None where it is absent or none."""
        value = self.raw(key)
        if value is None:
            return None
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.wrong(key, value, f'Write a list of texts: {key} = ["…"].')
        return None

    def length(self, key: str) -> timedelta | None:
        """Return a length of time, None where it is absent or unreadable."""
        text = self.text(key, "3 days")
        found = duration(text) if text is not None else None
        if text is not None and found is None:
            self.notes.add(
                Code.UNREADABLE_DURATION,
                (*self.path, key),
                f"{text!r} is not a length of time.",
                'Write a number and a unit, such as "5 minutes", "36 hours", "3 days", "1 week".',
            )
        return found

    def choice(self, key: str, choices: Iterable[str]) -> str | None:
        """Return one of a few texts, None where it is absent or another."""
        text = self.text(key)
        known = list(choices)
        if text is None or text in known:
            return text
        self.notes.add(
            Code.UNKNOWN_CHOICE,
            (*self.path, key),
            f"{text!r} is not possible here.",
            f"{did_you_mean(text, known)}Use one of {listed(known)}.",
        )
        return None

    def table(self, key: str) -> "Table":
        """Return the table under ``key``, an empty one where there is none."""
        value = self.raw(key)
        if value is not None and not is_table(value):
            self.wrong(key, value, f"Make it a table: [{key}], with its keys on the lines below.")
        return Table(value if is_table(value) else {}, (*self.path, key), self.notes)

    def tables(self, key: str) -> list["Table"]:
        """Return the tables of the array under ``key``, none where there is none."""
        value = self.raw(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(is_table(item) for item in value):
            self.wrong(key, value, f"Begin each entry with [[…{key}]] on a line of its own.")
            return []
        return [Table(item, (*self.path, key, i), self.notes) for i, item in enumerate(value)]

    def wrong(self, key: str, value: object, remedy: str) -> None:
        """Note that the value of ``key`` is of another kind than is needed."""
        what = f"This is {_kind(value)}, where something else is needed."
        self.notes.add(Code.WRONG_TYPE, (*self.path, key), what, remedy)

    def missing(self, key: str, what: str, remedy: str, code: Code = Code.MISSING_KEY) -> None:
        """Note that ``key`` is not given, unless something is already wrong with it."""
        if key not in self._data:
            absent = Finding(code=code, where=(*self.path, key), what=what, remedy=remedy)
            self.notes.add_absence(absent)

    def finish(self) -> None:
        """Note every key that nobody asked for, with the nearest one that is known."""
        known = list(dict.fromkeys(self._known))
        for key in self._data:
            if key in known:
                continue
            near = nearest(key, known)
            self.notes.add(
                Code.UNKNOWN_KEY,
                (*self.path, key),
                f"Accord does not know the key {key!r} here.",
                f"{did_you_mean(key, known)}Known are {listed(known)}.",
                covers=[(*self.path, near)] if near else [],
            )


def is_table(value: object) -> TypeGuard[Mapping[str, object]]:
    """Return whether a decoded TOML value is a table."""
    return isinstance(value, dict)


def _kind(value: object) -> str:
    match value:
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return "a date or a time"


def _shown(value: object, example: str) -> str:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else example
