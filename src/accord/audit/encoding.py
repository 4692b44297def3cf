"""Any text file as a UTF-8 file: byte-order marks, UTF-16, Windows-1252 and old line ends."""

import codecs
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from accord.audit.errors import UnusableError

# Read in pieces, so that a file of any size needs the memory of one piece.
PIECE = 4 * 1024 * 1024

Progress = Callable[[int], None]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# What people hand over by mistake, by its first bytes, and what to do with it.
_NO_TEXT = (
    (b"\x1f\x8b", "it is packed (gzip); unpack it first."),
    (b"\xd0\xcf\x11\xe0", "it is a workbook of the old kind; save it as XLSX or CSV."),
)


class Text(NamedTuple):
    """A UTF-8 file with line feeds, and the name of the encoding the original was in."""

    path: Path
    encoding: str


def as_utf8(source: Path, folder: Path, advance: Progress) -> Text:
    """Return ``source`` itself where it is plain UTF-8, else a copy of it made in ``folder``.

    Raises ``UnusableError`` for what is no text at all. ``advance`` is told of bytes read.
    """
    with source.open("rb") as file:
        head = file.read(PIECE)
    if not head.strip():
        raise UnusableError(source.name, "the file is empty.", 1)
    remedy = next((told for mark, told in _NO_TEXT if head.startswith(mark)), None)
    if remedy:
        raise UnusableError(source.name, remedy, 1)
    encoding = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if encoding is None:
        encoding = _without_mark(source, head, advance)
    old_mac = b"\r" in head and b"\n" not in head
    if encoding == "utf-8" and not old_mac:
        return Text(source, encoding)
    return Text(_copied(source, encoding, folder), encoding)


def _without_mark(source: Path, head: bytes, advance: Progress) -> str:
    zeros = head[:4000]
    if zeros.count(0) > len(zeros) // 4:
        even = zeros[::2].count(0)
        return "utf-16-be" if even > zeros.count(0) // 2 else "utf-16-le"
    if 0 in head:
        raise UnusableError(source.name, "it is not text, and so no table.", _line_of(head, 0))
    return "utf-8" if _is_utf8(source, advance) else "cp1252"


def _line_of(head: bytes, byte: int) -> int:
    return head[: head.index(byte)].count(b"\n") + 1


def _is_utf8(source: Path, advance: Progress) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    pending = False
    try:
        with source.open("rb") as file:
            while piece := file.read(PIECE):
                if pending or not piece.isascii():  # plain letters need no closer look
                    decoder.decode(piece)
                    pending = bool(decoder.getstate()[0])
                advance(len(piece))
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _copied(source: Path, encoding: str, folder: Path) -> Path:
    # Five bytes have no letter in Windows-1252; they are no reason to refuse a whole file.
    errors = "replace" if encoding == "cp1252" else "strict"
    with (
        tempfile.NamedTemporaryFile(dir=folder, suffix=".utf8", delete=False) as copy,
        source.open(encoding=encoding, errors=errors, newline=None) as text,
    ):
        try:
            while piece := text.read(PIECE):
                copy.write(piece.encode("utf-8"))
        except UnicodeError as error:
            reason = f"it is not text in {encoding}, and so no table."
            raise UnusableError(source.name, reason) from error
    return Path(copy.name)
