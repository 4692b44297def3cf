"""NetSuite's own list of a window, whose times have no zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.connector_kit.simulator import World
from accord.connectors.netsuite.client import NetSuiteClient
from accord.connectors.netsuite.feed_time import FORMAT, window
from accord.connectors.netsuite.simulator import Line, NetSuiteSimulator

NEW_YORK = ZoneInfo("America/New_York")
# Clocks go back at 06:00 UTC, from 2:00 to 1:00.
BACK = datetime(2026, 11, 1, 6, tzinfo=UTC)
FORWARD = datetime(2026, 3, 8, 7, tzinfo=UTC)
AN_HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("since", "until", "asked"),
    [
        (BACK - 2 * AN_HOUR, BACK - AN_HOUR, ("2026-11-01T00:00:00", "2026-11-01T01:00:00")),
        (BACK - AN_HOUR, BACK, ("2026-11-01T01:00:00", "2026-11-01T02:00:00")),
        (BACK, BACK + AN_HOUR, ("2026-11-01T01:00:00", "2026-11-01T02:00:00")),
        (BACK - AN_HOUR / 2, BACK + AN_HOUR / 2, ("2026-11-01T01:00:00", "2026-11-01T02:00:00")),
        (FORWARD - AN_HOUR, FORWARD, ("2026-03-08T01:00:00", "2026-03-08T03:00:00")),
        (FORWARD, FORWARD + AN_HOUR, ("2026-03-08T03:00:00", "2026-03-08T04:00:00")),
    ],
)
def test_a_window_is_asked_for_on_the_accounts_clock(
    since: datetime, until: datetime, asked: tuple[str, str]
) -> None:
    assert window(since, until, NEW_YORK) == asked


@given(
    zone=st.sampled_from(["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "UTC"]),
    around=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    size=st.timedeltas(timedelta(minutes=1), timedelta(days=2)),
    before_the_end=st.timedeltas(timedelta(microseconds=1), timedelta(days=2)),
)
def test_whatever_changed_in_a_window_lies_between_the_times_asked_for(
    zone: str, around: datetime, size: timedelta, before_the_end: timedelta
) -> None:
    where = ZoneInfo(zone)
    start, end = window(around, around + size, where)
    changed = (around + size - min(before_the_end, size)).astimezone(where)

    assert start <= changed.strftime(FORMAT) < end


async def test_what_changed_before_and_after_the_clock_went_back_is_all_listed(
    client: NetSuiteClient, account: NetSuiteSimulator, world: World
) -> None:
    world.now = BACK - AN_HOUR / 2
    account.book_order("1001", "", [Line("MUG", 1)])
    world.now = BACK + AN_HOUR / 4
    account.book_order("1002", "", [Line("MUG", 1)])
    world.now = BACK + AN_HOUR

    pages = [p async for p in client.listing(BACK - AN_HOUR / 2, BACK + AN_HOUR / 2)]

    rows = [msgspec.json.decode(d.body)["otherrefnum"] for page in pages for d in page.documents]
    assert sorted(rows) == ["1001", "1002"]
    assert [page.of for page in pages] == [2]
