"""People are called by a real address of Apprise's, and its secret is told to nobody."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from accord.domain.errors import UnusableInputError
from accord.notify.alert_channel import AppriseChannel, alert_channels


class Listener:
    """Whoever is called: an HTTP server that answers as it is told."""

    def __init__(self) -> None:
        self.heard: list[dict[str, str]] = []
        self.status = "200 OK"
        self.port = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length:")[2].partition("\r\n")[0])
        self.heard.append(json.loads(await reader.readexactly(length)))
        writer.write(f"HTTP/1.1 {self.status}\r\ncontent-length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    listener = Listener()
    server = await asyncio.start_server(listener.answer, "127.0.0.1", 0)
    listener.port = server.sockets[0].getsockname()[1]
    async with server:
        yield listener


async def test_a_message_reaches_its_channel(listener: Listener) -> None:
    (channel,) = alert_channels({"ops": f"json://127.0.0.1:{listener.port}/"}).values()

    why = await channel.tell("Accord: link down: books", "books does not answer.")

    assert why == ""
    assert listener.heard[0]["title"] == "Accord: link down: books"
    assert listener.heard[0]["message"] == "books does not answer."


async def test_a_channel_that_refuses_says_so_and_shows_no_secret(
    listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    listener.status = "500 Internal Server Error"
    channel = AppriseChannel("ops", f"json://user:pass-word@127.0.0.1:{listener.port}/")

    why = await channel.tell("a", "b")

    assert why == "the channel ops did not take it"
    assert "pass-word" not in why + repr(channel) + caplog.text


async def test_a_channel_that_nobody_listens_at_is_not_taken_for_told() -> None:
    server = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()

    assert await AppriseChannel("ops", f"json://127.0.0.1:{port}/").tell("a", "b") != ""


def test_an_address_that_leads_nowhere_is_told_before_the_start() -> None:
    with pytest.raises(UnusableInputError, match="ops"):
        AppriseChannel("ops", "carrier-pigeon:secret")
