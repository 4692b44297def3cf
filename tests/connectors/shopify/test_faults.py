"""Every way a store can fail us comes back as a value."""

from datetime import timedelta

from accord.connector_kit.connector import Context
from accord.connector_kit.http import in_process
from accord.connector_kit.simulator import Fault
from accord.connectors.shopify.client import ShopifyClient
from accord.domain.action import Complete, Ship
from accord.domain.outcome import (
    Applied,
    Throttled,
    Unauthorized,
    Unavailable,
    Unneeded,
)
from accord.domain.report import Ref
from tests.connectors.shopify.shop import Shop, open_shop

SOON = timedelta(milliseconds=300)


async def test_a_token_that_ran_out_is_renewed(shop: Shop) -> None:
    order = shop.order()
    await shop.read(order)
    shop.world.pass_time(timedelta(days=2))

    assert (await shop.read(order)).cells


async def test_a_token_the_store_forgot_is_renewed_once(shop: Shop) -> None:
    order = shop.order()
    shop.store.fail(Fault.EXPIRED)

    assert await shop.client.perform(Complete(), order) == Applied(order.own_ref("shop") or "")


async def test_a_wrong_client_secret_is_no_outage(shop: Shop) -> None:
    context = Context(
        system="shop",
        settings=shop.store.settings,
        secrets={"client_id": "someone", "client_secret": "wrong"},
        transport=in_process(shop.store.app),
        clock=shop.world.clock,
    )
    client = ShopifyClient(context)

    assert isinstance(await client.perform(Complete(), shop.order()), Unauthorized)
    await client.close()


async def test_too_much_asked_waits_for_what_is_lacking_to_come_back(shop: Shop) -> None:
    order = shop.order()
    shop.store.fail(Fault.THROTTLE)

    outcome = await shop.client.reread(Ref("order", order.own_ref("shop") or ""))

    # 551 points are asked for, none is left, and 100 come back each second.
    assert outcome == Throttled(timedelta(seconds=5.51))


async def test_a_store_with_an_empty_bucket_throttles_until_it_is_full_enough(shop: Shop) -> None:
    order = shop.order()
    ref = Ref("order", order.own_ref("shop") or "")
    answers = [await shop.client.reread(ref) for _ in range(200)]
    throttled = answers[-1]
    assert isinstance(throttled, Throttled)
    shop.world.pass_time(throttled.wait)

    assert isinstance(answers[0], tuple)
    assert isinstance(await shop.client.reread(ref), tuple)


async def test_a_parcel_whose_answer_was_lost_is_not_made_again() -> None:
    shop = open_shop(SOON)
    order = shop.order()
    action = Ship(source=Ref("warehouse", "77"), lines={"LAMP": 1})
    shop.store.fail(Fault.LOST_REPLY)

    lost = await shop.client.perform(action, order)
    again = await shop.client.perform(action, order)

    assert (type(lost), type(again)) == (Unavailable, Unneeded)
    assert len(shop.store.orders["#1001"].parcels) == 1
    await shop.client.close()
