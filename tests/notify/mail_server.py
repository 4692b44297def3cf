"""A small mail server on loopback that keeps what it takes, and fails where a test tells it to."""

import asyncio
import ssl
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default


@dataclass
class MailServer:
    """What it says at each step; ``HANG_UP`` breaks the line there instead."""

    answers: dict[str, str] = field(default_factory=dict)
    taken: list[bytes] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)
    tls: ssl.SSLContext | None = None
    port: int = 0

    @property
    def letters(self) -> list[Message]:
        return [message_from_bytes(each, policy=default) for each in self.taken]

    def counted(self) -> Counter[str]:
        """Return how often each message was taken, by its subject and whom it is to."""
        return Counter(f"{each['To']}: {each['Subject']}" for each in self.letters)

    @asynccontextmanager
    async def open(self) -> AsyncIterator["MailServer"]:
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._converse(reader, writer)
        except (ConnectionError, HungUpError, ssl.SSLError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._say(writer, "CONNECT", "220 here")
        while line := (await reader.readline()).decode().strip():
            verb = line.split(":", maxsplit=1)[0].split(" ")[0].upper()
            self.spoken.append(line)
            if verb == "STARTTLS" and self.tls is not None:
                await self._say(writer, verb, "220 go on")
                await writer.start_tls(self.tls)
            elif verb == "EHLO":
                more = "250-STARTTLS\r\n250 AUTH PLAIN" if self.tls else "250 HELP"
                await self._say(writer, verb, f"250-here\r\n{more}")
            elif verb == "DATA":
                await self._take(reader, writer)
            else:
                await self._say(writer, verb, "235 in" if verb == "AUTH" else "250 fine")

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._say(writer, "DATA", "354 go on")
        if not self.answers.get("DATA", "354").startswith("354"):
            return
        body = await reader.readuntil(b"\r\n.\r\n")
        if self.answers.get("END") != "LOSE":
            self.taken.append(body.removesuffix(b".\r\n"))
        await self._say(writer, "END", "250 2.0.0 queued as 4711")

    async def _say(self, writer: asyncio.StreamWriter, step: str, otherwise: str) -> None:
        answer = self.answers.get(step, otherwise)
        if answer in {"HANG_UP", "LOSE"}:
            raise HungUpError
        writer.write(f"{answer}\r\n".encode())
        await writer.drain()


class HungUpError(Exception):
    """The line is broken on purpose."""
