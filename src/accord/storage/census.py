"""The census in PostgreSQL: one row per system and hour, and every hole by its name."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from accord.engine.census_book import Census, CensusState, Hole, Kept
from accord.engine.envelope import Incoming, Origin, Standing
from accord.storage import envelopes
from accord.storage.connections import Connection, Connections, Row
from accord.storage.statement import statement, storable


class PostgresCensus:
    """A ``CensusBook``."""

    def __init__(self, database: Connections) -> None:
        """Speak through ``database``."""
        self._database = database

    async def latest(self, system: str) -> datetime | None:
        """Return the newest hour that is in the book, None before the first."""
        async with self._database.single() as connection:
            found: datetime | None = await connection.scalar(
                statement("latest_census"), {"system": system}
            )
        return found

    async def add(self, hours: Sequence[Census]) -> None:
        """Put hours down; those that are there stay as they are."""
        given = {
            "systems": [one.system for one in hours],
            "hours": [one.hour for one in hours],
            "states": [one.state.value for one in hours],
            "dues": [one.due for one in hours],
            "sentences": [storable(one.sentence) for one in hours],
        }
        if hours:
            async with self._database.single() as connection:
                await connection.execute(statement("add_census"), given)

    async def next(self, system: str, now: datetime) -> Census | None:
        """Return the oldest hour that is due and neither certified nor impossible."""
        found = await self._ask("next_census", system=system, now=now)
        return _census(found[0]) if found else None

    async def next_due(self, system: str) -> datetime | None:
        """Return when the first of those hours is due."""
        ((due,),) = await self._ask("next_census_due", system=system)
        found: datetime | None = due
        return found

    async def kept(self, system: str, identities: Collection[bytes]) -> Mapping[bytes, Kept]:
        """Return which of these are received, and how they stand."""
        found = await self._ask("find_kept", system=system, identities=list(identities))
        return {
            bytes(row.identity): Kept(
                standing=Standing(row.standing),
                origin=Origin(row.origin),
                received_at=row.received_at,
            )
            for row in found
        }

    async def write(
        self, census: Census, holes: Sequence[Hole] = (), incoming: Sequence[Incoming] = ()
    ) -> bool:
        """Store how an hour stands, its new holes and what fills them, in one commit."""
        given = {
            "system": census.system,
            "hour": census.hour,
            "state": census.state.value,
            "listed": census.listed,
            "held": census.held,
            "found": census.found,
            "tries": census.tries,
            "due": census.due,
            "asked_at": census.asked_at,
            "sentence": storable(census.sentence),
        }
        async with self._database.begin() as connection:
            if (await connection.execute(statement("write_census"), given)).first() is None:
                return False
            await _add(connection, holes)
            await envelopes.keep(connection, incoming)
            return True

    async def holes(self, system: str, hour: datetime) -> Sequence[Hole]:
        """Return every hole of one hour with how it stands, as they were found."""
        return [_hole(row) for row in await self._ask("list_holes", system=system, hour=hour)]

    async def open_holes(
        self, system: str, since: datetime | None = None, until: datetime | None = None
    ) -> Sequence[Hole]:
        """Return the holes of one system, or of all, that nothing has settled; oldest first."""
        found = await self._ask("list_open_holes", system=system, since=since, until=until)
        return [_hole(row) for row in found]

    async def hours(
        self, system: str, since: datetime | None, until: datetime | None, limit: int
    ) -> Sequence[Census]:
        """Return hours of one system, or of all, newest first."""
        given = {"system": system, "since": since, "until": until, "limit": limit}
        return [_census(row) for row in await self._ask("list_census", **given)]

    async def _ask(self, name: str, **given: object) -> Sequence[Row]:
        async with self._database.single() as connection:
            return await connection.execute(statement(name), given)


async def _add(connection: Connection, holes: Sequence[Hole]) -> None:
    if not holes:
        return
    given = {
        "systems": [one.system for one in holes],
        "hours": [one.hour for one in holes],
        "identities": [one.identity for one in holes],
        "topics": [storable(one.topic) for one in holes],
        "names": [storable(one.name) for one in holes],
        "was_there": [one.was_there for one in holes],
        "found_at": [one.found_at for one in holes],
    }
    await connection.execute(statement("add_holes"), given)


def _census(row: Row) -> Census:
    told = row._asdict()
    return Census(state=CensusState(told.pop("state")), **told)


def _hole(row: Row) -> Hole:
    told = row._asdict()
    standing = told.pop("standing")
    return Hole(
        identity=bytes(told.pop("identity")),
        standing=None if standing is None else Standing(standing),
        reason=told.pop("reason") or "",
        **told,
    )
