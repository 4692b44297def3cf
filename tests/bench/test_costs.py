"""What must not grow, by counts that are the same on every machine and at every load."""

import asyncio
import sys
from collections import Counter
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import pytest

import accord
from accord.bench import events
from accord.bench.deliveries import SECRET, SYSTEM
from accord.bench.knocking import request
from accord.bench.stack import stack
from accord.bootstrap import utc_now
from accord.connector_kit.connector import Context
from accord.connector_kit.link import ConnectedSystem
from accord.connectors import shopify
from accord.engine.group_commit import GroupCommit
from accord.engine.interpret import Interpreter
from accord.engine.receive import Receiver
from accord.storage.connections import Connection, connections
from accord.storage.memory import MemoryStore
from accord.storage.migrations import migrate
from accord.storage.postgres import PostgresStore
from accord.web.app import Door
from accord.web.hooks import Hooks
from accord.web.server import listen, serve
from tests.storage.databases import Databases, given_server

ORDERS = 300
# Functions of the domain, the engine and the connectors that one event takes, each call counted.
# Told here so that a change of it is seen; a new rule may well be worth some more.
CALLS_AN_EVENT = 200
# Functions of the server, the engine and the connectors that one delivery takes from its first
# byte to its answer; twelve of them take one header each.
CALLS_A_DELIVERY = 65
DELIVERIES = 100
# However many envelopes it holds, a batch takes no more statements than this.
STATEMENTS_A_BATCH = 16

SOURCE = Path(accord.__file__).parent
COUNTED = tuple(str(SOURCE / part) for part in ("domain", "engine", "connector"))
ACCEPTING = tuple(str(SOURCE / part) for part in ("web", "engine", "connector", "settings"))


async def calls_of_deciding() -> Counter[str]:
    """Return how often each function was called while every event was decided."""
    store, calls = MemoryStore(), Counter[str]()
    await store.keep([*events.events(ORDERS)])
    interpreter = Interpreter(*stack(), store, utc_now)

    def count(frame, what, _argument):
        if what == "call" and frame.f_code.co_filename.startswith(COUNTED):
            calls[frame.f_code.co_name] += 1

    sys.setprofile(count)
    try:
        while await interpreter.turn():
            pass
    finally:
        sys.setprofile(None)
    return calls


async def test_an_event_takes_no_more_calls_than_it_did():
    calls = await calls_of_deciding()

    assert calls.total() / (ORDERS * events.EVENTS_AN_ORDER) < CALLS_AN_EVENT, calls.most_common(20)


async def test_truth_is_looked_for_once_for_all_orders_that_are_alike():
    calls = await calls_of_deciding()

    assert 0 < calls["truth"] <= calls["change_of"] / 10


async def test_a_delivery_takes_no_more_calls_than_it_did():
    calls = await calls_of_accepting()

    assert calls.total() / DELIVERIES < CALLS_A_DELIVERY, calls.most_common(20)


async def calls_of_accepting() -> Counter[str]:
    """Return how often each function was called while deliveries came over one connection."""
    calls, stop, listening = Counter[str](), asyncio.Event(), listen("127.0.0.1", 0)
    context = Context(
        system=SYSTEM,
        settings={"shop": "bench.myshopify.invalid"},
        secrets={"client_secret": SECRET},
        transport=None,
        clock=utc_now,
    )
    links = {SYSTEM: ConnectedSystem(shopify.CONNECTOR, context)}
    hooks = Hooks(Receiver(links, GroupCommit(MemoryStore().keep), utc_now), failed=print)
    serving = asyncio.create_task(serve(Door(hooks, None), listening, stop))
    reader, writer = await asyncio.open_connection(*listening.getsockname())

    def count(frame, what, _argument):
        if what == "call" and frame.f_code.co_filename.startswith(ACCEPTING):
            calls[frame.f_code.co_qualname] += 1

    sys.setprofile(count)
    try:
        for order in range(DELIVERIES):
            writer.write(request(order))
            assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
    finally:
        sys.setprofile(None)
    writer.close()
    stop.set()
    await serving
    await links[SYSTEM].close()
    return calls


@pytest.mark.parametrize("size", [40, 400])
async def test_a_batch_takes_as_many_statements_however_large_it_is(size):
    server = given_server()
    if server is None:
        pytest.skip("no PostgreSQL is given, and none is found on localhost")
    with Databases(server).empty() as url:
        await migrate(url)
        async with connections(url) as pool:
            store = PostgresStore(pool)
            await store.keep([*islice(events.events(ORDERS), size)])
            interpreter = Interpreter(*stack(), store, utc_now)

            with counting() as statements:
                assert await interpreter.turn() == size

    assert 0 < len(statements) <= STATEMENTS_A_BATCH, statements


@contextmanager
def counting():
    """Yield a list to which every statement is added that is run in this block."""
    statements: list[bytes] = []

    def note(frame, what, _argument):
        if what == "call" and frame.f_code is Connection.execute.__code__:
            told = frame.f_locals["asked"].text
            if told not in statements[-1:]:  # or it goes on with what it waited for
                statements.append(told)

    sys.setprofile(note)
    try:
        yield statements
    finally:
        sys.setprofile(None)
