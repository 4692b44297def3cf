"""What is read of a store: the feed, an order whole, and what its webhooks say."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from accord.connector_kit.http import FeedError
from accord.connector_kit.simulator import Fault
from accord.connectors.shopify.simulator_state import Line
from accord.domain.action import Ship, TellDelivery
from accord.domain.matrix import Matrix
from accord.domain.outcome import Applied, Refused, Throttled
from accord.domain.report import THE_ORDER, Ref, SubjectKind
from accord.domain.tracks import State, Track
from accord.engine.ports import Document
from tests.connectors.shopify.shop import EAST, NOW, WEST, Shop, read


async def feed(shop: Shop, bookmark: str | None = None) -> tuple[list[Document], str]:
    documents: list[Document] = []
    async for page in shop.client.changes(bookmark):
        documents += page.documents
        bookmark = page.bookmark
    return documents, bookmark or ""


async def busy(shop: Shop) -> Matrix:
    """Return an order of three lines, two places, two parcels and a return."""
    order = shop.order(Line("LAMP", 2, EAST), Line("RUG", 3, WEST), Line("CUP", 1, EAST))
    for lines, place in (({"LAMP": 2, "CUP": 1}, EAST), ({"RUG": 1}, WEST)):
        ship = Ship(source=Ref("warehouse", place), lines=lines, place=place, tracking=(place,))
        assert isinstance(await shop.client.perform(ship, order), Applied)
    shop.store.request_return("#1001", {"LAMP": 1, "CUP": 1})
    return order


async def test_a_feed_in_pages_of_one_equals_the_feed_read_whole(shop: Shop) -> None:
    for number in range(1001, 1006):
        shop.order(number=f"#{number}")
    whole, _ = await feed(shop)
    shop.store.page_size = 1
    single, _ = await feed(shop)

    assert single == whole
    assert len(whole) == 5


async def test_a_feed_goes_on_a_little_before_its_bookmark(shop: Shop) -> None:
    # The search may show the change of 1001 after that of 1002, though it was made before it.
    for number, later in (("#1000", 60), ("#1001", 1), ("#1002", 1)):
        shop.order(number=number)
        shop.world.pass_time(timedelta(minutes=later))
    _, bookmark = await feed(shop)

    documents, _ = await feed(shop, bookmark)

    assert [b'"#1001"' in documents[0].body, b'"#1002"' in documents[1].body] == [True, True]


async def test_a_feed_that_is_throttled_stops_with_its_reason(shop: Shop) -> None:
    shop.store.fail(Fault.THROTTLE)

    with pytest.raises(FeedError) as stopped:
        await feed(shop)

    assert isinstance(stopped.value.outcome, Throttled)


async def test_a_light_order_asks_for_the_whole_one(shop: Shop) -> None:
    order = shop.order()
    (document,), _ = await feed(shop)

    parsed = read(document.topic, document.body)

    assert [lookup.ref for lookup in parsed.lookups] == [Ref("order", order.own_ref("shop") or "")]
    assert [report.kind for report in parsed.reports] == [
        "order",
        "financial_status",
        "displayFulfillmentStatus",
    ]


async def test_an_order_read_in_pages_of_one_equals_the_order_read_whole(shop: Shop) -> None:
    order = await busy(shop)
    whole = await shop.read(order)
    shop.store.page_size = 1

    assert await shop.read(order) == whole


async def test_more_parcels_than_one_document_holds_are_all_read(shop: Shop) -> None:
    order = shop.order(Line("LAMP", 7))
    for number in "1234567":
        ship = Ship(source=Ref("warehouse", number), lines={"LAMP": 1}, tracking=(number,))
        await shop.client.perform(ship, order)

    assert len([*(await shop.read(order)).subjects("shop", SubjectKind.PARCEL)]) == 7


@pytest.mark.parametrize(("scope", "field"), [("fulfillment_order", 0), ("return", 1)])
async def test_a_part_of_an_order_leads_to_the_whole_order(
    shop: Shop, scope: str, field: int
) -> None:
    order = await busy(shop)
    record = shop.store.orders["#1001"]
    own = str((record.fulfillment_orders[0].id, record.returns[0].id)[field])

    by_part = await shop.client.reread(Ref(scope, own))
    by_order = await shop.client.reread(Ref("order", order.own_ref("shop") or ""))

    assert isinstance(by_part, Sequence)
    assert by_part == by_order


@pytest.mark.parametrize("scope", ["order", "fulfillment_order", "return"])
async def test_what_is_not_there_is_refused_by_name(shop: Shop, scope: str) -> None:
    answer = await shop.client.reread(Ref(scope, "404"))

    assert isinstance(answer, Refused)
    assert answer.code == "not_found"


async def test_webhooks_and_a_re_read_say_the_same(shop: Shop) -> None:
    order = await busy(shop)
    shop.store.approve_return("#1001")
    shop.world.pass_time(timedelta(hours=1))
    for parcel in shop.store.orders["#1001"].parcels:
        news = TellDelivery(parcel=str(parcel.id), state=State.DELIVERED, happened_at=NOW)
        await shop.client.perform(news, order)

    heard, reread = shop.heard(), await shop.read(order)

    mine = {key: cell.state for key, cell in reread.cells.items() if "allocation" not in key}
    assert {key: cell.state for key, cell in heard.cells.items()} == mine
    for subject in reread.subjects("shop", SubjectKind.PARCEL):
        assert heard.particulars("shop", subject) == reread.particulars("shop", subject)


async def test_an_edited_order_tells_what_is_wanted_now_and_what_was_ordered(shop: Shop) -> None:
    order = shop.order(Line("LAMP", 2), Line("RUG", 1))
    shop.world.pass_time(timedelta(seconds=1))  # the store tells whole seconds
    shop.store.edit_order("#1001", {"LAMP": 1, "CUP": 4}, place=WEST)

    told = (await shop.read(order)).particulars("shop", THE_ORDER)

    assert told.lines == {"LAMP": 1, "RUG": 1, "CUP": 4}
    assert told.ordered == {"LAMP": 2, "RUG": 1, "CUP": 4}
    assert told.returned == {}
    heard = shop.heard().particulars("shop", THE_ORDER)
    assert (heard.lines, heard.ordered) == (told.lines, told.ordered)


async def test_a_refund_before_shipping_takes_the_goods_off_what_is_to_be_sent(shop: Shop) -> None:
    order = shop.order(Line("LAMP", 2), Line("RUG", 1))
    shop.store.refund("#1001", {"LAMP": 1}, restock="cancel")
    after = await shop.read(order)
    (asked,) = after.subjects("shop", SubjectKind.ALLOCATION)

    assert shop.store.words("#1001")["financial_status"] == "partially_refunded"
    assert after.particulars("shop", asked).lines == {"LAMP": 1, "RUG": 1}


async def test_a_preorder_is_scheduled_until_its_day(shop: Shop) -> None:
    day = NOW + timedelta(days=9)
    own = shop.store.place_order("#1001", [Line("LAMP", 1)], ship_at=day)
    order = Matrix(refs=(Ref("shop", own),))
    before = await shop.read(order)
    shop.world.pass_time(timedelta(days=9))
    shop.store.tick()
    after = await shop.read(order)
    (asked,) = before.subjects("shop", SubjectKind.ALLOCATION)

    states = [m.cells[f"shop|fulfillment|{asked}"].state for m in (before, after)]
    assert states == [State.SCHEDULED, State.OPEN]
    assert before.particulars("shop", asked).promised_at == day


async def test_a_hold_by_staff_is_a_hint_that_leads_to_the_order(shop: Shop) -> None:
    order = shop.order(Line("LAMP", 1))
    shop.world.sent.clear()
    shop.store.hold("#1001", "check the address")
    hints = [lookup.ref for h in shop.world.sent for lookup in read(h.topic, h.body).lookups]

    assert {ref.scope for ref in hints} == {"fulfillment_order"}
    answer = await shop.client.reread(hints[0])
    assert isinstance(answer, Sequence)
    assert b'"ON_HOLD"' in answer[0].body
    (asked,) = (await shop.read(order)).subjects("shop", SubjectKind.ALLOCATION)
    assert hints[0].value.endswith(f"/{asked.id}")


async def test_money_moves_from_authorized_to_paid(shop: Shop) -> None:
    shop.order(paid=False)
    shop.store.capture("#1001")
    shop.world.pass_time(timedelta(seconds=1))

    cell = shop.heard().cell("shop", Track.PAYMENT, THE_ORDER)

    assert cell is not None
    assert (cell.word, cell.state) == ("paid", State.PAID)
