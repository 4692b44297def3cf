"""How things stand in a database of Accord's, asked from outside."""

import asyncio
from datetime import timedelta

import psycopg

from accord.domain.accord import Accord
from accord.domain.comparison import compare
from accord.engine.envelope import Standing
from accord.storage.connections import connections
from accord.storage.postgres import PostgresStore
from tests.processes.pretended import Pretended


def trouble(url: str, accord: Accord, aside: int = 0) -> list[str]:
    """Return what keeps everything from being in agreement; nothing if nothing does.

    ``aside`` envelopes were sent to end in quarantine.
    """
    return asyncio.run(_trouble(url, accord, aside))


async def _trouble(url: str, accord: Accord, aside: int) -> list[str]:
    async with connections(url) as pool:
        store = PostgresStore(pool)
        balance = (await store.balance()).values()
        waiting = sum(counts.get(Standing.WAITING, 0) for counts in balance)
        quarantined = sum(counts.get(Standing.QUARANTINED, 0) for counts in balance)
        told = [f"{waiting} envelopes wait"] if waiting else []
        if quarantined != aside:
            told.append(f"{quarantined} envelopes are in quarantine")
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


def is_over(company: Pretended, url: str, aside: int = 0) -> bool:
    """Let the warehouse do what it was asked for; return whether all is done and in agreement."""
    company.do(company.pack)
    shipped = company.do(lambda: all(map(company.is_shipped, company.numbers)))
    return shipped and company.is_posted and not trouble(url, company.accord, aside)


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
