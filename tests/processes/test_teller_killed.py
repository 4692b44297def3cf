"""A program dies while it sends: counted at the far side, nobody gets a message twice."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from accord.domain.case import CaseKind
from accord.domain.notice import Notice, NoticeState
from accord.engine.case_desk import CaseFile, Sought
from accord.engine.notice_ledger import Looked
from accord.storage.postgres import postgres_store
from tests.domain.notices import MINUTE
from tests.domain.stack import NOON
from tests.notify.mail_server import HungUpError, MailServer

SOON = 60  # seconds a program may take on a busy machine
LATER = 700  # minutes: long after every lease and every pause


class StoppingMailServer(MailServer):
    """Says nothing more at one step of the talk, until the other side is dead."""

    def __init__(self) -> None:
        super().__init__()
        self.stops_at = ""
        self.reached = asyncio.Event()
        self.killed = asyncio.Event()

    async def _say(self, writer: asyncio.StreamWriter, step: str, otherwise: str) -> None:
        if step == self.stops_at:
            self.stops_at = ""
            self.reached.set()
            await self.killed.wait()
            raise HungUpError
        await super()._say(writer, step, otherwise)


class StoppingReceiver:
    """Takes webhooks, counts them by their id, and stops before it answers the first one."""

    def __init__(self) -> None:
        self.port = 0
        self.taken: Counter[str] = Counter()
        self.stops = True
        self.reached = asyncio.Event()
        self.killed = asyncio.Event()

    @asynccontextmanager
    async def open(self) -> AsyncIterator["StoppingReceiver"]:
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        told = dict(line.lower().split(": ", 1) for line in head.splitlines()[1:] if line)
        await reader.readexactly(int(told["content-length"]))
        self.taken[told["webhook-id"]] += 1
        if self.stops:
            self.stops = False
            self.reached.set()
            await self.killed.wait()
        else:
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        writer.close()


class Telling:
    """Programs that tell customers out of one database, one after the other."""

    def __init__(self, database: str, mark: Path, channel: str, port: int) -> None:
        self._given = [database, str(port), channel, str(mark)]
        self._database = database

    async def lives(self, *minutes: int) -> None:
        """Let a program live through ``minutes`` and end by itself."""
        program = await self._start(minutes)
        async with asyncio.timeout(SOON):
            assert await program.wait() == 0

    async def dies(self, reached: asyncio.Event, killed: asyncio.Event, *minutes: int) -> None:
        """Kill a program in the midst of sending, as ``kill -9`` does."""
        program = await self._start(minutes)
        assert program.pid
        async with asyncio.timeout(SOON):
            await reached.wait()
        os.kill(program.pid, signal.SIGKILL)
        await program.wait()
        killed.set()

    async def _start(self, minutes: tuple[int, ...]) -> asyncio.subprocess.Process:
        words = [*self._given, *map(str, minutes)]
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.processes.teller", *words
        )

    async def ledger(self) -> tuple[list[Notice], list[CaseFile]]:
        """Return every notice, and what of them needs a person."""
        async with postgres_store(self._database) as store:
            rows = await store.notices.listed(Looked(), 9)
            files = await store.cases.cases(Sought(), NOON + LATER * MINUTE, 9)
        asked = [file for file in files if file.kind is CaseKind.NOTICE_AMBIGUOUS]
        return list(rows), asked


EARLIER = [pytest.param(step, marks=pytest.mark.deep) for step in ("CONNECT", "EHLO", "MAIL")]


@pytest.mark.parametrize("step", [*EARLIER, "RCPT", "DATA", "END"])
async def test_a_mail_whose_sender_is_killed_is_there_once_at_most_and_somebodys_case(
    database: str, tmp_path: Path, step: str
):
    server = StoppingMailServer()
    server.stops_at = step
    async with server.open():
        telling = Telling(database, tmp_path / "mark", "mail", server.port)
        await telling.lives(-1)
        await telling.dies(server.reached, server.killed, 0, 2)
        await telling.lives(30, 60, LATER)

    rows, cases = await telling.ledger()
    assert len(server.taken) == (step == "END")
    assert [row.state for row in rows] == [NoticeState.AMBIGUOUS]
    assert len(cases) == 1


async def test_a_webhook_whose_sender_is_killed_is_there_once_and_somebodys_case(
    database: str, tmp_path: Path
):
    async with StoppingReceiver().open() as far:
        telling = Telling(database, tmp_path / "mark", "webhook", far.port)
        await telling.lives(-1)
        await telling.dies(far.reached, far.killed, 0, 2)
        await telling.lives(30, 60, LATER)

    rows, cases = await telling.ledger()
    assert list(far.taken.values()) == [1]
    assert [row.state for row in rows] == [NoticeState.AMBIGUOUS]
    assert len(cases) == 1


async def test_a_receiver_that_knows_ids_gets_the_same_id_again_and_nobody_is_asked(
    database: str, tmp_path: Path
):
    async with StoppingReceiver().open() as far:
        telling = Telling(database, tmp_path / "mark", "webhook that knows", far.port)
        await telling.lives(-1)
        await telling.dies(far.reached, far.killed, 0, 2)
        await telling.lives(30, 60, LATER)

    rows, cases = await telling.ledger()
    assert list(far.taken.values()) == [2]
    assert [row.state for row in rows] == [NoticeState.SENT]
    assert cases == []
