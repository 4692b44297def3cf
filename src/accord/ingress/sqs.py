"""Amazon SQS in front of the receivers: a queue of your own making, read until it has landed.

A message is text of at most 1 MiB, as is all of one call, which takes ten at most
(https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-batch-api.html).
"""

import asyncio
import zlib
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import BotoCoreError, ClientError
from yarl import URL

from accord.engine.envelope import Incoming
from accord.engine.group_commit import GroupCommit
from accord.ingress.broker import BrokerAwayError, Land, Tell, UnusableBrokerError
from accord.ingress.message import write_message
from accord.ingress.waiting import Backoff

MOST_A_CALL = 10
LARGEST_CALL = 1024 * 1024  # bytes; also of one message
# What is smaller fits in any case, with the most headers there may be.
_SMALL = 512 * 1024  # bytes
# A delivery unpacks to no more than the intake lets in, and its headers.
LARGEST_UNPACKED = 4 * 1024 * 1024  # bytes
# A message that was handed out and not deleted comes again after this. It is longer than a commit
# that works takes, and a commit that takes half of it is given up.
HIDDEN_FOR = 120  # seconds
LAND_WITHIN = HIDDEN_FOR / 2
ASK_FOR = 20  # seconds a request waits for messages; the longest SQS allows
# Requests for messages at once, of ten messages each.
READERS = 4
# A sender is answered within four seconds.
CALL_WITHIN = 3  # seconds

LOST = (BotoCoreError, ClientError, OSError, TimeoutError)


class Sqs:
    """One queue, by its address: ``sqs://sqs.REGION.amazonaws.com/ACCOUNT/QUEUE``.

    Credentials are found as every program of Amazon's finds them: in the environment, a file, or
    the machine's role. ``sqs+http`` is for what answers like SQS on this machine; ``?region=``
    names the region where the host does not.
    """

    def __init__(self, address: str) -> None:
        url = URL(address)
        secure = url.scheme == "sqs"
        found = url.query.get("region") or _region(url.host or "")
        if not url.host or len(url.parts) != len(("/", "account", "queue")) or found is None:
            message = (
                "ACCORD_BROKER_URL names no queue of SQS. It looks like "
                "sqs://sqs.REGION.amazonaws.com/ACCOUNT/QUEUE."
            )
            raise UnusableBrokerError(message)
        bare = url.with_scheme("https" if secure else "http").with_query(None)
        self.queue = str(bare)
        self._door = str(bare.origin())
        self.region = found

    @asynccontextmanager
    async def client(self, answer_within: float) -> AsyncIterator[Any]:
        """Yield a client that tries nothing twice by itself."""
        config = AioConfig(
            connect_timeout=CALL_WITHIN,
            read_timeout=answer_within,
            retries={"total_max_attempts": 1},
        )
        making = get_session().create_client(
            "sqs", region_name=self.region, endpoint_url=self._door, config=config
        )
        async with making as client:
            yield client


class SqsSender:
    """Keeps deliveries by sending them, those that arrive together in as few calls as possible."""

    def __init__(self, queue: Sqs, tell: Tell) -> None:
        self._queue = queue
        self._tell = tell
        self._commits = GroupCommit(self._send)
        self._client: Any = None
        self._told: str | None = ""

    @property
    def is_overdue(self) -> bool:
        """Whether the queue is slower than a sender would wait for."""
        return self._client is None or self._commits.is_overdue

    async def keep(self, incoming: Incoming) -> None:
        """Return once SQS has taken ``incoming`` over; raise when it did not."""
        if len(incoming.body) > _SMALL:
            _check_size(pack(write_message(incoming)))  # alone, or all of its call would fail
        await self._commits.keep(incoming)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Hold a client for as long as the block lasts."""
        async with self._queue.client(CALL_WITHIN) as client:
            self._client = client
            try:
                yield
            finally:
                self._client = None

    async def _send(self, batch: Sequence[Incoming]) -> None:
        calls = list(_calls([pack(write_message(one)) for one in batch]))
        try:
            await asyncio.gather(*map(self._call, calls))
        except LOST as error:
            self._say(str(error))
            raise
        self._say(None)

    async def _call(self, texts: Sequence[str]) -> None:
        entries = [{"Id": str(n), "MessageBody": text} for n, text in enumerate(texts)]
        answer = await self._client.send_message_batch(QueueUrl=self._queue.queue, Entries=entries)
        if answer.get("Failed") or len(answer.get("Successful", ())) != len(entries):
            # Some may be there: they come again with the rest, and are copies then.
            message = f"SQS took only a part of a call: {answer.get('Failed')}"
            raise BrokerAwayError(message)

    def _say(self, reason: str | None) -> None:
        if reason != self._told:
            self._told = reason
            self._tell(reason)


class SqsReader:
    """Reads deliveries, and deletes them once they have landed."""

    def __init__(self, queue: Sqs, tell: Tell) -> None:
        self._queue = queue
        self._tell = tell
        self._told: str | None = ""

    async def read(self, land: Land) -> None:
        """Read and land until cancelled; what has not landed is handed out again."""
        async with self._queue.client(ASK_FOR + CALL_WITHIN) as client:
            await asyncio.gather(*(self._read_on(client, land) for _ in range(READERS)))

    async def _read_on(self, client: Any, land: Land) -> None:
        backoff = Backoff()
        while True:
            try:
                await self._turn(client, land)
                backoff.reset()
                self._say(None)
            except LOST as error:
                self._say(str(error) or "deliveries could not be kept in time")
                await backoff.wait()

    async def _turn(self, client: Any, land: Land) -> None:
        answer = await client.receive_message(
            QueueUrl=self._queue.queue,
            MaxNumberOfMessages=MOST_A_CALL,
            WaitTimeSeconds=ASK_FOR,
            VisibilityTimeout=HIDDEN_FOR,
        )
        messages = answer.get("Messages", [])
        if not messages:
            return
        async with asyncio.timeout(LAND_WITHIN):
            await land([unpack(message["Body"]) for message in messages])
        handles = [message["ReceiptHandle"] for message in messages]
        entries = [{"Id": str(n), "ReceiptHandle": handle} for n, handle in enumerate(handles)]
        # What is not deleted comes again, and is a copy then.
        await client.delete_message_batch(QueueUrl=self._queue.queue, Entries=entries)

    def _say(self, reason: str | None) -> None:
        if reason != self._told:
            self._told = reason
            self._tell(reason)


def pack(raw: bytes) -> str:
    """Return ``raw`` as text of few letters."""
    return b64encode(zlib.compress(raw, level=1)).decode()


def unpack(text: str) -> bytes:
    """Return what was packed; what nobody of ours packed comes back as it is."""
    try:
        reading = zlib.decompressobj()
        raw = reading.decompress(b64decode(text, validate=True), LARGEST_UNPACKED)
    except (ValueError, zlib.error):
        return text.encode()
    return raw if reading.eof else text.encode()


def _check_size(text: str) -> None:
    if len(text) > LARGEST_CALL:
        message = f"a delivery takes {len(text)} bytes in SQS, which takes {LARGEST_CALL}"
        raise BrokerAwayError(message)


def _calls(texts: Sequence[str]) -> Iterator[list[str]]:
    """Yield the messages in calls that SQS takes."""
    call: list[str] = []
    size = 0
    for text in texts:
        if len(call) == MOST_A_CALL or size + len(text) > LARGEST_CALL:
            yield call
            call, size = [], 0
        call.append(text)
        size += len(text)
    yield call


def _region(host: str) -> str | None:
    parts = host.split(".")
    return parts[1] if parts[0] == "sqs" and parts[2:3] == ["amazonaws"] else None
