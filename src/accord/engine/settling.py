"""What an outcome means for the task that led to it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import assert_never

from msgspec.structs import replace

from accord.domain.case import case_of_giving_up
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
from accord.engine.ports import Doubt, Settlement, Task
from accord.engine.traffic import Wait

# Credentials are renewed by people; asking more often than this only fills logs.
UNAUTHORIZED_WAIT = timedelta(minutes=5)
# A system that says it is there already is looked at so often; a later report asks again.
LOOKS = 2
# What nobody waits for is tried again no sooner than this.
CAN_WAIT = timedelta(minutes=1)
# What is to be stopped is not left alone for longer than this.
URGENT_WAIT = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Pace:
    """When work is tried again: the time, chance in [0, 1) for the jitter, and the policy."""

    clock: Callable[[], datetime]
    chance: Callable[[], float]
    policy: RetryPolicy = field(default_factory=RetryPolicy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """How a task stands when it is settled.

    ``down``: its link answers nobody, so that a failure says nothing about this task.
    """

    pace: Pace
    down: bool = False
    urgent: bool = False
    doubt: Doubt | None = None


def settle(task: Task, outcome: Outcome, at: Circumstances) -> Settlement:
    """Return how ``task`` ends for now, given the last ``outcome`` of working on it.

    What was applied or accepted is looked at again, since only a read-back shows that it is so.
    A throttle is not a failure, nor is anything while the link is down: the task keeps its count.
    """
    match outcome:
        case Refused(code=code, message=message):
            return _given_up(task, f"refused ({code}): {message}", at)
        case Throttled() | Unauthorized() | Unavailable():
            return _not_done(task, outcome, at)
        case Unneeded(why=why) if task.failures >= LOOKS:
            return _given_up(task, f"not seen, and not done again: {why}", at)
        case Applied() | Accepted() | Unneeded():
            return _again(task, "done; waiting to see it", at)
        case _:
            assert_never(outcome)


def unhurried(task: Task, outcome: Outcome, at: Circumstances) -> Settlement:
    """Return how work ends for now that can wait, and is never given up: the net under it all."""
    settlement, now = settle(task, outcome, at), at.pace.clock()
    if settlement.due is None:
        due = now + at.pace.policy.longest
        return Settlement(task=task, due=due, failed=True, note=settlement.note)
    return replace(settlement, due=max(settlement.due, now + CAN_WAIT))


def _not_done(
    task: Task, outcome: Throttled | Unauthorized | Unavailable, at: Circumstances
) -> Settlement:
    now = at.pace.clock()
    match outcome:
        case Throttled(wait=wait):
            return _held(task, now + wait, f"throttled for {wait}", at)
        case Unauthorized(message=message):
            wait = URGENT_WAIT if at.urgent else UNAUTHORIZED_WAIT
            return _held(task, now + wait, f"unauthorized: {message}", at)
        case Unavailable(message=message) if at.down:
            wait = _capped(at.pace.policy.pause(task.failures + 1, at.pace.chance()), at)
            return _held(task, now + wait, f"unavailable: {message}", at)
        case Unavailable(message=message):
            return _again(task, f"unavailable: {message}", at, firm=True)


def kept_trying(task: Task, outcome: Outcome, at: Circumstances) -> Settlement:
    """Return how standing work ends for now, which is never given up."""
    settlement = settle(task, outcome, at)
    if settlement.due is not None:
        return settlement
    due = at.pace.clock() + at.pace.policy.longest
    return Settlement(task=task, due=due, failed=True, note=settlement.note)


def waiting(task: Task, wait: Wait, at: Circumstances) -> Settlement:
    """Return a task put back because its link may not be asked now; that is no failure."""
    return _held(task, wait.until, wait.why, at)


def done(task: Task) -> Settlement:
    """Return the end of a task that found nothing left to do."""
    return Settlement(task=task, cleared=True)


def _held(task: Task, due: datetime, note: str, at: Circumstances) -> Settlement:
    return Settlement(
        task=task,
        due=due,
        firm=True,
        urgent=at.urgent,
        repair=task.repair,
        doubt=at.doubt,
        note=note,
    )


def _given_up(task: Task, note: str, at: Circumstances) -> Settlement:
    return Settlement(
        task=task,
        dead=True,
        urgent=at.urgent,
        repair=task.repair,
        doubt=at.doubt,
        note=note,
        cases=(case_of_giving_up(task.system, note),),
        cleared=True,
    )


def _again(task: Task, note: str, at: Circumstances, *, firm: bool = False) -> Settlement:
    wait = at.pace.policy.wait(task.failures + 1, at.pace.chance())
    if wait is None:
        return _given_up(task, f"given up after {task.failures + 1}: {note}", at)
    due = at.pace.clock() + _capped(wait, at)
    return Settlement(
        task=task,
        due=due,
        failed=True,
        firm=firm,
        urgent=at.urgent,
        repair=task.repair,
        doubt=at.doubt,
        note=note,
    )


def _capped(wait: timedelta, at: Circumstances) -> timedelta:
    return min(wait, URGENT_WAIT) if at.urgent else wait
