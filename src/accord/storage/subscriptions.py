"""The record of subscriptions on PostgreSQL and in memory: so little that both fit here."""

from collections.abc import Sequence

from msgspec import structs

from accord.engine.subscription_book import SubscriptionLine
from accord.storage.connections import Connections
from accord.storage.statement import statement, storable


class PostgresSubscriptions:
    """A ``SubscriptionBook``; each method is one statement, and so one transaction."""

    def __init__(self, database: Connections) -> None:
        """Speak through ``database``."""
        self._database = database

    async def lines(self) -> Sequence[SubscriptionLine]:
        """Return every line, by system and topic."""
        async with self._database.single() as connection:
            rows = await connection.execute(statement("list_subscriptions"))
            return [SubscriptionLine(**row._asdict()) for row in rows]

    async def note(self, system: str, lines: Sequence[SubscriptionLine]) -> None:
        """Let these be all the lines of one system."""
        given = {
            "system": system,
            "topics": [storable(line.topic) for line in lines],
            "owns": [storable(line.own) for line in lines],
            "seen_at": [line.seen_at for line in lines],
            "missing_since": [line.missing_since for line in lines],
            "made_again_at": [line.made_again_at for line in lines],
            "troubles": [storable(line.trouble) for line in lines],
        }
        async with self._database.single() as connection:
            await connection.execute(statement("note_subscriptions"), given)


class MemorySubscriptions:
    """A ``SubscriptionBook``, as simple as its meaning allows."""

    def __init__(self) -> None:
        """Know of nothing yet."""
        self._lines: dict[str, list[SubscriptionLine]] = {}

    async def lines(self) -> Sequence[SubscriptionLine]:
        """Return every line, by system and topic."""
        every = [line for lines in self._lines.values() for line in lines]
        return sorted(every, key=lambda line: (line.system, line.topic))

    async def note(self, system: str, lines: Sequence[SubscriptionLine]) -> None:
        """Let these be all the lines of one system."""
        self._lines[system] = [
            structs.replace(
                line,
                topic=storable(line.topic),
                own=storable(line.own),
                trouble=storable(line.trouble),
            )
            for line in lines
        ]
