"""What lies beside a connector's code."""

from datetime import UTC, datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import msgspec

from accord.connector_kit.connector import Connector
from accord.connector_kit.discovery import PACKAGE
from accord.domain.report import Report
from accord.engine.envelope import Origin

# Every sample is read as if it had come at this time.
SAMPLED_AT = datetime(2026, 11, 22, tzinfo=UTC)


class Sample(msgspec.Struct, forbid_unknown_fields=True):
    """A payload of the vendor's, and what must be read in it."""

    topic: str
    origin: Origin
    headers: dict[str, str]
    body: Any
    reports: list[Report]
    lookups: list[dict[str, str]]
    ignored: str


def folder_of(connector: Connector) -> Traversable:
    """Return the folder a connector was found in; it bears the connector's name."""
    return files(f"{PACKAGE}.{connector.name}")


def readme_of(connector: Connector) -> str:
    return folder_of(connector).joinpath("README.md").read_text(encoding="utf-8")


def samples_of(connector: Connector) -> dict[str, Sample]:
    """Return every sample in the connector's folder by the name of its file."""
    paths = folder_of(connector).joinpath("samples").iterdir()
    found = {path.name: path.read_bytes() for path in paths if path.name.endswith(".json")}
    return {name: msgspec.json.decode(body, type=Sample) for name, body in sorted(found.items())}
