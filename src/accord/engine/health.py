"""How it stands, in one look: what an operator reads in ten seconds, and programs by the minute."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from accord.domain.agreement import Spread
from accord.domain.alert import Alert
from accord.domain.link_state import LinkState
from accord.domain.tracks import Track
from accord.engine.alert_desk import AlertDesk
from accord.engine.case_desk import EVERY_OPEN, CaseDesk
from accord.engine.desk import Desk, Pause
from accord.engine.envelope import Standing
from accord.engine.gauges import Door, GivenUp, Instruments
from accord.engine.numbers import Behind, Daily, Numbers, Share, Waits

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ALERTS_SHOWN = 200


class Health(Struct, frozen=True, kw_only=True):
    """The figures of one moment. Times to agree and deliveries are of the last day.

    ``agreement`` has, by system and track, how long mirrors took; ``waits`` how long reading took
    within the last hour; ``oldest_waiting_at`` since when the oldest waits. ``links`` are those
    that were heard of, by name.
    """

    at: datetime
    agreement: Mapping[tuple[str, Track], Spread]
    behind: Sequence[Behind]
    doors: Sequence[Door]
    waits: Waits
    oldest_waiting_at: datetime | None
    links: Mapping[str, LinkState]
    balance: Mapping[str, Mapping[Standing, int]]
    given_up: Sequence[GivenUp]
    pauses: Sequence[Pause]
    cases_open: int
    alerts: Sequence[Alert]
    daily: Daily
    share: Share

    @property
    def quarantined(self) -> int:
        """Return how many envelopes are set aside."""
        return sum(counts.get(Standing.QUARANTINED, 0) for counts in self.balance.values())

    @property
    def is_well(self) -> bool:
        """Return whether nothing needs anybody."""
        return not (
            self.cases_open
            or self.alerts
            or self.given_up
            or self.pauses
            or self.quarantined
            or any(state.breaker.opened_at for state in self.links.values())
        )


class Looked(Protocol):
    """A store, as far as it is looked at here."""

    @property
    def desk(self) -> Desk:
        """What is stuck."""

    @property
    def cases(self) -> CaseDesk:
        """What needs a person."""

    @property
    def alerts(self) -> AlertDesk:
        """What is wrong."""

    @property
    def instruments(self) -> Instruments:
        """The numbers of the moment."""

    @property
    def numbers(self) -> Numbers:
        """Agreement as a number."""

    async def balance(self) -> Mapping[str, Mapping[Standing, int]]:
        """Return for each system how many envelopes stand where."""


async def health(
    store: Looked, links: Mapping[str, LinkState], target: timedelta, now: datetime
) -> Health:
    """Return how it stands at ``now``; what waits for longer than ``target`` is late."""
    gauges = await store.instruments.gauges(DAY, now)
    return Health(
        at=now,
        agreement=await store.numbers.agreement(now - DAY),
        behind=await store.numbers.behind(target, now),
        doors=gauges.doors,
        waits=await store.numbers.waits(now - HOUR),
        oldest_waiting_at=gauges.oldest_waiting_at,
        links=links,
        balance=await store.balance(),
        given_up=gauges.given_up,
        pauses=await store.desk.pauses(),
        cases_open=await store.cases.count_cases(EVERY_OPEN, now),
        alerts=await store.alerts.alerts(ALERTS_SHOWN),
        daily=await store.numbers.daily(now - DAY),
        share=await store.numbers.share(),
    )
