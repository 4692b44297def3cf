"""The mapping file: what was assumed of each file, to be corrected once and used again."""

import json
import tomllib
from pathlib import Path

from msgspec import ValidationError, convert

from accord.audit.errors import UnusableError
from accord.audit.hints import Hints
from accord.audit.outcome import FileFound, Outcome
from accord.audit.times import UTC_ZONE
from accord.domain.vocabulary import vocabulary

_HEAD = """\
# What `accord audit` takes these files for. Correct what is wrong, and use it again with
# --mapping. `words` gives a meaning to words in no vocabulary, in the form of a vocabulary's rows.
"""


def read_mapping(path: Path) -> Hints:
    """Return what a mapping file says.

    Raises ``UnusableError`` naming the place when it is not TOML or not of this shape.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        hints = convert(document, Hints)
        for hint in hints.files:
            rows = [{"kind": r.kind, "word": r.word, "means": dict(r.means)} for r in hint.words]
            vocabulary({"version": 1, "rows": rows})
    except OSError as error:
        raise UnusableError(str(path), f"it cannot be opened: {error.strerror}.") from error
    except (ValidationError, ValueError, RecursionError) as error:
        raise UnusableError(path.name, f"it is no mapping file: {error}") from error
    return hints


def write_mapping(path: Path, outcome: Outcome) -> None:
    """Write down what was assumed, ready to be corrected."""
    parts = [_HEAD, *(_file(found, outcome) for found in outcome.files)]
    path.write_text("\n".join(parts), encoding="utf-8")


def _file(found: FileFound, outcome: Outcome) -> str:
    lines = [
        "[[files]]",
        f"file = {_quoted(found.file)}",
        f"system = {_quoted(found.system)}",
        f"kind = {_quoted(found.kind)}",
    ]
    if found.join_column:
        lines.append(f"join = {_quoted(found.join_column)}")
    if found.time_zone:
        # What nobody said stays open, so that a clock in another zone can still be found.
        mark = "# " if found.time_zone == UTC_ZONE else ""
        lines.append(f"{mark}time_zone = {_quoted(found.time_zone)}")
    columns = ", ".join(_quoted(column) for column in found.status_columns)
    lines.append(f"status = [{columns}]")
    for word in outcome.unknown_words:
        if word.system == found.system and word.column in found.status_columns:
            lines += [
                "# [[files.words]]",
                '# kind = ""    # as in the vocabulary of the system',
                f"# word = {_quoted(word.word)}",
                '# means = { order = "open" }',
            ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
