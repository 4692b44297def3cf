"""What the commands find around them: the connectors there are, and the environment."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import typer

from accord.connector_kit.connector import Connector
from accord.connector_kit.discovery import connectors


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The world of one call of the program. Connectors are looked for only when needed."""

    catalogue: Callable[[], Mapping[str, Connector]] = connectors
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)


def surroundings(context: typer.Context) -> Surroundings:
    """Return the surroundings given with the call, or the real ones."""
    given = context.find_object(Surroundings)
    return given if given is not None else Surroundings()
