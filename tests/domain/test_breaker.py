"""A link that is down is left in peace, tried now and then, and taken back."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from accord.domain.breaker import (
    COUNTED_AT_LEAST,
    FAILURES_IN_A_ROW,
    FIRST_PAUSE,
    GOOD_PROBES,
    LONGEST_PAUSE,
    PROBE_LEASE,
    URGENT_PAUSE,
    Breaker,
    Circuit,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
EVENTS = st.lists(
    st.tuples(st.sampled_from("afpu"), st.integers(0, 200).map(lambda s: s * SECOND)), max_size=80
)


def failing(times: int, now: datetime = NOON) -> Breaker:
    breaker = Breaker()
    for _ in range(times):
        breaker = breaker.failed_once(now, "no answer")
    return breaker


def probed(breaker: Breaker, now: datetime, *, well: bool) -> Breaker:
    taken = breaker.probing(now, urgent=False)
    return taken.answered(now) if well else taken.failed_once(now, "no answer")


def test_it_opens_after_failures_in_a_row():
    assert failing(FAILURES_IN_A_ROW - 1).circuit(NOON) is Circuit.CLOSED
    assert failing(FAILURES_IN_A_ROW).circuit(NOON) is Circuit.OPEN


def test_one_answer_in_between_begins_the_row_anew():
    breaker = failing(FAILURES_IN_A_ROW - 1).answered(NOON)

    assert breaker.failed_once(NOON, "no answer").circuit(NOON) is Circuit.CLOSED


def test_it_opens_when_every_other_call_fails():
    breaker = Breaker()
    for number in range(COUNTED_AT_LEAST):
        assert breaker.circuit(NOON) is Circuit.CLOSED
        now = NOON + number * SECOND
        breaker = breaker.answered(now) if number % 2 else breaker.failed_once(now, "500")
    breaker = breaker.failed_once(NOON + 21 * SECOND, "500")

    assert breaker.circuit(NOON + 21 * SECOND) is Circuit.OPEN


def test_the_same_share_over_a_long_time_opens_nothing():
    breaker = Breaker()
    for number in range(200):
        now = NOON + number * 10 * SECOND
        breaker = breaker.answered(now) if number % 2 else breaker.failed_once(now, "500")

    assert breaker.circuit(now) is Circuit.CLOSED


def test_while_all_goes_well_there_is_nothing_to_keep():
    assert Breaker().answered(NOON).answered(NOON + SECOND) == Breaker()


def test_open_it_lets_a_probe_through_after_a_pause_that_grows():
    breaker, now, pauses = failing(FAILURES_IN_A_ROW), NOON, []
    for _ in range(8):
        due = breaker.next_at(urgent=False)
        assert due is not None
        pauses.append(due - now)
        now = due
        breaker = probed(breaker, now, well=False)

    assert pauses[0] == FIRST_PAUSE
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE


def test_one_probe_is_under_way_at_a_time():
    breaker = failing(FAILURES_IN_A_ROW)
    now = NOON + FIRST_PAUSE
    taken = breaker.probing(now, urgent=False)

    assert breaker.next_at(urgent=False) == now
    assert taken.next_at(urgent=False) == now + PROBE_LEASE


def test_good_probes_close_it():
    breaker, now = failing(FAILURES_IN_A_ROW), NOON + FIRST_PAUSE
    for _ in range(GOOD_PROBES):
        assert breaker.circuit(now) is Circuit.HALF_OPEN
        breaker = probed(breaker, now, well=True)

    assert breaker == Breaker()


def test_a_cancellation_has_a_probe_of_its_own_at_once():
    breaker = failing(FAILURES_IN_A_ROW).probing(NOON, urgent=False)
    assert breaker.next_at(urgent=True) == NOON

    taken = breaker.probing(NOON, urgent=True)
    assert taken.next_at(urgent=True) == NOON + URGENT_PAUSE


def test_what_was_asked_before_it_opened_does_not_make_the_pause_longer():
    opened = failing(FAILURES_IN_A_ROW)

    assert opened.failed_once(NOON + SECOND, "late") == opened


def test_a_probe_with_nothing_to_ask_is_given_back():
    now = NOON + FIRST_PAUSE
    breaker = failing(FAILURES_IN_A_ROW).probing(now, urgent=False).unused(now, urgent=False)

    assert (breaker.next_at(urgent=False), breaker.probes) == (now, 0)


def test_an_idle_lane_of_cancellations_does_not_shorten_the_pause_of_the_other():
    breaker = probed(failing(FAILURES_IN_A_ROW), NOON + FIRST_PAUSE, well=False)
    now = NOON + FIRST_PAUSE + SECOND

    idle = breaker.probing(now, urgent=True).unused(now, urgent=True)

    assert idle.next_at(urgent=False) == breaker.next_at(urgent=False)


@given(EVENTS)
def test_whatever_happens_it_can_always_be_asked_again_soon(events):
    breaker, now = Breaker(), NOON
    for kind, wait in events:
        now += wait
        match kind:
            case "a":
                breaker = breaker.answered(now)
            case "f":
                breaker = breaker.failed_once(now, "no answer")
            case _ if breaker.circuit(now) is not Circuit.CLOSED:
                breaker = breaker.probing(now, urgent=kind == "u")

        for urgent in (False, True):
            due = breaker.next_at(urgent=urgent)
            assert due is None or due <= now + LONGEST_PAUSE
        assert breaker.probes >= 0


@given(EVENTS)
def test_once_it_answers_again_it_closes(events):
    breaker, now = Breaker(), NOON
    for kind, wait in events:
        now += wait
        breaker = breaker.answered(now) if kind == "a" else breaker.failed_once(now, "no answer")

    for _ in range(GOOD_PROBES):
        now = max(now, breaker.next_at(urgent=False) or now)
        breaker = probed(breaker, now, well=True)

    assert breaker.circuit(now) is Circuit.CLOSED
