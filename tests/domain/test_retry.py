"""Trying again is bounded: for one task in time, for a link in number."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from accord.domain.retry import RETRIES_AT_LEAST, RETRIES_SHARE, RetryBudget, RetryPolicy

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CHANCE = st.floats(0, 1, exclude_max=True)


@given(st.integers(0, 200), CHANCE)
def test_a_wait_is_capped_and_ends_in_giving_up(failures, jitter):
    policy = RetryPolicy()
    wait = policy.wait(failures, jitter)

    assert (wait is None) == (failures >= policy.attempts)
    assert timedelta(0) <= policy.pause(failures, jitter) <= policy.longest


@given(st.integers(1, 11))
def test_the_range_of_a_wait_doubles_until_its_cap(failures):
    policy = RetryPolicy()

    assert policy.pause(failures + 1, 0.5) == min(
        2 * policy.pause(failures, 0.5), policy.longest * 0.5
    )


def many(budget: RetryBudget, times: int, now: datetime, *, again: bool) -> RetryBudget:
    for _ in range(times):
        budget = budget.tried(now, again=again)
    return budget


def test_second_tries_may_be_a_fifth_of_the_first_ones():
    budget = many(RetryBudget(), 100, NOON, again=False)

    assert many(budget, 19, NOON, again=True).allows(NOON)
    assert not many(budget, 20, NOON, again=True).allows(NOON)


def test_a_link_with_little_work_may_try_a_few_again():
    assert many(RetryBudget(), RETRIES_AT_LEAST - 1, NOON, again=True).allows(NOON)
    assert not many(RetryBudget(), RETRIES_AT_LEAST, NOON, again=True).allows(NOON)


def test_what_was_tried_is_forgotten_after_a_minute():
    spent = many(RetryBudget(), RETRIES_AT_LEAST, NOON, again=True)

    assert spent.allows(NOON + MINUTE + timedelta(seconds=1))
    assert len(spent.tried(NOON + 2 * MINUTE, again=False).seconds) == 1


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 5)), max_size=300))
def test_over_any_minute_the_share_is_kept(tries: Sequence[tuple[bool, float]]):
    budget, now = RetryBudget(), NOON
    first: list[datetime] = []
    again: list[datetime] = []
    for wants_again, wait in tries:
        now += timedelta(seconds=wait)
        if wants_again and not budget.allows(now):
            continue
        budget = budget.tried(now, again=wants_again)
        (again if wants_again else first).append(now)
        if wants_again:
            seen = [sum(each > now - MINUTE for each in kind) for kind in (first, again)]
            assert seen[1] <= max(RETRIES_AT_LEAST, RETRIES_SHARE * seen[0])
