"""Who says that it sends no more still hears what became of what it sent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from accord.engine.envelope import Incoming
from accord.web.app import Door
from accord.web.hooks import Hooks
from accord.web.server import listen, serve
from tests.web.bell import receiver
from tests.web.test_smuggling import SOUND


class Slow:
    """Keeps a delivery once it is let."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.let = asyncio.Event()

    @property
    def is_overdue(self) -> bool:
        return False

    async def keep(self, incoming: Incoming) -> None:
        self.asked.set()
        await self.let.wait()


@asynccontextmanager
async def knocked(sent: bytes, slow: Slow) -> AsyncIterator[asyncio.Task[bytes]]:
    """Send and say that this was all; yield what reads the answer."""
    listening, stop = listen("127.0.0.1", 0), asyncio.Event()
    door = Door(Hooks(receiver(slow), failed=print), None)
    serving = asyncio.create_task(serve(door, listening, stop))
    reader, writer = await asyncio.open_connection(*listening.getsockname())
    writer.write(sent)
    writer.write_eof()
    yield asyncio.create_task(reader.read())
    writer.close()
    stop.set()
    await serving


async def test_a_delivery_that_is_whole_is_answered_though_its_sender_sends_no_more():
    slow = Slow()
    async with knocked(SOUND, slow) as answer:
        await slow.asked.wait()
        await asyncio.wait({answer}, timeout=0.3)
        assert not answer.done()

        slow.let.set()

        assert (await answer).startswith(b"HTTP/1.1 200")
        assert b"connection: close" in answer.result()


async def test_who_stops_in_the_middle_is_hung_up_on_and_nothing_is_kept():
    slow = Slow()
    async with knocked(SOUND[:-1], slow) as answer:
        assert await asyncio.wait_for(answer, 2) == b""
    assert not slow.asked.is_set()
