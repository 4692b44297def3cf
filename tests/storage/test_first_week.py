"""How far a new stack has come is told alike on every store."""

from datetime import timedelta

from msgspec.structs import replace

from accord.domain.accord import Accord
from accord.domain.alert import follow
from accord.domain.alert_rules import USUAL, AlertRules
from accord.domain.alert_text import Message
from accord.domain.checklist import SystemBegun
from accord.domain.reason import Objection, UnknownWord
from accord.engine.census_book import HOUR, Census, CensusState
from accord.engine.desk import Deed
from accord.engine.envelope import Origin, Standing
from accord.engine.first_week import WEEK, FirstWeek
from accord.engine.gauges import REVIEWED
from accord.engine.ports import Verdict
from tests.domain.stack import stack
from tests.storage.examples import LEASE, MINUTE, NOW, AnyStore, incoming

ACCORD: Accord = replace(stack(), alerts=AlertRules(rules=USUAL, channels=("ops",)))
LATER = NOW + MINUTE


def of(store: AnyStore) -> FirstWeek:
    return FirstWeek(ACCORD, store, {"shop"})


async def test_at_first_everything_is_open(store: AnyStore) -> None:
    begun = await of(store).begun(NOW)

    assert {(one.by_hook, one.by_feed, one.certified) for one in begun.systems} == {
        (False, False, False)
    }
    assert (begun.taken, begun.reviewed) == (frozenset(), False)
    assert await of(store).to_do(NOW) is None


async def test_what_was_heard_certified_told_and_read_counts(store: AnyStore) -> None:
    await store.keep([incoming("1"), incoming("2", origin=Origin.FEED)])
    hour = Census(system="shop", hour=NOW - HOUR, due=NOW)
    listless = replace(hour, system="books", state=CensusState.NOT_POSSIBLE)
    await store.census.add([hour, listless])
    await store.census.write(replace(hour, state=CensusState.CERTIFIED))
    told = Message(key="1", channel="ops", title="t", text="t")
    await store.alerts.follow(follow([], [], ACCORD.alerts, NOW), [told], NOW)
    (letter,) = await store.alerts.letters(1, LEASE, NOW)
    before = await store.alerts.taken()
    await store.alerts.sent(letter, NOW)
    await store.desk.remember(Deed(what=REVIEWED, who="Ana", at=NOW))
    begun = await of(store).begun(LATER)
    shop = SystemBegun(system="shop", by_hook=True, by_feed=True, certified=True)
    books = next(one for one in begun.systems if one.system == "books")

    assert shop in begun.systems
    assert (books.sends_hooks, books.can_be_listed) == (False, False)
    assert (before, begun.taken, begun.reviewed) == (frozenset(), {"ops"}, True)


async def test_what_is_open_is_told_until_the_week_is_over(store: AnyStore) -> None:
    await store.keep([incoming("1")])
    word = UnknownWord(system="shop", kind="financial_status", word="on_layaway")
    aside = Verdict(envelope=1, standing=Standing.QUARANTINED, objections=(Objection(reason=word),))
    async with store.interpreting(1, NOW) as sitting:
        await sitting.write([], [aside], {}, NOW)
    to_do = await of(store).to_do(LATER)

    assert to_do is not None
    assert "No word is unknown: shop says 'on_layaway' on financial_status." in to_do
    assert not any("heard by one" in one and "shop" in one for one in to_do)
    assert await of(store).to_do(NOW + WEEK + timedelta(hours=1)) is None
