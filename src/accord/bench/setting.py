"""On what was measured: the machine, the versions, and how the database commits."""

import os
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import psycopg

from accord import __version__
from accord.bench.measured import Figure

_MIB = 1024 * 1024
_PACKAGES = ("uvicorn", "psycopg", "msgspec", "httpx2")
# What decides whether an answer given is on disk, and what it costs.
_SERVER = (
    "server_version",
    "synchronous_commit",
    "fsync",
    "full_page_writes",
    "wal_compression",
    "shared_buffers",
)


def machine() -> dict[str, Figure]:
    """Return the hardware, the load that others put on it now, and the versions in use."""
    return {
        "cores": os.cpu_count(),
        "cpu": _cpu(),
        "memory_mib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _MIB,
        "load_before": round(os.getloadavg()[0], 2),
        "system": platform.platform(),
        "python": platform.python_version(),
        **{package: version(package) for package in _PACKAGES},
        "accord": __version__,
    }


def server(url: str) -> Mapping[str, Figure]:
    """Return how the database at ``url`` commits, in its own words."""
    with psycopg.connect(url) as connection:
        shown = [connection.execute(f"SHOW {name}").fetchone() for name in _SERVER]
    told = {name: row[0] for name, row in zip(_SERVER, shown, strict=True) if row}
    return {
        "postgresql": told.pop("server_version"),
        "commit_mode": f"synchronous_commit={told.pop('synchronous_commit')}",
        **told,
    }


def _cpu() -> str:
    try:
        listed = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in listed if line.startswith("model name"))
    return next(names, platform.machine())
