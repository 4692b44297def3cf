"""Orders whose people do anything at any hour, held to what may never be."""

from random import Random

import pytest

from tests.scenarios.company import HOUR, company
from tests.scenarios.judge import faults
from tests.scenarios.lives import Life

ORDERS = 12
HOURS = 7 * 24


async def lived(seed, orders=ORDERS):
    """Return the faults and every attempt of some random lives."""
    chance = Random(seed)
    async with company(seed) as founded:
        lives: list[Life] = []
        for _ in range(HOURS):
            if len(lives) < orders and chance.random() < 0.5:
                number = f"#{1001 + len(lives)}"
                lives.append(Life(founded, number, Random(chance.getrandbits(32))))
            for life in lives:
                life.go_on()
            await founded.settle()
            founded.stack.world.pass_time(HOUR)
            founded.stack.shop.tick()
        return await faults(founded), [repr(each) for each in founded.stack.attempts]


@pytest.mark.parametrize("seed", [13, 48])
async def test_whatever_people_do_nothing_is_sent_unasked_looped_or_hidden(seed):
    found, attempts = await lived(seed)

    assert found == []
    assert attempts


async def test_two_lives_of_one_seed_are_one():
    assert await lived(5, orders=4) == await lived(5, orders=4)
