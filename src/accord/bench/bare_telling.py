"""The least that agreeing can cost: the same calls of the same client, five side by side."""

import asyncio
import time
from collections.abc import Iterator

from accord.bench.events import tracking
from accord.bench.pretend_shop import LINES, PLACE, PretendShop, pretend_shop
from accord.bench.stack import stack
from accord.connector_kit.http import in_process
from accord.connector_kit.link import ConnectedSystem
from accord.domain.action import Ship
from accord.domain.matrix import Matrix
from accord.domain.report import Ref

AT_ONCE = 5


async def told_per_s(orders: int) -> float:
    """Tell a shop of a parcel of each of ``orders`` orders and read it back; return the rate."""
    shop = pretend_shop(orders)
    _, links = stack(in_process(shop.simulator.app), shop.simulator.secrets)
    ahead = iter(shop.numbers)
    began = time.perf_counter()
    await asyncio.gather(*(_work(links["shop"], shop, ahead) for _ in range(AT_ONCE)))
    seconds = time.perf_counter() - began
    for link in links.values():
        await link.close()
    shop.verify()
    return orders / seconds


async def _work(link: ConnectedSystem, shop: PretendShop, ahead: Iterator[str]) -> None:
    for number in ahead:
        own = str(shop.simulator.orders[number].id)
        ship = Ship(
            source=Ref("warehouse", f"se-{number}"),
            lines=dict(LINES),
            place=PLACE,
            tracking=(tracking(number),),
            carrier="ups",
        )
        await link.perform(ship, Matrix(refs=(Ref("shop", own),)))
        await link.reread(Ref("order", own))
