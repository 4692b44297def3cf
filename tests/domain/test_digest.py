"""The message of the day says first whether anybody is needed, and fits on a page."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from inline_snapshot import snapshot
from msgspec.structs import replace

from accord.domain.agreement import Spread, step_of
from accord.domain.alert import Alert
from accord.domain.alert_rules import USUAL, AlertRules, RuleName
from accord.domain.digest import (
    DayCounts,
    DigestFigures,
    Need,
    digest_day,
    digest_text,
    digests,
)

NOW = datetime(2026, 11, 29, 7, tzinfo=UTC)
TODAY = date(2026, 11, 29)
BERLIN = ZoneInfo("Europe/Berlin")
RULES = AlertRules(rules=USUAL, channels=("ops", "lead"), digest_at=time(7))
WELL = DigestFigures(at=NOW, day=DayCounts(received=1204, repairs_done=1))


def alert(rule: RuleName, key: str, what: str) -> Alert:
    since = NOW - timedelta(hours=3)
    return Alert(rule=rule, key=key, what=what, figure=1, worst=1, noted_at=since, seen_at=NOW)


def test_each_channel_gets_one_message_for_a_day():
    told = digests(WELL, RULES, UTC, TODAY)

    assert [(m.channel, m.key) for m in told] == [
        ("ops", "ops digest 2026-11-29"),
        ("lead", "lead digest 2026-11-29"),
    ]
    assert {m.title for m in told} == {"Accord, 2026-11-29: all is well"}
    assert digests(WELL, RULES, UTC, TODAY + timedelta(days=1))[0].key != told[0].key


def test_a_calm_day_is_said_in_a_few_lines():
    assert digest_text(WELL, UTC) == snapshot("""\
All is well: nothing needs anybody.

Within a day:
- 1204 deliveries taken
- cases: 0 opened, 0 closed
- alerts: 0 opened, 0 over
- repairs: 1 done\
""")


def test_what_needs_somebody_stands_first_the_worst_of_it_before_the_rest():
    quick, slow = step_of(timedelta(seconds=2)), step_of(timedelta(minutes=10))
    busy = replace(
        WELL,
        alerts=[
            alert(RuleName.PAUSED, "writing to depot", "Paused by Ana: stocktaking."),
            alert(RuleName.DOWN, "books", "books does not answer: 503."),
        ],
        needs={Need.CASES: 1, Need.DEAD_LETTERS: 4000, Need.PAUSED: 0},
        day=DayCounts(
            received=1,
            cases_opened=1,
            cases_closed=2,
            alerts_opened=2,
            hours_certified=46,
            holes_named=1,
        ),
        agreed={"books": Spread().with_counts({quick: 98, slow: 2}), "shop": Spread()},
        review_due=NOW - timedelta(days=2),
        to_do=["books was not heard by its feed."],
    )

    assert digests(busy, RULES, UTC, TODAY)[0].title == (
        "Accord, 2026-11-29: 4 things need somebody"
    )
    assert digest_text(busy, BERLIN) == snapshot("""\
What needs somebody:
- link down: books, since 2026-11-29 05:00 CET. books does not answer: 503.
- paused: writing to depot, since 2026-11-29 05:00 CET. Paused by Ana: stocktaking.
- 1 open case: accord cases list
- 4000 dead letters: accord dead-letters list

Within a day:
- 1 delivery taken
- cases: 1 opened, 2 closed
- alerts: 2 opened, 0 over
- repairs: 0 done
- census: 46 hours certified, 1 hole found

Time to agree, half of the changes and ninety-nine of a hundred within:
- books: 2 s, 10 min (100 changes)

Due since 2026-11-27: read the accord file again, then run accord reviewed.

Still to do in the first week (accord checklist):
- books was not heard by its feed.\
""")


def test_what_is_due_is_told_a_few_days_before_and_no_sooner():
    assert "reviewed" not in digest_text(replace(WELL, review_due=NOW + timedelta(days=4)), UTC)
    assert "Due by 2026-12-01" in digest_text(
        replace(WELL, review_due=NOW + timedelta(days=2)), UTC
    )


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 11, 29, 5, 59, tzinfo=UTC), None),
        (datetime(2026, 11, 29, 6, 0, tzinfo=UTC), TODAY),
        (datetime(2026, 11, 29, 22, 59, tzinfo=UTC), TODAY),
        (datetime(2026, 11, 29, 23, 0, tzinfo=UTC), None),
    ],
)
def test_a_digest_is_due_from_its_time_to_midnight_by_the_clock_of_its_zone(now, day):
    assert digest_day(RULES, BERLIN, now) == day


@pytest.mark.parametrize("night", [date(2026, 3, 29), date(2026, 10, 25)])
def test_a_time_that_the_clock_skips_or_repeats_is_one_digest_all_the_same(night):
    half_past_two = replace(RULES, digest_at=time(2, 30))
    midnight = datetime.combine(night, time(0), BERLIN).astimezone(UTC)
    looks = [midnight + timedelta(minutes=minutes) for minutes in range(0, 300, 15)]
    days = [digest_day(half_past_two, BERLIN, at) for at in looks]

    assert days[0] is None
    assert {*days} == {None, night}
    assert days[-1] == night


def test_there_is_none_where_the_accord_wants_none():
    assert digest_day(replace(RULES, digest_at=None), UTC, NOW) is None
