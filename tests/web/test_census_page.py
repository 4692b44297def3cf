"""Each hour is on a page with its certificate or its holes, and nothing in it runs."""

import httpx2
import pytest

from accord.connector_kit.http import in_process
from accord.engine.census_book import HOUR, Census, CensusState, Hole
from accord.engine.envelope import Origin
from accord.engine.heard import Miss, TrafficHour
from accord.engine.sweep_book import Occasion, Sweep
from accord.storage.memory import MemoryStore
from accord.web.app import pages_app
from tests.domain.stack import stack
from tests.storage.examples import NOW

SWEEP = Sweep(
    system="shop",
    occasion=Occasion.DEMAND,
    since=NOW - HOUR,
    until=NOW,
    place=NOW - HOUR,
    step=HOUR,
    phase_since=NOW,
    started_at=NOW,
)
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
async def page(store):
    app = pages_app(store, stack(), clock=lambda: NOW)
    async with httpx2.AsyncClient(transport=in_process(app), base_url="http://accord") as client:
        yield client


async def test_an_empty_page_says_so(page):
    assert "No hour was asked for yet" in (await page.get("/census")).text


async def test_hours_holes_sweeps_and_what_was_not_heard_are_shown(store, page):
    hour = NOW - HOUR
    await store.census.add([Census(system="shop", hour=hour, due=NOW)])
    hole = Hole(
        system="shop",
        hour=hour,
        identity=b"1",
        topic="feed/order",
        name=HOSTILE,
        was_there=False,
        found_at=NOW,
    )
    holed = Census(
        system="shop", hour=hour, due=NOW, state=CensusState.HOLES, sentence=f"1 of 2; {HOSTILE}"
    )
    await store.census.write(holed, [hole])
    missed = Miss(system="shop", topic="orders/updated", hour=hour, thing="shop 1", said_at=NOW)
    await store.heard.miss([missed])
    silent = TrafficHour(
        system="shop", origin=Origin.HOOK, hour=hour, envelopes=0, usual=40, silent=True
    )
    await store.heard.note([silent])
    await store.sweeps.begin(SWEEP)

    text = (await page.get("/census")).text

    assert "1 of 2" in text
    assert "not received before; kept now" in text
    assert "orders/updated did not come" in text
    assert "40 by hook are usual" in text
    assert "under way" in text
    assert "<script>" not in text
    assert "1 of 2" not in (await page.get("/census?system=books")).text
