"""Real documents, spoiled: by their structure, by what cannot be written properly, by bytes."""

import json
from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")
Holder = tuple[Any, Any]  # a dict or a list, and the key or index of what is in it


class Draw(Protocol):
    """Takes one of what a strategy makes."""

    def __call__(self, strategy: st.SearchStrategy[T]) -> T: ...


# Stands for bytes that no writer of JSON makes; they take its place once the rest is written.
_MARK = "\ue000{}\ue001"
UNWRITABLE = (
    b"1e400",
    b"-1e400",
    b"1e-400",
    b"1E5",
    b"-0",
    b"-0.0",
    b"01",
    b"1.",
    b"+1",
    b"NaN",
    b"-Infinity",
    b"18446744073709551616",
    b"9223372036854775808",
    b"1" + b"0" * 400,
    b"9" * 5000,
    b'"\\ud800"',
    b'"\\udc00\\ud800"',
    b'"\\u0000"',
    b'"\\u00"',
    b'"\x00"',
    b'"\xed\xa0\x80"',
    b'"\xff"',
    b'"\\x41"',
    b"'a'",
    b"[" * 40 + b"]" * 40,
    b"[" * 20_000,
    b'{"a":' * 40 + b"1" + b"}" * 40,
    b'{"id": 1, "id": 2}',
    b'{"id": 1, "\\u0069d": 2}',
    b"undefined",
    b"",
)
TEXTS = (
    "",
    " ",
    "#",
    "0",
    "-1",
    "null",
    "\u2603",
    "\x00",
    "\x1b[2J",
    "\u202eabc",
    "\ufeff",
    "a" * 300,
    "9" * 5000,
    "1e999",
    "٣",
    "²",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "9999-12-31T23:59:59.999999Z",
    "2026-02-30T00:00:00Z",
    "2026-11-02T12:00:00",
    "2026-11-02",
    "2026-W01-1",
    "2026-11-02T12:00:00+24:00",
    "2026-11-02T12:00:00-00:00:01",
    "2016-12-31T23:59:60Z",
    "../../etc/passwd",
    "gid://shopify/Order/",
    "https://example.com/",
    "' OR 1=1 --",
    "%00",
)
ODD: tuple[Any, ...] = (
    *TEXTS,
    *(_MARK.format(at) for at in range(len(UNWRITABLE))),
    None,
    True,
    False,
    0,
    -1,
    1.5,
    0.1,
    1e300,
    2**53 + 1,
    2**63 - 1,
    -(2**63),
    [],
    {},
    [[]],
    [None],
    {"": None},
    {"id": None},
)
CHUNKS = (b"\x00", b"\xff", b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b"\r\n", b"\xe2\x80")


def places(document: Any) -> Iterator[Holder]:
    """Yield every place in a document that holds something."""
    inside: Sequence[tuple[Any, Any]] = ()
    if isinstance(document, dict):
        inside = list(document.items())
    elif isinstance(document, list):
        inside = list(enumerate(document))
    for key, value in inside:
        yield document, key
        yield from places(value)


def spoiled(draw: Draw, document: Any) -> Any:
    """Return ``document`` with up to four places in it changed."""
    root = [deepcopy(document)]
    for _ in range(draw(st.integers(0, 4))):
        found = list(places(root))
        if not found:
            break
        holder, key = found[draw(st.integers(0, len(found) - 1))]
        draw(st.sampled_from(_CHANGES))(draw, holder, key, found)
    return root[0] if root else None


def _replace(draw: Draw, holder: Any, key: Any, _found: list[Holder]) -> None:
    holder[key] = deepcopy(draw(st.sampled_from(ODD)))


def _drop(_draw: Draw, holder: Any, key: Any, _found: list[Holder]) -> None:
    del holder[key]


def _double(_draw: Draw, holder: Any, key: Any, _found: list[Holder]) -> None:
    if isinstance(holder, list):
        holder.insert(0, deepcopy(holder[key]))
    else:
        holder[f"{key}s"] = deepcopy(holder[key])


def _wrap(_draw: Draw, holder: Any, key: Any, _found: list[Holder]) -> None:
    holder[key] = [holder[key]]


def _deepen(_draw: Draw, holder: Any, key: Any, _found: list[Holder]) -> None:
    for _ in range(40):
        holder[key] = {"in": holder[key]}


def _move(draw: Draw, holder: Any, key: Any, found: list[Holder]) -> None:
    """Put what stands elsewhere in its place: a list where a text is meant, an id as a time."""
    other, name = found[draw(st.integers(0, len(found) - 1))]
    holder[key] = deepcopy(other[name])


def _multiply(_draw: Draw, holder: Any, key: Any, _found: list[Holder]) -> None:
    holder[key] = [deepcopy(holder[key]) for _ in range(50)]


def _turn_to_text(_draw: Draw, holder: Any, key: Any, _found: list[Holder]) -> None:
    value = holder[key]
    holder[key] = value[::-1] if isinstance(value, str) else repr(value)


_CHANGES = (_replace, _replace, _drop, _double, _wrap, _deepen, _move, _multiply, _turn_to_text)


def written(document: Any) -> bytes:
    """Return a document as JSON; what cannot be written stands in it all the same."""
    body = json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")
    for at, raw in enumerate(UNWRITABLE):
        body = body.replace(json.dumps(_MARK.format(at), ensure_ascii=False).encode(), raw)
    return body


def mangled(draw: Draw, whole: bytes) -> bytes:
    """Return bytes of which up to three stretches were cut, doubled, turned or overwritten."""
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(whole)))
        end = min(len(whole), start + draw(st.sampled_from((0, 1, 2, 8, 64, 4096))))
        middle = whole[start:end]
        instead = draw(
            st.sampled_from((b"", middle * 2, middle[::-1], middle.swapcase(), None, *CHUNKS))
        )
        whole = whole[:start] if instead is None else whole[:start] + instead + whole[end:]
    return whole


def one_of(draw: Draw, things: Sequence[T]) -> T:
    """Return one of ``things``; drawn by its place, since samples are long to print."""
    return things[draw(st.integers(0, len(things) - 1))]


def document(draw: Draw, sample: Any) -> bytes:
    """Return a spoiled copy of ``sample`` as it comes, and sometimes any bytes at all."""
    match draw(st.integers(0, 9)):
        case 0:
            return draw(st.binary(max_size=64))
        case 1 | 2:
            return mangled(draw, written(sample))
        case 3:
            return mangled(draw, written(spoiled(draw, sample)))
        case _:
            return written(spoiled(draw, sample))


def text(draw: Draw, sample: str) -> bytes:
    """Return a spoiled copy of a text file: lines moved, doubled, unquoted, and then its bytes."""
    lines = sample.splitlines(keepends=True)
    for _ in range(draw(st.integers(0, 4))):
        at, to = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        match draw(st.integers(0, 5)):
            case 0:
                lines.insert(to, lines[at])
            case 1:
                lines[at] = draw(st.sampled_from(TEXTS)) + "\n"
            case 2:
                lines[at] = lines[at].replace('"', "", 1)
            case 3:
                lines[at] = lines[at].replace("=", "", 1)
            case 4:
                lines[at] *= 2
            case _:
                before, _, after = lines[at].rpartition(draw(st.sampled_from('=,"[{')))
                lines[at] = before + draw(st.sampled_from(TEXTS)) + after
    return mangled(draw, "".join(lines).encode("utf-8", "surrogatepass"))
