"""What an outcome means for the task that led to it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import assert_never

from accord.domain.outcome import (
    Accepted,
    Applied,
    Outcome,
    Refused,
    Throttled,
    Unauthorized,
    Unavailable,
    Unneeded,
)
from accord.domain.retry import RetryPolicy
from accord.engine.ports import Settlement, Task

# Credentials are renewed by people; asking more often than this only fills logs.
UNAUTHORIZED_WAIT = timedelta(minutes=5)
# A system that says it is there already is looked at so often; a later report asks again.
LOOKS = 2


@dataclass(frozen=True, slots=True)
class Pace:
    """When work is tried again: the time, chance in [0, 1) for the jitter, and the policy."""

    clock: Callable[[], datetime]
    chance: Callable[[], float]
    policy: RetryPolicy = field(default_factory=RetryPolicy)


def settle(task: Task, outcome: Outcome, pace: Pace) -> Settlement:
    """Return how ``task`` ends for now, given the last ``outcome`` of working on it.

    What was applied or accepted is looked at again, since only a read-back shows that it is so.
    A throttle is not a failure: the task keeps its count.
    """
    now = pace.clock()
    match outcome:
        case Throttled(wait=wait):
            return Settlement(task=task, due=now + wait, note=f"throttled for {wait}")
        case Refused(code=code, message=message):
            return Settlement(task=task, dead=True, note=f"refused ({code}): {message}")
        case Unauthorized(message=message):
            due = now + UNAUTHORIZED_WAIT
            return Settlement(task=task, due=due, failed=True, note=f"unauthorized: {message}")
        case Unavailable(message=message):
            return _again(task, f"unavailable: {message}", pace)
        case Unneeded(why=why) if task.failures >= LOOKS:
            return Settlement(task=task, dead=True, note=f"not seen, and not done again: {why}")
        case Applied() | Accepted() | Unneeded():
            return _again(task, "done; waiting to see it", pace)
        case _:
            assert_never(outcome)


def _again(task: Task, note: str, pace: Pace) -> Settlement:
    wait = pace.policy.wait(task.failures + 1, pace.chance())
    if wait is None:
        return Settlement(task=task, dead=True, note=f"given up after {task.failures + 1}: {note}")
    return Settlement(task=task, due=pace.clock() + wait, failed=True, note=note)


def done(task: Task) -> Settlement:
    """Return the end of a task that found nothing left to do."""
    return Settlement(task=task)
