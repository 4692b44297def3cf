"""The way from one process of ours to a simulated system, in any weather."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextvars import Context, ContextVar
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from random import Random

import httpx2

from accord.connector_kit.simulator import Asgi, Fault
from tests.simulation.chronicle import Chronicle
from tests.simulation.exchange import Call, Reply, called, exchange
from tests.simulation.weather import HOUR, MINUTE, Ill, Weather

SECOND = timedelta(seconds=1)
# What is on its way already when a system says that it is too much.
AT_ONCE = 5 * SECOND
# How far behind a stale answer may be, and how long a zombie may sleep.
STALEST = 2 * MINUTE
ZOMBIES_SLEEP = (5 * SECOND, MINUTE, 10 * MINUTE, HOUR)
VENDORS_OWN = {
    Ill.CROWDED: Fault.THROTTLE,
    Ill.EXPIRED: Fault.EXPIRED,
    Ill.INTERNAL: Fault.OUTAGE,
    Ill.FORGOTTEN: Fault.FORGOTTEN,
    Ill.REFUSAL: Fault.REFUSAL,
}
STRANGE = (
    b"{}",
    b"[]",
    b"null",
    b"\xff\xfe",
    b'{"data":null}',
    b'{"data":{}}',
    b'{"data":{"orders":{"nodes":[{}],"pageInfo":{}},"order":{"id":7},"fulfillment":[]}}',
    b'{"items":7}',
    b'{"items":[{}],"hasMore":true,"id":"1","page":1,"pages":1,"shipments":[{}],"labels":[{}]}',
    b'{"shipments":[{}],"has_errors":false,"page":1,"pages":9,"approved":1}',
)
# What a question for the list of a window has in it, in each vendor's words.
WINDOWS = (b"updated_at:<", b"lastmodifieddate < ", b"modified_at_end")
PAGE = b"<!DOCTYPE html><html><title>Be right back</title></html>"

# Which change is being asked for while a call is made: (system, order number), or none.
ACTING: ContextVar[tuple[str, str] | None] = ContextVar("acting", default=None)


class Road:
    """What all processes share of the way to one system: what was answered there before."""

    def __init__(
        self,
        app: Asgi,
        weather: Weather,
        *,
        fail: Callable[[Fault], None],
        told: Callable[[], None],
        chance: Random,
        chronicle: Chronicle,
        clock: Callable[[], datetime],
    ) -> None:
        """``told`` is called after each exchange: hooks may wait to be sent."""
        self.app, self.fail, self.told = app, fail, told
        self.weather, self.chance, self.chronicle, self.clock = weather, chance, chronicle, clock
        self.answered: dict[tuple[str, str, bytes], tuple[datetime, Reply]] = {}
        self.rose: set[str] = set()
        self.zombies: dict[asyncio.Task[None], None] = {}

    async def done(self, call: Call) -> Reply:
        """Let the system do what it is asked."""
        reply = await exchange(self.app, call)
        self.told()
        if not call.changes and not call.signs_in and reply.status == 200:
            self.answered[call.question] = (self.clock(), reply)
        return reply

    def undead(self, call: Call) -> None:
        """Let the system do it later, when nobody waits for the answer any more."""

        async def rise() -> None:
            await asyncio.sleep(self.chance.choice(ZOMBIES_SLEEP).total_seconds())
            reply = await self.done(call)
            self.rose.add(call.name)
            self.chronicle.tell(call.system, f"zombie {call.name} -> {reply.status}")
            self.chronicle.reach("zombie change" if call.changes else "zombie question")

        # In a context of its own: it belongs to no process of ours and outlives them.
        task = asyncio.get_running_loop().create_task(rise(), context=Context())
        self.zombies[task] = None
        task.add_done_callback(lambda done: self.zombies.pop(done, None))

    def stale(self, call: Call) -> Reply | None:
        """Return what the same question was answered a little earlier, if it was asked."""
        at, reply = self.answered.get(call.question, (None, None))
        return reply if at is not None and self.clock() - at <= STALEST else None

    def mixed_up(self, call: Call) -> Reply | None:
        """Return an answer to another question of the same kind."""
        if any(sign in call.body or sign in call.target.encode() for sign in WINDOWS):
            return None  # that agrees with a count of the same kind by chance, nobody can tell
        others = [r for q, (_, r) in self.answered.items() if q != call.question and _like(q, call)]
        return self.chance.choice(others) if others else None


def _like(question: tuple[str, str, bytes], call: Call) -> bool:
    method, target, body = question
    same = target.rpartition("/")[0] == call.target.rpartition("/")[0]
    return method == call.method and same and body[:12] == call.body[:12] and len(body) < 4000


class Wire(httpx2.AsyncBaseTransport):
    """One process's connection to one system."""

    def __init__(self, system: str, road: Road, step: Callable[[str], Awaitable[None]]) -> None:
        """``step`` is where the process may be stopped, frozen or killed."""
        self._system, self._road, self._step = system, road, step
        self._chance, self._chronicle = road.chance, road.chronicle
        self._told_at = self._not_before = road.clock()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the answer that comes back, if one does."""
        call = await called(self._system, request)
        await self._step(f"before {call.name}")
        await asyncio.sleep(self._chance.uniform(0.005, 0.4))
        ill = self._road.weather.befalls(
            self._system,
            changes=call.changes,
            signs_in=call.signs_in,
            acting=ACTING.get() is not None,
        )
        self._chronicle.tell(self._system, f"{call.name}{f' ({ill})' if ill else ''}")
        now = self._road.clock()
        if self._told_at + AT_ONCE < now < self._not_before:
            self._chronicle.blame(f"{call.name} at {self._system} before {self._not_before}")
        if ill is not None:
            self._chronicle.reach(ill)
        reply = await self._under(ill, call)
        said_at = self._road.clock()
        await asyncio.sleep(self._chance.uniform(0.005, 0.4))
        await self._step(f"after {call.name}")
        if reply.status == 429:  # of which the process, if it slept, hears only now
            self._told_at = self._road.clock()
            self._not_before = said_at + asked_wait(dict(reply.headers), said_at)
        if ill is Ill.DRIP:
            return httpx2.Response(
                reply.status, headers=list(reply.headers), stream=_Drip(reply.body)
            )
        return httpx2.Response(reply.status, headers=list(reply.headers), content=reply.body)

    async def _under(self, ill: Ill | None, call: Call) -> Reply:
        match ill:
            case Ill.UNREACHED | Ill.RESET | Ill.HANG | Ill.LOST_REPLY | Ill.SILENT | Ill.ZOMBIE:
                return await self._unheard(ill, call)
            case Ill.THROTTLE | Ill.ERROR | Ill.HTML | Ill.STRANGE:
                return self._instead(ill)
            case Ill.STALE | Ill.MIXED_UP:
                found = self._road.stale(call) if ill is Ill.STALE else self._road.mixed_up(call)
                return found or await self._road.done(call)
            case Ill.CROWDED | Ill.EXPIRED | Ill.INTERNAL | Ill.FORGOTTEN | Ill.REFUSAL:
                self._road.fail(VENDORS_OWN[ill])
            case _:
                pass
        reply = await self._road.done(call)
        if ill is Ill.TRUNCATED and reply.body:
            return replace(reply, body=reply.body[: self._chance.randrange(len(reply.body))])
        return reply

    async def _unheard(self, ill: Ill, call: Call) -> Reply:
        """Raise what the caller meets who gets no answer, whether or not anything was done."""
        match ill:
            case Ill.UNREACHED:
                raise httpx2.ConnectError(ill)
            case Ill.LOST_REPLY | Ill.SILENT:
                await self._road.done(call)
            case Ill.ZOMBIE:
                self._road.undead(call)
            case _:
                pass
        if ill in {Ill.HANG, Ill.SILENT}:
            await asyncio.Event().wait()
        raise httpx2.ReadError(ill)

    def _instead(self, ill: Ill) -> Reply:
        json = ("content-type", "application/json")
        match ill:
            case Ill.THROTTLE:
                asked = self._retry_after()
                return Reply(429, (json, *asked), b'{"errors":"Too Many Requests"}')
            case Ill.ERROR:
                body = self._chance.choice((b"", PAGE, b'{"message":"oops"}'))
                return Reply(self._chance.choice((500, 502, 503, 504)), (json,), body)
            case Ill.HTML:
                return Reply(200, (("content-type", "text/html"),), PAGE)
            case _:
                return Reply(200, (json,), self._chance.choice(STRANGE))

    def _retry_after(self) -> tuple[tuple[str, str], ...]:
        soon = self._road.clock() + 40 * SECOND
        forms = ("2", "17", "900", "-5", "0", "1.5", "1000000000", "soon", "nan", "inf", "1e400")
        told = self._chance.choice((*forms, format_datetime(soon, usegmt=True), None))
        return () if told is None else (("retry-after", told),)


class _Drip(httpx2.AsyncByteStream):
    """A body that arrives a byte a second."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for byte in self._body:
            await asyncio.sleep(1)
            yield bytes([byte])


def asked_wait(headers: Mapping[str, str], now: datetime) -> timedelta:
    """Return how long a 429 asks to be left alone, kept between a second and an hour."""
    text = headers.get("retry-after", "")
    if re.fullmatch(r"\d+(\.\d+)?", text):
        wait = timedelta(seconds=min(float(text), 3600))
    elif text.endswith("GMT"):
        wait = parsedate_to_datetime(text) - now
    else:
        wait = SECOND
    return min(max(wait, SECOND), HOUR)
