"""The invented stack as the use cases meet it: its accord and its links, and no network."""

from collections.abc import Mapping
from importlib.resources import files

import httpx2

from accord.bench.deliveries import SECRET
from accord.bootstrap import utc_now
from accord.connector_kit.discovery import connectors
from accord.connector_kit.link import ConnectedSystem
from accord.domain.accord import Accord
from accord.settings.accord_file import UnsoundAccordError, read_accord
from accord.settings.credentials import variable
from accord.settings.linking import links
from accord.settings.systems import SystemSettings

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
    accord, systems = _read("accord.toml", environment)
    ways = dict.fromkeys(systems, NoWay()) | ({"shop": shop} if shop else {})
    return accord, links(systems, ways, utc_now)


def four_systems() -> Accord:
    """Return the accord of one shop, its books, and two warehouses."""
    return _read("four_systems.toml", {})[0]


def _read(file: str, environment: Mapping[str, str]) -> tuple[Accord, Mapping[str, SystemSettings]]:
    text = files("accord.bench").joinpath(file).read_text(encoding="utf-8")
    read = read_accord(text, connectors(), environment)
    if read.accord is None or not read.sound:
        raise UnsoundAccordError("\n".join(map(str, read.findings)))
    return read.accord, read.systems
