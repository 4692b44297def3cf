"""The one way out: deadlines, size limits, no redirects, and failures as values."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import httpx2
import msgspec

from accord.domain.outcome import Unavailable
from accord.engine.ports import FeedError

__all__ = ["Answer", "FeedError", "Http", "as_json", "in_process"]

T = TypeVar("T")

CONNECT_WITHIN = timedelta(seconds=3)
ANSWER_WITHIN = timedelta(seconds=10)
# After inflation. The largest documented answer, an order with all its lines, is far below.
LARGEST_ANSWER = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer that arrived in time."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def read(self, shape: type[T]) -> T | Unavailable:
        """Return the body as ``shape``; a body of any other shape is no usable answer."""
        try:
            return msgspec.json.decode(self.body, type=shape)
        except (ValueError, RecursionError) as error:
            start = self.body[:200].decode("utf-8", "replace")
            return Unavailable(f"status {self.status} with an unreadable body ({error}): {start}")


class Http:
    """A connection to one system's address."""

    def __init__(
        self,
        base_url: str,
        transport: httpx2.AsyncBaseTransport | None,
        answer_within: timedelta = ANSWER_WITHIN,
    ) -> None:
        """Open nothing yet; ``transport`` None means the real network."""
        self._deadline = answer_within.total_seconds()
        self._client = httpx2.AsyncClient(
            base_url=base_url,
            transport=transport,
            timeout=httpx2.Timeout(self._deadline, connect=CONNECT_WITHIN.total_seconds()),
            follow_redirects=False,
            trust_env=False,
        )

    async def call(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Answer | Unavailable:
        """Return the answer, or why there is none.

        The deadline is for the whole call: a system that drips one byte a second never trips a
        timeout between bytes.
        """
        try:
            async with asyncio.timeout(self._deadline):
                request = self._client.build_request(
                    method, path, headers=headers, params=params, content=content, data=form
                )
                return await self._send(request)
        except TimeoutError:
            return Unavailable(f"{method} {path}: no whole answer within {self._deadline:.0f} s")
        except httpx2.HTTPError as error:
            return Unavailable(f"{method} {path}: {type(error).__name__} {error}")

    async def _send(self, request: httpx2.Request) -> Answer | Unavailable:
        response = await self._client.send(request, stream=True)
        try:
            body = bytearray()
            async for part in response.aiter_bytes():
                body += part
                if len(body) > LARGEST_ANSWER:
                    return Unavailable(f"{request.url.path}: more than {LARGEST_ANSWER} bytes")
        finally:
            await response.aclose()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, bytes(body))

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()


def in_process(app: Any) -> httpx2.AsyncBaseTransport:
    """Return a transport to an ASGI application in this process: no socket, the same client."""
    return httpx2.ASGITransport(app=app)


def as_json(value: Any) -> bytes:
    """Return ``value`` as the JSON body of a request."""
    return msgspec.json.encode(value)
