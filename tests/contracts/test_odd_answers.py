"""What answers as expected and says something else: another shape, another order."""

import dataclasses
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import get_args

import httpx2
import msgspec
import pytest

from accord.connector_kit.link import ConnectedSystem
from accord.domain.action import ActionKind
from accord.domain.outcome import Accepted, Applied, Outcome, Unavailable
from accord.domain.report import Ref
from accord.engine.ports import FeedError
from tests.contracts.bench import NUMBER, Bench

OTHER_NUMBER = "4002"
ODD = [
    b"{}",
    b"[]",
    b"null",
    b"7",
    b'{"data":{}}',
    b'{"data":{"orders":{"nodes":[{}],"pageInfo":{}},"order":{"id":7},"fulfillment":[]}}',
    b'{"items":[{}],"hasMore":true,"id":"1","page":1,"pages":1,"shipments":[{}],"labels":[{}]}',
]
Replace = Callable[[httpx2.Request, httpx2.Response], httpx2.Response]


class Between(httpx2.AsyncBaseTransport):
    """Stands between us and a system; sign-ins it lets through."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, replace: Replace) -> None:
        self._inner, self._replace = inner, replace

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = await self._inner.handle_async_request(request)
        await answer.aread()
        if request.url.path.endswith("token"):
            return answer
        return self._replace(request, answer)


def through(bench: Bench, replace: Replace) -> ConnectedSystem:
    """Return the system of the bench behind something that replaces its answers."""
    context = dataclasses.replace(bench.context, transport=Between(bench.wire, replace))
    return ConnectedSystem(bench.connector, context)


@pytest.mark.parametrize("body", ODD, ids=bytes.decode)
async def test_an_answer_of_another_shape_fails_nothing_but_the_call(
    bench: Bench, kind: ActionKind, body: bytes
) -> None:
    example = bench.example(kind)
    known = await bench.matrix(example.order)
    odd = through(bench, lambda request, answer: httpx2.Response(200, content=body))

    assert isinstance(await odd.perform(example.action, known), get_args(Outcome))
    await odd.reread(Ref(bench.connector.order_scope, example.order))
    with suppress(FeedError):
        async for _ in odd.changes(None):
            pass
    await odd.close()


async def test_an_answer_about_another_order_is_no_answer(bench: Bench, kind: ActionKind) -> None:
    one, other = bench.example(kind, NUMBER), bench.example(kind, OTHER_NUMBER)
    known, others = await bench.matrix(one.order), await bench.matrix(other.order)
    told: list[tuple[str, bytes]] = []
    listening = through(bench, lambda request, answer: _noted(told, request, answer))
    done = await listening.perform(other.action, others)
    assert isinstance(done, Applied | Accepted)
    reads = [place for place, (question, _) in enumerate(told) if question]
    words = bench.simulator.words(NUMBER)

    for place in reads:
        mixing = through(bench, _Mixing(told, place))
        assert isinstance(await mixing.perform(one.action, known), Unavailable)
        assert bench.simulator.words(NUMBER) == words
        await mixing.close()
    await listening.close()


def _noted(
    told: list[tuple[str, bytes]], request: httpx2.Request, answer: httpx2.Response
) -> httpx2.Response:
    """Note an answer; its question is empty where it is no reading of one thing by its id."""
    name = request.url.path if request.method == "GET" and not request.url.query else ""
    if request.url.path.endswith("graphql.json"):
        asked = msgspec.json.decode(request.content)
        name = asked["operationName"] if asked["query"].startswith("query") else ""
    elif "expandSubResources" in str(request.url) and request.method == "GET":
        name = request.url.path
    told.append((name if answer.status_code == 200 else "", answer.content))
    return answer


class _Mixing:
    """Puts in place of one answer the one another order got."""

    def __init__(self, told: list[tuple[str, bytes]], place: int) -> None:
        self._told, self._place, self._calls = told, place, 0

    def __call__(self, request: httpx2.Request, answer: httpx2.Response) -> httpx2.Response:
        self._calls += 1
        if self._calls - 1 != self._place:
            return answer
        return httpx2.Response(200, content=self._told[self._place][1])


@pytest.mark.parametrize(
    "body", [*ODD, b'{"data":null}', b'{"page":1,"pages":1}', b'{"items":null}'], ids=bytes.decode
)
async def test_an_answer_of_another_shape_is_no_empty_list(bench: Bench, body: bytes) -> None:
    bench.live(NUMBER)
    now = bench.world.clock()
    odd = through(bench, lambda request, answer: httpx2.Response(200, content=body))

    with pytest.raises(FeedError):
        [page async for page in odd.listing(now - timedelta(days=1), now + timedelta(hours=1))]
