"""A limit is kept with room to spare, and nobody waits longer than it takes to refill."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.domain.allowance import LONGEST_WAIT, NO_WAIT, RESERVE, Allowance, wait_for

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
AMOUNTS = st.floats(0, 1e9)
WAITS = st.floats(0, 1e5).map(lambda seconds: timedelta(seconds=seconds))


@st.composite
def allowances(draw: st.DrawFn) -> Allowance:
    size = draw(AMOUNTS)
    return Allowance(
        size=size,
        left=draw(st.floats(0, 1)) * size,
        seen=NOON,
        per_second=draw(AMOUNTS),
        refills=draw(st.none() | WAITS.map(lambda wait: NOON + wait)),
    )


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def test_a_bucket_refills_by_and_by():
    bucket = Allowance(size=2000, left=100, seen=NOON, per_second=100)

    assert bucket.at(NOON + seconds(5)) == 600
    assert bucket.wait(600, NOON) == seconds(5)
    assert bucket.at(NOON + seconds(500)) == 2000


def test_a_window_refills_all_at_once():
    window = Allowance(size=40, left=0, seen=NOON, refills=NOON + seconds(17))

    assert window.wait(1, NOON) == seconds(17)
    assert window.at(NOON + seconds(17)) == 40


def test_ordinary_work_leaves_a_reserve_that_urgent_work_may_use():
    bucket = Allowance(size=100, left=100 * RESERVE, seen=NOON, per_second=1, call=10)

    assert wait_for(bucket, NOON, urgent=False) == seconds(10)
    assert wait_for(bucket, NOON, urgent=True) == NO_WAIT


def test_a_link_that_tells_no_limit_is_not_kept_waiting():
    assert wait_for(None, NOON, urgent=False) == NO_WAIT


def test_a_call_is_counted_before_its_answer_comes():
    bucket = Allowance(size=100, left=50, seen=NOON, per_second=10)

    assert bucket.spent(40, NOON + seconds(1)).at(NOON + seconds(1)) == 20


@given(allowances(), AMOUNTS, WAITS)
def test_after_the_wait_it_is_there(allowance, need, passed):
    now = NOON + passed
    wait = allowance.wait(need, now)
    later = now + wait + timedelta(microseconds=1)

    assert NO_WAIT <= wait <= LONGEST_WAIT
    if wait < LONGEST_WAIT:
        enough = min(need, allowance.size)
        assert allowance.at(later) >= enough or allowance.at(later) == pytest.approx(
            enough, rel=1e-5, abs=max(1.0, allowance.per_second * 1e-5)
        )


@given(allowances(), AMOUNTS, WAITS)
def test_it_is_never_below_nothing_and_never_above_its_size(allowance, cost, passed):
    spent = allowance.spent(cost, NOON)

    assert 0 <= spent.at(NOON + passed) <= allowance.size


@given(st.floats(1, 1e4), st.floats(0.01, 1e3), st.lists(WAITS, max_size=50))
def test_a_sender_that_keeps_to_it_never_asks_for_more_than_came_back(size, rate, pauses):
    """The far side keeps its own books; it is asked only when we think a point is left."""
    there = ours = Allowance(size=size, left=size, seen=NOON, per_second=rate)
    now = NOON
    for pause in pauses:
        now += min(pause, seconds(2))
        if ours.wait(1, now) == NO_WAIT:
            assert there.at(now) >= 1 - 1e-6
            there, ours = there.spent(1, now), ours.spent(1, now)
