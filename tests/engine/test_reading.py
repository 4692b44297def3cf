from datetime import timedelta

import pytest

from accord.domain.outcome import Unauthorized, Unavailable
from accord.engine.ports import Document, Page
from accord.engine.reading import Reader
from accord.engine.settling import Pace
from accord.engine.traffic import Traffic
from accord.storage.memory import MemoryStore
from tests.domain.stack import said, stack
from tests.engine.plain import Plain, body

MINUTE = timedelta(minutes=1)


@pytest.fixture
def plain():
    return Plain(stack(), MemoryStore())


@pytest.fixture
def told():
    return []


@pytest.fixture
async def reader(plain, told):
    await plain.engine.begin()
    pace = Pace(lambda: plain.now, lambda: 0.5)
    links = plain.engine.links
    traffic = Traffic(links, plain.store, pace.clock)
    return Reader(links, plain.store, pace, traffic=traffic, news=lambda *news: told.append(news))


async def poll(plain, reader):
    found = await reader.poll_turn("shop", MINUTE)
    plain.now += timedelta(hours=1)
    return found


async def test_a_feed_that_stops_is_told_once_for_each_reason_and_once_when_it_goes_on(
    plain, reader, told
):
    hand = plain.hands["shop"]
    for error in (None, Unauthorized("no key"), Unauthorized("no key"), Unavailable("away"), None):
        hand.feed_error = error
        await poll(plain, reader)

    assert told == [
        ("shop", "unauthorized: no key"),
        ("shop", "unavailable: away"),
        ("shop", ""),
    ]


async def test_what_a_feed_brought_before_it_stopped_is_kept_and_not_read_again(plain, reader):
    hand = plain.hands["shop"]
    hand.pages = [Page((Document("plain", body(said("shop", "order", "open"))),), "1")]
    hand.feed_error = Unavailable("away")

    assert [await poll(plain, reader) for _ in range(2)] == [0, 0]
    assert await plain.store.bookmark("shop") == "1"
    assert sum((await plain.store.balance())["shop"].values()) == 1


async def test_a_feed_is_never_given_up(plain, reader):
    plain.hands["shop"].feed_error = Unavailable("away")
    for _ in range(30):
        await poll(plain, reader)

    plain.hands["shop"].feed_error = None
    plain.hands["shop"].pages = [
        Page((Document("plain", body(said("shop", "order", "open"))),), "1")
    ]
    assert await poll(plain, reader) == 1
