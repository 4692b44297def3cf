"""Try work out in a copy of this process: if it is deadly, only the copy dies of it."""

import asyncio
import os
import signal
import warnings
from collections.abc import Awaitable, Callable

# One envelope is read in milliseconds. What takes this long would have stopped the whole process.
WITHIN = 10.0  # seconds

DIED = 1
# Files before this number are those of the terminal or the log.
_FIRST_OF_OURS = 3
# Where the limit is a thousand million, closing each would take the time of the work.
_MOST_FILES = 1 << 16

Trial = Callable[[Callable[[], object]], Awaitable[bool]]


async def survives(work: Callable[[], object], within: float = WITHIN) -> bool:
    """Return whether a copy of this process comes through ``work`` alive and in time.

    What ``work`` does to objects stays in the copy, and an error it raises is no death. A copy
    that runs out of memory counts as dead. Where processes cannot be copied, nothing survives.
    """
    if not hasattr(os, "fork"):
        return False
    copy = _copied(work, within)
    ending = asyncio.ensure_future(asyncio.to_thread(os.waitpid, copy, 0))
    try:
        await asyncio.wait({ending}, timeout=within)
    finally:
        if not ending.done():
            os.kill(copy, signal.SIGKILL)
    _, status = await ending
    return os.waitstatus_to_exitcode(status) == 0


def _copied(work: Callable[[], object], within: float) -> int:
    """Return the number of a new process that does ``work`` and ends."""
    with warnings.catch_warnings():
        # Of the threads beside us the copy has none; it takes no lock that they could hold.
        warnings.simplefilter("ignore", DeprecationWarning)
        copy = os.fork()
    if copy:
        return copy
    status = DIED
    try:
        _be_alone(within)
        work()
        status = 0
    except MemoryError:
        pass
    except Exception:  # noqa: BLE001 - whoever reads it next can tell of it
        status = 0
    finally:
        os._exit(status)  # without a word to anybody we share a connection with


def _be_alone(within: float) -> None:
    """Share nothing with the process this was copied from, and outlive it by little.

    Its connection to the database would stay open with the copy, and its locks with it.
    """
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)  # being told to stop is not for us
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(int(within) + 1)
    os.closerange(_FIRST_OF_OURS, min(os.sysconf("SC_OPEN_MAX"), _MOST_FILES))
