import httpx2
import pytest

from accord.connector_kit.http import in_process
from accord.engine.group_commit import GroupCommit
from accord.engine.receive import Receiver
from accord.storage.memory import MemoryStore
from accord.web.app import web_app
from tests.domain.stack import ordered, said, stack
from tests.domain.test_plan import work
from tests.engine.plain import Plain

ACCORD = stack()


@pytest.fixture
def plain():
    return Plain(ACCORD, MemoryStore())


@pytest.fixture
async def page(plain):
    receiver = Receiver({}, GroupCommit(plain.store.keep), lambda: plain.now)
    app = web_app(receiver, plain.store, ACCORD, failed=lambda error: None)
    async with httpx2.AsyncClient(transport=in_process(app), base_url="http://accord") as client:
        yield client


async def test_an_empty_list_says_when_it_will_fill(page):
    assert "as soon as a connected system speaks" in " ".join((await page.get("/")).text.split())


async def test_an_order_is_listed_with_its_stage_and_how_many_cells_agree(plain, page):
    await plain.said(*ordered(A=1))

    shown = (await page.get("/")).text
    assert "#1001" in shown
    assert "3 of 3 cells" in shown


async def test_a_cancelled_order_is_not_shown_as_if_it_were_still_to_begin(plain, page):
    await plain.said(*ordered(A=1), said("shop", "order", "cancelled", minute=1))

    shown = (await page.get("/")).text
    assert "not yet" not in shown


async def test_an_order_is_found_by_its_number_with_or_without_its_mark(plain, page):
    await plain.said(*ordered(A=1))

    for number in ("1001", "#1001"):
        assert "/orders/1" in (await page.get("/", params={"number": number})).text
    assert "No order has the number 7" in (await page.get("/", params={"number": "7"})).text


async def test_the_matrix_shows_every_systems_own_word_and_who_is_behind(plain, page):
    await plain.said(*ordered(A=1), work("se-9", "IT", {"A": 1}))

    shown = (await page.get("/orders/1")).text
    assert 'class="owns"' in shown
    assert 'class="behind"' in shown
    assert "no record" in shown


@pytest.mark.parametrize("number", ["999", "x", "1'; DROP TABLE orders", "-1"])
async def test_an_order_that_is_not_there_is_said_plainly(page, number):
    answer = await page.get(f"/orders/{number}")

    assert answer.status_code == 404
    assert "no such order" in answer.text


async def test_what_a_system_said_is_shown_and_never_run(plain, page):
    await plain.said(*ordered(**{"<script>alert(1)</script>": 1}))
    await plain.hear("shop", said("shop", "order", "<script>alert(1)</script>"))

    for address in ("/", "/orders/1", "/?number=<script>alert(1)</script>"):
        answer = await page.get(address)
        assert "<script>" not in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]
