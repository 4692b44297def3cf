"""Look after a server of our own: start it again when it died."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from accord.domain.errors import UnusableInputError

# Looking costs two reads of small files. Senders are told to come back after five seconds.
LOOK_EVERY = 1.0  # seconds

# Hears that the server was found dead and runs again, or why it does not.
Tell = Callable[[UnusableInputError | None], None]


def tell_nobody(_trouble: UnusableInputError | None) -> None:
    """Say nothing: for what is over before anybody could read it."""


@asynccontextmanager
async def looked_after(mend: Callable[[], bool], tell: Tell) -> AsyncIterator[None]:
    """Call ``mend`` now and then for as long as the block lasts; it returns whether it had to.

    A server that cannot be started, because the disk is full, is tried again. The same trouble
    is told once.
    """
    looking = asyncio.create_task(_look_after(mend, tell))
    try:
        yield
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking


async def _look_after(mend: Callable[[], bool], tell: Tell) -> None:
    told: str | None = None
    while True:
        await asyncio.sleep(LOOK_EVERY)
        try:
            mended = await asyncio.to_thread(mend)
        except UnusableInputError as error:
            if str(error) != told:
                told = str(error)
                tell(error)
            continue
        if mended:
            told = None
            tell(None)
