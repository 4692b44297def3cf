"""The ways to the people who are called: whatever Apprise can reach, by one address each."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta

import apprise

from accord.domain.errors import UnusableInputError

# A channel that takes longer is tried again later; people are not waiting for the last second.
WITHIN = timedelta(seconds=30)
# What Apprise says of a failure may hold the address, and so its secret.
logging.getLogger("apprise").setLevel(logging.CRITICAL)


class AppriseChannel:
    """A ``Channel``. The address is a secret and is never shown."""

    def __init__(self, name: str, address: str) -> None:
        """Read the address. Raises ``UnusableInputError`` where it leads nowhere."""
        self._name = name
        self._way = apprise.Apprise()
        if not self._way.add(address):
            message = (
                f"The address of the alert channel {name} is none that Apprise knows. "
                "Look it up in Apprise's list: it begins with a word and ://, as in mailtos://."
            )
            raise UnusableInputError(message)

    async def tell(self, title: str, text: str) -> str:
        """Tell; return why it was not taken, empty if it was. Nothing is raised."""
        try:
            async with asyncio.timeout(WITHIN.total_seconds()):
                taken = await self._way.async_notify(title=title, body=text)
        except TimeoutError:
            return f"the channel {self._name} did not answer within {WITHIN.seconds} seconds"
        except Exception as error:  # noqa: BLE001 - a hundred libraries, each with its own errors
            return f"the channel {self._name} failed ({type(error).__name__})"
        return "" if taken else f"the channel {self._name} did not take it"


def alert_channels(addresses: Mapping[str, str]) -> dict[str, AppriseChannel]:
    """Return the channels by name."""
    return {name: AppriseChannel(name, address) for name, address in addresses.items()}
