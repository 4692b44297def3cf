"""What is out of step is on a page, by its cause, and nothing that a system says runs in it."""

from datetime import timedelta

import httpx2
import pytest

from accord.connector_kit.http import in_process
from accord.domain.drift import Drift, DriftPattern
from accord.domain.tracks import Track
from accord.storage.memory import MemoryStore
from accord.web.app import pages_app
from tests.domain.stack import stack
from tests.storage.examples import NOW, own, place_order


def found(pattern: DriftPattern, system: str, what: str) -> Drift:
    return Drift(
        pattern=pattern,
        system=system,
        track=Track.ORDER,
        subject="",
        what=what,
        cause=f"cause of {what}",
        since=NOW - timedelta(hours=1),
        deadline=NOW,
    )


GHOST = found(DriftPattern.GHOST_FULFILLMENT, "depot", "It left all the same.")
HOSTILE = found(DriftPattern.DISAGREEMENT, "books", "<script>alert(1)</script>")


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
async def page(store):
    app = pages_app(store, stack(), clock=lambda: NOW)
    async with httpx2.AsyncClient(transport=in_process(app), base_url="http://accord") as client:
        yield client


async def test_an_empty_page_says_so(page):
    assert "Nothing is out of step" in (await page.get("/drift")).text


async def test_causes_stand_first_and_nothing_runs(store, page):
    order = await place_order(store, own("820"))
    await store.drifts.note([(order, HOSTILE), (order, GHOST)], NOW)
    text = (await page.get("/drift")).text

    assert text.index(GHOST.what) < text.index("<h2>Orders</h2>") < text.rindex(GHOST.what)
    assert HOSTILE.what not in text
    assert "&lt;script&gt;" in text
    for query in ("pattern=ghost_fulfillment", "system=depot"):
        assert "&lt;script&gt;" not in (await page.get(f"/drift?{query}")).text
    assert "empty" in (await page.get("/drift?standing=systemic")).text


async def test_what_cleared_is_shown_apart(store, page):
    order = await place_order(store, own("820"))
    await store.drifts.note([(order, GHOST)], NOW)
    await store.drifts.finish([], NOW + timedelta(minutes=1))
    text = (await page.get("/drift")).text

    assert text.index("Nothing is out of step") < text.index(GHOST.what)
