"""Being told to stop, by Ctrl-C or SIGTERM."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def told_to_stop() -> Iterator[asyncio.Event]:
    """Yield what is set by the first signal; the second one ends the process at once.

    What a process leaves behind so is what a killed one leaves: leases run out, uncommitted work
    is done again, an embedded database is taken over by the next.
    """
    loop = asyncio.get_running_loop()
    told = asyncio.Event()

    def stop() -> None:
        told.set()
        for number in STOP_SIGNALS:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)

    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, stop)
    try:
        yield told
    finally:
        for number in STOP_SIGNALS:
            loop.remove_signal_handler(number)
