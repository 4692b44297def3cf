"""``Retry-After`` in every form it was ever seen in."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.connector_kit.retry_after import LONGEST_WAIT, SHORTEST_WAIT, retry_after

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
UNTOLD = timedelta(seconds=10)


def wait(text: str | None) -> timedelta:
    return retry_after({} if text is None else {"retry-after": text}, NOW, UNTOLD)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30", 30),
        (" 30 ", 30),
        ("1.5", 1.5),
        ("0", 1),
        ("-5", 1),
        ("1000000000", 3600),
        ("9" * 500, 3600),
        ("Sun, 22 Nov 2026 12:01:30 GMT", 90),
        ("Sun, 22 Nov 2026 12:01:30 -0000", 90),
        ("Sun, 22 Nov 2026 13:01:30 +0100", 90),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 1),
        ("Sun, 22 Nov 2099 11:00:00 GMT", 3600),
        (None, 10),
        ("", 10),
        ("nan", 10),
        ("inf", 10),
        ("1e9", 10),
        ("1_0", 10),
        ("٣", 10),
        ("soon", 10),
        ("30, 60", 10),
    ],
)
def test_every_form_says_how_long(text, seconds):
    assert wait(text) == timedelta(seconds=seconds)


@given(st.text() | st.floats().map(str) | st.integers().map(str) | st.from_regex(r"[\w ,:+-]{,40}"))
def test_whatever_it_says_the_wait_is_between_a_second_and_an_hour(text):
    assert SHORTEST_WAIT <= wait(text) <= LONGEST_WAIT


@given(st.integers(1, 3600))
def test_seconds_and_the_date_they_end_at_mean_the_same(seconds):
    date = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)

    assert wait(str(seconds)) == wait(date) == timedelta(seconds=seconds)
