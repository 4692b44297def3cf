"""What every broker has to offer, whoever makes it."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from accord.domain.errors import AccordError, UnusableInputError
from accord.engine.receive import Keeping

# Makes messages durable where they belong, and returns once they are.
Land = Callable[[Sequence[bytes]], Awaitable[None]]
# Told when the broker is lost, with the reason, and, with None, when it is there again.
Tell = Callable[[str | None], None]


class BrokerAwayError(AccordError):
    """The broker took no promise over; the sender is asked to come back."""


class UnusableBrokerError(UnusableInputError):
    """The broker, or its queue, cannot be used as it is named or made."""


class Sender(Keeping, Protocol):
    """The receivers' side: what is kept is the broker's promise."""

    def connected(self) -> AbstractAsyncContextManager[None]:
        """Stay connected for as long as the block lasts, whatever becomes of the broker."""


class Reader(Protocol):
    """The workers' side. A message leaves the broker only after it has landed."""

    async def read(self, land: Land) -> None:
        """Read and land until cancelled, whatever becomes of the broker."""
