"""Settings of the process itself: database, data folder, address. Flags, environment, defaults."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from accord.domain.errors import UnusableInputError

HIGHEST_PORT = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSettings:
    """Where this process keeps its data and is reached.

    ``database_url`` is None where the embedded PostgreSQL in the folder ``data`` is used; it may
    hold a password and is not printed. ``port`` 0 lets the machine choose a free one.
    """

    database_url: str | None = field(default=None, repr=False)
    data: Path = Path(".accord")
    host: str = "127.0.0.1"
    port: int = 8000


def process_settings(
    environment: Mapping[str, str],
    *,
    database_url: str | None = None,
    data: Path | None = None,
    host: str | None = None,
    port: int | None = None,
) -> ProcessSettings:
    """Return the settings; a flag that is not None wins over the environment, that over defaults.

    The variables are ``ACCORD_DATABASE_URL``, ``ACCORD_DATA``, ``ACCORD_HOST``, ``ACCORD_PORT``;
    an empty one counts as absent.
    """
    default = ProcessSettings()
    folder = environment.get("ACCORD_DATA")
    return ProcessSettings(
        database_url=database_url or environment.get("ACCORD_DATABASE_URL") or None,
        data=data or (Path(folder).expanduser() if folder else default.data),
        host=host or environment.get("ACCORD_HOST") or default.host,
        port=_port(environment, default.port) if port is None else port,
    )


def _port(environment: Mapping[str, str], default: int) -> int:
    text = environment.get("ACCORD_PORT")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and int(text) <= HIGHEST_PORT):
        message = f"ACCORD_PORT is {text!r}. Set it to a number from 0 to {HIGHEST_PORT}."
        raise UnusableInputError(message)
    return int(text)
