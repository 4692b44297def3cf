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


def stack(
    transports: Mapping[str, httpx2.AsyncBaseTransport] | None = None,
) -> tuple[Accord, dict[str, ConnectedSystem]]:
    """Return the accord and a link to each of its systems."""
    environment = {variable("shop", "client_secret"): SECRET, variable("shop", "client_id"): "b"}
    text = files("accord.bench").joinpath("accord.toml").read_text(encoding="utf-8")
    read = read_accord(text, connectors(), environment)
    if read.accord is None or not read.sound:
        raise UnsoundAccordError("\n".join(map(str, read.findings)))
    return read.accord, links(read.systems, transports or {}, utc_now)
