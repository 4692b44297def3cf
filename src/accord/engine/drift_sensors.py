"""What the last comparison found that had its time: out of step at a system, still in a stage."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from accord.domain.accord import Accord
from accord.domain.alert import Condition
from accord.domain.alert_rules import RuleName
from accord.domain.drift import DriftClass, DriftPattern
from accord.domain.drifting import cause_of_stall
from accord.domain.plain_time import plain_length
from accord.engine.drift_ledger import EVERY_DRIFT, Cause, DriftLedger, DriftSought

# So many causes are named; the rest is one command away.
NAMED = 3


class DriftSensors:
    """Looks at drifts that are open and had their time."""

    def __init__(self, accord: Accord, ledger: DriftLedger) -> None:
        self._accord = accord
        self._ledger = ledger

    async def drifting(self, now: datetime) -> list[Condition]:
        """Return at which systems orders are out of step, with the causes of most of them."""
        del now
        orders = await self._ledger.drifting()
        if not orders:
            return []
        causes = [one for one in await self._ledger.causes(EVERY_DRIFT) if _is_out_of_step(one)]
        return [
            Condition(
                rule=RuleName.DRIFT,
                key=system,
                figure=number,
                what=_drifting(system, number, [c for c in causes if c.system == system]),
            )
            for system, number in orders.items()
        ]

    async def stalled(self, now: datetime) -> list[Condition]:
        """Return in which stages orders stay for longer than they should."""
        del now
        found = await self._ledger.causes(DriftSought(pattern=DriftPattern.STALLED_STAGE))
        return [
            condition
            for stage in self._accord.stages
            for condition in _stalled(
                stage.name,
                f"for longer than {plain_length(stage.stall_after)}; {stage.person} is to look.",
                [one for one in found if one.cause == cause_of_stall(stage.name)],
            )
        ]


def _is_out_of_step(cause: Cause) -> bool:
    had_its_time = cause.standing is not DriftClass.IN_FLIGHT
    return had_its_time and cause.pattern is not DriftPattern.STALLED_STAGE


def _drifting(system: str, number: int, causes: Sequence[Cause]) -> str:
    """Return the sentence: the causes of most orders first, as they stand in the ledger."""
    told = f"{_orders(number)} out of step at {system}."
    named = [
        f"{cause.orders} {'of one fault: ' if cause.standing is DriftClass.SYSTEMIC else ''}"
        f"{cause.cause} ({cause.pattern.replace('_', ' ')})"
        for cause in causes[:NAMED]
    ]
    more = f"; {len(causes) - NAMED} more causes" if len(causes) > NAMED else ""
    return f"{told} {'; '.join(named)}{more}."


def _stalled(stage: str, told: str, causes: Iterable[Cause]) -> list[Condition]:
    had_their_time = [one for one in causes if one.standing is not DriftClass.IN_FLIGHT]
    if not had_their_time:
        return []
    orders = sum(one.orders for one in had_their_time)
    return [
        Condition(
            rule=RuleName.STALLED,
            key=stage,
            figure=orders,
            what=f"{_orders(orders)} in the stage {stage} {told}",
        )
    ]


def _orders(number: int) -> str:
    return f"{number} {'order is' if number == 1 else 'orders are'}"
