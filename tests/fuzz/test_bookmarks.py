"""A bookmark that is none stops the reading of a feed, and nothing else."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.connector_kit.discovery import connectors
from accord.connector_kit.link import ConnectedSystem
from accord.engine.ports import FeedError, Page
from tests.contracts.bench import set_up
from tests.fuzz.spoiling import TEXTS, mangled, one_of

FUZZ = settings.get_profile("fuzz")
# Each one begins with a vendor of its own.
FEW = settings(FUZZ, max_examples=max(FUZZ.max_examples // 3, 1))
MARKS = (
    "2026-11-02T12:00:00",
    "2026-11-02T12:00:00+00:00",
    "0001-01-01T00:00:00",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59",
    '{"since":"2026-11-02T12:00:00Z","told":{"se-1":"2026-11-02T12:00:00Z"},"under_way":{}}',
    '{"since":"0001-01-01T00:00:00Z"}',
    '{"since":"9999-12-31T23:59:59-14:00"}',
    '{"since":"2026-11-02T12:00:00"}',
    '{"since":"2026-11-02T12:00:00Z","under_way":{"se-1":["2026-01-02T12:00:00Z",1]}}',
    '{"since":"9999-12-31T23:59:59Z","under_way":{"se-1":["0001-01-01T00:00:00Z",null]}}',
    *TEXTS,
)


@pytest.mark.parametrize("name", sorted(connectors()))
@FEW
@given(data=st.data())
def test_any_bookmark_is_read_on_from_or_refused(name: str, data: st.DataObject) -> None:
    mark = one_of(data.draw, MARKS)
    if data.draw(st.booleans()):
        mark = mangled(data.draw, mark.encode()).decode("utf-8", "replace")

    asyncio.run(_read_on(name, mark))


async def _read_on(name: str, mark: str) -> None:
    async with set_up(connectors()[name]) as bench:
        try:
            link = ConnectedSystem(bench.connector, bench.context)
            pages = [page async for page in link.changes(mark)]
        except FeedError:
            return
        assert all(isinstance(page, Page) and page.bookmark for page in pages)
