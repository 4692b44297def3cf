"""The way to a simulated system, on which a fault can be put before any one call."""

import asyncio

import httpx2

from accord.connector_kit.simulator import Fault, Simulator

# A reply that never comes is given up by the wire soon, or every such test would take seconds.
PATIENCE = 0.05


class Wire(httpx2.AsyncBaseTransport):
    """Counts the calls that pass; the one after ``calm`` more of them meets a fault."""

    def __init__(self, transport: httpx2.AsyncBaseTransport, simulator: Simulator) -> None:
        self._transport = transport
        self._simulator = simulator
        self._coming: tuple[int, Fault] | None = None
        self._impatient = False
        self.calls = 0

    def fail_after(self, calm: int, fault: Fault) -> None:
        self._coming = (self.calls + calm, fault)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if self._coming is not None and self.calls >= self._coming[0]:
            fault = self._coming[1]
            self._simulator.fail(fault)
            self._impatient = fault is Fault.LOST_REPLY
            self._coming = None
        self.calls += 1
        if not self._impatient:
            return await self._transport.handle_async_request(request)
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._transport.handle_async_request(request)
        except TimeoutError:
            self._impatient = False
            message = "the reply was lost"
            raise httpx2.ReadTimeout(message) from None
