import asyncio
from datetime import UTC, datetime

import pytest

from accord.engine.envelope import Incoming, Origin
from accord.engine.group_commit import (
    ENOUGH_BESIDE,
    HEAVIEST_BATCH,
    LARGEST_BATCH,
    GroupCommit,
)
from accord.engine.ports import Delivery
from accord.engine.receive import Receipt
from tests.web.bell import receiver, signed

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def incoming(number: int, body: bytes = b"") -> Incoming:
    return Incoming(
        system="shop",
        topic="orders/create",
        origin=Origin.HOOK,
        identity=b"%d" % number,
        body=body,
        headers={},
        received_at=NOON,
    )


class Shelf:
    """Keeps a batch when it is told to, or refuses it."""

    def __init__(self) -> None:
        self.batches: list[list[Incoming]] = []
        self.opened = asyncio.Event()
        self.error: Exception | None = None

    async def keep(self, batch):
        self.batches.append(list(batch))
        await self.opened.wait()
        if self.error:
            raise self.error


@pytest.fixture
def shelf():
    return Shelf()


async def soon() -> None:
    """Let everything that can go on go on."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_what_gathers_during_a_commit_goes_into_the_next_together(shelf):
    commits = GroupCommit(shelf.keep)
    kept = [asyncio.create_task(commits.keep(incoming(number))) for number in range(4)]
    await soon()
    shelf.opened.set()
    await asyncio.gather(*kept)

    assert [len(batch) for batch in shelf.batches] == [4]


async def test_nobody_is_told_before_the_commit_is_done(shelf):
    commits = GroupCommit(shelf.keep)
    kept = asyncio.create_task(commits.keep(incoming(1)))
    await soon()

    assert not kept.done()
    shelf.opened.set()
    await kept


@pytest.mark.parametrize(
    ("number", "body"),
    [(LARGEST_BATCH + 1, b""), (9, b"x" * (HEAVIEST_BATCH // 8))],
    ids=["many", "heavy"],
)
async def test_a_commit_takes_no_more_than_it_should(shelf, number, body):
    shelf.opened.set()
    commits = GroupCommit(shelf.keep)
    await asyncio.gather(*(commits.keep(incoming(each, body)) for each in range(number)))

    assert [len(batch) for batch in shelf.batches] == [number - 1, 1]


async def test_everyone_in_a_commit_that_fails_is_told_and_the_next_is_not_held_up(shelf):
    commits = GroupCommit(shelf.keep)
    shelf.error = OSError("the disk is full")
    shelf.opened.set()
    ended = await asyncio.gather(
        *(commits.keep(incoming(each)) for each in range(3)), return_exceptions=True
    )
    shelf.error = None
    await commits.keep(incoming(4))

    assert [type(each) for each in ended] == [OSError] * 3


async def test_what_its_sender_gave_up_before_its_commit_is_not_kept(shelf):
    commits = GroupCommit(shelf.keep)
    first = asyncio.create_task(commits.keep(incoming(1)))
    await soon()
    second = asyncio.create_task(commits.keep(incoming(2)))
    await soon()
    second.cancel()
    await soon()
    shelf.opened.set()
    await first
    await soon()

    assert [[one.identity for one in batch] for batch in shelf.batches] == [[b"1"]]


async def test_while_a_commit_is_stuck_the_next_sender_is_told_at_once_to_come_back(shelf):
    commits = GroupCommit(shelf.keep, patience=0)
    taking = receiver(commits)
    stuck = asyncio.create_task(taking.receive("bell", Delivery("rung", signed(b"1"), b"1")))
    await soon()

    async with asyncio.timeout(5):
        busy = await taking.receive("bell", Delivery("rung", signed(b"2"), b"2"))
    assert busy is Receipt.BUSY
    shelf.opened.set()
    assert await stuck is Receipt.KEPT
    assert await taking.receive("bell", Delivery("rung", signed(b"2"), b"2")) is Receipt.KEPT


async def test_what_proves_nothing_takes_no_place_in_the_queue(shelf):
    commits = GroupCommit(shelf.keep)
    taking = receiver(commits)
    for number in range(1000):
        forged = Delivery("rung", signed(b"", "guessed"), b"%d" % number)
        assert await taking.receive("bell", forged) is Receipt.UNPROVEN

    assert shelf.batches == []


async def test_a_second_commit_begins_beside_the_first_once_enough_wait_for_it(shelf):
    commits = GroupCommit(shelf.keep)
    kept = [asyncio.create_task(commits.keep(incoming(0)))]
    await soon()
    kept += [asyncio.create_task(commits.keep(incoming(each))) for each in range(1, ENOUGH_BESIDE)]
    await soon()
    before = [len(batch) for batch in shelf.batches]
    kept += [asyncio.create_task(commits.keep(incoming(each))) for each in (-1, -2)]
    await soon()

    assert (before, [len(batch) for batch in shelf.batches]) == ([1], [1, ENOUGH_BESIDE + 1])
    shelf.opened.set()
    await asyncio.gather(*kept)
    assert sum(len(batch) for batch in shelf.batches) == ENOUGH_BESIDE + 2
