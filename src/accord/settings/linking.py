"""What the systems of an accord file become at run time: links."""

from collections.abc import Callable, Mapping
from datetime import datetime

import httpx2

from accord.connector_kit.connector import Context
from accord.connector_kit.link import ConnectedSystem
from accord.settings.systems import SystemSettings


def links(
    systems: Mapping[str, SystemSettings],
    transports: Mapping[str, httpx2.AsyncBaseTransport],
    clock: Callable[[], datetime],
) -> dict[str, ConnectedSystem]:
    """Return every system of the accord, connected; without a transport, over the network."""
    return {
        name: ConnectedSystem(
            given.connector,
            Context(
                system=name,
                settings=given.settings,
                secrets=given.secrets,
                transport=transports.get(name),
                clock=clock,
                places=given.places,
            ),
        )
        for name, given in systems.items()
    }
