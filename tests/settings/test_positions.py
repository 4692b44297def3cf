import json
import tomllib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.domain.finding import Path
from accord.settings.positions import positions

TEXT = '''\
a = 1 # [not.a.table]
"b c".d = "x # y" # one
[t]
long = """
[no]
"""
list = [
  "one", # first
  { deep = 'x', more = [1, 2] },
]
[[t.rows]]
k = 1979-05-27 07:32:00
[[t.rows]]
k = """quote at the end""""
[t.rows.inner]
z = true
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("a",), 1),
        (("b c", "d"), 2),
        (("t",), 3),
        (("t", "long"), 4),
        (("t", "list"), 7),
        (("t", "list", 0), 8),
        (("t", "list", 1, "more", 1), 9),
        (("t", "rows", 0, "k"), 12),
        (("t", "rows", 1), 13),
        (("t", "rows", 1, "inner", "z"), 16),
    ],
)
def test_a_key_is_found_on_its_line(path: Path, line: int) -> None:
    assert positions(TEXT).line(path) == line


def test_a_key_that_is_not_written_is_placed_at_its_table() -> None:
    assert positions(TEXT).line(("t", "rows", 1, "absent", "deeper")) == 13


def test_a_key_that_a_preset_stands_for_is_placed_at_the_preset() -> None:
    assert positions('[t]\n\npreset = "x"\n').line(("t", "absent")) == 3


def test_a_key_in_no_table_has_no_line() -> None:
    assert positions(TEXT).line(("absent",)) is None


def test_keys_given_twice_are_found_with_both_lines() -> None:
    text = "[a]\nx = 1\n[b]\n[a]\ny = { z = 1, z = 2 }\n"

    assert positions(text).repeated == [(("a",), 1, 4), (("a", "y", "z"), 5, 5)]


def test_two_entries_of_an_array_are_no_repetition() -> None:
    assert positions(TEXT).repeated == []


@pytest.mark.parametrize(
    "text", ["a", "a = ", "a = [1", "[a", "= 1", 'a = "x', "a = {b = 1", "a =]"]
)
def test_what_is_no_toml_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not TOML"):
        positions(text)


SCALARS = st.one_of(st.booleans(), st.integers(-9, 9), st.text("ab#\"'[]{}=,\\\n", max_size=6))
TABLES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text('ab ."', min_size=1, max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


def toml(value: object) -> str:
    match value:
        case dict():
            return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ",\n".join(toml(item) for item in value) + "]"
        case _:
            return json.dumps(value)


def paths(value: object, at: Path) -> Iterator[Path]:
    yield at
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*at, key))
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from paths(inner, (*at, index))


@given(st.lists(TABLES, min_size=1, max_size=3))
def test_every_key_of_any_document_has_a_line(values: list[object]) -> None:
    text = "\n".join(f"k{n} = {toml(value)}" for n, value in enumerate(values))
    where = positions(text)

    document = tomllib.loads(text)
    lines = [where.line(path) for key in document for path in paths(document[key], (key,))]
    assert lines == sorted(line for line in lines if line is not None)
    assert where.repeated == []
    assert max(line or 0 for line in lines) <= text.count("\n") + 1
