"""What every system was last seen to send us is on record, one line a topic."""

from msgspec.structs import replace

from accord.engine.subscription_book import SubscriptionLine
from tests.storage.examples import MINUTE, NOW, AnyStore

PAID = SubscriptionLine(system="shop", topic="orders/paid", own="se-1", seen_at=NOW)
EDITED = SubscriptionLine(
    system="shop",
    topic="orders/edited",
    missing_since=NOW,
    made_again_at=NOW - MINUTE,
    trouble="refused (x): no",
)


async def test_what_was_noted_is_listed_by_system_and_topic(store: AnyStore) -> None:
    other = replace(PAID, system="depot")
    await store.subscription_book.note("shop", [PAID, EDITED])
    await store.subscription_book.note("depot", [other])

    assert list(await store.subscriptions()) == [other, EDITED, PAID]


async def test_a_note_is_all_there_is_of_its_system(store: AnyStore) -> None:
    other = replace(PAID, system="depot")
    await store.subscription_book.note("shop", [PAID, EDITED])
    await store.subscription_book.note("depot", [other])
    later = replace(PAID, own="se-2", seen_at=NOW + MINUTE)
    await store.subscription_book.note("shop", [later])

    assert list(await store.subscriptions()) == [other, later]
    await store.subscription_book.note("shop", [])
    assert list(await store.subscriptions()) == [other]


async def test_an_answer_with_a_nul_in_it_is_kept_as_the_database_can(store: AnyStore) -> None:
    await store.subscription_book.note("shop", [replace(EDITED, trouble="no\0 way")])

    (line,) = await store.subscriptions()
    assert line.trouble == "no\N{SYMBOL FOR NULL} way"
