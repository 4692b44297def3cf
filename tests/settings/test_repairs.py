"""The cap on repairs, as the accord file says it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accord.domain.repair_rules import RepairRules
from accord.settings.accord_file import read_accord
from tests.settings.catalogue import CATALOGUE, SECRETS
from tests.settings.examples import REPAIRING, WHOLE


def read(text):
    accord = read_accord(text, CATALOGUE, SECRETS).accord
    assert accord is not None
    return accord.repairs


def test_everything_said_of_repairs_is_read():
    assert read(REPAIRING) == RepairRules(
        at_most=20, share=Decimal("0.005"), wait=timedelta(minutes=10)
    )


def test_a_file_that_says_nothing_of_repairs_has_the_usual_cap():
    assert read(WHOLE) == RepairRules()


@pytest.mark.parametrize(
    ("orders", "cap"), [(0, 5), (100, 5), (300, 6), (2499, 49), (2500, 50), (1_000_000, 50)]
)
def test_the_cap_is_the_lesser_of_number_and_share_but_five(orders, cap):
    rules = RepairRules()

    assert rules.cap(orders) == rules.cap(min(orders, rules.enough)) == cap


def test_a_cap_of_none_is_none():
    assert RepairRules(at_most=0).cap(1000) == 0
