"""The program, with its systems pretended on this machine: ``python -m tests.processes.wired``.

It is the real command line in a process of its own. All that differs is the wire: what it asks
of a vendor's address goes to the port that ``PRETENDED_ADDRESSES`` names for the system.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import replace

import httpx2

from accord.cli.app import app
from accord.cli.surroundings import Surroundings
from accord.connector_kit.connector import Client, Connector, Context
from accord.connector_kit.discovery import connectors

WIRES = "PRETENDED_ADDRESSES"
# Tells the far side which process asks.
ASKER = "x-asked-by"


class Wire(httpx2.AsyncBaseTransport):
    """The way to a port of this machine, whatever the address says."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._network = httpx2.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send the request there."""
        request.headers[ASKER] = str(os.getpid())
        request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._port)
        return await self._network.handle_async_request(request)

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._network.aclose()


def wired(connector: Connector, ports: Mapping[str, int]) -> Connector:
    """Return the connector on such wires."""

    def connect(context: Context) -> Client:
        return connector.connect(replace(context, transport=Wire(ports[context.system])))

    return replace(connector, connect=connect)


def main() -> None:
    """Run the command line."""
    ports: Mapping[str, int] = json.loads(os.environ[WIRES])

    def catalogue() -> Mapping[str, Connector]:
        return {name: wired(each, ports) for name, each in connectors().items()}

    app(prog_name="accord", obj=Surroundings(catalogue=catalogue))


if __name__ == "__main__":
    main()
