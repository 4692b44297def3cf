"""Work through what is stuck in bounded steps: release it, discard it, try it again."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime

from accord.domain.accord import Accord
from accord.domain.reason import UnknownSystem, UnknownWord, reason_code
from accord.domain.vocabulary import Unknown
from accord.engine.desk import Aside, Chosen, DeadLetter, Deed, Desk, Grounds

# What one statement locks at once: small enough that nobody who waits for a row notices.
STEP = 500

Doing = Callable[[Sequence[int], Deed], Awaitable[Sequence[int]]]


async def all_aside(desk: Desk, chosen: Chosen) -> AsyncIterator[Sequence[Aside]]:
    """Yield what is chosen of the quarantine, oldest first, a step at a time.

    What comes back into quarantine meanwhile keeps its number and is not met a second time.
    """
    after = 0
    while found := await desk.aside(chosen, after, STEP):
        yield found
        after = found[-1].id


async def all_dead_letters(desk: Desk, chosen: Chosen) -> AsyncIterator[Sequence[DeadLetter]]:
    """Yield what is chosen of the dead letters, oldest first, a step at a time."""
    after = 0
    while found := await desk.dead_letters(chosen, after, STEP):
        yield found
        after = found[-1].id


async def do_to_all(
    steps: AsyncIterator[Sequence[Aside]] | AsyncIterator[Sequence[DeadLetter]],
    doing: Doing,
    deed: Deed,
    done: Callable[[int], None] = lambda _number: None,
) -> int:
    """Do one thing to all of them, one commit for each step; return to how many it was done.

    ``done`` hears after each step how many that step did it to.
    """
    total = 0
    async for step in steps:
        number = len(await doing([one.id for one in step], deed))
        done(number)
        total += number
    return total


async def release_known(desk: Desk, accord: Accord, now: datetime) -> int:
    """Release what waited on a word or a system that the accord knows by now; return how many."""
    released = 0
    for grounds in await desk.grounds():
        if _is_known(accord, grounds):
            chosen = Chosen(
                system=grounds.system,
                reason=grounds.reason,
                record=grounds.record,
                word=grounds.word,
            )
            deed = Deed(what="released", who="accord", why=_why(grounds), at=now)
            released += await do_to_all(all_aside(desk, chosen), desk.release, deed)
    return released


def _is_known(accord: Accord, grounds: Grounds) -> bool:
    system = accord.systems.get(grounds.system)
    if system is None:
        return False
    if grounds.reason == reason_code(UnknownSystem):
        return True
    reading = system.read(grounds.record, grounds.word)
    return grounds.reason == reason_code(UnknownWord) and not isinstance(reading, Unknown)


def _why(grounds: Grounds) -> str:
    if grounds.reason == reason_code(UnknownSystem):
        return f"the accord names {grounds.system} by now"
    return f"the accord knows {grounds.word!r} on {grounds.record} by now"
