"""Letting a parcel go asks its owner first, which takes its time."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from accord.domain.accord import Gate
from accord.domain.action import Release
from accord.engine.ports import Document
from accord.storage.memory import MemoryStore
from tests.domain.stack import ordered, stack
from tests.domain.test_plan import work
from tests.engine.plain import Hand, Plain, body


class SlowHand(Hand):
    """A far side whose answers may take their time to come."""

    plain: Plain
    takes = timedelta(0)

    async def reread(self, ref):
        answer = await super().reread(ref)
        if self.takes:
            self.plain.now += self.takes
        return answer


@pytest.fixture
async def resting():
    """A parcel has rested at the warehouse for as long as it is held."""
    accord = stack()
    gated = replace(accord.systems["warehouse"], gate=Gate.HOLD, hold_for=timedelta(minutes=30))
    accord = replace(accord, systems={**accord.systems, "warehouse": gated})
    plain = Plain(accord, MemoryStore(), hand=SlowHand)
    await plain.said(*ordered(A=1), work("se-9", "held", {"A": 1}))
    plain.now += timedelta(hours=1)
    plain.hands["shop"].documents["order:8209"] = [Document("plain", body(*ordered(A=1)))]
    return plain


def let_go(plain):
    done = plain.hands["warehouse"].performed
    return [action for action in done if isinstance(action, Release)]


async def test_a_parcel_is_let_go_once_its_owner_was_asked(resting):
    await resting.engine.propagator.turn("warehouse")

    assert let_go(resting) == [Release(subject="se-9")]


async def test_nothing_is_let_go_on_a_lease_that_ran_out_while_the_owner_was_asked(resting):
    shop = resting.hands["shop"]
    shop.plain, shop.takes = resting, timedelta(minutes=10)

    await resting.engine.propagator.turn("warehouse")

    assert shop.asked != []
    assert let_go(resting) == []
