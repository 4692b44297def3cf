"""The one way out: deadlines, size limits, no redirects, and failures as values."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
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
# What every call says of itself; names in lower case, like those that connectors give.
HEADERS = {"accept": "*/*", "accept-encoding": "gzip, deflate", "user-agent": "accord"}
# Addresses are taken apart once; those that hold an id are soon needed again.
ADDRESSES_KNOWN = 256


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
        """Open nothing yet; ``transport`` None means the real network.

        The transport is spoken to directly: a client's cookies, redirects and sign-in are nothing
        we want of another system, and cost as much as the rest of a call.
        """
        self._deadline = answer_within.total_seconds()
        connect = CONNECT_WITHIN.total_seconds()
        self._extensions = {"timeout": httpx2.Timeout(self._deadline, connect=connect).as_dict()}
        self._transport = transport or httpx2.AsyncHTTPTransport(trust_env=False)
        self._base = base_url.rstrip("/")
        self._known = lru_cache(ADDRESSES_KNOWN)(self._address)

    def _address(self, path: str) -> httpx2.URL:
        return httpx2.URL(self._base + path)

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
                request = httpx2.Request(
                    method,
                    self._known(path),
                    headers={**HEADERS, **(headers or {})},
                    params=params,
                    content=content,
                    data=form,
                    extensions=self._extensions,
                )
                return await self._send(request)
        except TimeoutError:
            return Unavailable(f"{method} {path}: no whole answer within {self._deadline:.0f} s")
        except httpx2.HTTPError as error:
            return Unavailable(f"{method} {path}: {type(error).__name__} {error}")

    async def _send(self, request: httpx2.Request) -> Answer | Unavailable:
        response = await self._transport.handle_async_request(request)
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
        await self._transport.aclose()


def in_process(app: Any) -> httpx2.AsyncBaseTransport:
    """Return a transport to an ASGI application in this process: no socket, the same client."""
    return httpx2.ASGITransport(app=app)


def as_json(value: Any) -> bytes:
    """Return ``value`` as the JSON body of a request."""
    return msgspec.json.encode(value)
