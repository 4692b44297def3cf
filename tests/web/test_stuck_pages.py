"""What is stuck is on a page, with what to do, and nothing on it can be clicked to change it."""

from datetime import timedelta

import httpx2
import pytest
from msgspec.structs import replace

from accord.connector_kit.http import in_process
from accord.domain.outcome import Refused
from accord.domain.report import Ref
from accord.engine.desk import EVERYWHERE, Deed
from accord.storage.memory import MemoryStore
from accord.web.app import pages_app
from tests.domain.stack import ordered, parcel, said, stack
from tests.domain.test_plan import work
from tests.engine.plain import Plain

ACCORD = stack()
PAGES = ("/quarantine", "/dead-letters", "/pauses")
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def plain():
    return Plain(ACCORD, MemoryStore())


@pytest.fixture
async def page(plain):
    app = pages_app(plain.store, ACCORD, clock=lambda: plain.now)
    async with httpx2.AsyncClient(transport=in_process(app), base_url="http://accord") as client:
        yield client


async def shown(page, address):
    return " ".join((await page.get(address)).text.split())


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/quarantine", "Nothing is set aside"),
        ("/dead-letters", "Nothing was given up"),
        ("/pauses", "Nothing is paused"),
    ],
)
async def test_an_empty_page_says_so(page, address, said):
    assert said in await shown(page, address)


async def test_what_is_set_aside_is_shown_with_its_word_and_the_remedy(plain, page):
    await plain.said(said("shop", "payment", "on_layaway"))

    for address in ("/quarantine", "/quarantine?reason=unknown_word"):
        text = await shown(page, address)
        assert "on_layaway" in text
        assert "[[systems.shop.words]]" in text
    assert "1 set aside" in await shown(page, "/quarantine?reason=nonsense&after=x")
    assert "0 set aside" in await shown(page, "/quarantine?reason=poison")


async def test_a_part_that_waits_over_an_hour_is_shown(plain, page):
    early = replace(
        said("shop", "fulfillment", "success", parcel("f1")), order=(Ref("shop", "8209"),)
    )
    await plain.said(early)
    assert "8209" not in await shown(page, "/quarantine")

    plain.now += timedelta(hours=2)
    assert "8209" in await shown(page, "/quarantine")


async def test_what_was_given_up_is_shown_with_the_last_tries(plain, page):
    await plain.said(*ordered(A=1), work("se-1", "IT", {"A": 1}))
    plain.hands["books"].answers = [Refused("CLOSED", "the period is closed")]
    await plain.engine.propagator.turn("books")

    text = await shown(page, "/dead-letters")
    assert "the period is closed" in text
    assert "ship, refused" in text
    assert 'href="/orders/1"' in text


async def test_a_pause_is_shown_with_who_and_why(plain, page):
    deed = Deed(what="paused", who="Ana", why="stocktaking", at=plain.now)
    await plain.store.desk.pause(EVERYWHERE, deed)

    text = await shown(page, "/pauses")
    assert "every system" in text
    assert text.count("stocktaking") == 2  # in force, and on record


async def test_what_is_foreign_is_shown_and_never_run(plain, page):
    await plain.said(said("shop", HOSTILE, HOSTILE))
    await plain.store.desk.pause("books", Deed(what=HOSTILE, who=HOSTILE, at=plain.now))

    for address in PAGES:
        assert "<script>" not in await shown(page, address)
