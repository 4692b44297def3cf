"""How much may be put right that nobody said anything new about, before a person is called."""

from datetime import timedelta
from decimal import Decimal
from math import ceil

from msgspec import Struct

# With a handful of orders, a share of them is none; so many may always be put right.
AT_LEAST = 5
# One sweep: as long as this, what was put right counts against the cap.
WITHIN = timedelta(hours=1)


class RepairRules(Struct, frozen=True, kw_only=True):
    """The cap on repairs at one system within an hour, and how long each of them waits first.

    ``share`` is a part of all orders known.
    """

    at_most: int = 50
    share: Decimal = Decimal("0.02")
    wait: timedelta = timedelta(minutes=2)

    def cap(self, orders: int) -> int:
        """Return how many repairs there may be where so many orders are known."""
        return min(self.at_most, max(AT_LEAST, int(self.share * orders)))

    @property
    def enough(self) -> int:
        """How many orders make ``at_most`` the cap; more of them change nothing."""
        return ceil(self.at_most / self.share)
