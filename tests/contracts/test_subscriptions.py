"""What a system sends to whom: listed, made once, and lost without a word."""

from collections.abc import Sequence

import pytest

from accord.connector_kit.connector import Subscribes
from accord.connector_kit.link import ConnectedSystem
from accord.connector_kit.simulator import Fault
from accord.connector_kit.simulator_subscriptions import PretendSubscriptions
from accord.domain.outcome import (
    Applied,
    Outcome,
    Refused,
    Throttled,
    Unauthorized,
    Unavailable,
)
from accord.engine.link import Subscription
from tests.contracts.bench import SYSTEM, Bench

OURS = f"https://hooks.example.com/hooks/{SYSTEM}"
ELSEWHERE = "https://elsewhere.example.com/orders"


@pytest.fixture
def able(bench: Bench) -> Bench:
    """A bench whose system can be asked for subscriptions."""
    if not bench.connector.subscribable:
        pytest.skip("it sends nothing that could be subscribed by its API")
    return bench


def kept(bench: Bench) -> PretendSubscriptions:
    found: PretendSubscriptions = bench.simulator.subscriptions  # type: ignore[attr-defined]
    return found


async def listed(bench: Bench) -> Sequence[Subscription] | Outcome:
    client = bench.client
    assert isinstance(client, Subscribes)
    return await client.subscriptions()


async def made(bench: Bench, topic: str, address: str | None = None) -> Outcome:
    client = bench.client
    assert isinstance(client, Subscribes)
    return await client.subscribe(topic, address or f"{OURS}/{topic}")


async def addresses(bench: Bench) -> dict[str, str]:
    found = await listed(bench)
    assert isinstance(found, Sequence), found
    return {one.topic: one.address for one in found}


async def test_a_connector_declares_what_can_be_subscribed_if_it_can_be_asked(bench: Bench) -> None:
    connector = bench.connector

    assert connector.subscribable <= connector.topics
    assert isinstance(bench.client, Subscribes) == bool(connector.subscribable)


async def test_what_it_cannot_be_asked_for_is_refused_by_the_link(bench: Bench) -> None:
    link = ConnectedSystem(bench.connector, bench.context)
    answer = await link.subscribe("no/such/topic", ELSEWHERE)
    calls = bench.wire.calls
    await link.close()

    assert isinstance(answer, Refused)
    assert (answer.code, calls) == ("cannot", 0)


async def test_every_topic_can_be_subscribed_and_is_listed_with_its_address(able: Bench) -> None:
    assert await addresses(able) == {}
    topics = sorted(able.connector.subscribable)
    outcomes = [await made(able, topic) for topic in topics]

    assert {type(outcome) for outcome in outcomes} == {Applied}
    assert await addresses(able) == {topic: f"{OURS}/{topic}" for topic in topics}
    found = await listed(able)
    assert isinstance(found, Sequence)
    ids = [one.id for one in found]
    assert [outcome.reference for outcome in outcomes if isinstance(outcome, Applied)] == ids
    assert len(set(ids)) == len(topics)


async def test_a_listing_in_pages_of_one_tells_all(able: Bench) -> None:
    for topic in able.connector.subscribable:
        await made(able, topic)
    whole = await listed(able)
    able.simulator.page_size = 1

    assert await listed(able) == whole


async def test_a_subscription_made_twice_is_one(able: Bench) -> None:
    topic = min(able.connector.subscribable)
    await made(able, topic)
    again = await made(able, topic)

    assert isinstance(again, Refused | Applied)
    assert len(kept(able).rows) == 1


async def test_once_something_is_subscribed_only_that_is_sent(able: Bench) -> None:
    able.live("4001")
    by_hand = {hook.topic for hook in able.world.sent} & able.connector.subscribable
    wanted = max(by_hand)
    able.world.sent.clear()
    await made(able, wanted)
    await made(able, min(able.connector.subscribable - {wanted}), ELSEWHERE)
    able.live("4002")

    sent = {hook.topic for hook in able.world.sent}
    assert sent & able.connector.subscribable == {wanted}


async def test_a_lost_subscription_is_not_listed_and_nothing_is_sent(able: Bench) -> None:
    for topic in able.connector.subscribable:
        await made(able, topic)
    able.live("4001")
    lost = max({hook.topic for hook in able.world.sent} & able.connector.subscribable)
    able.world.sent.clear()
    kept(able).lose(lost)
    able.live("4002")

    assert lost not in await addresses(able)
    assert lost not in {hook.topic for hook in able.world.sent}


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Fault.OUTAGE, Unavailable),
        (Fault.HTML, Unavailable),
        (Fault.THROTTLE, Throttled),
        (Fault.REFUSAL, Refused),
    ],
)
async def test_what_stands_in_the_way_is_a_value(
    able: Bench, fault: Fault, outcome: type[Outcome]
) -> None:
    able.simulator.fail(fault)
    told = await listed(able)
    able.world.pass_time(able.connector.gives_up_after)
    able.simulator.fail(fault)
    answer = await made(able, min(able.connector.subscribable))

    assert isinstance(told, outcome)
    assert isinstance(answer, outcome)
    assert kept(able).rows == {}


async def test_a_key_that_is_no_longer_taken_is_told_as_such_or_renewed(able: Bench) -> None:
    able.simulator.fail(Fault.EXPIRED)

    assert isinstance(await listed(able), Sequence | Unauthorized)


async def test_what_was_answered_as_made_and_is_not_there_is_seen_in_the_list(able: Bench) -> None:
    able.simulator.fail(Fault.FORGOTTEN)
    answer = await made(able, min(able.connector.subscribable))

    assert isinstance(answer, Applied)
    assert await addresses(able) == {}
