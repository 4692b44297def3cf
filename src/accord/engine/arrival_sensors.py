"""What should have come and did not: holes that a census named, hours without a word."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from operator import attrgetter

from accord.domain.alert import Condition
from accord.domain.alert_rules import RuleName
from accord.engine.census_book import HOUR, CensusBook, Hole
from accord.engine.envelope import Origin
from accord.engine.heard import HeardBook, TrafficHour

# So many holes are named; the rest is one command away.
NAMED = 3
# A silence that nobody ended for so long is told by its later hours.
LOOKED_BACK = timedelta(days=1)
# For the holes of every system.
EVERY_SYSTEM = ""

_WAYS = {
    Origin.HOOK: "No hook of {system} came",
    Origin.FEED: "Nothing came by the feed of {system}",
}


class ArrivalSensors:
    """Looks at what a census found missing, and at silence where something is usual."""

    def __init__(self, census: CensusBook, heard: HeardBook) -> None:
        self._census = census
        self._heard = heard

    async def holes(self, now: datetime) -> list[Condition]:
        """Return which systems list changes that nothing has settled here."""
        del now
        holes = sorted(
            await self._census.open_holes(EVERY_SYSTEM), key=attrgetter("system", "found_at")
        )
        return [
            _holes(system, list(of_one)) for system, of_one in groupby(holes, attrgetter("system"))
        ]

    async def silence(self, now: datetime) -> list[Condition]:
        """Return which systems fell silent in an hour in which they never are, and still are."""
        found = []
        for hours in _by_way(await self._heard.silent(now - LOOKED_BACK)):
            last = hours[-1]
            since = await self._heard.count(last.system, last.hour + HOUR, now)
            if not since.get(last.origin, 0):
                found.append(_silence(_lately(hours)))
        return found


def _holes(system: str, holes: Sequence[Hole]) -> Condition:
    named = "; ".join(f"{hole.name} ({_how(hole)})" for hole in holes[:NAMED])
    more = f"; and {len(holes) - NAMED} more" if len(holes) > NAMED else ""
    changes = "1 change" if len(holes) == 1 else f"{len(holes)} changes"
    return Condition(
        rule=RuleName.HOLES,
        key=system,
        figure=len(holes),
        what=f"{system} lists {changes} that Accord could not settle: {named}{more}.",
        since=holes[0].found_at,
    )


def _how(hole: Hole) -> str:
    if hole.standing is None:
        return "not here"
    return hole.standing.value if not hole.reason else hole.reason.rstrip(".")


def _by_way(hours: Iterable[TrafficHour]) -> list[list[TrafficHour]]:
    """Return the hours of each system and way, oldest first."""
    way = attrgetter("system", "origin")
    ordered = sorted(hours, key=attrgetter("system", "origin", "hour"))
    return [list(of_one) for _, of_one in groupby(ordered, way)]


def _lately(hours: Sequence[TrafficHour]) -> Sequence[TrafficHour]:
    """Return the last hours of one way that follow each other."""
    begins = [
        i for i, (one, next_) in enumerate(pairwise(hours), 1) if next_.hour - one.hour > HOUR
    ]
    return hours[begins[-1] if begins else 0 :]


def _silence(hours: Sequence[TrafficHour]) -> Condition:
    first, last = hours[0], hours[-1]
    told = _WAYS.get(first.origin, "Nothing of {system} came").format(system=first.system)
    usually = f", where {last.usual} is usual in the last hour of it" if last.usual else ""
    return Condition(
        rule=RuleName.SILENCE,
        key=f"{first.system} by {first.origin}",
        figure=len(hours),
        what=f"{told} since {first.hour:%Y-%m-%d %H:%M} UTC{usually}.",
        since=first.hour,
    )
