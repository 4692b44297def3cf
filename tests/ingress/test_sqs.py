"""Against moto's server, which speaks the protocol of SQS and is not ours."""

import asyncio
import random
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.ingress import choice
from accord.ingress.broker import BrokerAwayError, UnusableBrokerError
from accord.ingress.message import NOBODY
from accord.ingress.sqs import Sqs, SqsReader, SqsSender, pack, unpack
from tests.ingress.examples import Shore, incoming, until

moto = pytest.importorskip("moto.server")
ACCOUNT = "123456789012"


@pytest.fixture(scope="module")
def port():
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield server.get_host_and_port()[1]
    server.stop()


@pytest.fixture(autouse=True)
def surroundings(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "pretend")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "pretend")
    monkeypatch.setattr("accord.ingress.waiting.FIRST", 0.01)
    monkeypatch.setattr("accord.ingress.sqs.ASK_FOR", 1)


@pytest.fixture
async def queue(port, request):
    name = f"accord-{abs(hash(request.node.name))}"
    queue = Sqs(f"sqs+http://127.0.0.1:{port}/{ACCOUNT}/{name}?region=eu-central-1")
    async with queue.client(5) as client:
        await client.create_queue(QueueName=name)
    return queue


@pytest.fixture
def shore():
    return Shore()


@asynccontextmanager
async def reading(queue: Sqs, shore: Shore):
    work = asyncio.create_task(SqsReader(queue, lambda _: None).read(shore.landing.land))
    try:
        yield
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


async def left(queue: Sqs) -> int:
    """Return how many messages are in the queue, handed out or not."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    async with queue.client(5) as client:
        told = await client.get_queue_attributes(QueueUrl=queue.queue, AttributeNames=names)
    return sum(int(told["Attributes"][name]) for name in names)


async def test_what_sqs_took_over_reaches_the_store_and_leaves_the_queue(queue, shore):
    side = SqsSender(queue, lambda _: None)
    async with side.connected(), reading(queue, shore):
        await asyncio.gather(*(side.keep(incoming(number)) for number in range(35)))
        await until(lambda: kept(shore, 35))
        await until(lambda: is_left(queue, 0))


async def kept(shore: Shore, number: int) -> bool:
    return await shore.kept() == number


async def is_left(queue: Sqs, number: int) -> bool:
    return await left(queue) == number


async def test_nothing_is_deleted_before_it_landed(queue, shore, monkeypatch):
    monkeypatch.setattr("accord.ingress.sqs.HIDDEN_FOR", 1)
    monkeypatch.setattr("accord.ingress.sqs.LAND_WITHIN", 0.3)
    shore.away = True
    side = SqsSender(queue, lambda _: None)
    async with side.connected(), reading(queue, shore):
        await asyncio.gather(*(side.keep(incoming(number)) for number in range(3)))
        await shore.asked.wait()
        assert await left(queue) == 3
        shore.away = False
        await until(lambda: kept(shore, 3))
        await until(lambda: is_left(queue, 0))


async def test_what_is_no_delivery_is_kept_as_nobodys(queue, shore):
    async with queue.client(5) as client:
        await client.send_message(QueueUrl=queue.queue, MessageBody="what is this?")
    async with reading(queue, shore):
        await until(lambda: is_left(queue, 0))

    assert await shore.kept(NOBODY) == 1


async def test_large_bodies_go_in_calls_that_sqs_takes(queue, shore):
    bodies = [random.Random(seed).randbytes(300_000) for seed in range(5)]  # nothing shortens them
    side = SqsSender(queue, lambda _: None)
    async with side.connected(), reading(queue, shore):
        await asyncio.gather(*(side.keep(incoming(n, body)) for n, body in enumerate(bodies)))
        await until(lambda: kept(shore, 5))


async def test_a_queue_that_is_not_there_takes_nothing_over(queue):
    gone = Sqs(f"{queue.queue.replace('http', 'sqs+http')}-gone?region=eu-central-1")
    told: list[str | None] = []
    side = SqsSender(gone, told.append)
    async with side.connected():
        with pytest.raises(Exception, match=r"NonExistent|does not exist"):
            await side.keep(incoming(1))

    assert told
    assert told[0]


async def test_a_delivery_too_large_for_sqs_is_not_promised_and_takes_no_other_with_it(queue):
    large = incoming(1, random.Random(1).randbytes(1_000_000))
    side = SqsSender(queue, lambda _: None)
    async with side.connected():
        ended = await asyncio.gather(
            side.keep(large), side.keep(incoming(2)), return_exceptions=True
        )

    assert [type(each) for each in ended] == [BrokerAwayError, type(None)]


@given(st.binary())
def test_what_is_packed_is_unpacked(raw):
    assert unpack(pack(raw)) == raw


@given(st.text())
def test_what_nobody_packed_comes_as_it_is_or_not_at_all(text):
    assert isinstance(unpack(text), bytes)


def test_a_message_that_unpacks_without_end_is_left_packed():
    bomb = pack(b"\0" * 5_000_000)

    assert unpack(bomb) == bomb.encode()


@pytest.mark.parametrize(
    ("address", "queue", "region"),
    [
        (
            "sqs://sqs.eu-central-1.amazonaws.com/123456789012/accord",
            "https://sqs.eu-central-1.amazonaws.com/123456789012/accord",
            "eu-central-1",
        ),
        (
            "sqs+http://127.0.0.1:9324/000000000000/accord?region=x",
            "http://127.0.0.1:9324/000000000000/accord",
            "x",
        ),
    ],
)
def test_an_address_names_the_queue_and_its_region(address, queue, region):
    assert (Sqs(address).queue, Sqs(address).region) == (queue, region)


@pytest.mark.parametrize(
    "address",
    ["sqs://accord", "sqs://sqs.eu-central-1.amazonaws.com/accord", "sqs://127.0.0.1/1/accord"],
)
def test_an_address_without_account_queue_or_region_is_refused(address):
    with pytest.raises(UnusableBrokerError, match=r"sqs://sqs\.REGION"):
        choice.sender(address, lambda _: None)
