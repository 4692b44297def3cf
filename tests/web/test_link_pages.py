from datetime import timedelta

import httpx2
import pytest

from accord.connector_kit.http import in_process
from accord.domain.outcome import Throttled, Unavailable
from accord.storage.memory import MemoryStore
from accord.web.app import pages_app
from tests.domain.stack import stack
from tests.engine.orders import SECOND, turns, unapproved
from tests.engine.plain import Plain


@pytest.fixture
def plain():
    return Plain(stack(), MemoryStore())


@pytest.fixture
async def page(plain):
    app = pages_app(plain.store, stack(), clock=lambda: plain.now)
    async with httpx2.AsyncClient(transport=in_process(app), base_url="http://accord") as client:
        yield client


async def shown(page):
    return " ".join((await page.get("/links")).text.split())


async def test_before_anything_was_asked_the_page_says_so(page):
    assert "No system was asked for anything yet" in await shown(page)


async def test_a_link_shows_what_waits_for_it_and_since_when(plain, page):
    for number in range(3):
        await plain.said(*unapproved(number))

    text = await shown(page)
    assert "answers" in text
    assert "<td>3</td>" in text
    assert "2026-11-02 12:00 UTC" in text


async def test_a_link_that_wants_peace_says_until_when(plain, page):
    await plain.said(*unapproved(1))
    plain.hands["books"].answers = [Throttled(timedelta(minutes=30))]
    await plain.engine.propagator.turn("books")

    text = await shown(page)
    assert "asks us to wait" in text
    assert "2026-11-02 12:30 UTC" in text


async def test_a_link_that_is_down_says_why(plain, page):
    for number in range(8):
        await plain.said(*unapproved(number))
    plain.hands["books"].sick = Unavailable("the line is <dead>")
    await turns(plain, "books", 2 * SECOND)

    text = await shown(page)
    assert "does not answer" in text
    assert "the line is &lt;dead&gt;" in text
