"""What is counted of hooks and feeds, in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from accord.engine.envelope import Envelope, Origin
from accord.engine.heard import Miss, MissCount, TrafficHour
from accord.storage.connections import Connections, Row
from accord.storage.envelopes import envelope_of
from accord.storage.statement import statement, storable


class PostgresHeard:
    """A ``HeardBook``: each method is one statement, and so one transaction."""

    def __init__(self, database: Connections) -> None:
        """Speak through ``database``."""
        self._database = database

    async def received(
        self,
        system: str,
        ways: Collection[Origin],
        since: datetime,
        until: datetime,
        *,
        after: int,
        limit: int,
    ) -> Sequence[Envelope]:
        """Return what came by some ways in a time, numbered above ``after``, in its order."""
        found = await self._ask(
            "list_received",
            system=system,
            ways=[way.value for way in ways],
            since=since,
            until=until,
            after=after,
            limit=limit,
        )
        return [envelope_of(row) for row in found]

    async def miss(self, misses: Sequence[Miss]) -> None:
        """Note hooks that did not come; one that is noted already stays as it is."""
        if misses:
            await self._do("note_misses", **_columns(misses))

    async def came(self, misses: Sequence[Miss]) -> None:
        """Note when hooks came after all."""
        if misses:
            await self._do("note_late_hooks", **_columns(misses))

    async def missing(self, system: str, since: datetime) -> Sequence[Miss]:
        """Return the changes since a moment of which no hook has told yet, oldest first."""
        found = await self._ask("list_missing_hooks", system=system, since=since)
        return [Miss(**row._asdict()) for row in found]

    async def missed(
        self, system: str, since: datetime, until: datetime | None = None
    ) -> Sequence[MissCount]:
        """Return by topic and hour how many hooks did not come, of one system or of all."""
        found = await self._ask("count_missed_hooks", system=system, since=since, until=until)
        return [MissCount(**row._asdict()) for row in found]

    async def count(self, system: str, since: datetime, until: datetime) -> Mapping[Origin, int]:
        """Return how many envelopes were received in a time, by the way they came."""
        found = await self._ask("count_received", system=system, since=since, until=until)
        return {Origin(row.origin): row.envelopes for row in found}

    async def traffic(
        self, system: str, origin: Origin, hours: Sequence[datetime]
    ) -> Mapping[datetime, int]:
        """Return what was noted of these hours."""
        given = {"system": system, "origin": origin.value, "hours": list(hours)}
        return {row.hour: row.envelopes for row in await self._ask("read_traffic", **given)}

    async def note(self, hours: Sequence[TrafficHour]) -> None:
        """Note how much came; an hour that is noted already stays as it is."""
        if hours:
            await self._do(
                "note_traffic",
                systems=[one.system for one in hours],
                origins=[one.origin.value for one in hours],
                hours=[one.hour for one in hours],
                envelopes=[one.envelopes for one in hours],
                usual=[one.usual for one in hours],
                silent=[one.silent for one in hours],
            )

    async def silent(self, since: datetime) -> Sequence[TrafficHour]:
        """Return the hours in which nothing came where something was to be expected."""
        found = [row._asdict() for row in await self._ask("list_silent_hours", since=since)]
        return [TrafficHour(origin=Origin(told.pop("origin")), **told) for told in found]

    async def _do(self, name: str, **given: object) -> None:
        async with self._database.single() as connection:
            await connection.execute(statement(name), given)

    async def _ask(self, name: str, **given: object) -> Sequence[Row]:
        async with self._database.single() as connection:
            return await connection.execute(statement(name), given)


def _columns(misses: Sequence[Miss]) -> dict[str, object]:
    return {
        "systems": [one.system for one in misses],
        "topics": [storable(one.topic) for one in misses],
        "hours": [one.hour for one in misses],
        "things": [storable(one.thing) for one in misses],
        "said_at": [one.said_at for one in misses],
        "came_at": [one.came_at for one in misses],
    }
