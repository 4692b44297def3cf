"""The store's bucket of points is kept with room to spare."""

from datetime import timedelta

import pytest

from accord.connectors.shopify.limits import Bucket, Cost
from accord.domain.allowance import NO_WAIT, RESERVE, wait_for
from accord.domain.outcome import Throttled
from accord.domain.report import Ref
from tests.connectors.shopify.shop import NOW, Shop

A_MOMENT = timedelta(milliseconds=10)


async def test_the_limit_is_read_from_every_answer(shop: Shop) -> None:
    await shop.read(shop.order())

    limit = shop.context.meter.allowance
    assert limit is not None
    assert 0 < limit.left < limit.size
    assert limit.per_second > 0


async def test_who_keeps_to_the_limit_is_never_throttled_and_leaves_a_reserve(shop: Shop) -> None:
    ref = Ref("order", shop.order().own_ref("shop") or "")
    lowest = 1.0
    for _ in range(300):
        while wait := wait_for(shop.context.meter.allowance, shop.world.now, urgent=False):
            shop.world.pass_time(wait + A_MOMENT)
        assert isinstance(await shop.client.reread(ref), tuple)
        limit = shop.context.meter.allowance
        assert limit is not None
        lowest = min(lowest, limit.left / limit.size)

    assert lowest > RESERVE


async def test_what_is_sure_to_be_throttled_is_not_sent(shop: Shop) -> None:
    ref = Ref("order", shop.order().own_ref("shop") or "")
    outcome = await shop.client.reread(ref)
    while isinstance(outcome, tuple):
        outcome = await shop.client.reread(ref)

    assert isinstance(outcome, Throttled)
    left = shop.context.meter.allowance
    assert left is not None
    assert left.at(shop.world.now + outcome.wait) > left.at(shop.world.now)


@pytest.mark.parametrize("bucket", [None, Bucket(), Bucket(1000, 5, 0), Bucket(0, 0, 50)])
def test_a_limit_that_is_none_is_not_taken_for_one(bucket: Bucket | None) -> None:
    assert Cost(10, bucket).allowance(NOW) is None
    assert Cost(10, bucket).wait() > NO_WAIT
