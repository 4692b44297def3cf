"""The number of a row, as people write it: in a command and in an address."""

import asyncio
from functools import cache
from urllib.parse import quote

import httpx2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from litestar import Litestar
from typer.testing import CliRunner

from accord.cli.app import app
from accord.cli.desk import LARGEST
from accord.cli.surroundings import Surroundings
from accord.connector_kit.http import in_process
from accord.storage.memory import MemoryStore
from accord.web.app import pages_app
from tests.fuzz.spoiling import TEXTS
from tests.fuzz.stack import NOW, accord

FUZZ = settings.get_profile("fuzz")
ODD = st.text(max_size=8) | st.sampled_from(TEXTS) | st.integers().map(str)
BASE = "http://accord"
PAGES = (
    "/orders/{}",
    "/?before={}",
    "/?number={}",
    "/quarantine?after={}",
    "/quarantine?reason={}",
    "/dead-letters?after={}",
    "/cases?kind={}",
)


@FUZZ
@given(st.sampled_from(PAGES), ODD)
@example(PAGES[0], "²")
@example(PAGES[1], "²")
@example(PAGES[1], "9" * 5_000)
@example(PAGES[3], str(2**63))
def test_any_address_has_a_page_or_there_is_none(address: str, odd: str) -> None:
    asked = address.format(quote(odd, safe="", errors="replace"))

    assert asyncio.run(_status(asked)) in {200, 404}


@cache
def _app() -> Litestar:
    return pages_app(MemoryStore(), accord(), clock=lambda: NOW)


async def _status(asked: str) -> int:
    async with httpx2.AsyncClient(transport=in_process(_app()), base_url=BASE) as client:
        return (await client.get(asked)).status_code


@pytest.mark.parametrize(
    "words",
    [
        ("quarantine", "show"),
        ("quarantine", "release"),
        ("quarantine", "list", "--limit"),
        ("dead-letters", "show"),
        ("retry",),
        ("cases", "show"),
        ("cases", "list", "--limit"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("number", [str(LARGEST + 1), "9" * 5_000, "1e3", "²", "\udcff", ""])
def test_no_row_has_such_a_number_and_the_database_is_not_asked(words, number) -> None:
    around = Surroundings(catalogue=dict, environment={})

    ended = CliRunner().invoke(app, [*words, number], obj=around)

    assert ended.exit_code == 2
    assert "Invalid value" in ended.output
