"""The HTTP server: one socket, no secrets in its logs, and signals left to us."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from litestar.types import ASGIApp

from accord.web.app import Door
from accord.web.connections import Bounds, Connections
from accord.web.protocol import protocol_for

# What is being answered may finish; a sender that drips is not waited for.
FINISH_WITHIN = 5  # seconds
# So many senders may knock at one moment: few enough for the files that may be open.
BACKLOG = 100


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none: uvicorn would raise them again and end the process in the middle."""
        yield


async def serve(
    app: ASGIApp, listening: socket.socket, stop: asyncio.Event, bounds: Bounds | None = None
) -> None:
    """Serve ``app`` until ``stop`` is set and what was being answered then is answered.

    The hooks of a ``Door`` are served straight from the parser.
    """
    table = Connections(bounds or Bounds())
    config = uvicorn.Config(
        app,
        http=protocol_for(table, app.hooks if isinstance(app, Door) else None),
        ws="none",
        backlog=BACKLOG,
        log_config=None,
        access_log=False,  # an address may hold a secret
        lifespan="off",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=FINISH_WITHIN,
    )
    server = _Server(config)

    async def wait_for_stop() -> None:
        await stop.wait()
        server.should_exit = True

    waiting = asyncio.create_task(wait_for_stop())
    try:
        with table.watched():
            await server.serve(sockets=[listening])
    finally:
        waiting.cancel()


def listen(host: str, *ports: int) -> socket.socket:
    """Return a socket on the first of ``ports`` that is free; port 0 lets the machine choose.

    Raises ``OSError`` when none of them can be had.
    """
    for port in ports:
        listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
            listening.listen()
        except OSError:
            listening.close()
            if port == ports[-1]:
                raise
        else:
            return listening
    raise OSError
