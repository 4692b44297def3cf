import httpx2
import pytest

from accord.connector_kit.http import in_process
from accord.engine.envelope import Standing
from accord.engine.group_commit import GroupCommit
from accord.storage.memory import MemoryStore
from accord.web.app import web_app
from tests.domain.stack import stack
from tests.web.bell import NOON, receiver, signed


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
async def door(store):
    app = web_app(receiver(GroupCommit(store.keep)), store, stack(), failed=lambda error: None)
    async with httpx2.AsyncClient(transport=in_process(app), base_url="http://accord") as client:
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


@pytest.mark.parametrize(
    "address",
    [
        "stranger/rung",
        "bell/torn",
        "bell",
        "bell/",
        "bell//rung",
        "bell/Rung",
        "bell/%72ung",
        "bell/rung?x=1",
        "bell/hall",
        "bell/hall/rung/more",
    ],
)
async def test_any_address_but_a_declared_one_answers_like_a_bad_signature(door, store, address):
    answer = await door.post(f"/hooks/{address}", content=b"{}", headers=signed(b"{}"))

    assert answer.status_code == 401
    assert await waiting(store) == 0


async def test_a_declared_address_may_have_several_parts(door):
    answer = await door.post("/hooks/bell/hall/rung", content=b"{}", headers=signed(b"{}"))

    assert answer.status_code == 200


async def test_proxies_on_the_way_may_add_themselves_more_than_once(door):
    names = [("x-forwarded-for", "192.0.2.1"), ("x-forwarded-for", "192.0.2.2")]

    headers = [*signed(b"{}").items(), *names]
    answer = await door.post("/hooks/bell/rung", content=b"{}", headers=headers)

    assert answer.status_code == 200


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


async def test_of_the_headers_only_a_systems_own_are_stored(door, store):
    headers = {**signed(b"{}"), "x-bell-hint": "rung twice", "authorization": "of a proxy"}
    await door.post("/hooks/bell/rung", content=b"{}", headers=headers)

    async with store.interpreting(1, NOON) as sitting:
        assert {*sitting.envelopes[0].headers} == {"x-bell-hint", "x-bell-signature"}


async def test_only_post_is_a_delivery(door):
    assert (await door.get("/hooks/bell/rung")).status_code == 405
