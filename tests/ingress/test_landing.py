import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from accord.domain.errors import UnreadableError
from accord.ingress.message import NOBODY, read_message, write_message
from tests.ingress.examples import NOON, AwayError, Shore, incoming


@pytest.fixture
def shore(monkeypatch):
    monkeypatch.setattr("accord.ingress.waiting.FIRST", 0.01)
    return Shore()


@given(st.binary(), st.dictionaries(st.text(), st.text()), st.text())
def test_a_delivery_comes_out_of_the_broker_as_it_went_in(body, headers, topic):
    sent = replace(incoming(1), body=body, headers=headers, topic=topic)

    assert read_message(write_message(sent)) == sent


@given(st.binary())
def test_what_is_no_delivery_is_said_to_be_none(raw):
    with pytest.raises(UnreadableError):
        read_message(raw)


async def test_messages_become_envelopes(shore):
    await shore.landing.land([write_message(incoming(number)) for number in range(3)])

    assert await shore.kept() == 3


async def test_a_message_that_comes_twice_is_kept_once(shore):
    for _ in range(2):
        await shore.landing.land([write_message(incoming(1))] * 2)

    assert await shore.kept() == 1


async def test_what_is_no_delivery_is_kept_as_nobodys_and_holds_up_no_other(shore):
    await shore.landing.land([b"no delivery", write_message(incoming(1))])

    assert await shore.kept() == 1
    async with shore.store.interpreting(10, NOON) as sitting:
        found = {each.system: each.body for each in sitting.envelopes}
    assert found[NOBODY] == b"no delivery"


async def test_what_no_database_takes_is_kept_as_it_came_and_holds_up_no_other(shore):
    hated = write_message(replace(incoming(1), identity=shore.hated))
    await shore.landing.land([hated, write_message(incoming(2))])

    assert await shore.kept() == 1
    assert await shore.kept(NOBODY) == 1


async def test_while_the_store_is_away_it_is_tried_again_and_told_once(shore):
    shore.away = True
    landing = asyncio.create_task(shore.landing.land([write_message(incoming(1))]))
    async with asyncio.timeout(5):
        for _ in range(3):
            await shore.asked.wait()
            shore.asked.clear()
    assert not landing.done()
    shore.away = False
    await landing

    assert await shore.kept() == 1
    assert [type(each) for each in shore.told] == [AwayError, type(None)]
