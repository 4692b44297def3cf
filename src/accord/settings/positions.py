"""On which line of a TOML text each key stands. The values are read by the standard library."""

import re
from collections.abc import Mapping

from accord.domain.finding import Path

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"[ \t]*")
_BLANK_LINES = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SCALAR = re.compile(r"""[^,=\[\]{}#"'\r\n]+""")
_STRINGS = (
    re.compile(r'"""(?:\\.|[^\\])*?"{3,5}', re.DOTALL),
    re.compile(r"'''.*?'{3,5}", re.DOTALL),
    re.compile(r'"(?:\\.|[^"\\\n])*"'),
    re.compile(r"'[^'\n]*'"),
)
_ESCAPED = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)")


class Positions:
    """The line of every key, and the keys that are given twice.

    ``repeated`` holds the path of each key given again, with its first line and the later one.
    """

    def __init__(self, lines: Mapping[Path, int], repeated: list[tuple[Path, int, int]]) -> None:
        self._lines = lines
        self.repeated = repeated

    def line(self, path: Path) -> int | None:
        """Return the line of ``path``, or of what stands in for it where it is not written.

        That is the preset beside it, where one is, and otherwise the table it would be in.
        """
        for length in range(len(path), 0, -1):
            found = self._lines.get(path[:length])
            if found is not None:
                missing = length < len(path)
                preset = self._lines.get((*path[:length], "preset")) if missing else None
                return preset or found
        return None


def positions(text: str) -> Positions:
    """Return where each key of ``text`` stands. Raises ``ValueError`` where it is not TOML."""
    scanner = _Scanner(text)
    scanner.document()
    return Positions(scanner.lines, scanner.repeated)


class _Scanner:
    """Walks a TOML text key by key. It tolerates repeated keys, which the reader refuses."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1
        self._counted = 0
        self._array_sizes: dict[Path, int] = {}
        self._given: set[Path] = set()
        self.lines: dict[Path, int] = {}
        self.repeated: list[tuple[Path, int, int]] = []

    def document(self) -> None:
        """Walk the whole text."""
        table: Path = ()
        while self._skip(_BLANK_LINES) < len(self._text):
            if self._take("[["):
                table = self._array_header()
            elif self._take("["):
                table = self._resolved(self._key())
                self._expect("]")
                self._give(table)
            else:
                self._pair(table)

    def _array_header(self) -> Path:
        named = self._key()
        array = (*self._resolved(named[:-1]), named[-1])
        self._expect("]]")
        index = self._array_sizes.get(array, 0)
        self._array_sizes[array] = index + 1
        self._note((*array, index))
        return (*array, index)

    def _resolved(self, path: Path) -> Path:
        """Return ``path`` with the last entry of every array of tables on the way."""
        whole: Path = ()
        for part in path:
            whole = (*whole, part)
            if whole in self._array_sizes:
                whole = (*whole, self._array_sizes[whole] - 1)
        return whole

    def _pair(self, table: Path) -> None:
        path = (*table, *self._key())
        self._give(path)
        self._expect("=")
        self._value(path)

    def _value(self, path: Path) -> None:
        self._skip(_BLANK)
        if self._take("["):
            self._array(path)
        elif self._take("{"):
            self._inline_table(path)
        elif not any(self._match(string) for string in _STRINGS) and not self._match(_SCALAR):
            raise self._unreadable()

    def _array(self, path: Path) -> None:
        index = 0
        self._skip(_BLANK_LINES)
        while not self._take("]"):
            self._note((*path, index))
            self._value((*path, index))
            index += 1
            self._skip(_BLANK_LINES)
            if not self._take(","):
                self._expect("]")
                return
            self._skip(_BLANK_LINES)

    def _inline_table(self, path: Path) -> None:
        self._skip(_BLANK_LINES)
        while not self._take("}"):
            self._pair(path)
            self._skip(_BLANK_LINES)
            if not self._take(","):
                self._expect("}")
                return
            self._skip(_BLANK_LINES)

    def _key(self) -> Path:
        parts = [self._key_part()]
        while self._skip(_BLANK) < len(self._text) and self._take("."):
            parts.append(self._key_part())
        return tuple(parts)

    def _key_part(self) -> str:
        self._skip(_BLANK)
        bare = self._match(_BARE)
        if bare is not None:
            return bare
        quoted = self._match(_STRINGS[2])
        if quoted is not None:
            return _ESCAPED.sub(_unescape, quoted[1:-1])
        literal = self._match(_STRINGS[3])
        if literal is None:
            raise self._unreadable()
        return literal[1:-1]

    def _give(self, path: Path) -> None:
        if path in self._given:
            self.repeated.append((path, self.lines[path], self._line_now()))
        self._given.add(path)
        self._note(path)

    def _note(self, path: Path) -> None:
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], self._line_now())

    def _line_now(self) -> int:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def _skip(self, pattern: re.Pattern[str]) -> int:
        self._match(pattern)
        return self._at

    def _match(self, pattern: re.Pattern[str]) -> str | None:
        found = pattern.match(self._text, self._at)
        if found is None:
            return None
        self._at = found.end()
        return found.group()

    def _take(self, sign: str) -> bool:
        if not self._text.startswith(sign, self._at):
            return False
        self._at += len(sign)
        return True

    def _expect(self, sign: str) -> None:
        self._skip(_BLANK)
        if not self._take(sign):
            raise self._unreadable()

    def _unreadable(self) -> ValueError:
        return ValueError(f"not TOML at line {self._line_now()}")


_SHORT_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b"}


def _unescape(found: re.Match[str]) -> str:
    sign = found.group(1)
    return chr(int(sign[1:], 16)) if len(sign) > 1 else _SHORT_ESCAPES.get(sign, sign)
