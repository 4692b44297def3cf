"""Whoever knocks without a secret is told so, whatever they send, and nothing is kept of it."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.connector_kit.discovery import connectors
from accord.engine.ports import Delivery
from accord.engine.receive import Receiver
from accord.storage.memory import MemoryStore
from accord.web.hooks import LARGEST_BODY, Hooks
from tests.contracts.folder import samples_of
from tests.fuzz.spoiling import TEXTS, Draw, mangled, one_of, written
from tests.fuzz.stack import NOW, links

FUZZ = settings.get_profile("fuzz")
HEADERS = ("x-shopify-hmac-sha256", "content-length", "content-encoding", "x-forwarded-for")
# As they come from the wire: any byte at all.
RAW = st.binary(max_size=12) | st.sampled_from(TEXTS).map(lambda text: text.encode())
ANSWERS = {400, 401, 405, 413, 415, 431}


class Keeping:
    """A store that is never overdue, and counts."""

    is_overdue = False

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.kept = 0

    async def keep(self, incoming: Any) -> None:
        self.kept += await self.store.keep([incoming])


@pytest.mark.parametrize("name", sorted(n for n, c in connectors().items() if c.topics))
@FUZZ
@given(data=st.data())
def test_no_header_proves_what_no_secret_signed(name: str, data: st.DataObject) -> None:
    connector, link = connectors()[name], links()[name]
    sample = one_of(data.draw, list(samples_of(connector).values()))
    known = sorted({*sample.headers, *_asked_for(link)})
    headers = {h: _value(data.draw) for h in known if data.draw(st.booleans())}
    topic = one_of(data.draw, sorted(connector.topics)) + data.draw(
        st.sampled_from(("", "", "/", "/\xff", "/\x00", "/a/b"))
    )
    given_ = Delivery(topic, headers, mangled(data.draw, written(sample.body)))

    assert not link.authentic(given_, NOW)
    assert isinstance(link.identity(given_), bytes)
    assert isinstance(link.kept_topic(topic), str)


def _value(draw: Draw) -> str:
    return draw(RAW).decode("latin-1")


def _asked_for(link: Any) -> list[str]:
    """Return the headers a proof looks at, found by watching it look."""
    asked: list[str] = []

    class Watched(dict[str, str]):
        def get(self, key: str, default: Any = None) -> Any:
            asked.append(key)
            return super().get(key, default)

    for topic in ("v1/x", "v2/track", "orders/create"):
        link.authentic(Delivery(topic, Watched(), b"{}"), NOW)
    return asked


@FUZZ
@given(data=st.data())
def test_every_request_has_one_answer_and_what_is_not_proven_is_not_kept(
    data: st.DataObject,
) -> None:
    keeping = Keeping()
    failures: list[Exception] = []
    hooks = Hooks(Receiver(links(), keeping, lambda: NOW), failures.append)
    scope, body = _request(data.draw)

    sent = asyncio.run(_asked(hooks, scope, body))

    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[0]["status"] in ANSWERS
    assert (keeping.kept, failures) == (0, [])


def _request(draw: Draw) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    name = draw(st.sampled_from(sorted(connectors())))
    topic = draw(st.sampled_from(sorted(connectors()[name].topics) or ["none"]))
    path = mangled(draw, f"/hooks/{name}/{topic}".encode())
    names = st.sampled_from(HEADERS).map(str.encode) | st.binary(min_size=1, max_size=6)
    headers = draw(st.lists(st.tuples(names, RAW), max_size=4))
    scope = {
        "type": "http",
        "method": draw(st.sampled_from(("POST", "POST", "POST", "GET", ""))),
        "headers": headers,
        "raw_path": draw(st.sampled_from((path, path, None))),
        "path": path.decode("latin-1"),
        "query_string": draw(st.sampled_from((b"", b"", b"a=\xff"))),
    }
    return scope, _chunks(draw)


def _chunks(draw: Draw) -> list[dict[str, Any]]:
    """Return a body in pieces; some are empty, some too much, and some senders hang up."""
    pieces = draw(st.lists(st.sampled_from((b"", b"{}", b"\x00", b"x" * LARGEST_BODY)), max_size=3))
    sent: list[dict[str, Any]] = [
        {"type": "http.request", "body": piece, "more_body": True} for piece in pieces
    ]
    last = draw(st.sampled_from(({"type": "http.disconnect"}, {"type": "http.request"})))
    return [*sent, last]


async def _asked(hooks: Hooks, scope: Any, body: Sequence[Any]) -> list[Any]:
    coming, sent = iter(body), []

    async def receive() -> Any:
        return next(coming)

    async def send(message: Any) -> None:
        sent.append(message)

    await hooks(scope, receive, send)
    return sent
