"""The promise of the accord is at risk where much is late, lately and still; a spike is not it."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from accord.domain.agreement import Agreed
from accord.domain.alert import Condition
from accord.domain.alert_rules import RuleName
from accord.domain.tracks import Track
from accord.engine.latency_sensor import LatencySensor
from accord.storage.memory import MemoryStore
from tests.domain.stack import stack
from tests.storage.examples import PROPAGATE

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SOON, LATE = MINUTE, 20 * MINUTE


class Traffic:
    """A store in which mirrors come into step, and the sensor over it."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self._sensor = LatencySensor(
            replace(stack(), latency_target=5 * MINUTE), self.store.numbers
        )

    def agreed(self, system: str, took: timedelta, number: int, ago: timedelta) -> None:
        found = (Agreed(system, Track.ORDER, took),) * number
        self.store.numbers.count(found, NOW - ago)

    async def at_risk(self) -> list[Condition]:
        return await self._sensor.look(NOW)


@pytest.fixture
def traffic() -> Traffic:
    return Traffic()


async def test_what_is_late_for_an_hour_and_still_is_puts_the_promise_at_risk(
    traffic: Traffic,
) -> None:
    for minutes in range(0, 60, 5):
        traffic.agreed("books", LATE, 2, minutes * MINUTE)
        traffic.agreed("books", SOON, 8, minutes * MINUTE)
        traffic.agreed("shop", SOON, 10, minutes * MINUTE)
    (found,) = await traffic.at_risk()

    assert (found.rule, found.key, found.figure) == (RuleName.LATENCY, "books", 24)
    assert found.what == (
        "24 of 120 changes reached books later than 5 min, or have not yet, within 1 h."
    )


@pytest.mark.parametrize(("ago", "number"), [(0 * MINUTE, 20), (30 * MINUTE, 60)])
async def test_a_spike_is_in_one_window_only(traffic: Traffic, ago: timedelta, number: int) -> None:
    for minutes in range(0, 360, 5):
        traffic.agreed("books", SOON, 20, minutes * MINUTE)
    traffic.agreed("books", LATE, number, ago)

    assert await traffic.at_risk() == []


async def test_a_slow_leak_over_six_hours_is_seen_as_well(traffic: Traffic) -> None:
    for minutes in range(0, 360, 5):
        traffic.agreed("books", SOON, 9, minutes * MINUTE)
        traffic.agreed("books", LATE, 1, minutes * MINUTE)
    (found,) = await traffic.at_risk()

    assert (found.key, found.figure) == ("books", 72)
    assert "within 6 h" in found.what


async def test_what_waits_for_too_long_counts_before_it_is_done(traffic: Traffic) -> None:
    orders = [str(number) for number in range(1, 8)]
    await traffic.store.ask(PROPAGATE, "books", orders, NOW - LATE)
    (found,) = await traffic.at_risk()

    assert (found.key, found.figure) == ("books", 7)
