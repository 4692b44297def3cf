"""Times without a zone are read where the clocks stood, as the flag or the mapping file says."""

import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from accord.audit.hints import FileHint, Hints
from accord.audit.run import Request, audit
from accord.audit.times import TimeColumn, is_zone
from accord.cli.audit import audit as command
from tests.audit.exported import START, Order, agreeing, newest, pair

BERLIN = "Europe/Berlin"
MANY = [*agreeing(range(1001, 1041)), newest(1999)]
# Booked by a clock in Berlin two hours before the exports, by one in London at the same time.
LATE = Order(
    number=1500, progress="unfulfilled", created=START,
    booked_edit=START + timedelta(days=21, hours=1, minutes=30),
)  # fmt: skip


def read(texts, zone):
    column = TimeColumn("t", "%Y-%m-%d %H:%M:%S", days=False, zone=zone)
    return column.read(pl.DataFrame({"t": texts}))


@given(st.integers(0, 5 * 365 * 24 * 60))
def test_a_clock_is_read_as_the_standard_library_reads_it(minutes):
    time = (START + timedelta(minutes=minutes)).replace(tzinfo=None)

    told = read([f"{time:%Y-%m-%d %H:%M:%S}"], BERLIN)[0]

    assert told == time.replace(tzinfo=ZoneInfo(BERLIN)).astimezone(ZoneInfo("UTC"))


@pytest.mark.parametrize(
    ("shown", "instant"),
    [("2026-03-29 02:30:00", "2026-03-29 01:30"), ("2026-10-25 02:30:00", "2026-10-25 00:30")],
)
def test_an_hour_that_was_skipped_or_shown_twice_is_still_a_time(shown, instant):
    assert f"{read([shown], BERLIN)[0]:%Y-%m-%d %H:%M}" == instant


@pytest.mark.parametrize(("name", "known"), [(BERLIN, True), ("UTC", True), ("Berlin", False)])
def test_a_zone_goes_by_its_name(name, known):
    assert is_zone(name) is known


def test_the_zone_of_the_clocks_decides_what_was_still_on_its_way(tmp_path):
    files = pair(tmp_path, [*MANY, LATE])
    books = FileHint(file="netsuite_orders.csv", time_zone="America/New_York")

    in_utc = audit(Request(files=files))
    in_new_york = audit(Request(files=files, hints=Hints(files=(books,))))

    assert in_utc.taken == START + timedelta(days=21, hours=1, minutes=30)
    assert in_new_york.taken == in_utc.taken + timedelta(hours=4)


def test_the_zone_is_told_as_an_assumption_and_written_down(tmp_path):
    files = [str(path) for path in pair(tmp_path, MANY)]
    mapping = tmp_path / "stack.toml"

    usual = CliRunner().invoke(command, ["--json", *files])
    said = ["--time-zone", BERLIN, "--write-mapping", str(mapping), "--json", *files]
    told = json.loads(CliRunner().invoke(command, said).stdout)["summary"]
    again = CliRunner().invoke(command, ["--mapping", str(mapping), "--json", *files])

    assert "read as UTC (--time-zone)" in usual.stdout
    assert any("netsuite_orders.csv" in one and BERLIN in one for one in told["assumed"])
    assert [file["time_zone"] for file in told["files"]] == [None, BERLIN]
    files = json.loads(again.stdout)["summary"]["files"]
    assert [file["time_zone"] for file in files] == [None, BERLIN]


def test_a_zone_that_nobody_said_is_not_written_down_as_said(tmp_path):
    mapping = tmp_path / "stack.toml"

    CliRunner().invoke(command, [*map(str, pair(tmp_path, MANY)), "--write-mapping", str(mapping)])

    assert '# time_zone = "UTC"' in mapping.read_text()


def test_a_zone_that_is_none_is_refused_with_the_form_of_one(tmp_path):
    files = [str(path) for path in pair(tmp_path, MANY)]

    result = CliRunner().invoke(command, ["--time-zone", "Berlin", *files])

    assert result.exit_code == 2
    assert result.stderr == (
        "--time-zone: there is no time zone 'Berlin'; one is named as in Europe/Berlin.\n"
    )
