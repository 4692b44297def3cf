"""A page of a stranger that lets its name lead here reads nothing (DNS rebinding)."""

import httpx2
import pytest

from accord.connector_kit.http import in_process
from accord.engine.group_commit import GroupCommit
from accord.storage.memory import MemoryStore
from accord.web.app import Door, pages_app
from accord.web.hooks import Hooks
from accord.web.names import own_names
from tests.domain.stack import stack
from tests.web.bell import receiver, signed


async def ask(host: str, path: str = "/", method: str = "GET", **more: object) -> httpx2.Response:
    store = MemoryStore()
    hooks = Hooks(receiver(GroupCommit(store.keep)), failed=print)
    names = own_names("https://hooks.example.com/accord", ["Accord.Example.org"])
    door = Door(hooks, pages_app(store, stack()), names)
    async with httpx2.AsyncClient(transport=in_process(door), base_url="http://accord") as client:
        return await client.request(method, path, **{"headers": {"host": host}, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize("path", ["/", "/orders/1", "/quarantine", "/metrics", "/status.json"])
@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "EVIL.example.",
        "127.0.0.1.evil.example",
        "[127.0.0.1].evil.example",
        "localhost.evil.example",
        "evil.example:80:80",
    ],
)
async def test_no_page_is_shown_under_a_name_that_may_be_a_strangers(host, path):
    answer = await ask(host, path)

    assert answer.status_code == 421
    assert "ACCORD_PAGES_NAMES" in answer.text


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:8000",
        "192.0.2.7",
        "[::1]:8000",
        "[::ffff:192.0.2.7]",
        "localhost:8000",
        "accord",
        "hooks.example.com",
        "ACCORD.example.org:443",
    ],
)
async def test_the_pages_answer_to_digits_and_to_names_that_are_ours(host):
    assert (await ask(host)).status_code == 200


async def test_a_hook_proves_itself_under_whatever_name_its_proxy_passes_on():
    headers = {**signed(b"{}"), "host": "evil.example"}

    answer = await ask("", "/hooks/bell/rung", "POST", content=b"{}", headers=headers)

    assert answer.status_code == 200
