"""``accord bench``: figures of this machine, beside what the same work costs without Accord."""

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import polars as pl
import typer

from accord import __version__
from accord.audit.invented import Pair, invent

bench = typer.Typer(help="Measure on this machine.", no_args_is_help=True)

# The least anybody can do with the same files: read the columns of numbers and join them.
_BARE_JOIN = """
import sys
import polars as pl
shop = pl.scan_csv(sys.argv[1], infer_schema=False).select(
    "Financial Status", "Fulfillment Status", key=pl.col("Name").str.strip_prefix("#")
)
books = pl.scan_csv(sys.argv[2], infer_schema=False).select("Status", key="PO/Check Number")
print(shop.join(books, on="key").collect(engine="streaming").height)
"""

# A program's memory at most begins with that of whoever starts it, so a small one does.
_STARTER = """
import json, os, subprocess, sys, time
began = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
seconds = time.perf_counter() - began
print(json.dumps([os.waitstatus_to_exitcode(status), seconds, usage.ru_maxrss / 1024,
    usage.ru_utime + usage.ru_stime]))
"""

_MIB = 1024 * 1024


class Run(NamedTuple):
    """One run of a program: its exit status, seconds on the clock, and its memory at most.

    ``cpu_seconds`` is what all cores spent on it, which the load of a machine changes less.
    """

    status: int
    seconds: float
    peak_rss_mib: float
    cpu_seconds: float


@bench.callback()
def measure() -> None:
    """Measure on this machine."""


@bench.command(name="audit")
def audit(
    *,
    rows: Annotated[
        int, typer.Option(min=1000, help="Rows in each of the two exports.")
    ] = 1_000_000,
    as_object: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Time the comparing of two invented exports, beside the bare join of the same files."""
    with tempfile.TemporaryDirectory(prefix="accord-bench-") as folder:
        pair = invent(Path(folder), rows)
        report = _report(pair, rows)
    typer.echo(json.dumps(report, indent=2) if as_object else _in_words(report))


def _report(pair: Pair, rows: int) -> Mapping[str, Mapping[str, object] | float]:
    files = [str(pair.shop), str(pair.books)]
    _run([sys.executable, "-c", _BARE_JOIN, *files])  # so that both find the files in memory
    bare = _run([sys.executable, "-c", _BARE_JOIN, *files])
    run = _run([sys.executable, "-m", "accord", "audit", "--json", *files])
    if run.status != 1:  # drift is planted, so it must be found
        typer.echo(
            "The audit found no drift in files that hold some; its time means nothing.", err=True
        )
        raise typer.Exit(1)
    return {
        "figures": {
            "seconds": round(run.seconds, 3),
            "cpu_seconds": round(run.cpu_seconds, 3),
            "peak_rss_mib": round(run.peak_rss_mib, 1),
            "rows_per_s": round(2 * rows / run.seconds),
        },
        "baseline": {
            "what": "polars: read and join the same files",
            "seconds": round(bare.seconds, 3),
            "cpu_seconds": round(bare.cpu_seconds, 3),
            "peak_rss_mib": round(bare.peak_rss_mib, 1),
            "rows_per_s": round(2 * rows / bare.seconds),
        },
        "ratio": round(bare.seconds / run.seconds, 3),
        "setting": _setting(pair, rows),
    }


def _run(command: Sequence[str]) -> Run:
    """Run a program by itself, so that its memory is its own."""
    starter = [sys.executable, "-c", _STARTER, *command]
    done = subprocess.run(starter, check=True, stdout=subprocess.PIPE)  # noqa: S603 - our own program
    return Run(*json.loads(done.stdout))


def _setting(pair: Pair, rows: int) -> Mapping[str, object]:
    return {
        "rows_per_file": rows,
        "shop_mib": round(pair.shop.stat().st_size / _MIB, 1),
        "books_mib": round(pair.books.stat().st_size / _MIB, 1),
        "drifting_orders": pair.drifting,
        "cpus": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "machine": platform.machine(),
        "memory_mib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _MIB,
        "system": platform.platform(),
        "python": platform.python_version(),
        "polars": pl.__version__,
        "accord": __version__,
    }


def _in_words(report: Mapping[str, Mapping[str, object] | float]) -> str:
    lines = []
    for title in ("figures", "baseline", "setting"):
        part = report[title]
        lines.append(title)
        if isinstance(part, Mapping):
            lines += [f"  {name:16} {value}" for name, value in part.items()]
    lines.append(f"ratio              {report['ratio']} (bare join's time over the audit's)")
    return "\n".join(lines)
