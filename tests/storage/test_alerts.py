"""Incidents, what is told of them and the numbers they come from are kept alike on every store."""

from collections import Counter
from datetime import timedelta

from msgspec.structs import replace

from accord.domain.alert import Alert, Condition, Telling, follow
from accord.domain.alert_rules import RuleName, usual_rules
from accord.domain.alert_text import Message
from accord.engine.alert_desk import PATIENCE
from accord.engine.desk import Deed
from accord.engine.gauges import REVIEWED, Door, GivenUp
from accord.engine.ports import Settlement
from accord.engine.receive import Receipt
from tests.storage.examples import LEASE, MINUTE, NOW, PROPAGATE, AnyStore, incoming

HOUR = timedelta(hours=1)
WORD = Condition(rule=RuleName.UNKNOWN_WORD, key="shop: x", figure=3, what="shop says '\0x'.")
DOWN = Condition(rule=RuleName.DOWN, key="books", figure=1, what="books does not answer.")
TELL = Message(key="1", channel="ops", title="Accord: a word", text="shop says 'x'.")


async def look(
    store: AnyStore, *conditions: Condition, after: timedelta = timedelta(0)
) -> list[Alert]:
    now = NOW + after
    steps = follow(await store.alerts.known(now - 2 * HOUR), conditions, usual_rules(), now)
    await store.alerts.follow(steps, [], now)
    return list(await store.alerts.alerts(10))


async def test_an_incident_is_kept_with_all_that_becomes_of_it(store: AnyStore) -> None:
    (opened,) = await look(store, WORD, DOWN)
    (worse,) = await look(store, replace(WORD, figure=9), after=MINUTE)
    await look(store, after=2 * MINUTE)
    open_ = await look(store, after=20 * MINUTE)
    (over,) = await store.alerts.alerts(10, closed=True)

    assert (opened.rule, opened.figure, opened.opened_at) == (RuleName.UNKNOWN_WORD, 3, NOW)
    assert (worse.id, worse.figure, worse.worst) == (opened.id, 9, 9)
    assert open_ == []
    assert (over.id, over.worst, over.told) == (worse.id, 9, Telling.CLOSED)
    assert (over.noted_at, over.clear_since) == (NOW, NOW + 2 * MINUTE)
    assert over.closed_at == NOW + 20 * MINUTE


async def test_what_clears_in_time_leaves_nothing(store: AnyStore) -> None:
    await look(store, DOWN)
    noted = await store.alerts.known(NOW)
    await look(store, after=MINUTE)

    assert [alert.opened_at for alert in noted] == [None]
    assert await store.alerts.known(NOW) == []


async def test_a_message_is_in_one_hand_and_told_once(store: AnyStore) -> None:
    empty = follow([], [], usual_rules(), NOW)
    await store.alerts.follow(empty, [TELL, replace(TELL, channel="lead")], NOW)
    await store.alerts.follow(empty, [TELL], NOW + MINUTE)
    both = await store.alerts.letters(10, LEASE, NOW + MINUTE)
    again = await store.alerts.letters(10, LEASE, NOW + MINUTE)
    await store.alerts.sent(both[0], NOW + MINUTE)

    assert [(letter.channel, letter.title) for letter in both] == [
        ("ops", TELL.title),
        ("lead", TELL.title),
    ]
    assert again == []
    left = await store.alerts.letters(10, LEASE, NOW + MINUTE + LEASE)
    assert [letter.channel for letter in left] == ["lead"]


async def test_a_message_waits_for_its_channel_and_says_so(store: AnyStore) -> None:
    await store.alerts.follow(follow([], [], usual_rules(), NOW), [TELL], NOW)
    (letter,) = await store.alerts.letters(10, LEASE, NOW)
    await store.alerts.put_off(letter, NOW + HOUR, "it did not take it")
    (unsent,) = await store.alerts.unsent(10)
    early = await store.alerts.letters(10, LEASE, NOW + MINUTE)
    (late,) = await store.alerts.letters(10, LEASE, NOW + HOUR)
    await store.alerts.sent(letter, NOW + HOUR)  # the lease it had is not the newest any more
    (held,) = await store.alerts.letters(10, LEASE, NOW + HOUR + LEASE)
    await store.alerts.sent(held, NOW + 2 * HOUR)

    assert (unsent.tries, unsent.why, unsent.since) == (1, "it did not take it", NOW)
    assert early == []
    assert late.tries == 1
    assert await store.alerts.unsent(10) == []


async def test_the_numbers_of_the_moment_are_read(store: AnyStore) -> None:
    nothing = await store.instruments.gauges(HOUR, NOW)
    await store.keep([incoming("1"), incoming("2")])
    await store.desk.remember(Deed(what=REVIEWED, who="Ana", why="every Monday", at=NOW))
    await store.ask(PROPAGATE, "books", ["1"], NOW)
    (task,) = await store.claim(PROPAGATE, ["books"], 1, LEASE, NOW)
    await store.settle([Settlement(task=task, dead=True)], NOW + MINUTE)
    await look(store, WORD)
    found = await store.instruments.gauges(HOUR, NOW)

    assert (nothing.first_received_at, nothing.reviewed_at, nothing.given_up) == (None, None, ())
    assert found.first_received_at == found.oldest_waiting_at == NOW
    assert (found.reviewed_at, found.last_alert_at) == (NOW, NOW)
    assert found.given_up == (GivenUp(system="books", letters=1, since=NOW + MINUTE),)


async def test_what_was_answered_at_the_door_adds_up_by_the_hour(store: AnyStore) -> None:
    week = 7 * 24 * HOUR
    usual = Counter({("shop", Receipt.KEPT): 90, ("shop", Receipt.BUSY): 10})
    now = Counter({("shop", Receipt.KEPT): 5, ("shop", Receipt.UNPROVEN): 2})
    await store.instruments.count(usual, NOW - week)
    await store.instruments.count(usual, NOW - 4 * week)
    await store.instruments.count(now, NOW)
    await store.instruments.count(now, NOW)
    await store.instruments.count(Counter(), NOW)

    assert (await store.instruments.gauges(HOUR, NOW)).doors == (
        Door(system="shop", taken=10, refused=4, usually_taken=90, usually_refused=10),
    )


async def test_a_channel_hears_things_in_their_order_unless_one_is_refused_for_long(
    store: AnyStore,
) -> None:
    empty = follow([], [], usual_rules(), NOW)
    both = [TELL, replace(TELL, key="2", title="Accord: over")]
    await store.alerts.follow(empty, [*both, replace(TELL, channel="lead")], NOW)
    turns = []
    for _ in range(PATIENCE + 1):
        claimed = await store.alerts.letters(10, LEASE, NOW)
        turns.append([(letter.channel, letter.title) for letter in claimed])
        for letter in claimed:
            await store.alerts.put_off(letter, NOW, "404")

    assert turns[0] == turns[-2] == [("ops", TELL.title), ("lead", TELL.title)]
    assert turns[-1] == [("ops", TELL.title), ("ops", "Accord: over"), ("lead", TELL.title)]


async def test_what_a_channel_hears_next_waits_for_what_it_is_hearing(store: AnyStore) -> None:
    empty = follow([], [], usual_rules(), NOW)
    await store.alerts.follow(empty, [TELL, replace(TELL, key="2")], NOW)
    (first,) = await store.alerts.letters(10, LEASE, NOW)
    meanwhile = await store.alerts.letters(10, LEASE, NOW)
    await store.alerts.sent(first, NOW)

    assert list(meanwhile) == []
    assert len(await store.alerts.letters(10, LEASE, NOW)) == 1
