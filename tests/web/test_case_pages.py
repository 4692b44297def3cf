"""What needs a person is on a page, worst first, with what to do."""

import httpx2
import pytest

from accord.connector_kit.http import in_process
from accord.domain.case import Case, CaseKind
from accord.storage.memory import MemoryStore
from accord.web.app import pages_app
from tests.domain.stack import stack
from tests.storage.examples import NOW
from tests.storage.test_cases import LEFT, SLOW, find

HOSTILE = Case(CaseKind.GIVEN_UP, "books", "", "<script>alert(1)</script>")


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
async def page(store):
    app = pages_app(store, stack(), clock=lambda: NOW)
    async with httpx2.AsyncClient(transport=in_process(app), base_url="http://accord") as client:
        yield client


async def test_an_empty_page_says_so(page):
    assert "Nothing needs a person" in (await page.get("/cases")).text


async def test_the_worst_case_stands_first_with_its_steps_and_nothing_runs(store, page):
    await find(store, HOSTILE, LEFT, SLOW)
    text = (await page.get("/cases")).text

    assert text.index(LEFT.what) < text.index("&lt;script&gt;")
    assert "intercept" in text
    assert HOSTILE.what not in text
    assert SLOW.what not in text  # it has its time yet
    assert LEFT.what not in (await page.get("/cases?kind=given_up")).text
