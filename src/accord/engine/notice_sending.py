"""One message, sent once: intent first, then the call, then what came of it."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from accord.domain.accord import Accord
from accord.domain.matrix import Matrix
from accord.domain.notice import Notice, NoticeState, Why
from accord.domain.notice_text import Content, content
from accord.domain.outcome import Throttled, Unauthorized, Unavailable
from accord.domain.telling import Due
from accord.domain.tracks import Track
from accord.engine.notice_channel import (
    SEND_WITHIN,
    Answered,
    Channels,
    Contact,
    Declined,
    KnowsContact,
    Outgoing,
    Rejected,
    Taken,
    Unanswered,
)
from accord.engine.notice_ledger import (
    NOTICES,
    Ending,
    Epoch,
    Mark,
    NoticeLedger,
    Sending,
    SendMark,
)
from accord.engine.ports import Link, Task
from accord.engine.send_epoch import RESUME, suspicion
from accord.engine.settling import Pace
from accord.engine.traffic import Traffic, Wait

# What must be left of a lease for one more call and what comes of it.
ENOUGH = SEND_WITHIN + timedelta(seconds=30)
LEASE = timedelta(minutes=5)
# How long a message waits that may not be sent at all for now.
HELD = timedelta(minutes=1)
LONGEST_ANSWER = 500

_STATES: Mapping[type[Answered], NoticeState] = {
    Taken: NoticeState.SENT,
    Declined: NoticeState.WAITING,
    Rejected: NoticeState.REFUSED,
    Unanswered: NoticeState.AMBIGUOUS,
}


@dataclass(frozen=True, slots=True)
class Hand:
    """One order in hand: its task, when it was claimed, its facts, and the epoch it is told in."""

    task: Task
    claimed_at: datetime
    matrix: Matrix
    epoch: Epoch


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifying:
    """What telling customers needs: the ledger, the channels, the mark outside of the database.

    ``fresh_id`` makes the name of a new send epoch.
    """

    ledger: NoticeLedger
    channels: Channels
    mark: SendMark
    fresh_id: Callable[[], str]


class Sender:
    """Sends what is due. Each method returns until when an order must wait, None if it need not."""

    def __init__(
        self,
        accord: Accord,
        links: Mapping[str, Link],
        pace: Pace,
        traffic: Traffic,
        parts: Notifying,
    ) -> None:
        self._accord = accord
        self._links = links
        self._pace = pace
        self._traffic = traffic
        self._ledger = parts.ledger
        self._channels = parts.channels
        self._mark = parts.mark

    async def send(self, due: Due, hand: Hand) -> datetime | None:
        """Send one message about milestones that stand ready."""
        held = await self._held(hand)
        if held is not None:
            return held
        found: Contact | Wait | str | None = None
        if self._channels[due.channel].needs_contact:
            found = await self._contact(hand.matrix)
        if isinstance(found, Wait):
            return found.until
        if isinstance(found, str):
            await self._ledger.drop([_without_contact(row, found) for row in due.rows])
            return None
        now = self._pace.clock()
        said = content(hand.matrix.number or "", due.told, self._accord, now)
        sending = Sending(
            rows=tuple(row.id for row in due.rows),
            message=message_key(hand.epoch.id, due.rows),
            content=msgspec.json.encode(said).decode(),
            token=hand.task.token,
            at=now,
        )
        return await self._call(sending, said, due.rows, found, hand)

    async def repeat(self, rows: Sequence[Notice], hand: Hand) -> datetime | None:
        """Send a message of unknown outcome once more: the same key, the same words."""
        held = await self._held(hand)
        if held is not None:
            return held
        said = msgspec.json.decode(rows[0].content, type=Content)
        sending = Sending(
            rows=tuple(row.id for row in rows),
            message=rows[0].message,
            content=rows[0].content,
            token=hand.task.token,
            at=self._pace.clock(),
            again=True,
        )
        return await self._call(sending, said, rows, None, hand)

    async def _held(self, hand: Hand) -> datetime | None:
        """Return until when nothing is sent: somebody stopped it, or the lease might not last."""
        if hand.epoch.stopped:
            return self._pace.clock() + HELD
        paused = await self._traffic.paused(NOTICES)
        if paused is not None:
            return paused.until
        return None if self._lasts(hand) else self._pace.clock()

    def _lasts(self, hand: Hand) -> bool:
        """Return whether enough is left of the lease that no other hand acts beside this one."""
        return timedelta(0) <= self._pace.clock() - hand.claimed_at <= LEASE - ENOUGH

    async def _call(
        self,
        sending: Sending,
        said: Content,
        rows: Sequence[Notice],
        contact: Contact | None,
        hand: Hand,
    ) -> datetime | None:
        known = await self._mark.read()
        count = await self._ledger.intend(sending, known) if known else None
        if known is None or count is None:
            await self._look()
            return self._pace.clock() + HELD
        await self._mark.write(Mark(known.epoch, count))
        answered: Answered = Declined("its lease might not have lasted; nothing was sent")
        if self._lasts(hand):
            message = Outgoing(
                key=sending.message, content=said, at=self._pace.clock(), contact=contact
            )
            answered = await self._answer(rows[0], message)
        await self._ledger.end(self._ending(sending, answered, rows[0]))
        return None

    async def _answer(self, row: Notice, message: Outgoing) -> Answered:
        try:
            async with asyncio.timeout(SEND_WITHIN.total_seconds()):
                return await self._channels[row.channel].send(message)
        except TimeoutError:
            return Unanswered(f"no end within {SEND_WITHIN.total_seconds():.0f} s")
        except Exception as error:  # noqa: BLE001 - whether it was sent is what nobody knows now
            return Unanswered(type(error).__name__)

    def _ending(self, sending: Sending, answered: Answered, row: Notice) -> Ending:
        now = self._pace.clock()
        again = now + self._pace.policy.pause(row.tries + 1, 0.5 + self._pace.chance() / 2)
        if isinstance(answered, Declined) and answered.wait is not None:
            again = max(again, now + answered.wait)
        state = _STATES[type(answered)]
        if sending.again and state is not NoticeState.SENT:
            # A refusal of this call tells nothing of the call before, which may have been taken.
            state = NoticeState.AMBIGUOUS
        return Ending(
            message=sending.message,
            token=sending.token,
            state=state,
            answer=answered.answer[:LONGEST_ANSWER],
            at=now,
            not_before=again,
        )

    async def _contact(self, matrix: Matrix) -> Contact | Wait | str:
        """Return where the customer is reached, until when to wait for that, or why nowhere."""
        owner = self._accord.ownership.owner(Track.ORDER) or ""
        link = self._links.get(owner)
        if not isinstance(link, KnowsContact):
            return f"{owner or 'nobody'} cannot be asked where a customer is reached"
        permission = self._traffic.may(owner)
        if isinstance(permission, Wait):
            return permission
        async with self._traffic.slot(owner):
            answer = await link.contact(matrix)
        if isinstance(answer, Contact):
            await self._traffic.heard(owner, None)
            return answer
        await self._traffic.heard(owner, answer)
        now = self._pace.clock()
        match answer:
            case Throttled(wait=wait):
                return Wait(now + wait, f"{owner} asked us to wait")
            case Unavailable(message=why) | Unauthorized(message=why):
                return Wait(now + HELD * (0.5 + self._pace.chance() / 2), f"{owner}: {why}")
            case _:
                return f"{owner} told no contact"

    async def _look(self) -> None:
        """Find out why nothing may be sent; stop for good if the database is an older copy."""
        epoch, known = await self._ledger.epoch(), await self._mark.read()
        if epoch is None:
            return
        why = suspicion(epoch, known, await self._ledger.cluster())
        if why:
            await self._ledger.stop(f"{why} {RESUME}")
        elif known is None or known.epoch != epoch.id:
            await self._mark.write(Mark(epoch.id, epoch.sends))


def message_key(epoch: str, rows: Sequence[Notice]) -> str:
    """Return the key of a message: the same for the same rows, however often it is tried."""
    told = [f"{row.order}/{row.channel}/{row.stage}/{row.subject}" for row in rows]
    return f"msg_{hashlib.sha256('|'.join([epoch, *sorted(told)]).encode()).hexdigest()[:32]}"


def _without_contact(row: Notice, why: str) -> Notice:
    return replace(row, state=NoticeState.SUPPRESSED, why=Why.NO_CONTACT, answer=why)
