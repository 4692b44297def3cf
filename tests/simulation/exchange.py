"""What goes over the wire, and an answer to it without a wire."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
import msgspec

from accord.connector_kit.simulator import Asgi
from accord.connectors.shopify.simulator_graphql import mutation_of


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it goes over the wire."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it goes over the wire, and what it is called in the trace."""

    system: str
    method: str
    target: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    name: str
    changes: bool
    signs_in: bool

    @property
    def question(self) -> tuple[str, str, bytes]:
        """What two calls share that ask the same."""
        return (self.method, self.target, self.body)


async def exchange(app: Asgi, call: Call) -> Reply:
    """Return what an application answers, without a socket."""
    path, _, query = call.target.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": call.method,
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": list(call.headers),
        "server": ("pretend", 443),
        "client": ("127.0.0.1", 1),
    }
    status, body = 0, bytearray()
    headers: tuple[tuple[str, str], ...] = ()
    told = False

    async def receive() -> dict[str, object]:
        nonlocal told
        if told:
            await asyncio.Event().wait()
        told = True
        return {"type": "http.request", "body": call.body, "more_body": False}

    async def send(message: Mapping[str, Any]) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status = int(str(message["status"]))
            given = message.get("headers", ())
            headers = tuple((n.decode(), v.decode()) for n, v in given)
        else:
            body.extend(message.get("body", b""))

    await app(scope, receive, send)
    return Reply(status, headers, bytes(body))


async def called(system: str, request: httpx2.Request) -> Call:
    """Return a request of ours as it goes over the wire."""
    body = await request.aread()
    target = request.url.raw_path.decode()
    path = target.partition("?")[0]
    name, changes = f"{request.method} {path}", request.method != "GET"
    if path.endswith("graphql.json"):
        name = str(msgspec.json.decode(body)["operationName"])
        changes = mutation_of(name) is not None
    elif path.endswith("suiteql"):
        changes = False
    headers = tuple((n.lower(), v) for n, v in request.headers.raw)
    signs_in = path.endswith(("/token", "/access_token"))
    return Call(
        system, request.method, target, headers, body, name, changes and not signs_in, signs_in
    )
