from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from accord.domain.boundary import FUTURE, LONGEST_NAME, untimely, unusable
from accord.domain.reason import ImpossibleQuantity, ImpossibleTime, UnusableName
from accord.domain.report import Ref
from tests.domain.stack import NOON, parcel, said

PLAIN = said("shop", "order", "open", lines={"A": 2})
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def test_what_a_system_usually_says_is_usable():
    assert unusable(PLAIN) is None
    assert untimely(PLAIN, NOON) is None


@pytest.mark.parametrize("quantity", [-1, 1_000_001])
def test_a_quantity_no_order_has_is_seen_in_what_is_wanted_and_in_what_was_ordered(quantity):
    wanted = said("shop", "order", "open", lines={"A": quantity})
    ordered = replace(
        wanted, particulars=replace(wanted.particulars, lines={}, ordered={"A": quantity})
    )

    assert unusable(wanted) == unusable(ordered) == ImpossibleQuantity("shop", "A", quantity)


@pytest.mark.parametrize("name", ["", "9" * (LONGEST_NAME + 1)])
def test_a_name_no_system_gives_is_seen(name):
    report = replace(PLAIN, order=(Ref("shop", name),))

    assert unusable(report) == UnusableName("shop", "shop", len(name))


def test_an_endless_name_of_a_part_is_seen():
    report = said("shop", "fulfillment", "success", parcel("9" * (LONGEST_NAME + 1)))

    assert unusable(report) == UnusableName("shop", "parcel", LONGEST_NAME + 1)


@pytest.mark.parametrize("field", ["said_at", "happened_at"])
def test_an_empty_date_that_some_systems_write_as_the_year_one_is_no_time(field):
    report = replace(PLAIN, **{field: LONG_AGO})

    assert unusable(report) == ImpossibleTime("shop", field, LONG_AGO)


def test_a_promise_may_lie_ahead_but_not_for_ever():
    far = datetime(9999, 12, 31, tzinfo=UTC)
    promised = [
        replace(PLAIN, particulars=replace(PLAIN.particulars, promised_at=at))
        for at in (NOON + timedelta(days=700), far)
    ]

    assert [unusable(one) for one in promised] == [None, ImpossibleTime("shop", "promised_at", far)]


def test_a_statement_from_the_future_would_outrank_the_truth_and_is_refused():
    late = replace(PLAIN, said_at=NOON + FUTURE)
    later = replace(PLAIN, said_at=NOON + FUTURE + timedelta(seconds=1))

    assert untimely(late, NOON) is None
    assert untimely(later, NOON) == ImpossibleTime("shop", "said_at", later.said_at)
