"""A PostgreSQL server of a test's own, that may be killed."""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

from accord.storage.embedded import EmbeddedServer


def kill_server(data: Path) -> None:
    """Kill the server of a data folder and everybody who serves for it, all at one instant."""
    note = data / "postgres" / "postmaster.pid"
    first = int(note.read_text().splitlines()[0])
    with contextlib.suppress(ProcessLookupError):
        os.kill(first, signal.SIGSTOP)  # so that it starts nobody while it is being killed
        for each in [*_children(first), first]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)


def _children(parent: int) -> Iterator[int]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            told = stat.read_text().rpartition(")")[2].split()
            if int(told[1]) == parent:
                yield int(stat.parent.name)


class Cluster:
    """One server in a folder; its address stays the same however often it dies."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self._server = EmbeddedServer(self.data)
        self._server.enter()

    @property
    def url(self) -> str:
        return self._server.url

    def start(self) -> None:
        """Start it after its death."""
        self._server.mend()

    def kill(self) -> None:
        kill_server(self.data)

    def stop(self) -> None:
        self._server.leave()
