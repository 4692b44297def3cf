"""Real PostgreSQL, a real mail server, two programs: what the customer finds in the mailbox."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import psycopg
import pytest
from msgspec.structs import replace

from accord.bootstrap import notifying
from accord.domain.notice import NoticeState
from accord.domain.notice_rules import Encryption, MailRules
from accord.engine.desk import Deed
from accord.engine.notice_ledger import Looked
from accord.engine.send_epoch import resume
from accord.storage.postgres import PostgresStore, postgres_store
from accord.storage.send_mark import SendMarkFile
from tests.domain.notices import LONG_SINCE, MINUTE, placed, telling
from tests.domain.stack import NOON
from tests.domain.test_plan import work
from tests.engine.plain import Plain
from tests.notify.mail_server import MailServer
from tests.storage.databases import Databases


@pytest.fixture
def url(embedded_databases: Databases) -> Iterator[str]:
    with embedded_databases.fresh() as url:
        yield url


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with MailServer().open() as server:
        yield server


class Program:
    """One program on a database, telling customers by the mail server of a test."""

    def __init__(self, store: PostgresStore, server: MailServer, mark: Path) -> None:
        mail = MailRules(
            host="localhost",
            port=server.port,
            sender="The Shop <orders@shop.example>",
            encryption=Encryption.NONE,
        )
        accord = telling(mail=mail)
        self.store = store
        self.plain = Plain(accord, store, notifying(accord, {}, store.notices, mark))

    async def begin(self, minute: float) -> None:
        self.plain.now = LONG_SINCE if minute < 0 else NOON + minute * MINUTE
        await self.plain.engine.begin()

    async def turns(self, minute: float, number: int = 3) -> None:
        self.plain.now = NOON + minute * MINUTE
        assert self.plain.engine.notifier
        for _ in range(number):
            await self.plain.engine.notifier.turn()

    async def hear(self, minute: float, *reports) -> None:
        self.plain.now = NOON + minute * MINUTE
        await self.plain.said(*reports)


async def opened(url: str, server: MailServer, mark: Path, parts: AsyncExitStack) -> Program:
    store = await parts.enter_async_context(postgres_store(url))
    program = Program(store, server, mark)
    parts.push_async_callback(program.plain.engine.close)
    return program


async def test_two_programs_tell_a_customer_of_each_milestone_once(url, server, tmp_path):
    async with AsyncExitStack() as parts:
        one, other = [await opened(url, server, tmp_path / "mark", parts) for _ in range(2)]
        await one.begin(-1)
        await other.begin(-1)
        await one.hear(0, *placed())
        for minute in range(8):
            await asyncio.gather(one.turns(minute), other.turns(minute))
        await other.hear(60, work("se-8", "IT", {"A": 1}, 60, tracking=("8",)))
        for minute in range(60, 66):
            await asyncio.gather(one.turns(minute), other.turns(minute))

    to = "maria.lopez@customer.example: Your order 1001"
    assert server.counted() == {to: 2}
    assert [letter.get_content().splitlines()[0] for letter in server.letters] == [
        "It is ordered.",
        "It is fulfilled.",
    ]


async def test_a_line_that_breaks_after_the_message_ends_in_one_mail_and_a_question(
    url, server, tmp_path
):
    server.answers["END"] = "HANG_UP"
    async with AsyncExitStack() as parts:
        one = await opened(url, server, tmp_path / "mark", parts)
        await one.begin(-1)
        await one.hear(0, *placed())
        for minute in (0, 2, 5, 60, 600):
            await one.turns(minute)
        (row,) = await one.store.notices.listed(Looked(), 9)

    assert (len(server.taken), row.state) == (1, NoticeState.AMBIGUOUS)


async def test_an_older_copy_of_the_database_sends_nothing(
    embedded_databases, url, server, tmp_path
):
    mark = tmp_path / "mark"
    async with AsyncExitStack() as parts:
        one = await opened(url, server, mark, parts)
        await one.begin(-1)
        await one.hear(0, *placed())
        await one.turns(0)
    with embedded_databases.copy(url) as older:
        async with AsyncExitStack() as parts:
            one = await opened(url, server, mark, parts)
            await one.turns(2)
        assert len(server.taken) == 1

        async with AsyncExitStack() as parts:
            restored = await opened(older, server, mark, parts)
            await restored.begin(3)
            await restored.turns(3)
            epoch = await restored.store.notices.epoch()
            assert epoch is not None
            assert "older" in epoch.stopped
            deed = Deed(what="notices resumed", who="Ana", why="checked", at=NOON + 4 * MINUTE)
            await resume(restored.store.notices, SendMarkFile(mark), "fresh", deed)
            for minute in (10, 20):
                await restored.turns(minute)
            shipped = work("se-8", "IT", {"A": 1}, 30, tracking=("8",))
            await restored.hear(30, replace(shipped, happened_at=shipped.said_at))
            for minute in (31, 34):
                await restored.turns(minute)

    assert [letter.get_content().splitlines()[0] for letter in server.letters] == [
        "It is ordered.",
        "It is fulfilled.",
    ]


async def test_a_database_on_another_server_sends_nothing(url, server, tmp_path):
    async with AsyncExitStack() as parts:
        one = await opened(url, server, tmp_path / "mark", parts)
        await one.begin(-1)
        await one.hear(0, *placed())
        await one.turns(0)
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE send_epoch SET cluster = 'another/1'")
    async with AsyncExitStack() as parts:
        one = await opened(url, server, tmp_path / "mark", parts)
        await one.turns(2)
        epoch = await one.store.notices.epoch()

    assert epoch is not None
    assert ("another server" in epoch.stopped, server.taken) == (True, [])
