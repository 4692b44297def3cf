"""A connector that only rings, and a server process that listens for it.

Run by itself it serves hooks of one bell over a store in memory, and answers GET / with how many
deliveries it kept. It prints its port. Its argument is JSON: bounds of the server.
"""

import asyncio
import hashlib
import hmac
import json
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from accord.cli.stopping import told_to_stop
from accord.connector_kit.connector import Connector, Context
from accord.connector_kit.link import ConnectedSystem
from accord.connector_kit.signature import hmac_sha256_matches, strict_base64
from accord.domain.accord import Role
from accord.domain.vocabulary import Vocabulary
from accord.engine.envelope import Parsed
from accord.engine.group_commit import GroupCommit
from accord.engine.receive import Keeping, Receiver
from accord.storage.memory import MemoryStore
from accord.web.app import Door
from accord.web.connections import Bounds
from accord.web.hooks import Hooks
from accord.web.server import listen, serve
from tests.docs.pages import ROOT

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def authentic(delivery, context, now):
    given = strict_base64(delivery.headers.get("x-bell-signature", ""))
    secrets = context.secret_pair("secret")
    return given is not None and hmac_sha256_matches(delivery.body, given, secrets)


class _Mute:
    """The far side of a bell: nothing to ask, nothing to tell."""

    async def close(self) -> None:
        return


BELL = Connector(
    name="bell",
    title="A bell that rings",
    role=Role.STOREFRONT,
    vocabulary=Vocabulary(version=1),
    owns=frozenset(),
    mirrors=frozenset(),
    can=frozenset(),
    settings=(),
    topics=frozenset({"rung", "hall/rung"}),
    parse=lambda envelope, settings: Parsed(ignored="it only rings"),
    connect=lambda context: _Mute(),  # type: ignore[return-value, arg-type]
    simulate=lambda world, system: None,  # type: ignore[return-value, arg-type]
    authentic=authentic,
    kept_topic=lambda topic: "rung" if topic.startswith("rung/") else topic,
)


def signed(body: bytes, secret: str = "new") -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return {"x-bell-signature": b64encode(digest).decode()}


def receiver(keeping: Keeping) -> Receiver:
    """Return what takes the deliveries of one bell."""
    context = Context(
        system="bell",
        settings={},
        secrets={"secret": "new", "secret_previous": "old"},
        transport=None,
        clock=lambda: NOON,
    )
    return Receiver({"bell": ConnectedSystem(BELL, context)}, keeping, lambda: NOON)


@contextmanager
def served(**bounds: int) -> Iterator[int]:
    """Yield the port of a server process of its own."""
    command = [sys.executable, "-m", "tests.web.bell", json.dumps(bounds)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()
            process.wait(10)


async def _run(bounds: Bounds) -> None:
    store = MemoryStore()

    async def count(scope, receive, send):
        balance = await store.balance()
        told = str(sum(balance.get("bell", {}).values())).encode()
        headers = [(b"content-length", str(len(told)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": told})

    door = Door(Hooks(receiver(GroupCommit(store.keep)), failed=print), count)
    listening = listen("127.0.0.1", 0)
    print(listening.getsockname()[1], flush=True)
    with told_to_stop() as stop:
        await serve(door, listening, stop, bounds)


if __name__ == "__main__":
    asyncio.run(_run(Bounds(**json.loads(sys.argv[1]))))
