"""Every pattern is found in two exports, and nothing else is claimed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accord.audit.run import Request, audit
from tests.audit.exported import START, Order, agreeing, newest, pair

PLANTS = {
    "unacknowledged_order": Order(number=0, progress="unfulfilled", books=None),
    "orphaned_payment": Order(number=0, books=None),
    "stale_shipping_status": Order(number=0, progress="unfulfilled", books="Sales Order : Billed"),
    "ghost_fulfillment": Order(number=0, progress="unfulfilled", payment="voided", cancelled=True),
    "unprocessed_return": Order(number=0, payment="refunded", refunded="25.00"),
    "open_partial_shipment": Order(
        number=0, progress="partial", books="Sales Order : Partially Fulfilled", created=START
    ),
    "disagreement": Order(number=0, books="Sales Order : Pending Fulfillment"),
    "unknown_word": Order(number=0, books="Sales Order : Awaiting Pigeon"),
}

# Both sides say the same, or nothing is known that they say differently.
ATTENTION = {"open_partial_shipment", "unknown_word"}


def found(outcome):
    return sorted((one.order, one.pattern.value) for one in outcome.findings)


def planted(number, pattern):
    return replace(PLANTS[pattern], number=number)


@pytest.mark.parametrize("pattern", PLANTS)
def test_a_planted_pattern_is_found_alone(tmp_path, pattern):
    orders = [*agreeing(range(1001, 1041)), planted(1500, pattern), newest(1999)]

    outcome = audit(Request(files=pair(tmp_path, orders)))

    assert found(outcome) == [("#1500", pattern)]
    assert outcome.orders_set_aside == 1
    assert outcome.compared == 41


def test_an_order_in_the_books_alone_has_no_counterpart(tmp_path):
    orders = [*agreeing(range(1001, 1041)), newest(1999)]
    shop, books = pair(tmp_path, orders)
    lonely = Order(number=1700)
    pair(tmp_path, [*orders, lonely])
    (tmp_path / "again").mkdir()
    shop = pair(tmp_path / "again", orders)[0]

    outcome = audit(Request(files=[shop, books]))

    assert found(outcome) == [("1700", "no_counterpart")]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    plants=st.lists(st.sampled_from(sorted(PLANTS)), max_size=12),
    seed=st.randoms(use_true_random=False),
)
def test_whatever_is_planted_is_found_and_nothing_else(tmp_path_factory, plants, seed):
    drifting = [planted(1500 + at, pattern) for at, pattern in enumerate(plants)]
    orders = [*agreeing(range(1001, 1061)), *drifting]
    seed.shuffle(orders)

    outcome = audit(Request(files=pair(tmp_path_factory.mktemp("stack"), [*orders, newest(1999)])))

    assert found(outcome) == [(f"#{1500 + at}", p) for at, p in enumerate(plants)]
    assert outcome.compared == len(orders)
    assert outcome.agreeing == len(orders) - len([p for p in plants if p not in ATTENTION])
    assert outcome.tally.overdue == plants.count("open_partial_shipment")
    assert outcome.tally.unread == plants.count("unknown_word")


def test_an_order_younger_than_the_window_is_set_aside(tmp_path):
    young = Order(
        number=1600, progress="unfulfilled", books=None,
        created=START + timedelta(days=21, minutes=-20),
    )  # fmt: skip
    orders = [*agreeing(range(1001, 1041)), young, newest(1999)]

    outcome = audit(Request(files=pair(tmp_path, orders)))

    assert found(outcome) == []
    assert outcome.orders_set_aside == 2
