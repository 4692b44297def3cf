"""Failures are counted by system, hour and error, and throttling is told from schema errors."""

import csv
from datetime import UTC, datetime, timedelta

import pytest

from accord.audit.errors import UnusableError
from accord.audit.logs import audit_logs

END = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def log(tmp_path, columns, rows, zone=None):
    path = tmp_path / "events.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
    return audit_logs(path, tmp_path, lambda _: None, zone)


def at(**before):
    return (END - timedelta(**before)).strftime("%Y-%m-%dT%H:%M:%SZ")


CALLS = [
    *[(at(hours=24 * day), "NetSuite", "400", "SSS_REQUEST_LIMIT_EXCEEDED") for day in range(6)],
    (at(hours=2), "Shopify", "429", "Too many requests"),
    (at(hours=30), "NetSuite", "400", "INVALID_KEY_OR_REF: Invalid item reference key 12345"),
    (at(hours=31), "Shopify", "422", "quantity must be positive"),
    (at(hours=9), "ShipStation", "503", "Service Unavailable"),
    (at(hours=9), "Shopify", "200", "ok"),
    (at(days=20), "Shopify", "500", "too old to count"),
]


def counted(counts):
    return {one.name: one.failures for one in counts}


def test_failures_of_fourteen_days_are_counted_by_kind_and_system(tmp_path):
    outcome = log(tmp_path, ("Time", "System", "Status code", "Message"), CALLS)

    assert (outcome.events, outcome.failures) == (11, 10)
    assert (outcome.client_errors, outcome.server_errors) == (9, 1)
    assert counted(outcome.by_kind) == {"throttling": 7, "schema": 2, "outage": 1}
    assert counted(outcome.by_system) == {"NetSuite": 7, "Shopify": 2, "ShipStation": 1}
    assert outcome.by_error[0].name == "400 SSS_REQUEST_LIMIT_EXCEEDED"


def test_where_failures_gather_is_told_in_words(tmp_path):
    outcome = log(tmp_path, ("Time", "System", "Status code", "Message"), CALLS)

    assert any("throttling" in sentence for sentence in outcome.concentration)
    assert any("in NetSuite, most of them throttling" in one for one in outcome.concentration)
    assert any("between 13:00 and 16:00" in one for one in outcome.concentration)


@pytest.mark.parametrize(
    "columns",
    [
        ("occurredAt", "application", "code", "message"),
        ("Created At", "Scenario", "HTTP status", "Error message"),
        ("timestamp", "Flow name", "statusCode", "description"),
    ],
)
def test_columns_of_integration_platforms_are_known(tmp_path, columns):
    assert log(tmp_path, columns, CALLS).failures == 10


def test_errors_without_a_status_code_are_counted_by_what_they_say(tmp_path):
    rows = [(at(hours=1), "NetSuite", "Concurrency limit exceeded"), (at(hours=2), "Make", "done")]

    outcome = log(tmp_path, ("Time", "App", "Message"), rows)

    assert counted(outcome.by_kind) == {"throttling": 1}


def test_a_log_without_times_is_unusable(tmp_path):
    with pytest.raises(UnusableError):
        log(tmp_path, ("System", "Status", "Message"), [("a", "500", "b")])


def test_hours_are_those_of_the_zone_that_is_named(tmp_path):
    columns, row = ("Time", "System", "Code", "Message"), ("NetSuite", "503", "down")

    local = log(tmp_path, columns, [("2026-11-20 00:30:00", *row)], "Europe/Berlin")
    zoned = log(tmp_path, columns, [("2026-11-19T23:30:00Z", *row)], "Europe/Berlin")

    for outcome in (local, zoned):
        assert outcome.until == datetime(2026, 11, 19, 23, 30, tzinfo=UTC)
        assert counted(outcome.by_hour) == {"00:00": 1}
        assert counted(outcome.by_day) == {"2026-11-20": 1}


def test_a_zone_that_is_none_is_refused(tmp_path):
    with pytest.raises(UnusableError, match="Europe/Berlin"):
        log(tmp_path, ("Time", "Code"), [(at(hours=1), "500")], "Mars/North")


def test_a_column_of_status_codes_is_not_their_error_as_well(tmp_path):
    outcome = log(tmp_path, ("Time", "Code", "Message"), [(at(hours=1), "500", "oops")])

    assert outcome.by_error[0].name == "500 oops"
