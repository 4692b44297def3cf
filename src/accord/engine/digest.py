"""Put the message of the day down, once, whatever the number of processes and restarts."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from accord.domain.accord import Accord
from accord.domain.agreement import together
from accord.domain.alert import Steps
from accord.domain.digest import DayCounts, DigestFigures, Need, digest_day, digests
from accord.domain.link_state import LinkState
from accord.engine.gauges import Gauges
from accord.engine.health import Health, Looked, health
from accord.engine.review import review_due

NOTHING_NEW = Steps((), (), ())


class Digested(Looked, Protocol):
    """A store, as far as a digest is made from it."""

    async def link_state(self, system: str) -> LinkState:
        """Return what all processes know of one link."""


ToDo = Callable[[datetime], Awaitable[Sequence[str] | None]]


async def no_list(_now: datetime) -> None:
    """Tell of no list of the first week."""


class DigestWriter:
    """Writes one message to each channel each day, from its time on.

    The key of a message is its channel and day, and a channel gets a key once; so nothing is
    agreed on between processes, and a day that passed while none ran gets none.
    """

    def __init__(
        self,
        accord: Accord,
        store: Digested,
        clock: Callable[[], datetime],
        to_do: ToDo = no_list,
    ) -> None:
        """Ask ``to_do`` for what is open of the first week."""
        self._accord = accord
        self._store = store
        self._clock = clock
        self._to_do = to_do
        self._zone = ZoneInfo(accord.alerts.time_zone)
        self._written: date | None = None

    async def turn(self) -> int:
        """Write the digest of today, if it is time; return how many messages that were."""
        rules, now = self._accord.alerts, self._clock()
        day = digest_day(rules, self._zone, now)
        if day is None or day == self._written or not rules.channels:
            return 0
        gauges = await self._store.instruments.gauges(timedelta(days=1), now)
        messages = []
        if self._has_begun(gauges, day):
            messages = digests(await self._figures(gauges, now), rules, self._zone, day)
            await self._store.alerts.follow(NOTHING_NEW, messages, now)
        self._written = day
        return len(messages)

    def _has_begun(self, gauges: Gauges, day: date) -> bool:
        """Return whether anything had been received when the digest of the day was due."""
        at, first = self._accord.alerts.digest_at, gauges.first_received_at
        if at is None or first is None:
            return False
        return first < datetime.combine(day, at, self._zone).astimezone(UTC)

    async def _figures(self, gauges: Gauges, now: datetime) -> DigestFigures:
        states = {name: await self._store.link_state(name) for name in self._accord.systems}
        found = await health(self._store, states, self._accord.latency_target, now)
        return DigestFigures(
            at=now,
            alerts=found.alerts,
            needs=_needs(found),
            day=_day(found),
            agreed={
                system: together(
                    spread for (name, _), spread in found.agreement.items() if name == system
                )
                for system in self._accord.systems
            },
            review_due=review_due(self._accord, gauges, now),
            to_do=await self._to_do(now),
        )


def _needs(found: Health) -> dict[Need, int]:
    return {
        Need.CASES: found.cases_open,
        Need.DEAD_LETTERS: sum(one.letters for one in found.given_up),
        Need.QUARANTINED: found.quarantined,
        Need.PAUSED: len(found.pauses),
        Need.DOWN: sum(state.breaker.opened_at is not None for state in found.links.values()),
    }


def _day(found: Health) -> DayCounts:
    daily = found.daily
    return DayCounts(
        received=daily.received,
        cases_opened=daily.cases_opened,
        cases_closed=daily.cases_closed,
        alerts_opened=daily.alerts_opened,
        alerts_closed=daily.alerts_closed,
        repairs_done=daily.repairs_done,
    )
