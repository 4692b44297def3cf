"""Which systems stopped sending us their hooks, and could not be asked to again."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from accord.domain.alert import Condition
from accord.domain.alert_rules import RuleName
from accord.engine.subscription_book import SubscriptionBook, SubscriptionLine

# So many topics are named; the page of the links has them all.
NAMED = 3


class SubscriptionSensor:
    """Looks at the record of subscriptions."""

    def __init__(self, book: SubscriptionBook) -> None:
        self._book = book

    async def look(self, now: datetime) -> list[Condition]:
        """Return of which systems hooks are missing."""
        del now
        missing = [line for line in await self._book.lines() if line.missing_since is not None]
        return [_missing(system, of_one) for system, of_one in groupby(missing, _system)]


_system = attrgetter("system")


def _missing(system: str, lines: Iterable[SubscriptionLine]) -> Condition:
    gone = list(lines)
    topics = ", ".join(line.topic for line in gone[:NAMED])
    more = f" and {len(gone) - NAMED} more" if len(gone) > NAMED else ""
    trouble = next((f" {line.trouble.rstrip('.')}." for line in gone if line.trouble), "")
    return Condition(
        rule=RuleName.SUBSCRIPTION,
        key=system,
        figure=len(gone),
        what=f"{system} sends no hooks of {topics}{more}.{trouble}",
        since=min(line.missing_since for line in gone if line.missing_since is not None),
    )
