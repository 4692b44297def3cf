"""Whether changes reach the mirrors as late as that the promise of the accord is at risk."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from accord.domain.accord import Accord
from accord.domain.agreement import BURNS, Lateness, Spread, is_burning
from accord.domain.alert import Condition
from accord.domain.alert_rules import RuleName
from accord.domain.plain_time import plain_length
from accord.domain.tracks import Track
from accord.engine.numbers import Behind, Numbers, lateness, slice_of

Agreement = Mapping[tuple[str, Track], Spread]


class Windows(Struct, frozen=True):
    """How late one system was in a long window and in a short one, and what is too fast."""

    over: timedelta
    long: Lateness
    short: Lateness
    rate: int


class LatencySensor:
    """Looks at how long mirrors took, and at what already waits for too long."""

    def __init__(self, accord: Accord, numbers: Numbers) -> None:
        self._systems = sorted(accord.systems)
        self._target = accord.latency_target
        self._numbers = numbers

    async def look(self, now: datetime) -> list[Condition]:
        """Return at which systems the promise is at risk."""
        behind = await self._numbers.behind(self._target, now)
        pairs = [
            (long, await self._since(long, now), await self._since(short, now), rate)
            for long, short, rate in BURNS
        ]
        found = []
        for system in self._systems:
            windows = [
                Windows(
                    over,
                    self._late(system, lately, behind),
                    self._late(system, just_now, behind),
                    rate,
                )
                for over, lately, just_now, rate in pairs
            ]
            found += self._at_risk(system, windows)
        return found

    async def _since(self, window: timedelta, now: datetime) -> Agreement:
        """Return what came into step in a window; it begins where a slice does."""
        return await self._numbers.agreement(slice_of(now - window))

    def _late(self, system: str, agreed: Agreement, behind: Sequence[Behind]) -> Lateness:
        spreads = [spread for (name, _), spread in agreed.items() if name == system]
        return lateness(spreads, [one for one in behind if one.system == system], self._target)

    def _at_risk(self, system: str, windows: Sequence[Windows]) -> list[Condition]:
        """Return one condition at most: of the pair of windows in which most was late."""
        burning = [one for one in windows if is_burning(one.long, one.short, one.rate)]
        if not burning:
            return []
        worst = max(burning, key=lambda one: one.long.late)
        what = (
            f"{worst.long.late} of {worst.long.all} changes reached {system} later than "
            f"{plain_length(self._target)}, or have not yet, within {plain_length(worst.over)}."
        )
        return [Condition(rule=RuleName.LATENCY, key=system, figure=worst.long.late, what=what)]
