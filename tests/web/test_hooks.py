import hashlib
import hmac
from base64 import b64encode
from datetime import UTC, datetime

import httpx2
import pytest

from accord.connector_kit.connector import Connector, Context
from accord.connector_kit.http import in_process
from accord.connector_kit.link import ConnectedSystem
from accord.connector_kit.signature import hmac_sha256_matches, strict_base64
from accord.domain.accord import Role
from accord.domain.vocabulary import Vocabulary
from accord.engine.envelope import Parsed, Standing
from accord.engine.receive import Receiver
from accord.storage.memory import MemoryStore
from accord.web.app import web_app
from tests.domain.stack import stack
from tests.engine.plain import Hand, no_simulator

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def authentic(delivery, context, now):
    given = strict_base64(delivery.headers.get("x-bell-signature", ""))
    secrets = context.secret_pair("secret")
    return given is not None and hmac_sha256_matches(delivery.body, given, secrets)


BELL = Connector(
    name="bell",
    title="A bell that rings",
    role=Role.STOREFRONT,
    vocabulary=Vocabulary(version=1),
    owns=frozenset(),
    mirrors=frozenset(),
    can=frozenset(),
    settings=(),
    parse=lambda envelope, settings: Parsed(ignored="it only rings"),
    connect=lambda context: Hand(),
    simulate=no_simulator,
    authentic=authentic,
    kept_topic=lambda topic: topic.partition("/")[0],
)


def signed(body: bytes, secret: str = "new") -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return {"x-bell-signature": b64encode(digest).decode()}


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
async def door(store):
    context = Context(
        system="bell",
        settings={},
        secrets={"secret": "new", "secret_previous": "old"},
        transport=None,
        clock=lambda: NOON,
    )
    links = {"bell": ConnectedSystem(BELL, context)}
    receiver = Receiver(links, store, lambda: NOON, lambda: None)
    app = web_app(receiver, store, stack(), failed=lambda error: None)
    transport = in_process(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://accord") as client:
        yield client


async def waiting(store):
    return (await store.balance()).get("bell", {}).get(Standing.WAITING, 0)


async def test_a_proven_delivery_is_kept_before_it_is_answered(door, store):
    answer = await door.post("/hooks/bell/rung", content=b"{}", headers=signed(b"{}"))

    assert answer.status_code == 200
    assert await waiting(store) == 1


async def test_a_copy_is_answered_like_the_first_and_kept_once(door, store):
    for _ in range(3):
        answer = await door.post("/hooks/bell/rung", content=b"{}", headers=signed(b"{}"))
        assert answer.status_code == 200

    assert await waiting(store) == 1


async def test_while_a_secret_is_rotated_the_old_one_still_proves(door, store):
    answer = await door.post("/hooks/bell/rung", content=b"{}", headers=signed(b"{}", "old"))

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signed(b"another body"),
        signed(b"{}", "guessed"),
        {"x-bell-signature": "é"},
        {"x-bell-signature": "not base64!"},
        {"x-bell-signature": ""},
    ],
    ids=["none", "of another body", "by another secret", "not ascii", "not base64", "empty"],
)
async def test_what_does_not_prove_itself_is_refused_and_not_kept(door, store, headers):
    raw = {name: value.encode("latin-1") for name, value in headers.items()}

    answer = await door.post("/hooks/bell/rung", content=b"{}", headers=raw)

    assert answer.status_code == 401
    assert await waiting(store) == 0


async def test_an_unknown_system_answers_like_a_bad_signature(door):
    answer = await door.post("/hooks/stranger/rung", content=b"{}", headers=signed(b"{}"))

    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"content": b"x" * (1024 * 1024 + 1)}, 413),
        ({"content": b"{}", "headers": {"content-encoding": "gzip"}}, 415),
        ({"content": b"{}", "headers": {f"x-{n}": "1" for n in range(80)}}, 431),
        ({"content": b"{}", "headers": {"x-long": "1" * 70_000}}, 431),
        ({"content": b"{}", "headers": [("x-sig", "1"), ("x-sig", "2")]}, 400),
    ],
    ids=["body", "encoding", "headers", "header", "doubled header"],
)
async def test_limits_come_before_everything_else(door, store, sent, status):
    answer = await door.post("/hooks/bell/rung", **sent)

    assert answer.status_code == status
    assert await waiting(store) == 0


async def test_a_body_without_a_length_is_cut_off_at_the_limit(door):
    async def endless():
        for _ in range(20):
            yield b"x" * 100_000

    answer = await door.post("/hooks/bell/rung", content=endless())

    assert answer.status_code == 413


async def test_a_secret_in_the_address_is_not_stored(door, store):
    await door.post("/hooks/bell/rung/hush-hush", content=b"{}", headers=signed(b"{}"))

    async with store.interpreting(1, NOON) as sitting:
        assert [envelope.topic for envelope in sitting.envelopes] == ["rung"]


async def test_only_post_is_a_delivery(door):
    assert (await door.get("/hooks/bell/rung")).status_code == 405
