"""Settings of the process itself: database, data folder, address. Flags, environment, defaults."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from accord.domain.errors import UnusableInputError

HIGHEST_PORT = 65535
_HOST_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")


class ProcessRole(StrEnum):
    """A part of the work that a process may do alone; any number of processes may do each."""

    RECEIVE = "receive"  # take hooks
    WORK = "work"  # read what was kept, bring mirrors into step; empty the broker
    SWEEP = "sweep"  # read change feeds
    CONSOLE = "console"  # show the pages


EVERY_ROLE = frozenset(ProcessRole)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSettings:
    """Where this process keeps its data and is reached.

    ``database_url`` is None where the embedded PostgreSQL in the folder ``data`` is used; it may
    hold a password and is not printed. ``port`` 0 lets the machine choose a free one.
    ``broker_url`` is None where hooks go straight into the database; it may hold a password too.
    ``pages_names`` are names of hosts under which people may ask for the pages.
    """

    database_url: str | None = field(default=None, repr=False)
    data: Path = Path(".accord")
    host: str = "127.0.0.1"
    port: int = 8000
    roles: frozenset[ProcessRole] = EVERY_ROLE
    broker_url: str | None = field(default=None, repr=False)
    send_mark_file: Path | None = None
    pages_names: frozenset[str] = frozenset()

    @property
    def send_mark(self) -> Path:
        """Where it is noted, outside of the database, what customers were sent."""
        return self.send_mark_file or self.data / "send-mark.json"

    @property
    def needs_database(self) -> bool:
        """Whether the process can do nothing without the database."""
        return self.broker_url is None or self.roles != {ProcessRole.RECEIVE}


def process_settings(
    environment: Mapping[str, str],
    *,
    database_url: str | None = None,
    data: Path | None = None,
    host: str | None = None,
    port: int | None = None,
    roles: str | None = None,
    broker_url: str | None = None,
) -> ProcessSettings:
    """Return the settings; a flag that is not None wins over the environment, that over defaults.

    The variables are ``ACCORD_DATABASE_URL``, ``ACCORD_DATA``, ``ACCORD_HOST``, ``ACCORD_PORT``,
    ``ACCORD_ROLE``, ``ACCORD_BROKER_URL``, ``ACCORD_SEND_MARK`` and ``ACCORD_PAGES_NAMES``; an
    empty one counts as absent. Several roles or names stand with commas between them.
    """
    default = ProcessSettings()
    folder = environment.get("ACCORD_DATA")
    mark = environment.get("ACCORD_SEND_MARK")
    return ProcessSettings(
        database_url=database_url or environment.get("ACCORD_DATABASE_URL") or None,
        data=data or (Path(folder).expanduser() if folder else default.data),
        host=host or environment.get("ACCORD_HOST") or default.host,
        port=_port(environment, default.port) if port is None else port,
        roles=_roles(roles or environment.get("ACCORD_ROLE")),
        broker_url=broker_url or environment.get("ACCORD_BROKER_URL") or None,
        send_mark_file=Path(mark).expanduser() if mark else None,
        pages_names=_names(environment.get("ACCORD_PAGES_NAMES", "")),
    )


def _names(text: str) -> frozenset[str]:
    names = frozenset(name.strip().lower() for name in text.split(",") if name.strip())
    for name in names:
        if not _HOST_NAME.fullmatch(name):
            message = (
                f"ACCORD_PAGES_NAMES holds {name!r}, which is no name of a host. "
                "Write names only, such as accord.example.com, with commas between them."
            )
            raise UnusableInputError(message)
    return names


def _roles(text: str | None) -> frozenset[ProcessRole]:
    if not text:
        return EVERY_ROLE
    try:
        return frozenset(ProcessRole(word.strip()) for word in text.split(","))
    except ValueError as error:
        message = (
            f"{error} of a process. Set --role or ACCORD_ROLE to one or several of "
            f"{', '.join(ProcessRole)}, with commas between them."
        )
        raise UnusableInputError(message) from error


def _port(environment: Mapping[str, str], default: int) -> int:
    text = environment.get("ACCORD_PORT")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and int(text) <= HIGHEST_PORT):
        message = f"ACCORD_PORT is {text!r}. Set it to a number from 0 to {HIGHEST_PORT}."
        raise UnusableInputError(message)
    return int(text)
