"""What is taken for JSON is JSON by the standard, and means one thing whoever reads it."""

import json
from collections.abc import Sequence
from typing import Any, NoReturn

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.connector_kit.discovery import connectors
from accord.connector_kit.wire import (
    DEEPEST,
    LARGEST_NUMBER,
    LONGEST_STRING,
    MOST_VALUES,
    plainly_json,
    read_json,
    write_json,
)
from accord.domain.errors import UnreadableError
from tests.contracts.folder import samples_of
from tests.fuzz.spoiling import UNWRITABLE, document, one_of

FUZZ = settings.get_profile("fuzz")
SAMPLES = [s.body for each in connectors().values() for s in samples_of(each).values()]


def accepted(body: bytes) -> bool:
    try:
        plainly_json(body)
    except UnreadableError:
        return False
    return True


@FUZZ
@given(data=st.data())
def test_what_is_accepted_reads_the_same_by_another_reader(data: st.DataObject) -> None:
    body = document(data.draw, one_of(data.draw, SAMPLES))
    if not accepted(body):
        return

    value = read_json(body, object)

    assert value == by_the_book(body)
    assert read_json(write_json(value), object) == value
    assert within_bounds(value, DEEPEST) < MOST_VALUES


@pytest.mark.parametrize("raw", UNWRITABLE, ids=lambda raw: repr(raw[:16]))
def test_what_no_writer_makes_is_refused_wherever_it_stands_or_means_one_thing(raw: bytes) -> None:
    for body in (raw, b"[" + raw + b"]", b'{"a":' + raw + b"}", b'[1,{"a":[' + raw + b"]}]"):
        if accepted(body):
            assert read_json(body, object) == by_the_book(body)


def by_the_book(body: bytes) -> Any:
    """Return what the standard library reads where it is told to be strict."""
    return json.loads(body.decode("utf-8", "strict"), **STRICT)


def _no_constant(name: str) -> NoReturn:
    raise AssertionError(name)


def _no_repetition(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


STRICT: Any = {"parse_constant": _no_constant, "object_pairs_hook": _no_repetition}


def within_bounds(value: Any, levels: int) -> int:
    """Return how many values there are; fail over one that is out of bounds."""
    match value:
        case dict() | list():
            assert levels > 0
            inside = [*value, *value.values()] if isinstance(value, dict) else value
            return sum(within_bounds(inner, levels - 1) for inner in inside)
        case str():
            assert len(value) <= LONGEST_STRING
            assert "\0" not in value
            value.encode("utf-8")  # no half of a surrogate pair
        case int():
            assert -LARGEST_NUMBER <= value < LARGEST_NUMBER
        case float():
            assert msgspec.json.decode(repr(value)) == value
    return 1
