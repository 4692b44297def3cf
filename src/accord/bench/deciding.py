"""A program that decides what waits in a database: ``… URL WAY AT_MOST``.

``WAY`` is ``accord`` or ``bare``; it ends when nothing waits, or ``AT_MOST`` events are decided.

It says that it is ready and waits for a line on its standard input to begin.
"""

import asyncio
import json
import resource
import sys
import time
from collections.abc import Awaitable, Callable

from accord.bench.bare_deciding import SIDE_BY_SIDE, bare_turn
from accord.bench.programs import say
from accord.bench.stack import stack
from accord.bootstrap import utc_now
from accord.engine.interpret import Interpreter
from accord.engine.loop import run_fast
from accord.storage.postgres import postgres_store

Turn = Callable[[], Awaitable[int]]


async def _until_done(turn: Turn, at_most: int) -> None:
    say("ready")
    await asyncio.to_thread(sys.stdin.readline)
    before = time.process_time()
    events = 0

    async def one_after_the_other() -> None:
        nonlocal events
        while events < at_most and (done := await turn()):
            events += done

    # As a worker does: one batch is read while the outcome of another is written.
    await asyncio.gather(*(one_after_the_other() for _ in range(SIDE_BY_SIDE)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    cpu_s = time.process_time() - before
    say(json.dumps({"events": events, "cpu_s": cpu_s, "peak_rss_mib": peak}))


async def decide(url: str, at_most: int) -> None:
    """Decide with the product's own interpreter, as its worker does."""
    accord, links = stack()
    async with postgres_store(url) as store:
        await _until_done(Interpreter(accord, links, store, utc_now).turn, at_most)


async def decide_bare(url: str, at_most: int) -> None:
    """Decode, map and upsert, and know nothing of orders."""
    async with bare_turn(url) as turn:
        await _until_done(turn, at_most)


if __name__ == "__main__":
    address, way, most = sys.argv[1:]
    run_fast((decide_bare if way == "bare" else decide)(address, int(most)))
