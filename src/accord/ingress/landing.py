"""Bring messages from a broker into the store: none lost, none in the way of another."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from accord.domain.errors import UnreadableError
from accord.engine.envelope import Incoming
from accord.ingress.message import read_message, unreadable
from accord.ingress.waiting import Backoff

Keep = Callable[[Sequence[Incoming]], Awaitable[object]]


class Landing:
    """The way from a message to an envelope.

    A message that cannot be used is kept as it is, as an envelope of nobody's, and ends in
    quarantine: it is neither lost nor does it hold up what comes behind it.
    """

    def __init__(
        self,
        keep: Keep,
        clock: Callable[[], datetime],
        *,
        blames_data: Callable[[Exception], bool],
        tell: Callable[[Exception | None], None],
        wake: Callable[[], None],
    ) -> None:
        """Keep with ``keep``; ``blames_data`` says whether an error of it will always come again.

        ``tell`` hears why nothing can be kept for now, and None when it can again.
        """
        self._keep = keep
        self._clock = clock
        self._blames_data = blames_data
        self._tell = tell
        self._wake = wake

    async def land(self, messages: Sequence[bytes]) -> None:
        """Return once every message is durable in the store, however long that takes."""
        incoming = [self._read(raw) for raw in messages]
        try:
            await self._keep_in_the_end(incoming)
        except Exception as error:
            if not self._blames_data(error):
                raise
            for raw, one in zip(messages, incoming, strict=True):
                await self._keep_alone(raw, one)
        self._wake()

    def _read(self, raw: bytes) -> Incoming:
        try:
            return read_message(raw)
        except UnreadableError:
            return unreadable(raw, self._clock())

    async def _keep_alone(self, raw: bytes, one: Incoming) -> None:
        try:
            await self._keep_in_the_end([one])
        except Exception as error:
            if not self._blames_data(error):
                raise
            await self._keep_in_the_end([unreadable(raw, self._clock())])

    async def _keep_in_the_end(self, incoming: Sequence[Incoming]) -> None:
        """Try until it works; raise only what would come again for ever."""
        backoff = Backoff()
        troubled = False
        while True:
            try:
                await self._keep(incoming)
            except Exception as error:
                if self._blames_data(error):
                    raise
                if not troubled:
                    self._tell(error)
                troubled = True
                await backoff.wait()
            else:
                if troubled:
                    self._tell(None)
                return
