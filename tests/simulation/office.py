"""The people of the simulated company, at work while everything around them fails."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from random import Random

from accord.demo.stack import Stack
from tests.scenarios.company import Company, Goods, asked_for
from tests.scenarios.lives import Life

# An hour of people's work passes in so long, so that more of it meets each fault.
HOUR_OF_WORK = timedelta(minutes=12)


class Office(Company):
    """A company that remembers the most of each line that it was ever asked for."""

    def __init__(self, stack: Stack, chance: Random) -> None:
        super().__init__(stack, chance, HOUR_OF_WORK)

    def remember(self) -> None:
        """Note what is asked for now; nobody can know yet that it is less."""
        for number, order in self.stack.shop.orders.items():
            peak: Goods = self._asked.setdefault(number, Counter())
            self._asked[number] = peak | asked_for(order)


async def work(
    office: Office, chance: Random, orders: int, hours: int, told: Callable[[], None]
) -> None:
    """Live through some orders; ``told`` is called after everything anybody did."""
    lives: list[Life] = []
    for _ in range(hours):
        if len(lives) < orders and (not lives or chance.random() < 0.5):
            number = f"#{1001 + len(lives)}"
            lives.append(Life(office, number, Random(chance.getrandbits(32))))
        for life in lives:
            office.remember()
            life.go_on()
        office.stack.shop.tick()
        office.remember()
        told()
        await asyncio.sleep((office.hour * chance.uniform(0.6, 1.4)).total_seconds())
