"""How things stand in a database of Accord's, asked from outside."""

import asyncio
from datetime import timedelta

import psycopg

from accord.domain.accord import Accord
from accord.domain.comparison import compare
from accord.engine.envelope import Standing
from accord.storage.engine import connected, talk_binary
from accord.storage.postgres import PostgresStore


def trouble(url: str, accord: Accord) -> list[str]:
    """Return what keeps everything from being in agreement; nothing if nothing does."""
    return asyncio.run(_trouble(url, accord))


async def _trouble(url: str, accord: Accord) -> list[str]:
    async with connected(url) as engine:
        talk_binary(engine)
        store = PostgresStore(engine)
        told = [
            f"{counts[standing]} envelopes of {system} are {standing}"
            for system, counts in (await store.balance()).items()
            for standing in (Standing.WAITING, Standing.QUARANTINED)
            if counts.get(standing)
        ]
        for line in await store.orders(limit=500):
            told += [
                f"{line.order}: {each.system} says {each.word!r} on {each.column}, "
                f"not {each.expected}"
                for each in compare(line.matrix, accord)
                if not each.agrees
            ]
    with psycopg.connect(url) as connection:
        given_up = connection.execute("SELECT system, key, note FROM task WHERE dead").fetchall()
    return [*told, *(f"given up: {row}" for row in given_up)]


def let_time_go_by(url: str, minutes: int = 10) -> None:
    """Let what is written down about the future be so much nearer.

    For processes that are not alive, this is the same as waiting.
    """
    with psycopg.connect(url) as connection:
        connection.execute(
            "UPDATE task SET due = due - %(much)s, leased_until = leased_until - %(much)s,"
            " held_until = held_until - %(much)s, doubt_until = doubt_until - %(much)s",
            {"much": timedelta(minutes=minutes)},
        )
