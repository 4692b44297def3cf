"""A list whose clock stands in another zone is set right from its own orders."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accord.audit.hints import FileHint, Hints
from accord.audit.run import Request, audit
from tests.audit.exported import (
    BOOK_COLUMNS,
    SHOP_COLUMNS,
    START,
    Order,
    agreeing,
    book_rows,
    newest,
    shop_rows,
    write,
)

NOW = START + timedelta(days=21)
SHOP = [
    *agreeing(range(1001, 1041)),
    newest(1999),
    Order(number=1500, progress="unfulfilled", books=None, created=NOW - timedelta(hours=3)),
    Order(number=1501, progress="unfulfilled", books=None, created=NOW - timedelta(minutes=20)),
]


def outcome_of(folder, clock, hints=None):
    """Return what comes of books that were written by a clock so far ahead."""
    late = [_moved(order, clock) for order in SHOP]
    files = [
        write(folder / "shop.csv", SHOP_COLUMNS, shop_rows(SHOP)),
        write(folder / "books.csv", BOOK_COLUMNS, book_rows(late)),
    ]
    return audit(Request(files=files, hints=hints or Hints()))


def _moved(order, clock):
    changed = {"created": order.time + clock, "booked_edit": order.time + clock}
    return Order(**{**_fields(order), **changed})


def _fields(order):
    return {name: getattr(order, name) for name in Order.__dataclass_fields__}


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(zone=st.integers(-12, 14), minutes=st.integers(0, 30))
def test_wherever_the_clock_of_the_books_stands_the_same_is_found(tmp_path_factory, zone, minutes):
    clock = timedelta(hours=zone, minutes=minutes)

    outcome = outcome_of(tmp_path_factory.mktemp("zone"), clock)

    assert [(one.order, one.pattern.value) for one in outcome.findings] == [
        ("#1500", "unacknowledged_order")
    ]
    assert any("stand in another zone" in told for told in outcome.assumed) is bool(zone)


def test_a_zone_that_is_said_is_not_guessed_over(tmp_path):
    hints = Hints((FileHint("books.csv", time_zone="Asia/Tokyo"),))

    outcome = outcome_of(tmp_path, timedelta(hours=9), hints)

    assert not any("stand in another zone" in told for told in outcome.assumed)
    assert [one.order for one in outcome.findings] == ["#1500"]
