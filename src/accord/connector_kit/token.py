"""Access tokens that expire: fetched when needed, renewed a little before the end."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from accord.domain.outcome import Unauthorized, Unavailable

# Renewed this long before the end, so that a call under way does not meet an expired token.
MARGIN = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token and when it ends."""

    text: str
    ends: datetime


Fetch = Callable[[], Awaitable[Token | Unavailable | Unauthorized]]


class TokenHolder:
    """The one current token of a link. Many callers, one renewal."""

    def __init__(self, fetch: Fetch, clock: Callable[[], datetime]) -> None:
        """Fetch nothing yet."""
        self._fetch = fetch
        self._clock = clock
        self._token: Token | None = None
        self._renewing = asyncio.Lock()

    async def get(self) -> str | Unavailable | Unauthorized:
        """Return a token that still holds, or why there is none."""
        async with self._renewing:
            if self._token is None or self._token.ends - MARGIN <= self._clock():
                fetched = await self._fetch()
                if not isinstance(fetched, Token):
                    return fetched
                self._token = fetched
            return self._token.text

    def drop(self, text: str) -> None:
        """Forget ``text``: the system no longer takes it. A newer token stays."""
        if self._token is not None and self._token.text == text:
            self._token = None
