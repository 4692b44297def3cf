"""Incidents, what is told of them, and the numbers they come from, in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from accord.domain.alert import Alert, Steps, Telling
from accord.domain.alert_rules import RuleName
from accord.domain.alert_text import Message
from accord.engine.alert_desk import PATIENCE, Letter, Unsent
from accord.engine.gauges import (
    USUAL_OVER,
    Door,
    Gauges,
    GivenUp,
    Tally,
    hour_of,
    systems_of,
)
from accord.engine.receive import Receipt
from accord.storage.connections import Connection, Connections, Row
from accord.storage.statement import statement, storable


class PostgresAlerts:
    """An ``AlertDesk``."""

    def __init__(self, database: Connections) -> None:
        """Speak through ``database``."""
        self._database = database

    async def known(self, closed_after: datetime) -> Sequence[Alert]:
        """Return the incidents that are noted or open, and those closed after a moment."""
        return [
            _alert(row) for row in await self._ask("list_known_alerts", closed_after=closed_after)
        ]

    async def follow(self, steps: Steps, messages: Sequence[Message], now: datetime) -> None:
        """Store what became of incidents and what is to be told of it, all at once."""
        async with self._database.begin() as connection:
            await _store(connection, steps)
            if messages:
                await connection.execute(
                    statement("put_down_messages"),
                    {
                        "channels": [message.channel for message in messages],
                        "keys": [message.key for message in messages],
                        "titles": [storable(message.title) for message in messages],
                        "bodies": [storable(message.text) for message in messages],
                        "now": now,
                    },
                )

    async def letters(self, limit: int, lease: timedelta, now: datetime) -> Sequence[Letter]:
        """Lease messages that are due, oldest first."""
        rows = await self._ask(
            "claim_messages", limit=limit, now=now, until=now + lease, patience=PATIENCE
        )
        return [
            Letter(
                id=row.id,
                token=row.token,
                channel=row.channel,
                title=row.title,
                text=row.body,
                tries=row.tries,
            )
            for row in rows
        ]

    async def sent(self, letter: Letter, now: datetime) -> None:
        """Note that a channel took a message."""
        await self._do("end_message", id=letter.id, token=letter.token, now=now)

    async def put_off(self, letter: Letter, until: datetime, why: str) -> None:
        """Note that a channel did not take a message, and when to try again."""
        given = {"id": letter.id, "token": letter.token, "until": until, "why": storable(why)}
        await self._do("put_off_message", **given)

    async def alerts(self, limit: int, *, closed: bool = False) -> Sequence[Alert]:
        """Return open incidents, or the closed ones, latest first."""
        return [_alert(row) for row in await self._ask("list_alerts", limit=limit, closed=closed)]

    async def taken(self) -> frozenset[str]:
        """Return the channels that took a message."""
        return frozenset(row.channel for row in await self._ask("list_channels_heard"))

    async def tidy(self, sent_before: datetime, closed_before: datetime) -> None:
        """Forget messages that were taken before one moment, and incidents over before another."""
        await self._do("forget_sent_messages", before=sent_before)
        await self._do("forget_closed_alerts", before=closed_before)

    async def unsent(self, limit: int) -> Sequence[Unsent]:
        """Return messages that no channel has taken though it was tried, oldest first."""
        rows = await self._ask("list_unsent_messages", limit=limit)
        return [Unsent(**row._asdict()) for row in rows]

    async def _ask(self, name: str, **given: object) -> Sequence[Row]:
        async with self._database.single() as connection:
            return await connection.execute(statement(name), given)

    async def _do(self, name: str, **given: object) -> None:
        async with self._database.single() as connection:
            await connection.execute(statement(name), given)


class PostgresInstruments:
    """``Instruments``."""

    def __init__(self, database: Connections) -> None:
        """Speak through ``database``."""
        self._database = database

    async def gauges(self, lately: timedelta, now: datetime) -> Gauges:
        """Return the numbers of this moment."""
        async with self._database.single() as connection:
            told = (await connection.execute(statement("read_gauges"))).one()
            given_up = await connection.execute(statement("count_dead_letters"))
            over = {"since": hour_of(now - lately), "from": hour_of(now - USUAL_OVER)}
            doors = await connection.execute(statement("count_door_lately"), over)
            return Gauges(
                **told._asdict(),
                given_up=tuple(GivenUp(**row._asdict()) for row in given_up),
                doors=tuple(Door(**row._asdict()) for row in doors),
            )

    async def count(self, tally: Tally, now: datetime) -> None:
        """Add to how deliveries were answered in this hour."""
        systems = systems_of(tally)
        if not systems:
            return
        given = {
            name: [tally.get((system, receipt), 0) for system in systems]
            for name, receipt in (
                ("taken", Receipt.KEPT),
                ("unproven", Receipt.UNPROVEN),
                ("busy", Receipt.BUSY),
            )
        }
        async with self._database.single() as connection:
            await connection.execute(
                statement("count_at_door"), {"systems": systems, "hour": hour_of(now), **given}
            )


async def _store(connection: Connection, steps: Steps) -> None:
    new = [alert for alert in steps.alerts if not alert.id]
    old = [alert for alert in steps.alerts if alert.id]
    if steps.forgotten:
        ids = [alert.id for alert in steps.forgotten]
        await connection.execute(statement("forget_alerts"), {"ids": ids})
    if new:
        named = {
            "rules": [alert.rule.value for alert in new],
            "keys": [storable(alert.key) for alert in new],
            "noted_at": [alert.noted_at for alert in new],
        }
        await connection.execute(statement("add_alerts"), {**named, **_columns(new)})
    if old:
        ids = [alert.id for alert in old]
        await connection.execute(statement("change_alerts"), {"ids": ids, **_columns(old)})


def _columns(alerts: Sequence[Alert]) -> dict[str, object]:
    return {
        "whats": [storable(alert.what) for alert in alerts],
        "figures": [alert.figure for alert in alerts],
        "worsts": [alert.worst for alert in alerts],
        "opened_at": [alert.opened_at for alert in alerts],
        "seen_at": [alert.seen_at for alert in alerts],
        "clear_since": [alert.clear_since for alert in alerts],
        "closed_at": [alert.closed_at for alert in alerts],
        "told": [alert.told and alert.told.value for alert in alerts],
        "told_at": [alert.told_at for alert in alerts],
        "told_figures": [alert.told_figure for alert in alerts],
        "times": [alert.times for alert in alerts],
    }


def _alert(row: Row) -> Alert:
    told = row._asdict()
    rule, telling = RuleName(told.pop("rule")), told.pop("told")
    return Alert(rule=rule, told=Telling(telling) if telling else None, **told)
