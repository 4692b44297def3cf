"""The desk on PostgreSQL: each method is one statement, and so one transaction."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import json

from accord.domain.reason import Objection, reason_code, record_of, word_of
from accord.domain.report import Ref
from accord.engine.desk import (
    Aside,
    Chosen,
    DeadLetter,
    Deed,
    Grounds,
    Parked,
    Pause,
    Payload,
    Try,
)
from accord.engine.envelope import Origin
from accord.engine.ports import Verdict
from accord.storage.connections import Connection, Connections, Row
from accord.storage.facts import names_meant
from accord.storage.statement import statement, storable, to_json

# As many as one task makes before it is given up; older ones stand with their order.
LAST_TRIES = 12


class PostgresDesk:
    """A ``Desk``."""

    def __init__(self, database: Connections) -> None:
        """Speak through ``database``."""
        self._database = database

    async def aside(self, chosen: Chosen, after: int, limit: int) -> Sequence[Aside]:
        """Return envelopes in quarantine with a number above ``after``, oldest first."""
        given = {**_chosen(chosen), "after": after, "limit": limit}
        return [_aside(row) for row in await self._ask("list_quarantine", **given)]

    async def count_aside(self, chosen: Chosen) -> int:
        """Return how many envelopes in quarantine are meant."""
        ((count,),) = await self._ask("count_quarantine", **_chosen(chosen))
        return int(count)

    async def grounds(self) -> Sequence[Grounds]:
        """Return how many envelopes are in quarantine for what."""
        return [Grounds(**row._asdict()) for row in await self._ask("count_grounds")]

    async def payload(self, envelope: int) -> Payload | None:
        """Return the bytes of an envelope, whatever its standing."""
        rows = await self._ask("read_payload", envelope=envelope)
        return Payload(topic=rows[0].topic, body=rows[0].body) if rows else None

    async def parked(self, before: datetime, limit: int) -> Sequence[Parked]:
        """Return envelopes received before a moment that still wait for their order."""
        return [
            Parked(
                id=row.id,
                system=row.system,
                topic=row.topic,
                received_at=row.received_at,
                waits_for=Ref(row.waits_scope, row.waits_value),
            )
            for row in await self._ask("list_parked", before=before, limit=limit)
        ]

    async def release(self, ids: Sequence[int], deed: Deed) -> Sequence[int]:
        """Put envelopes in quarantine back to waiting; return those that were in it."""
        return [row.id for row in await self._do("release_envelopes", deed, ids=list(ids))]

    async def discard(self, ids: Sequence[int], deed: Deed) -> Sequence[int]:
        """Let envelopes in quarantine count as ignored, for the deed's reason; keep them."""
        return [row.id for row in await self._do("discard_envelopes", deed, ids=list(ids))]

    async def dead_letters(self, chosen: Chosen, after: int, limit: int) -> Sequence[DeadLetter]:
        """Return given-up tasks with a number above ``after``, oldest first."""
        given = {**_chosen(chosen), "after": after, "limit": limit, "tries": LAST_TRIES}
        return [_dead_letter(row) for row in await self._ask("list_dead_letters", **given)]

    async def retry(self, ids: Sequence[int], deed: Deed) -> Sequence[int]:
        """Make given-up tasks due at once with a fresh count; return those that were given up."""
        return [row.id for row in await self._do("retry_tasks", deed, ids=list(ids))]

    async def pauses(self) -> Sequence[Pause]:
        """Return the pauses in force, by system."""
        return [Pause(**row._asdict()) for row in await self._ask("list_pauses")]

    async def pause(self, system: str, deed: Deed) -> bool:
        """Let nothing be written to a system; return False if that was so already."""
        return bool(await self._do("pause_system", deed, system=storable(system)))

    async def resume(self, system: str, deed: Deed) -> bool:
        """Lift a pause; return False if there was none."""
        return bool(await self._do("resume_system", deed, system=storable(system)))

    async def remember(self, deed: Deed) -> None:
        """Put on record what somebody did elsewhere."""
        async with self._database.single() as connection:
            given = {
                "what": deed.what,
                "things": [storable(thing) for thing in deed.things],
                "who": storable(deed.who),
                "why": storable(deed.why),
                "at": deed.at,
            }
            await connection.execute(statement("note_deed"), given)

    async def deeds(self, limit: int) -> Sequence[Deed]:
        """Return the latest deeds, newest first."""
        return [
            Deed(what=row.what, things=tuple(row.things), who=row.who, why=row.why, at=row.at)
            for row in await self._ask("list_deeds", limit=limit)
        ]

    async def _do(self, name: str, deed: Deed, **given: object) -> Sequence[Row]:
        by = {"what": deed.what, "who": storable(deed.who), "why": storable(deed.why)}
        return await self._ask(name, **by, at=deed.at, **given)

    async def _ask(self, name: str, **given: object) -> Sequence[Row]:
        async with self._database.single() as connection:
            return await connection.execute(statement(name), given)


async def set_aside(connection: Connection, verdicts: Sequence[Verdict]) -> None:
    """Note why envelopes are in quarantine."""
    told = [
        (verdict.envelope, place, objection)
        for verdict in verdicts
        for place, objection in enumerate(verdict.objections)
    ]
    if not told:
        return
    reasons = [objection.reason for _, _, objection in told]
    await connection.execute(
        statement("set_aside"),
        {
            "envelopes": [envelope for envelope, _, _ in told],
            "places": [place for _, place, _ in told],
            "reasons": [reason_code(reason) for reason in reasons],
            "records": [storable(record_of(reason)) for reason in reasons],
            "words": [storable(word_of(reason)) for reason in reasons],
            "names": [to_json(objection.names) for _, _, objection in told],
            "told": [to_json(reason) for reason in reasons],
        },
    )


def _chosen(chosen: Chosen) -> dict[str, object]:
    return {
        "is_listed": bool(chosen.ids),
        "ids": list(chosen.ids),
        "system": storable(chosen.system),
        "reason": chosen.reason,
        "record": storable(chosen.record),
        "has_word": chosen.word is not None,
        "word": storable(chosen.word or ""),
        "has_order": bool(chosen.order),
        "names": [storable(name) for name in names_meant(chosen.order)],
    }


def _aside(row: Row) -> Aside:
    return Aside(
        id=row.id,
        system=row.system,
        topic=row.topic,
        origin=Origin(row.origin),
        received_at=row.received_at,
        decided_at=row.decided_at,
        objections=tuple(json.decode(each, type=Objection) for each in row.objections),
    )


def _dead_letter(row: Row) -> DeadLetter:
    return DeadLetter(
        id=row.id,
        kind=row.kind,
        system=row.system,
        key=row.key,
        failures=row.failures,
        note=row.note,
        since=row.since,
        tries=tuple(json.decode(each, type=Try) for each in row.tries),
    )
