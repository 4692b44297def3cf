"""What the store says of its webhook subscriptions, and when it takes one away."""

from graphql import GraphQLEnumType, GraphQLSchema

from accord.connector_kit.simulator_subscriptions import PretendSubscription
from accord.connectors.shopify.parse import TOPICS
from accord.connectors.shopify.subscriptions import enum_of
from accord.domain.outcome import Refused
from tests.connectors.shopify.shop import Shop

PAID = "orders/paid"
OURS = f"https://hooks.example.com/hooks/shop/{PAID}"


def test_every_topic_is_one_of_the_api(schema: GraphQLSchema) -> None:
    topics = schema.type_map["WebhookSubscriptionTopic"]
    assert isinstance(topics, GraphQLEnumType)

    assert {enum_of(topic) for topic in TOPICS} <= set(topics.values)


async def test_a_subscription_is_taken_away_after_eight_failures_in_a_row(shop: Shop) -> None:
    await shop.client.subscribe(PAID, OURS)
    kept = shop.store.subscriptions
    for _ in range(7):
        kept.failed(PAID)
    kept.delivered(PAID)
    for _ in range(7):
        kept.failed(PAID)
    before = len(kept.rows)
    kept.failed(PAID)

    assert (before, len(kept.rows)) == (1, 0)
    assert kept.places(PAID) == []


async def test_a_subscription_that_is_there_already_is_refused_in_the_stores_words(
    shop: Shop,
) -> None:
    await shop.client.subscribe(PAID, OURS)

    again = await shop.client.subscribe(PAID, OURS)

    assert again == Refused("user_error", "Address for this topic has already been taken")


async def test_a_subscription_to_some_of_the_orders_is_none(shop: Shop) -> None:
    shop.store.subscriptions.rows["1"] = PretendSubscription(PAID, OURS, only="total_price:>9")

    assert await shop.client.subscriptions() == []


def test_a_topic_is_sent_to_every_address_of_ours_and_to_no_other_on_our_wire(shop: Shop) -> None:
    kept = shop.store.subscriptions
    for place in (OURS, "https://elsewhere.example.com/paid"):
        kept.make(PAID, place)
    kept.rows["1"] = PretendSubscription(PAID, "https://hooks.example.com/hooks/other/orders/paid")

    assert kept.places(PAID) == [PAID]
