"""What the checklist of the first week is made from, as the store tells it."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from accord.domain.accord import Accord
from accord.domain.checklist import Begun, SystemBegun, checklist
from accord.domain.drift import DriftClass
from accord.domain.reason import UnknownWord, reason_code
from accord.engine.alert_desk import AlertDesk
from accord.engine.census_book import CensusBook, CensusState
from accord.engine.desk import Desk
from accord.engine.drift_ledger import DriftLedger, DriftSought
from accord.engine.envelope import Origin
from accord.engine.gauges import Instruments
from accord.engine.heard import HeardBook

WEEK = timedelta(weeks=1)
# Among so many hours of a system there is one with a certificate, or something is wrong with it.
HOURS = 200
SYSTEMIC = DriftSought(standing=DriftClass.SYSTEMIC)


class FirstWeekStore(Protocol):
    """A store, as far as the checklist looks at it."""

    @property
    def desk(self) -> Desk:
        """What is stuck."""

    @property
    def alerts(self) -> AlertDesk:
        """What was told to whom."""

    @property
    def instruments(self) -> Instruments:
        """The numbers of the moment."""

    @property
    def drifts(self) -> DriftLedger:
        """What the last comparison found."""

    @property
    def census(self) -> CensusBook:
        """What was certified."""

    @property
    def heard(self) -> HeardBook:
        """What came by which way."""


class FirstWeek:
    """Looks how far a new stack has come. ``hooked`` are the systems that send hooks."""

    def __init__(self, accord: Accord, store: FirstWeekStore, hooked: Collection[str]) -> None:
        self._accord = accord
        self._store = store
        self._hooked = hooked

    async def begun(self, now: datetime, unsound: Sequence[str] | None = None) -> Begun:
        """Return how far it has come; ``unsound`` is what the doctor found, if it was asked."""
        gauges = await self._store.instruments.gauges(WEEK, now)
        word = reason_code(UnknownWord)
        return Begun(
            systems=[await self._system(name, now) for name in sorted(self._accord.systems)],
            unknown_words=[
                f"{one.system} says {one.word!r} on {one.record}"
                for one in await self._store.desk.grounds()
                if one.reason == word
            ],
            dead_letters=sum(one.letters for one in gauges.given_up),
            systemic=[
                f"{one.orders} orders at {one.system}: {one.cause}"
                for one in await self._store.drifts.causes(SYSTEMIC)
            ],
            channels=self._accord.alerts.channels,
            taken=await self._store.alerts.taken(),
            reviewed=gauges.reviewed_at is not None,
            unsound=unsound,
        )

    async def to_do(self, now: datetime) -> list[str] | None:
        """Return what is open in the first week; None once it is over."""
        first = (await self._store.instruments.gauges(WEEK, now)).first_received_at
        if first is None or now - first >= WEEK:
            return None
        return [
            f"{item.what.rstrip('.')}: {'; '.join(item.open)}."
            for item in checklist(await self.begun(now))
            if not item.is_done
        ]

    async def _system(self, system: str, now: datetime) -> SystemBegun:
        came = await self._store.heard.count(system, now - WEEK, now)
        hours = await self._store.census.hours(system, None, None, HOURS)
        states = {hour.state for hour in hours}
        return SystemBegun(
            system=system,
            by_hook=bool(came.get(Origin.HOOK)),
            by_feed=bool(came.get(Origin.FEED)),
            certified=CensusState.CERTIFIED in states,
            sends_hooks=system in self._hooked,
            can_be_listed=CensusState.NOT_POSSIBLE not in states,
        )
