"""A payload that kills whoever reads it: real processes die, and its neighbours are read."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from accord.domain.reason import Poison
from accord.domain.report import Ref, order_number
from accord.engine.desk import EVERYTHING
from accord.engine.envelope import Standing
from accord.storage.postgres import postgres_store
from tests.domain.stack import said
from tests.engine.plain import body, incoming
from tests.storage.databases import Databases

DEADLY = b"deadly"
DIED = 7

READER = """
import asyncio, os, signal, sys, time
from accord.connector_kit.wire import read_json
from accord.engine.envelope import Parsed
from accord.storage.postgres import postgres_store
from tests.domain.stack import stack
from tests.engine.plain import Plain

READER = os.getpid()

def parse(envelope):
    if b"deadly" in envelope.body:
        os._exit(7)
    if b"unlucky" in envelope.body and "struck" in sys.argv:
        os.kill(READER, signal.SIGKILL)
        time.sleep(60)
    return read_json(envelope.body, Parsed)

async def main(url):
    async with postgres_store(url) as store:
        plain = Plain(stack(), store)
        plain.parse = parse
        while await plain.engine.interpreter.turn():
            pass

asyncio.run(main(sys.argv[1]))
"""


@pytest.fixture
def url(embedded_databases: Databases) -> Iterator[str]:
    with embedded_databases.fresh() as url:
        yield url


def order(number: int, more: str = "") -> bytes:
    names = (Ref("shop", f"s{number}"), order_number(str(number)))
    return body(replace(said("shop", "order", "open"), order=names), more=more)


async def read_by_a_process(url: str, *fate: str) -> int:
    asked = [sys.executable, "-c", READER, url, *fate]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = await asyncio.to_thread(subprocess.run, asked, env=environment, check=False)
    return done.returncode


async def test_a_payload_that_kills_its_reader_is_set_aside_and_all_others_are_read(
    url: str,
) -> None:
    bodies = [order(1), order(2), order(3, more=DEADLY.decode()), order(4), order(5)]
    async with postgres_store(url) as store:
        now = datetime.now(UTC)
        await store.keep([incoming("shop", each, now) for each in bodies])

        endings = [await read_by_a_process(url) for _ in range(4)]

        assert endings == [DIED, DIED, DIED, 0]
        (aside,) = await store.desk.aside(EVERYTHING, 0, 9)
        assert [each.reason for each in aside.objections] == [Poison("shop", 3)]
        assert await store.balance() == {"shop": {Standing.APPLIED: 4, Standing.QUARANTINED: 1}}


async def test_a_payload_whose_readers_were_killed_from_outside_is_read_once_they_live(
    url: str,
) -> None:
    async with postgres_store(url) as store:
        now = datetime.now(UTC)
        unlucky = [order(1), order(2, more="unlucky"), order(3)]
        await store.keep([incoming("shop", each, now) for each in unlucky])

        endings = [await read_by_a_process(url, "struck") for _ in range(4)]
        endings.append(await read_by_a_process(url))

        assert endings == [-signal.SIGKILL] * 4 + [0]
        assert await store.balance() == {"shop": {Standing.APPLIED: 3}}
