"""Once a day what is old is forgotten, and what is open or not told yet never is."""

from accord.domain.agreement import Agreed
from accord.domain.alert import CALM, Condition, follow
from accord.domain.alert_rules import RuleName, usual_rules
from accord.domain.alert_text import Message
from accord.domain.tracks import Track
from accord.engine.ports import Change
from accord.engine.tidying import AGREEMENT_KEPT, ALERTS_KEPT, DAY, MESSAGES_KEPT, Tidying
from tests.storage.examples import LEASE, MINUTE, NOW, AnyStore, cell, matrix, own, write

WORD = Condition(rule=RuleName.UNKNOWN_WORD, key="shop: x", figure=3, what="shop says 'x'.")
DEAD = Condition(rule=RuleName.DEAD_LETTERS, key="books", figure=2, what="2 were given up.")


async def lived_through(store: AnyStore) -> None:
    """Let one alert be over and one open, one message told and one not, one mirror agree."""
    for at, channel, conditions in (
        (NOW, "ops", [WORD, DEAD]),
        (NOW + MINUTE, "lead", [WORD]),
        (NOW + MINUTE + CALM, "night", [WORD]),
    ):
        steps = follow(await store.alerts.known(NOW), conditions, usual_rules(), at)
        told = [Message(key=str(at), channel=channel, title="t", text="t")]
        await store.alerts.follow(steps, told, at)
    first, *_ = await store.alerts.letters(1, LEASE, NOW)
    await store.alerts.sent(first, NOW)
    agreed = (Agreed("books", Track.ORDER, MINUTE),)
    change = Change(order=None, matrix=matrix(own("1"), cells=[cell()]), agreed=agreed)
    await write(store, change)


async def kept(store: AnyStore) -> tuple[int, int, int]:
    """Return how many closed alerts, taken messages and slices of agreement there are."""
    closed = await store.alerts.alerts(10, closed=True)
    empty = follow([], [], usual_rules(), NOW)
    again = Message(key=str(NOW), channel="ops", title="t", text="t")
    before = len(await store.alerts.letters(9, LEASE, NOW + 2000 * DAY))
    await store.alerts.follow(empty, [again], NOW + 2000 * DAY)
    after = len(await store.alerts.letters(9, LEASE, NOW + 2001 * DAY))
    return len(closed), before + 1 - after, len(await store.numbers.agreement(NOW - DAY))


async def test_what_is_not_old_yet_stays(store: AnyStore) -> None:
    await lived_through(store)
    await Tidying(store.alerts, store.numbers, lambda: NOW + MESSAGES_KEPT - MINUTE).turn()

    assert await kept(store) == (1, 1, 1)
    assert [one.rule for one in await store.alerts.alerts(10)] == [RuleName.UNKNOWN_WORD]


async def test_messages_and_slices_go_before_incidents_do(store: AnyStore) -> None:
    await lived_through(store)
    await Tidying(store.alerts, store.numbers, lambda: NOW + AGREEMENT_KEPT + MINUTE).turn()

    assert await kept(store) == (1, 0, 0)


async def test_what_is_open_or_not_told_yet_is_never_forgotten(store: AnyStore) -> None:
    await lived_through(store)
    await Tidying(store.alerts, store.numbers, lambda: NOW + 2 * ALERTS_KEPT).turn()

    assert [one.rule for one in await store.alerts.alerts(10)] == [RuleName.UNKNOWN_WORD]
    assert len(await store.alerts.letters(9, LEASE, NOW + 3 * ALERTS_KEPT)) == 2
    assert await store.alerts.alerts(10, closed=True) == []


async def test_it_is_done_once_a_day(store: AnyStore) -> None:
    clock = iter([NOW, NOW + 23 * 60 * MINUTE, NOW + 2 * ALERTS_KEPT])
    tidying = Tidying(store.alerts, store.numbers, lambda: next(clock))
    await tidying.turn()
    await lived_through(store)
    left = []
    for _ in range(2):
        await tidying.turn()
        left.append(len(await store.alerts.alerts(10, closed=True)))

    assert left == [1, 0]
