"""Tell customers of milestones: notice what is due, and let each be sent once."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import NoReturn

from accord.domain.accord import Accord
from accord.domain.telling import Book, Judgement, Since, judge
from accord.engine.notice_ledger import NOTICES, Epoch
from accord.engine.notice_sending import LEASE, Hand, Notifying, Sender
from accord.engine.ports import Link, Settlement, Store, TaskKind
from accord.engine.send_epoch import begin
from accord.engine.settling import Pace
from accord.engine.traffic import Traffic

ORDERS_A_TURN = 10


class Notifier:
    """The step after the facts: what customers are told. It works level by level, as mirrors do."""

    def __init__(
        self,
        accord: Accord,
        links: Mapping[str, Link],
        store: Store,
        pace: Pace,
        *,
        traffic: Traffic,
        parts: Notifying,
    ) -> None:
        self._accord = accord
        self._store = store
        self._pace = pace
        self._parts = parts
        self._sender = Sender(accord, links, pace, traffic, parts)

    async def begin(self) -> Epoch:
        """Begin telling customers, or go on with it; return the epoch, which may be stopped."""
        parts, now = self._parts, self._pace.clock()
        return await begin(self._accord, parts.ledger, parts.mark, parts.fresh_id(), now)

    async def why_silent(self) -> str:
        """Return why nothing is sent until a person resumes it; empty if it is."""
        epoch = await self._parts.ledger.epoch()
        return epoch.stopped if epoch else ""

    async def turn(self) -> int:
        """Work on orders of which there may be something to tell; return how many there were."""
        now = self._pace.clock()
        kind = TaskKind.NOTIFY
        tasks = await self._store.claim(kind, [NOTICES], ORDERS_A_TURN, LEASE, now)
        if not tasks:
            return 0
        epoch = await self._parts.ledger.epoch() or await self.begin()
        matrices = await self._store.load([task.key for task in tasks])
        hands = [
            Hand(task, now, matrices[task.key], epoch) for task in tasks if task.key in matrices
        ]
        # One that fails must not end the others in the middle of a call.
        ended = await asyncio.gather(*(self._work(hand) for hand in hands), return_exceptions=True)
        done = [one for one in ended if isinstance(one, Settlement)]
        done += [Settlement(task=task) for task in tasks if task.key not in matrices]
        await self._store.settle(done, self._pace.clock())
        for one in ended:
            if isinstance(one, BaseException):
                _fail(one)
        return len(tasks)

    async def close(self) -> None:
        """Let go of the channels."""
        for channel in self._parts.channels.values():
            await channel.close()

    async def _work(self, hand: Hand) -> Settlement:
        order, now = hand.task.key, self._pace.clock()
        await self._parts.ledger.recover(order, hand.task.token, now)
        found = await self._noted(hand)
        held = [await self._sender.send(due, hand) for due in found.due]
        held += [await self._sender.repeat(rows, hand) for rows in found.again]
        after = await self._judged(hand)
        until = [moment for moment in held if moment is not None]
        return Settlement(
            task=hand.task,
            due=_next(after, until, self._pace.clock()),
            cases=after.cases,
            cleared=True,
        )

    async def _noted(self, hand: Hand) -> Judgement:
        """Return what is due once everything that is not is on record."""
        found = await self._judged(hand)
        while found.new or found.dropped:
            await self._parts.ledger.note(found.new)
            await self._parts.ledger.drop(found.dropped)
            found = await self._judged(hand)
        return found

    async def _judged(self, hand: Hand) -> Judgement:
        order, epoch = hand.task.key, hand.epoch
        rows = await self._parts.ledger.of_order(order)
        since = Since(epoch.since, epoch.things)
        book = Book(order, rows, since)
        return judge(hand.matrix, self._accord, book, self._pace.clock())


def _next(after: Judgement, held: list[datetime], now: datetime) -> datetime | None:
    """Return when an order is looked at again: what could not be sent waits, all else is done."""
    times = [*held, after.look_at] if after.look_at else held
    if not held and (after.due or after.again or after.new or after.dropped):
        return now
    return min(times, default=None) if times else None


def _fail(error: BaseException) -> NoReturn:
    raise error
