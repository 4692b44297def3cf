import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.connector_kit.wire import plainly_json, read_json
from accord.domain.errors import UnreadableError

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@given(
    values, st.booleans(), st.sampled_from([None, 1]), st.sampled_from([(":", ","), (" : ", ",")])
)
def test_whatever_a_json_writer_makes_of_a_value_is_plain(value, plain, indent, marks):
    body = json.dumps(value, ensure_ascii=plain, indent=indent, separators=marks[::-1])

    plainly_json(body.encode())


@given(texts, values, values, st.lists(texts, max_size=4), st.sampled_from([":", " :", "\n:"]))
def test_a_key_that_stands_twice_is_found_however_it_is_hidden(key, one, other, path, colon):
    name = json.dumps(key)
    body = f"{{{name}{colon}{json.dumps(one)},{name}:{json.dumps(other)}}}"
    for outer in path:
        body = f"[{json.dumps(outer + chr(34) + ':')}, {{{json.dumps(outer)}:{body}}}]"

    with pytest.raises(UnreadableError, match="stands twice"):
        plainly_json(body.encode())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\x00}\x00",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 18446744073709551616}',
        b'{"a": 9223372036854775808}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": "\\u0000"}',
        b'{"a": "\\ud800"}',
        b'{"a": "\xff"}',
        b"[" * 33 + b"]" * 33,
        b"[" * 100_000,
        b"[" + b"0," * 10_000 + b"0]",
        json.dumps("x" * 70_000).encode(),
        b" " * (1024 * 1024) + b"0",
        b"{'a': 1}",
        b'{"a": 1,}',
        b'{"a": 1} {"b": 2}',
        b"<html></html>",
    ],
    ids=lambda body: repr(body[:24]),
)
def test_what_is_not_plain_json_is_not_read(body):
    with pytest.raises(UnreadableError):
        read_json(body, object)


@given(st.binary(max_size=200))
def test_no_bytes_at_all_do_anything_but_read_or_refuse(body):
    with suppress(UnreadableError):
        assert isinstance(read_json(body, dict[str, object]), dict)
