"""How long agreeing took is counted so that what was late is known exactly."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from accord.domain.agreement import (
    BURNS,
    STEPS,
    Lateness,
    Spread,
    is_burning,
    step_of,
)

TARGET = timedelta(minutes=5)
TOOK = st.timedeltas(timedelta(0), timedelta(days=3))


def spread(*took: timedelta) -> Spread:
    counts: dict[int, int] = {}
    for one in took:
        counts[step_of(one)] = counts.get(step_of(one), 0) + 1
    return Spread().with_counts(counts)


@given(st.lists(TOOK, min_size=1), st.integers(1, 100))
def test_a_percentile_is_the_step_in_which_the_exact_one_lies(took, share):
    exact = sorted(took)[-(-len(took) * share // 100) - 1]
    found = spread(*took).percentile(share)

    assert found == STEPS[min(step_of(exact), len(STEPS) - 1)]


@given(st.lists(TOOK))
def test_what_is_within_the_latency_target_is_counted_exactly(took):
    assert spread(*took).within(TARGET) == sum(one <= TARGET for one in took)
    assert spread(*took).total == len(took)


def test_nothing_has_no_percentile():
    assert Spread().percentile(99) is None


def test_a_single_spike_calls_nobody_and_what_goes_on_does():
    _, _, rate = BURNS[0]
    spike, over = Lateness(50, 100), Lateness(0, 10)

    assert not is_burning(spike, over, rate)
    assert not is_burning(Lateness(1, 1000), Lateness(1, 1), rate)
    assert is_burning(spike, Lateness(5, 10), rate)
    assert not is_burning(Lateness(0, 0), Lateness(0, 0), rate)
