"""Agreement as a number, in PostgreSQL."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from accord.domain.agreement import Spread
from accord.domain.tracks import Track
from accord.engine.numbers import Behind, Daily, Share, Waits, counted
from accord.engine.ports import Change
from accord.storage.connections import Connection, Connections, Row
from accord.storage.statement import statement


async def count_agreed(connection: Connection, changes: Iterable[Change], now: datetime) -> None:
    """Add what came into step by these changes to the count."""
    added = counted((one for change in changes for one in change.agreed), now)
    if not added:
        return
    await connection.execute(
        statement("count_agreement"),
        {
            "systems": [name.system for name in added],
            "tracks": [name.track.value for name in added],
            "at": [name.at for name in added],
            "steps": [name.step for name in added],
            "mirrors": list(added.values()),
        },
    )


class PostgresNumbers:
    """``Numbers``."""

    def __init__(self, database: Connections) -> None:
        """Speak through ``database``."""
        self._database = database

    async def agreement(self, since: datetime) -> Mapping[tuple[str, Track], Spread]:
        """Return how long it took to agree, by system and track, from a moment on."""
        counts: dict[tuple[str, Track], dict[int, int]] = {}
        for row in await self._ask("read_agreement", since=since):
            counts.setdefault((row.system, Track(row.track)), {})[row.step] = row.mirrors
        return {name: Spread().with_counts(steps) for name, steps in sorted(counts.items())}

    async def behind(self, late: timedelta, now: datetime) -> Sequence[Behind]:
        """Return what waits at each system, and how much of it longer than ``late``."""
        rows = await self._ask("count_behind", late=now - late, now=now)
        return [Behind(**row._asdict()) for row in rows]

    async def waits(self, since: datetime) -> Waits:
        """Return how long what was read from a moment on had waited."""
        (row,) = await self._ask("read_waits", since=since)
        return Waits(**row._asdict())

    async def tidy(self, before: datetime) -> None:
        """Forget how long it took to agree before a moment."""
        async with self._database.single() as connection:
            await connection.execute(statement("forget_agreement"), {"before": before})

    async def share(self) -> Share:
        """Return on how many orders systems are out of step, of all there are."""
        (row,) = await self._ask("count_in_agreement")
        return Share(**row._asdict())

    async def daily(self, since: datetime) -> Daily:
        """Return what came about from a moment on."""
        (row,) = await self._ask("count_day", since=since)
        return Daily(**row._asdict())

    async def _ask(self, name: str, **given: object) -> Sequence[Row]:
        async with self._database.single() as connection:
            return await connection.execute(statement(name), given)
