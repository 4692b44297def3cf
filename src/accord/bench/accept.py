"""How many deliveries a second are proven, told from copies, durable and answered."""

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

import psycopg

from accord.bench.database import fresh_database
from accord.bench.deliveries import (
    BODY_BYTES,
    FIRST_ID,
    ID_BEGINS,
    ID_DIGITS,
    SECRET,
    SYSTEM,
)
from accord.bench.knocking import WARM_UP
from accord.bench.measured import Figure, LostError, Measured, Tell
from accord.bench.programs import Program, program, server_cpu_s, used
from accord.bench.setting import machine, server
from accord.domain.tracks import Track
from accord.settings.credentials import variable

CONNECTIONS = 200
COPIES = 0.1
_ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)/")
# Only a receiver: nothing is read of what it keeps, and no other system is called.
_SERVE = ("accord", "serve", "--role", "receive", "--port", "0")
_KEPT = "SELECT substring(body FROM %s FOR %s) FROM envelope"
_COPIES = "SELECT count(*), sum(copies) FROM envelope"


async def accept(count: int, database: str | None, data: Path, tell: Tell) -> Measured:
    """Deliver ``count`` different bodies and some copies; once to Accord, once to the bare road."""
    with tempfile.TemporaryDirectory(prefix="accord-bench-") as name:
        folder = Path(name)
        about = machine()
        async with fresh_database(database, data) as url:
            tell("the bare road", 0.0)
            async with program("accord.bench.bare_receiver", url) as bare:
                bare_told = await _knock(bare, url, count, folder / "bare")
        async with fresh_database(database, data) as url:
            tell("Accord", 0.5)
            about |= server(url)
            async with program(
                *_SERVE, str(_accord_file(folder)), "--database", url, environment=_secrets()
            ) as accord:
                told = await _knock(accord, url, count, folder / "ledger")
            verified = _verified(url, folder / "ledger")
    return Measured(
        figures={**_figures(told), "verified": verified},
        baseline={
            "what": "uvicorn and group commit of the same bytes, nothing else",
            **_figures(bare_told),
        },
        ratio=round(bare_told["seconds"] / told["seconds"], 3),
        setting={
            "deliveries": count,
            "body_bytes": BODY_BYTES,
            "copies_share": COPIES,
            "connections": CONNECTIONS,
            **about,
        },
    )


async def _knock(receiver: Program, url: str, count: int, ledger: Path) -> Mapping[str, float]:
    """Deliver to a receiver that tells its address; return what the deliverer measured."""
    port = await _port(receiver)
    before, _ = used(receiver.process.pid)
    server_s = server_cpu_s(url)
    words = map(str, (port, count, CONNECTIONS, COPIES, ledger))
    async with program("accord.bench.knocking", *words) as knocking:
        await knocking.line()
        knocking.begin()
        told = await knocking.told()
    after, peak = used(receiver.process.pid)
    told["cpu_us_each"] = (after - before) / (told["answered"] + WARM_UP) * 1e6
    told["postgresql_cpu_us_each"] = (
        (server_cpu_s(url) - server_s) / (told["answered"] + WARM_UP) * 1e6
    )
    told["peak_rss_mib"] = peak
    if told["refused"]:
        what = f"{told['refused']} deliveries were answered neither 200 nor 503."
        raise LostError(what)
    return told


async def _port(receiver: Program) -> int:
    while line := await receiver.line():
        found = _ADDRESS.search(line)
        if found:
            return int(found[1])
    what = "The receiver ended before it began."
    raise LostError(what)


def _figures(told: Mapping[str, float]) -> dict[str, Figure]:
    return {
        "accepted_per_s": round(told["answered"] / told["seconds"]),
        "refused_503": int(told["refused_503"]),
        "p50_ms": round(told["p50_ms"], 2),
        "p99_ms": round(told["p99_ms"], 2),
        "cpu_us_each": round(told["cpu_us_each"], 1),
        "postgresql_cpu_us_each": round(told["postgresql_cpu_us_each"], 1),
        "client_cpu_us_each": round(told["cpu_s"] / told["answered"] * 1e6, 1),
        "peak_rss_mib": round(told["peak_rss_mib"], 1),
    }


def _verified(url: str, ledger: Path) -> int:
    """Return how many orders were answered for; every one is in the database, once."""
    answered = [FIRST_ID + int(line) for line in ledger.read_text().split()]
    with psycopg.connect(url) as connection:
        kept = [int(row[0]) for row in connection.execute(_KEPT, [ID_BEGINS + 1, ID_DIGITS])]
        row = connection.execute(_COPIES).fetchone()
    if set(kept) != set(answered) or len(kept) != len(set(kept)):
        missing = len(set(answered) - set(kept))
        what = f"{missing} of {len(set(answered))} deliveries answered 200 are not in the database."
        raise LostError(what)
    if row is None or row[0] + row[1] != len(answered):
        what = f"{len(answered)} deliveries were answered, and {row} rows and copies counted."
        raise LostError(what)
    return len(kept)


def _accord_file(folder: Path) -> Path:
    path = folder / "accord.toml"
    path.write_text(
        "\n".join(
            [
                'responsible = "Ana Lima <ana@example.com>"',
                f"[systems.{SYSTEM}]",
                'connector = "shopify"',
                'shop = "bench.myshopify.invalid"',
                "[tracks]",
                *(f'{track} = {{ owner = "{SYSTEM}" }}' for track in Track),
                "[stages]",
                'preset = "simple"',
            ]
        )
    )
    return path


def _secrets() -> Mapping[str, str]:
    return {
        variable(SYSTEM, "client_secret"): SECRET,
        variable(SYSTEM, "client_id"): "bench",
        "ACCORD_HOST": "127.0.0.1",
    }
