"""Laws of the notices, over random lives of an order."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from accord.domain.decision import decide
from accord.domain.milestones import milestones
from accord.domain.notice import NoticeState
from accord.domain.report import Report
from tests.domain.notices import DAY, HOUR, MINUTE, Book, cancelled, placed, telling
from tests.domain.stack import NOON, after, returned, said
from tests.domain.test_plan import work

PARCELS = st.sampled_from(["se-8", "se-9"])
WORDS = st.sampled_from(["pending", "labelled", "IT", "DE", "cancelled"])
WAITS = st.sampled_from([timedelta(0), MINUTE, 2 * MINUTE, HOUR, DAY + MINUTE])
MAX_AGE = 12 * HOUR

# A step is a wait and what is heard after it: a parcel's word, a cancellation, a return, nothing.
STEPS = st.lists(
    st.tuples(WAITS, st.none() | st.just("cancel") | st.just("return") | st.tuples(PARCELS, WORDS)),
    max_size=14,
)


def heard(what: object, now: datetime, *, dated: bool) -> list[Report]:
    minute = int((now - NOON) / MINUTE)
    match what:
        case "cancel":
            reports = [cancelled(minute)]
        case "return":
            reports = [said("shop", "return", "requested", returned("4"), minute, lines={"A": 1})]
        case (str(own), str(word)):
            reports = [work(own, word, {"A": 1}, minute, tracking=(own,))]
        case _:
            return []
    return [replace(report, happened_at=now if dated else None) for report in reports]


@settings(deadline=None, max_examples=200)
@given(steps=STEPS, dated=st.booleans())
def test_whatever_an_order_lives_through_it_is_told_once_and_only_of_what_is_so(steps, *, dated):
    book = Book(telling(max_age=MAX_AGE))
    matrix, now = after(*placed()), NOON
    told: set[tuple[str, str]] = set()
    for wait, what in steps:
        now += wait
        matrix = after_more(matrix, heard(what, now, dated=dated))
        for _ in range(2):  # two looks at one moment are one
            before = len(book.told)
            sent_before = sent(book)
            found = book.look(matrix, now)
            fresh = sent(book) - sent_before
            assert not fresh & told
            told |= fresh
            current = {
                (one.stage, one.subject)
                for one in milestones(matrix, book.accord)
                if one.is_current
            }
            assert fresh <= current
            assert len(book.told) - before <= 1  # one message, whatever it is about
            assert found.look_at is None or found.look_at > now
    young = [row for row in book.rows if row.state is NoticeState.SENT]
    assert all(row.noticed_at - row.came_about < MAX_AGE for row in young)
    assert len({row.key for row in book.rows}) == len(book.rows)


def sent(book: Book) -> set[tuple[str, str]]:
    return {(row.stage, row.subject) for row in book.rows if row.state is NoticeState.SENT}


def after_more(matrix, reports):
    """Return the matrix with more heard of the order."""
    for report in reports:
        matrix = decide(matrix, report, telling()).matrix
    return matrix


@settings(deadline=None, max_examples=100)
@given(steps=STEPS)
def test_looking_more_often_tells_nothing_more(steps):
    often, seldom = Book(telling()), Book(telling())
    matrix, now = after(*placed()), NOON
    for wait, what in steps:
        now += wait
        matrix = after_more(matrix, heard(what, now, dated=True))
        for _ in range(3):
            often.look(matrix, now)
        seldom.look(matrix, now)

    assert often.told == seldom.told
