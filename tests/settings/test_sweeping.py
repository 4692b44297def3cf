"""When systems are swept, as the accord file says it."""

from datetime import UTC, datetime, timedelta

import pytest

from accord.domain.finding import Code
from accord.domain.sweep_rules import SweepRules
from accord.engine.schedule import next_sweep
from accord.settings.accord_file import read_accord
from tests.settings.catalogue import CATALOGUE, SECRETS
from tests.settings.examples import WHOLE

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def read(*lines):
    return read_accord("\n".join([WHOLE, "[sweep]", *lines]), CATALOGUE, SECRETS)


def test_without_a_word_systems_are_swept_at_night():
    assert read().accord.sweep == SweepRules(at="17 3 * * *", since=timedelta(hours=26))


def test_everything_of_a_sweep_can_be_said():
    found = read(
        'at = "30 2 * * 1-5"',
        'time_zone = "Europe/Lisbon"',
        'since = "3 days"',
        'rolling = "3 minutes"',
        'overlap = "15 minutes"',
        "rereads = 0",
    )

    assert found.findings == ()
    assert found.accord.sweep == SweepRules(
        at="30 2 * * 1-5",
        time_zone="Europe/Lisbon",
        since=timedelta(days=3),
        rolling=timedelta(minutes=3),
        overlap=timedelta(minutes=15),
        rereads=0,
    )


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('at = "61 3 * * *"', Code.BAD_SCHEDULE),
        ('at = "nightly"', Code.BAD_SCHEDULE),
        ('at = "* * * * * *"', Code.BAD_SCHEDULE),
        ('at = "0 3 30 2 *"', Code.BAD_SCHEDULE),
        ("at = 3", Code.WRONG_TYPE),
        ('time_zone = "Europe/Lissabon"', Code.UNKNOWN_TIME_ZONE),
        ('time_zone = "Europe"', Code.UNKNOWN_TIME_ZONE),
        ('time_zone = "../passwd"', Code.UNKNOWN_TIME_ZONE),
        ('time_zone = ""', Code.UNKNOWN_TIME_ZONE),
        ('rolling = "often"', Code.UNREADABLE_DURATION),
        ("rereads = -1", Code.WRONG_TYPE),
        ('every = "1 day"', Code.UNKNOWN_KEY),
    ],
)
def test_what_cannot_be_a_sweep_is_found_with_its_line_and_remedy(line, code):
    found = read(line)

    (finding,) = found.findings
    assert (finding.code, finding.line) == (code, WHOLE.count("\n") + 3)
    assert finding.where[0] == "sweep"
    assert finding.remedy


def test_a_mistaken_zone_is_offered_the_nearest():
    (finding,) = read('time_zone = "Europe/Lissabon"').findings

    assert "Europe/Lisbon" in finding.remedy


@pytest.mark.parametrize(
    ("rules", "now", "then"),
    [
        (SweepRules(), NOON, datetime(2026, 11, 21, 3, 17, tzinfo=UTC)),
        (
            SweepRules(time_zone="Asia/Tokyo"),
            NOON,
            datetime(2026, 11, 20, 18, 17, tzinfo=UTC),
        ),
        # The clock of Berlin skips from 2:00 to 3:00 that night: half past two is right after.
        (
            SweepRules(at="30 2 * * *", time_zone="Europe/Berlin"),
            datetime(2026, 3, 28, 12, tzinfo=UTC),
            datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
        ),
        # And half past two comes twice that night: the sweep once.
        (
            SweepRules(at="30 2 * * *", time_zone="Europe/Berlin"),
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
            datetime(2026, 10, 26, 1, 30, tzinfo=UTC),
        ),
    ],
)
def test_the_next_sweep_is_on_the_clock_of_its_zone(rules, now, then):
    assert next_sweep(rules, now) == then
