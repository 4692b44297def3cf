"""Lengths and shares are read at a glance and promise nothing that is not so."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.domain.plain_time import plain_length, plain_share


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (None, "·"),
        (timedelta(seconds=0), "0 s"),
        (timedelta(seconds=90), "90 s"),
        (timedelta(minutes=1), "1 min"),
        (timedelta(minutes=90), "90 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(days=3), "3 d"),
    ],
)
def test_a_length_is_told_in_its_largest_unit(value, read):
    assert plain_length(value) == read


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_only_a_whole_is_a_hundred_percent(part, whole):
    assert (plain_share(part, whole) == "100 %") == (part >= whole)
