"""Programs that a bench runs beside itself, each with a memory and a count of time of its own."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from accord.bench.measured import LostError

_PROC = Path("/proc")
# Fields of /proc/PID/stat after the name: the parent, the time of its own, that of ended children.
_PARENT, _OWN, _CHILDREN_TOO = 1, slice(11, 13), slice(11, 15)
# A program that has not said it is ready after so long never will.
READY_WITHIN = 60  # seconds


@dataclass(slots=True)
class Program:
    """A program that runs."""

    process: Process

    async def line(self) -> str:
        """Return the next line it prints; empty once it says no more."""
        assert self.process.stdout is not None
        async with asyncio.timeout(READY_WITHIN):
            return (await self.process.stdout.readline()).decode()

    def begin(self) -> None:
        """Let a program that said it is ready begin."""
        assert self.process.stdin is not None
        self.process.stdin.write(b"begin\n")

    async def told(self) -> dict[str, float]:
        """Return the figures it prints when it is done, however long that takes.

        Raises LostError when it ends without them.
        """
        assert self.process.stdout is not None
        line = await self.process.stdout.readline()
        if not line:
            message = f"A program of this bench ended early (status {await self.process.wait()})."
            raise LostError(message)
        figures: dict[str, float] = json.loads(line)
        return figures


@asynccontextmanager
async def program(
    *words: str, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Program]:
    """Run a module of Accord's, ``python -m words``, and end it with the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        *words,
        stdin=PIPE,
        stdout=PIPE,
        env={**os.environ, **(environment or {})},
    )
    running = Program(process)
    try:
        yield running
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


def say(line: str) -> None:
    """Print a line for the program that started this one, and at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def used(pid: int) -> tuple[float, float]:
    """Return a process's seconds of processor and its memory at most, in MiB; nothing off Linux."""
    try:
        told = (_PROC / str(pid) / "status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0, 0.0
    peak = next((row.split()[1] for row in told if row.startswith("VmHWM")), "0")
    return _seconds(pid, _OWN), int(peak) / 1024


def server_cpu_s(url: str) -> float:
    """Return the seconds of processor that PostgreSQL has used, where it runs on this machine.

    A backend that ended counts as well, since its postmaster waits for it.
    """
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        postmaster = _parent(row[0]) if row else 0  # asked while the backend is there
    if not postmaster:
        return 0.0
    children = (int(each) for each in os.listdir("/proc") if each.isdigit())  # noqa: PTH208
    alive = [pid for pid in children if _parent(pid) == postmaster]
    return _seconds(postmaster, _CHILDREN_TOO) + sum(_seconds(pid, _OWN) for pid in alive)


def _parent(pid: int) -> int:
    stat = _stat(pid)
    return int(stat[_PARENT]) if stat else 0


def _seconds(pid: int, fields: slice) -> float:
    return sum(map(int, _stat(pid)[fields])) / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    """Return what follows the name in a process's ``stat``; nothing where there is none."""
    try:
        return (_PROC / str(pid) / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return []
