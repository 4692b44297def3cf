"""Far more senders than a slow database can serve are told so in time, and memory is bounded."""

import asyncio
import hashlib
import hmac
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from accord.bench.programs import used
from tests.processes.ledger import PATH, Ledger
from tests.roles.processes import SECRET, serving
from tests.roles.test_roles import standings, until

SENDERS = 600
# So long each commit takes while the database is slow; a group of deliveries is one commit.
SLOWNESS = 1.5
LASTS = 12.0
# Nobody who was let in is kept waiting for longer than a vendor waits.
IN_TIME = 5.0

SLOW_DOWN = f"""
CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_sleep({SLOWNESS}); RETURN NULL; END $$;
CREATE TRIGGER slow AFTER INSERT ON envelope FOR EACH STATEMENT EXECUTE FUNCTION slow();
"""


@contextmanager
def slow(url: str) -> Iterator[None]:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SLOW_DOWN)
        try:
            yield
        finally:
            connection.execute("DROP FUNCTION slow CASCADE")


@pytest.mark.deep
def test_what_is_too_much_is_told_to_come_back_and_the_rest_is_kept_and_worked_off(
    database: str, tmp_path: Path
):
    ledger = Ledger()
    given = {"ACCORD_DATABASE_URL": database}
    with serving(tmp_path, "receive", **given) as front, serving(tmp_path, "work", **given):
        port = int(front.address.rpartition(":")[2])
        with slow(database):
            asyncio.run(crowd(port, ledger))
        until(lambda: front.hook(b"after it", topic="refunds/create").status == 200, 10)
        until(lambda: set(standings(database)) == {"quarantined"}, 60)
        _, peak_mib = used(front.process.pid)

    assert set(ledger.answers) == {200, 503}, ledger.answers
    assert ledger.without_advice == 0
    assert ledger.slowest < IN_TIME
    assert peak_mib < 300
    ledger.send(b"after it")
    ledger.check(database)


async def crowd(port: int, ledger: Ledger) -> None:
    ends = time.monotonic() + LASTS
    await asyncio.gather(*(knock(port, ledger, each, ends) for each in range(SENDERS)))


async def knock(port: int, ledger: Ledger, number: int, ends: float) -> None:
    """Send one delivery after the other, each on a connection of its own, as a crowd would."""
    sent = 0
    while time.monotonic() < ends:
        sent += 1
        body = f"{number} {sent} ".encode() + b"x" * 3_000
        ledger.send(body)
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            began = time.monotonic()
            writer.write(request(body))
            head = await reader.readuntil(b"\r\n\r\n")
            writer.close()
        except (OSError, asyncio.IncompleteReadError):
            ledger.lost()
            continue
        status = int(head.split()[1])
        advice = "retry-after" if b"retry-after" in head.lower() else None
        ledger.answer(body, status, advice, time.monotonic() - began)
        if status == 503:
            await asyncio.sleep(0.2)  # a crowd of the impatient: they were told five seconds


def request(body: bytes) -> bytes:
    proof = b64encode(hmac.digest(SECRET.encode(), body, hashlib.sha256)).decode()
    head = (
        f"POST {PATH} HTTP/1.1",
        "host: accord",
        f"x-shopify-hmac-sha256: {proof}",
        f"content-length: {len(body)}",
        "connection: close",
    )
    return "\r\n".join((*head, "", "")).encode() + body
