from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.settings.durations import duration, written


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("5 minutes", timedelta(minutes=5)),
        ("1 week", timedelta(weeks=1)),
        ("1 day 12 hours", timedelta(hours=36)),
        ("2 hours and 30 min", timedelta(minutes=150)),
        ("90s", timedelta(seconds=90)),
        (" 3 Days ", timedelta(days=3)),
        ("1h30m", timedelta(minutes=90)),
    ],
)
def test_a_length_of_time_is_read_as_people_write_it(text: str, length: timedelta) -> None:
    assert duration(text) == length


@pytest.mark.parametrize(
    "text", ["", "soon", "5", "minutes", "0 days", "-1 day", "1.5 hours", "5 moons", "1 day x"]
)
def test_what_is_no_length_of_time_is_none(text: str) -> None:
    assert duration(text) is None


@given(st.integers(1, 10_000_000))
def test_a_length_as_written_is_read_back(seconds: int) -> None:
    assert duration(written(timedelta(seconds=seconds))) == timedelta(seconds=seconds)
