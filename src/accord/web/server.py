"""The HTTP server: one socket, no secrets in its logs, and signals left to us."""

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from litestar import Litestar

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
# What is being answered may finish; a sender that drips is not waited for.
FINISH_WITHIN = 5  # seconds


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none: uvicorn would raise them again and end the process in the middle."""
        yield


async def serve(app: Litestar, listening: socket.socket) -> None:
    """Serve ``app`` until the process is told to stop (SIGINT or SIGTERM), then return."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,  # an address may hold a secret
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=FINISH_WITHIN,
    )
    server = _Server(config)
    loop = asyncio.get_running_loop()

    def stop() -> None:
        server.should_exit = True

    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, stop)
    try:
        await server.serve(sockets=[listening])
    finally:
        for number in STOP_SIGNALS:
            loop.remove_signal_handler(number)


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
