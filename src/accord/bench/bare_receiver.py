"""A program that does the least that keeping deliveries can cost: uvicorn, and commits in groups.

``python -m accord.bench.bare_receiver URL`` prints its port. It proves nothing, tells no copies
apart and reads no headers; it answers once the bytes are committed.
"""

import asyncio
import socket
import sys
from typing import Any

import psycopg
import uvicorn
import uvloop

from accord.bench.programs import say

_TABLE = """
CREATE TABLE bare (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body bytea NOT NULL);
ALTER TABLE bare ALTER COLUMN body SET STORAGE EXTERNAL;
"""
_KEEP = "COPY bare (body) FROM STDIN (FORMAT BINARY)"
LARGEST_BATCH = 500


class Groups:
    """Joins bodies that arrive together into one commit."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self._connection = connection
        self._bodies: list[bytes] = []
        self._kept: asyncio.Future[None] | None = None
        self._running: asyncio.Task[None] | None = None

    async def keep(self, body: bytes) -> None:
        """Return once ``body`` is committed."""
        if self._kept is None or len(self._bodies) >= LARGEST_BATCH:
            self._kept = asyncio.get_running_loop().create_future()
        self._bodies.append(body)
        kept = self._kept
        if self._running is None:
            self._running = asyncio.create_task(self._commit())
        await asyncio.shield(kept)

    async def _commit(self) -> None:
        while self._kept is not None:
            bodies, kept = self._bodies, self._kept
            self._bodies, self._kept = [], None
            async with self._connection.cursor() as cursor, cursor.copy(_KEEP) as copy:
                copy.set_types(["bytea"])
                for body in bodies:
                    await copy.write_row((body,))
            kept.set_result(None)
        self._running = None


async def serve(url: str) -> None:
    """Receive until told to stop."""
    connection = await psycopg.AsyncConnection.connect(url, autocommit=True)
    await connection.execute(_TABLE)
    groups = Groups(connection)

    async def app(_scope: Any, receive: Any, send: Any) -> None:
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        await groups.keep(body)
        headers = [(b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        say(f"http://127.0.0.1:{listening.getsockname()[1]}/")
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
        await uvicorn.Server(config).serve(sockets=[listening])


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1]))
