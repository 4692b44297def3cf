"""The store's own list of a window, and its own count of it."""

from datetime import timedelta

from accord.engine.link import Page
from tests.connectors.shopify.shop import NOW, Shop

A_MINUTE = timedelta(minutes=1)


async def listed(shop: Shop) -> list[Page]:
    since, until = NOW - A_MINUTE, shop.world.clock() + A_MINUTE
    return [page async for page in shop.client.listing(since, until)]


async def test_a_count_that_is_only_a_lower_bound_is_none(shop: Shop) -> None:
    for number in range(1001, 1004):
        shop.order(number=f"#{number}")
    shop.store.count_up_to(2)

    (page,) = await listed(shop)

    assert len(page.documents) == 3
    assert page.of is None


async def test_an_order_that_changes_again_between_pages_is_missed_against_the_count(
    shop: Shop,
) -> None:
    for number in range(1001, 1004):
        shop.order(number=f"#{number}")
        shop.world.pass_time(A_MINUTE)
    until = shop.world.clock()
    shop.world.pass_time(timedelta(hours=1))
    shop.store.page_size = 1
    pages = []
    async for page in shop.client.listing(NOW - A_MINUTE, until):
        shop.store.edit_order("#1003", {"LAMP": 1})
        pages.append(page)

    assert {page.of for page in pages} == {3}
    assert sum(len(page.documents) for page in pages) == 2


async def test_a_payment_that_moves_no_time_is_in_no_window_and_so_its_track_is_silent(
    shop: Shop,
) -> None:
    shop.order(paid=False)
    until = shop.world.clock() + A_MINUTE
    shop.world.pass_time(timedelta(hours=1))
    record = shop.store.orders["#1001"]
    record.paid = record.due
    async for page in shop.client.listing(until, shop.world.clock() + A_MINUTE):
        assert page == Page((), of=0)
