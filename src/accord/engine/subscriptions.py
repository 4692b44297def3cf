"""See that every system still sends us its hooks; have it send again what it dropped."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from msgspec.structs import replace

from accord.domain.accord import Accord
from accord.domain.outcome import (
    Accepted,
    Applied,
    Outcome,
    Refused,
    Throttled,
    Unauthorized,
    Unavailable,
    Unneeded,
)
from accord.engine.link import Subscription
from accord.engine.ports import Link, Settlement, Store, Task, TaskKind
from accord.engine.settling import Circumstances, Pace, kept_trying, waiting
from accord.engine.subscription_book import SubscriptionLine
from accord.engine.sweep_book import Sweep
from accord.engine.traffic import Traffic, Wait

T = TypeVar("T")

EVERY = timedelta(hours=1)
LEASE = timedelta(minutes=2)
# What must be left of it for one more call.
ENOUGH = timedelta(minutes=1)
# A vendor tries a delivery for so long before it gives up on it, and on the subscription with it:
# what was lost began to be lost while the subscription was still there. Shopify tries for four
# hours: https://shopify.dev/changelog/updates-to-webhook-retry-mechanism
TRIED_FOR = timedelta(hours=4)
NO_ADDRESS = "the accord has no address to subscribe; give it as address, or subscribe by hand"
# While a sweep of another time is under way, its end is waited for so long.
WAIT_FOR_SWEEP = timedelta(minutes=10)
SWEEP_UNDER_WAY = "it is there again; the time without it is read after the sweep under way"
NOT_SEEN = "it was answered as made, and is not listed"

# Has read what a system lists of the time since so long ago; returns the sweep that does.
Gap = Callable[[str, timedelta], Awaitable[Sweep]]
# Is told what changed of the subscriptions of a system.
SubscriptionNews = Callable[[Sequence[SubscriptionLine]], None]


class Subscriber:
    """Looks every hour at what each system sends to whom.

    That a subscription is there again is on record only once the gap was asked to be swept: whoever
    dies in between leaves it to the next, who sees that it is not the one of before.
    """

    def __init__(
        self,
        accord: Accord,
        links: Mapping[str, Link],
        store: Store,
        pace: Pace,
        *,
        traffic: Traffic,
        gap: Gap,
        news: SubscriptionNews = lambda _lines: None,
    ) -> None:
        self._links = links
        self._store = store
        self._pace = pace
        self._traffic = traffic
        self._address = accord.address
        self._gap = gap
        self._news = news
        self.systems = sorted(
            name
            for name, system in accord.systems.items()
            if system.subscribe and name in links and links[name].subscribable
        )

    async def begin(self) -> None:
        """Put down that every system is looked at now; forget those that are no longer."""
        now = self._pace.clock()
        for system in self._links:
            if system in self.systems:
                await self._store.ask(TaskKind.SUBSCRIBE, system, ["*"], now)
            else:
                await self._store.subscription_book.note(system, [])

    async def turn(self, system: str) -> int:
        """Look at one system if that is due; return how many subscriptions are there again."""
        permission = await self._traffic.enter(system)
        if isinstance(permission, Wait):
            return 0
        now = self._pace.clock()
        tasks = await self._store.claim(TaskKind.SUBSCRIBE, [system], 1, LEASE, now)
        if permission.probe and not tasks:
            await self._traffic.unused(system)
        again = 0
        for task in tasks:
            again, stopped = await self._look(system, now + LEASE, probe=permission.probe)
            await self._store.settle([self._ended(task, stopped, now)], self._pace.clock())
        return again

    async def _look(
        self, system: str, ends: datetime, *, probe: bool
    ) -> tuple[int, Outcome | Wait | None]:
        """Return how many are there again, and what stood in the way of looking at all."""
        before = await self._lines(system)
        there = await self._there(system, probe=probe)
        now = self._pace.clock()
        if not isinstance(there, dict):
            await self._note(system, before, [replace(b, trouble=_words(there)) for b in before])
            return 0, there
        missing = [line.topic for line in before if line.topic not in there]
        answers, stopped = await self._make(system, missing, ends)
        made = {topic for topic, answer in answers.items() if not isinstance(answer, Refused)}
        if made:
            listed = await self._there(system)
            there, stopped = (listed, stopped) if isinstance(listed, dict) else (there, listed)
        back = [
            line
            for line in before
            if line.topic in there and (line.topic in made or line.is_back(there[line.topic]))
        ]
        put_off = await self._sweep(system, back)
        ended = [
            replace(line, trouble=SWEEP_UNDER_WAY)
            if put_off is not None and line in back
            else _as_left(line, there.get(line.topic), answers.get(line.topic) or stopped, now)
            for line in before
        ]
        await self._note(system, before, ended)
        return len(back), stopped or put_off

    async def _lines(self, system: str) -> list[SubscriptionLine]:
        known = {
            line.topic: line
            for line in await self._store.subscription_book.lines()
            if line.system == system
        }
        return [
            known.get(topic) or SubscriptionLine(system=system, topic=topic)
            for topic in sorted(self._links[system].subscribable)
        ]

    async def _there(self, system: str, *, probe: bool = False) -> dict[str, str] | Outcome | Wait:
        """Return the topics that are sent to us, each with the id of its subscription."""
        found = await self._ask(system, lambda link: link.subscriptions(), probe=probe)
        if not isinstance(found, Sequence):
            return found
        return {one.topic: one.id for one in found if self._is_ours(system, one)}

    def _is_ours(self, system: str, one: Subscription) -> bool:
        """Return whether it leads to our address; where we know of none, whether it looks so."""
        if self._address:
            return one.address == hook_address(self._address, system, one.topic)
        return one.address.endswith(hook_address("", system, one.topic))

    async def _make(
        self, system: str, topics: Sequence[str], ends: datetime
    ) -> tuple[dict[str, Outcome], Outcome | Wait | None]:
        """Ask for topics one after the other; return each answer, and what ended the asking."""
        answers: dict[str, Outcome] = {}
        for topic in topics if self._address else ():
            now = self._pace.clock()
            if now > ends - ENOUGH:
                return answers, Wait(now, "too little was left of its lease")
            address = hook_address(self._address, system, topic)
            answer = await self._ask(system, partial(_subscribe, topic=topic, address=address))
            if not isinstance(answer, Applied | Accepted | Unneeded | Refused):
                return answers, answer
            answers[topic] = answer
        return answers, None

    async def _sweep(self, system: str, back: Sequence[SubscriptionLine]) -> Wait | None:
        """Have read what may have been lost while these were away; return what it must wait for.

        A sweep that is under way stands in for one of ours only if it reads as far back, and up to
        about now.
        """
        if not back:
            return None
        now = self._pace.clock()
        await self._store.ask(TaskKind.POLL, system, ["*"], now)
        seen = [line.seen_at for line in back if line.seen_at is not None]
        if not seen:
            return None
        since = min(seen) - TRIED_FOR
        sweep = await self._gap(system, now - since)
        if sweep.since <= since and sweep.until >= now - WAIT_FOR_SWEEP:
            return None
        return Wait(now + WAIT_FOR_SWEEP, SWEEP_UNDER_WAY)

    async def _ask(
        self, system: str, call: Callable[[Link], Awaitable[T]], *, probe: bool = False
    ) -> T | Wait:
        async with self._traffic.slot(system):
            permission = self._traffic.may(system, probe=probe)
            if isinstance(permission, Wait):
                return permission
            answer = await call(self._links[system])
        if isinstance(answer, Throttled | Unavailable | Unauthorized):
            await self._traffic.heard(system, answer)
        else:
            await self._traffic.heard(system, None)
        return answer

    async def _note(
        self, system: str, before: Sequence[SubscriptionLine], after: Sequence[SubscriptionLine]
    ) -> None:
        await self._store.subscription_book.note(system, after)
        news = [new for old, new in zip(before, after, strict=True) if _is_news(old, new)]
        if news:
            self._news(news)

    def _ended(self, task: Task, stopped: Outcome | Wait | None, began: datetime) -> Settlement:
        at = Circumstances(pace=self._pace, down=self._traffic.is_down(task.system))
        match stopped:
            case None | Refused():
                return Settlement(task=task, due=began + EVERY, note=_words(stopped))
            case Wait():
                return waiting(task, stopped, at)
            case _:
                return kept_trying(task, stopped, at)


def hook_address(address: str, system: str, topic: str) -> str:
    """Return where a system sends one topic to, below our address."""
    return f"{address}/hooks/{system}/{topic}"


async def _subscribe(link: Link, *, topic: str, address: str) -> Outcome:
    return await link.subscribe(topic, address)


def _as_left(
    line: SubscriptionLine, own: str | None, came: Outcome | Wait | None, now: datetime
) -> SubscriptionLine:
    """Return a line as the look leaves it; ``came`` is what came of asking for it."""
    made = isinstance(came, Applied | Accepted | Unneeded)
    if own is not None:
        return replace(line.seen(own, now), made_again_at=now if made else line.made_again_at)
    return line.missed(now, NOT_SEEN if made else _words(came) or NO_ADDRESS)


def _is_news(old: SubscriptionLine, new: SubscriptionLine) -> bool:
    told = (old.missing_since is None, old.made_again_at, old.trouble)
    return told != (new.missing_since is None, new.made_again_at, new.trouble)


def _words(outcome: Outcome | Wait | None) -> str:
    """Return what stood in the way, in words; empty if nothing did."""
    match outcome:
        case Refused(code=code, message=message):
            return f"refused ({code}): {message}"
        case Throttled(wait=wait):
            return f"throttled for {wait}"
        case Unauthorized(message=message):
            return f"unauthorized: {message}"
        case Unavailable(message=message):
            return f"unavailable: {message}"
        case Wait(why=why):
            return why
        case _:
            return ""
