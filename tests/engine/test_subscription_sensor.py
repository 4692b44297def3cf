"""A system that sends hooks no more is seen, with why, and seen no more once it does."""

from datetime import UTC, datetime

from msgspec.structs import replace

from accord.domain.alert_rules import RuleName
from accord.engine.subscription_book import SubscriptionLine
from accord.engine.subscription_sensor import SubscriptionSensor
from accord.storage.memory import MemoryStore

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
THERE = SubscriptionLine(system="shop", topic="orders/updated", own="1", seen_at=NOW)


async def test_what_is_missing_is_one_condition_a_system_with_its_trouble() -> None:
    store = MemoryStore()
    gone = [replace(THERE, topic=f"t{n}").missed(NOW, "the scope is missing") for n in range(5)]
    await store.subscription_book.note("shop", [THERE, *gone])
    (found,) = await SubscriptionSensor(store.subscription_book).look(NOW)

    assert (found.rule, found.key, found.figure) == (RuleName.SUBSCRIPTION, "shop", 5)
    assert found.since == NOW
    assert found.what == "shop sends no hooks of t0, t1, t2 and 2 more. the scope is missing."


async def test_what_is_there_is_no_news() -> None:
    store = MemoryStore()
    await store.subscription_book.note("shop", [THERE])

    assert await SubscriptionSensor(store.subscription_book).look(NOW) == []
