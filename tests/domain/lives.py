"""Random orders in every state their systems may leave them in, and the same under other names."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec
from hypothesis import strategies as st
from msgspec.structs import replace

from accord.domain.accord import Accord
from accord.domain.cases import cases
from accord.domain.comparison import compare
from accord.domain.decision import decide
from accord.domain.matrix import Matrix, cell_key, known_key
from accord.domain.plan import plan
from accord.domain.report import Particulars, Ref, Report, Subject, SubjectKind
from accord.domain.ruling import Ruling, Verdict
from accord.domain.tracks import State, Track
from accord.domain.truth import truth
from tests.domain.stack import NOON, after, ordered, said, stack

T = TypeVar("T")

LINES = st.dictionaries(st.sampled_from(["sku-1", "sku-2"]), st.integers(1, 3), min_size=1)
MINUTES = st.integers(0, 9)
NUMBERS = st.none() | st.sampled_from([("no-1",), ("no-2",), ("no-1", "no-2")])
PARCEL_WORDS = {
    "shop": [("fulfillment", "success"), ("shipment_status", "delivered")],
    "books": [("ItemShip", "A"), ("ItemShip", "B"), ("ItemShip", "C")],
    "warehouse": [("shipment", w) for w in ("pending", "held", "labelled", "cancelled")]
    + [("scan", "IT"), ("scan", "DE")],
}
ORDER_WORDS = {
    "shop": [("order", w) for w in ("open", "cancelled", "completed", "on_hold")]
    + [("payment", w) for w in ("pending", "paid", "refunded")]
    + [("progress", w) for w in ("unfulfilled", "partial", "fulfilled")],
    "books": [("SalesOrd", w) for w in "ABDFH"],
}
_IDS = {"shop": "f", "books": "i", "warehouse": "w"}


@st.composite
def parcels(draw: Any) -> Report:
    system = draw(st.sampled_from([*PARCEL_WORDS]))
    kind, word = draw(st.sampled_from(PARCEL_WORDS[system]))
    other = draw(st.sampled_from([*_IDS]))
    link = Ref(other, f"{_IDS[other]}-{draw(st.integers(1, 3))}")
    subject = Subject(SubjectKind.PARCEL, f"{_IDS[system]}-{draw(st.integers(1, 2))}")
    told = {
        "lines": draw(LINES),
        "tracking": draw(NUMBERS),
        "place": draw(st.none() | st.sampled_from(["1", "se-1", "10"])),
        "same_as": (link,) if draw(st.booleans()) else None,
    }
    return said(system, kind, word, subject, draw(MINUTES), **told)


@st.composite
def others(draw: Any) -> Report:
    system = draw(st.sampled_from([*ORDER_WORDS]))
    kind, word = draw(st.sampled_from(ORDER_WORDS[system]))
    number = draw(st.integers(1, 2))
    about: list[tuple[str, str, str, Subject, dict[str, Any]]] = [
        (system, kind, word, Subject(SubjectKind.ORDER), {}),
        (system, kind, word, Subject(SubjectKind.ORDER), {"lines": draw(LINES)}),
        (
            "shop",
            "return",
            draw(st.sampled_from(["requested", "approved", "closed"])),
            Subject(SubjectKind.RETURN, f"r-{number}"),
            {"lines": draw(LINES)},
        ),
        (
            "shop",
            "allocation",
            draw(st.sampled_from(["open", "on_hold", "closed"])),
            Subject(SubjectKind.ALLOCATION, f"a-{number}"),
            {"lines": draw(LINES), "place": draw(st.sampled_from(["1", "2"]))},
        ),
    ]
    whose, kind, word, subject, told = draw(st.sampled_from(about))
    return said(whose, kind, word, subject, draw(MINUTES), **told)


@st.composite
def orders(draw: Any) -> Matrix:
    """Return an order after a life of any reports, some of them telling when it happened."""
    matrix = after(*ordered(**{"sku-1": 2}))
    for report in draw(st.lists(parcels() | others(), max_size=9)):
        at = NOON + timedelta(minutes=draw(MINUTES)) if draw(st.booleans()) else None
        matrix = decide(matrix, replace(report, happened_at=at), stack()).matrix
    if draw(st.booleans()):
        ruled = draw(st.sampled_from(sorted(matrix.cells)))
        ruling = Ruling(
            state=matrix.cells[ruled].state,
            against=draw(st.sampled_from([State.OPEN, State.SHIPPED])),
            verdict=draw(st.none() | st.sampled_from(Verdict)),
        )
        matrix = replace(matrix, rulings={ruled: ruling})
    return matrix


def answers(matrix: Matrix, accord: Accord) -> str:
    """Return what every rule says of an order, each name as its place among its kind."""
    so = truth(matrix, accord)
    plans = {name: plan(matrix, accord, name, so) for name in accord.systems}
    found = (compare(matrix, accord, so), plans, cases(matrix, accord, so, plans))
    return _without_names(msgspec.json.encode(found).decode(), matrix)


def _without_names(text: str, matrix: Matrix) -> str:
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "<time>", text)
    places: dict[str, str] = {}
    for system in sorted({cell.system for cell in matrix.cells.values()}):
        for kind in SubjectKind:
            for place, subject in enumerate(matrix.subjects(system, kind)):
                if "-" in subject.id:  # the others look like quantities; no answer names them
                    places[subject.id] = f"<{system} {kind} {place}>"
    places |= {sku: f"<line {place}>" for place, sku in enumerate(sorted(_skus(matrix)))}
    numbers = dict.fromkeys(_in_turn(matrix, lambda told: told.tracking or ()))
    places |= {number: f"<number {place}>" for place, number in enumerate(numbers)}
    places |= {ref.value: f"<{ref.scope}>" for ref in matrix.refs}
    names = "|".join(re.escape(name) for name in sorted(places, key=len, reverse=True) if name)
    return re.sub(rf"(?<![\w-])(?:{names})(?![\w-])", lambda found: places[found[0]], text)


def _in_turn(matrix: Matrix, names: Callable[[Particulars], Iterable[str]]) -> list[str]:
    return [name for _, known in sorted(matrix.known.items()) for name in names(known.particulars)]


def _skus(matrix: Matrix) -> set[str]:
    return set(
        _in_turn(matrix, lambda told: [*(told.lines or {}), *(told.ordered or {})])
        + _in_turn(matrix, lambda told: told.returned or {})
    )


class Renaming(msgspec.Struct):
    """Other names in the same order, and other times in the same order."""

    prefixes: dict[str, str]
    gaps: list[int]
    shift: timedelta

    def of(self, matrix: Matrix) -> Matrix:
        cells = [
            replace(
                cell,
                subject=self._subject(cell.system, cell.subject),
                said_at=self._time(cell.said_at),
                happened_at=cell.happened_at and self._time(cell.happened_at),
                evidence="another",
            )
            for cell in matrix.cells.values()
        ]
        known = [
            replace(
                one,
                subject=self._subject(one.system, one.subject),
                particulars=self._told(one.particulars, one.subject.kind),
                said_at={name: self._time(at) for name, at in one.said_at.items()},
            )
            for one in matrix.known.values()
        ]
        keys = {old: new.key for old, new in zip(matrix.cells, cells, strict=True)}
        return Matrix(
            cells={cell.key: cell for cell in cells},
            known={one.key: one for one in known},
            refs=tuple(Ref(ref.scope, self._name("ref", ref.value)) for ref in matrix.refs),
            rulings={keys[key]: ruling for key, ruling in matrix.rulings.items()},
        )

    def _told(self, told: Particulars, kind: SubjectKind) -> Particulars:
        return replace(
            told,
            lines=self._lines(told.lines),
            ordered=self._lines(told.ordered),
            returned=self._lines(told.returned),
            tracking=told.tracking and tuple(self._name("no", n) for n in told.tracking),
            same_as=told.same_as
            and tuple(
                Ref(r.scope, self._subject(r.scope, Subject(kind, r.value)).id)
                for r in told.same_as
            ),
        )

    def _lines(self, lines: dict[str, int] | None) -> dict[str, int] | None:
        return None if lines is None else {self._name("sku", k): n for k, n in lines.items()}

    def _subject(self, system: str, subject: Subject) -> Subject:
        return replace(
            subject, id=subject.id and self._name(f"{system}-{subject.kind}", subject.id)
        )

    def _name(self, kind: str, name: str) -> str:
        """Return another name: of one kind the greater stays the greater."""
        last = int(name[-1]) if "-" in name or kind == "ref" else 0
        rank = sum(self.gaps[: last + 1])
        return f"{self.prefixes.get(kind, 'm')}-{kind}-{rank:04}"

    def _time(self, time: datetime) -> datetime:
        minute = int((time - NOON) / timedelta(minutes=1))
        return NOON + self.shift + timedelta(minutes=sum(self.gaps[: minute + 1]))


RENAMINGS = st.builds(
    Renaming,
    st.dictionaries(
        st.sampled_from(
            ["no", "sku", "ref"] + [f"{s}-{k}" for s in _IDS for k in ("parcel", "allocation")]
        ),
        st.sampled_from(["a", "q", "zz"]),
    ),
    st.lists(st.integers(1, 40), min_size=12, max_size=12),
    st.integers(-5000, 5000).map(lambda minutes: timedelta(minutes=minutes)),
)


@st.composite
def changed(draw: Any, matrix: Matrix) -> Matrix:
    """Return the order with one of its facts another."""
    cell = draw(st.sampled_from([*matrix.cells.values()]))
    known = draw(st.sampled_from([*matrix.known.values()]))
    at = NOON + timedelta(minutes=draw(MINUTES))
    link = Ref("warehouse", f"w-{draw(st.integers(1, 2))}")
    said: list[dict[str, Any]] = [
        {"happened_at": at},
        {"said_at": at},
        {"state": draw(st.sampled_from(_OTHER_STATES))},
    ]
    told: list[dict[str, Any]] = [
        {"lines": draw(LINES)},
        {"tracking": draw(NUMBERS)},
        {"same_as": draw(st.none() | st.just((link,)))},
        {"permit_until": draw(st.none() | st.just(at))},
    ]
    cell = replace(cell, **draw(st.sampled_from(said)))
    ways = [
        _with_cell(matrix, cell),
        _with_told(matrix, known.key, **draw(st.sampled_from(told))),
        replace(matrix, refs=matrix.refs[1:]),
    ]
    other: Matrix = draw(st.sampled_from(ways))
    return other


_OTHER_STATES = [State.OPEN, State.CANCELLED, State.SHIPPED, State.PACKED]


def _with_cell(matrix: Matrix, cell: Any) -> Matrix:
    key = cell_key(cell.system, Track(cell.track), cell.subject)
    return replace(matrix, cells={**matrix.cells, key: cell})


def _with_told(matrix: Matrix, key: str, **told: Any) -> Matrix:
    known = matrix.known[key]
    assert key == known_key(known.system, known.subject)
    after_ = replace(known, particulars=replace(known.particulars, **told))
    return replace(matrix, known={**matrix.known, key: after_})
