"""How a warehouse is kept from shipping what was cancelled, as the accord file says it."""

from datetime import timedelta

import pytest

from accord.connector_kit.discovery import connectors
from accord.domain.accord import Gate
from accord.domain.finding import Code
from accord.settings.accord_file import read_accord

FILE = """
[systems.depot]
connector = "shipstation"
{}
"""


def read(lines):
    return read_accord(FILE.format(lines), connectors(), {})


def test_without_a_word_the_warehouse_is_told_to_stop_and_watched():
    depot = read("").accord.systems["depot"]

    assert (depot.gate, depot.cancel_within) == (Gate.CANCEL_LANE, timedelta(minutes=15))


def test_a_gate_that_holds_has_its_times():
    lines = 'gate = "hold"\nhold_for = "30 minutes"\npermit_for = "2 hours"\ncancel_within = "1 m"'
    found = read(lines)
    depot = found.accord.systems["depot"]

    assert depot.gate is Gate.HOLD
    assert depot.hold_for == timedelta(minutes=30)
    assert depot.permit_for == timedelta(hours=2)
    assert depot.cancel_within == timedelta(minutes=1)
    assert not [f for f in found.findings if f.code in {Code.CANNOT_HOLD, Code.NO_GATE}]


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ('gate = "shut"', Code.UNKNOWN_CHOICE),
        ('gate = "hold"\nhold_for = "soon"', Code.UNREADABLE_DURATION),
        ('permit_for = "1 hour"', Code.NO_GATE),
        ('gate = "cancel_lane"\nhold_for = "1 hour"', Code.NO_GATE),
    ],
)
def test_what_cannot_be_meant_is_found(lines, code):
    assert code in {found.code for found in read(lines).findings}
