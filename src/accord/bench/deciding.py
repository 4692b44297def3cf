"""A program that decides what waits in a database, until nothing does: ``… URL [bare]``.

It says that it is ready and waits for a line on its standard input to begin.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable

from accord.bench.bare_deciding import bare_turn
from accord.bench.programs import say
from accord.bench.stack import stack
from accord.bootstrap import utc_now
from accord.engine.interpret import Interpreter
from accord.storage.postgres import postgres_store

Turn = Callable[[], Awaitable[int]]


async def _until_done(turn: Turn) -> None:
    say("ready")
    await asyncio.to_thread(sys.stdin.readline)
    before = time.process_time()
    events = 0
    while done := await turn():
        events += done
    say(json.dumps({"events": events, "cpu_s": time.process_time() - before}))


async def decide(url: str) -> None:
    """Decide with the product's own interpreter, as its worker does."""
    accord, links = stack()
    async with postgres_store(url) as store:
        await _until_done(Interpreter(accord, links, store, utc_now).turn)


async def decide_bare(url: str) -> None:
    """Decode, map and upsert, and know nothing of orders."""
    async with bare_turn(url) as turn:
        await _until_done(turn)


if __name__ == "__main__":
    asyncio.run((decide_bare if "bare" in sys.argv[2:] else decide)(sys.argv[1]))
