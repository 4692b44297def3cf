"""Holes and silence are seen while they last, on every store."""

from datetime import timedelta

from msgspec.structs import replace

from accord.domain.alert_rules import RuleName
from accord.engine.arrival_sensors import ArrivalSensors
from accord.engine.census_book import HOUR, Census, CensusState, Hole
from accord.engine.envelope import Origin, Standing
from accord.engine.heard import TrafficHour
from tests.storage.examples import MINUTE, NOW, AnyStore, incoming, judge

SILENT = TrafficHour(
    system="shop", origin=Origin.HOOK, hour=NOW, envelopes=0, usual=40, silent=True
)
HOURS = Census(system="shop", hour=NOW - HOUR, state=CensusState.HOLES, due=NOW)


def sensors(store: AnyStore) -> ArrivalSensors:
    return ArrivalSensors(store.census, store.heard)


def hole(name: str) -> Hole:
    return Hole(
        system="shop",
        hour=NOW - HOUR,
        identity=name.encode(),
        topic="orders/updated",
        name=f"order {name}",
        was_there=False,
        found_at=NOW,
    )


async def test_a_hole_is_seen_until_what_fills_it_is_settled(store: AnyStore) -> None:
    await store.census.add([HOURS])
    await store.census.write(HOURS, [hole("1"), hole("2")], [incoming("1"), incoming("2")])
    (seen,) = await sensors(store).holes(NOW)
    await judge(store, Standing.APPLIED)

    assert (seen.rule, seen.key, seen.figure, seen.since) == (RuleName.HOLES, "shop", 2, NOW)
    assert seen.what == (
        "shop lists 2 changes that Accord could not settle: order 1 (waiting); order 2 (waiting)."
    )
    assert await sensors(store).holes(NOW) == []


async def test_a_silence_lasts_until_something_comes_by_that_way(store: AnyStore) -> None:
    two = [SILENT, replace(SILENT, hour=NOW + HOUR, usual=50)]
    yesterday = replace(SILENT, hour=NOW - 5 * HOUR)
    await store.heard.note([*two, yesterday])
    later = NOW + 2 * HOUR + MINUTE
    fed = replace(incoming("1", origin=Origin.FEED), received_at=later)
    await store.keep([fed])
    (seen,) = await sensors(store).silence(later + MINUTE)
    await store.keep([replace(incoming("2"), received_at=later + MINUTE)])

    assert (seen.rule, seen.key, seen.figure) == (RuleName.SILENCE, "shop by hook", 2)
    assert seen.since == NOW
    assert seen.what == (
        "No hook of shop came since 2026-11-20 12:00 UTC, where 50 is usual in the last hour of it."
    )
    assert await sensors(store).silence(later + 2 * MINUTE) == []


async def test_an_hour_that_was_not_silent_is_none(store: AnyStore) -> None:
    await store.heard.note([replace(SILENT, silent=False, usual=3)])

    assert await sensors(store).silence(NOW + HOUR + timedelta(minutes=5)) == []
