"""The invented stack as the use cases meet it: its accord and its links, and no network."""

from collections.abc import Mapping
from importlib.resources import files

import httpx2

from accord.bench.deliveries import SECRET
from accord.bootstrap import links, utc_now
from accord.connector_kit.discovery import connectors
from accord.connector_kit.link import ConnectedSystem
from accord.domain.accord import Accord
from accord.settings.accord_file import UnsoundAccordError, read_accord
from accord.settings.credentials import variable

SECRETS: Mapping[str, str] = {"client_secret": SECRET, "client_id": "bench"}


class NoWay(httpx2.AsyncBaseTransport):
    """The way to a system that is not there: nothing of a bench leaves this machine."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Refuse to connect."""
        message = "a bench calls no real system"
        raise httpx2.ConnectError(message, request=request)


def stack(
    shop: httpx2.AsyncBaseTransport | None = None, secrets: Mapping[str, str] = SECRETS
) -> tuple[Accord, dict[str, ConnectedSystem]]:
    """Return the accord and a link to each of its systems; only to the ``shop`` there is a way."""
    environment = {variable("shop", name): value for name, value in secrets.items()}
    text = files("accord.bench").joinpath("accord.toml").read_text(encoding="utf-8")
    read = read_accord(text, connectors(), environment)
    if read.accord is None or not read.sound:
        raise UnsoundAccordError("\n".join(map(str, read.findings)))
    ways = dict.fromkeys(read.systems, NoWay()) | ({"shop": shop} if shop else {})
    return read.accord, links(read.systems, ways, utc_now)
