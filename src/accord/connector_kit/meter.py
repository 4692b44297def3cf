"""What a system lets us ask, kept by all calls to it together."""

from datetime import datetime

from msgspec.structs import replace

from accord.connector_kit.retry_after import clamped
from accord.domain.allowance import Allowance
from accord.domain.outcome import Throttled


class Meter:
    """The limit of one link, as its last answer told it."""

    def __init__(self) -> None:
        """Know of no limit yet."""
        self.allowance: Allowance | None = None
        self._dearest = 1.0
        self._not_before: datetime | None = None

    def told(self, allowance: Allowance | None, cost: float = 1.0) -> None:
        """Take over what an answer told; one that tells nothing changes nothing.

        ``cost`` is what the call asked for: the next piece of work begins only when there is
        room for the dearest one.
        """
        self._dearest = max(self._dearest, cost)
        if allowance is not None:
            self.allowance = replace(allowance, call=self._dearest)

    def spend(self, cost: float, now: datetime) -> Throttled | None:
        """Count a call that is about to go; return a throttle instead where it is sure to fail.

        Room to spare is left by whoever begins a piece of work; a call in the midst of one goes
        as long as there is anything for it.
        """
        if self._not_before is not None and self._not_before > now:
            return Throttled(clamped(self._not_before - now))
        if self.allowance is None:
            return None
        wait = self.allowance.wait(cost, now)
        if wait:
            return Throttled(clamped(wait))
        self.allowance = self.allowance.spent(cost, now)
        return None

    def met(self, outcome: object, now: datetime) -> None:
        """Let nothing go before the time a throttle asks for, not even the rest of what began."""
        if isinstance(outcome, Throttled) and outcome.link_wide:
            self._not_before = now + outcome.wait
