"""The ledger of notices on PostgreSQL: each method is one statement, and so one transaction."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import psycopg
from msgspec import json

from accord.domain.notice import Notice, NoticeState, Why
from accord.domain.notice_rules import ChannelKind
from accord.engine.desk import Deed
from accord.engine.notice_ledger import Ending, Epoch, Looked, Mark, Sending
from accord.storage.connections import Connections, Row
from accord.storage.facts import names_meant
from accord.storage.statement import order_number, statement, storable, to_json

NOT_ALLOWED = "42501"
LEFT_BEHIND = "whoever sent it did not say what came of it"


class PostgresNotices:
    """A ``NoticeLedger``."""

    def __init__(self, database: Connections) -> None:
        """Speak through ``database``."""
        self._database = database

    async def of_order(self, order: str) -> Sequence[Notice]:
        """Return all rows of one order, oldest first."""
        found = await self._ask("list_notices_of_order", order=order_number(order))
        return [_notice(row) for row in found]

    async def note(self, rows: Sequence[Notice]) -> None:
        """Add rows; where one is there already for its milestone, that one stands."""
        if not rows:
            return
        await self._do(
            "note_notices",
            orders=[order_number(row.order) for row in rows],
            channels=[row.channel.value for row in rows],
            stages=[storable(row.stage) for row in rows],
            subjects=[storable(row.subject) for row in rows],
            names=[to_json(row.names) for row in rows],
            states=[row.state.value for row in rows],
            whys=[row.why and row.why.value for row in rows],
            came_about=[row.came_about for row in rows],
            noticed_at=[row.noticed_at for row in rows],
        )

    async def drop(self, rows: Sequence[Notice]) -> None:
        """Store why rows that still wait will not be sent."""
        if rows:
            await self._do(
                "drop_notices",
                ids=[row.id for row in rows],
                whys=[row.why and row.why.value for row in rows],
                answers=[storable(row.answer) for row in rows],
            )

    async def intend(self, sending: Sending, mark: Mark) -> int | None:
        """Write down, durably, that a message is about to be sent; return how many were by now."""
        rows = await self._ask(
            "intend_notice",
            ids=list(sending.rows),
            message=sending.message,
            content=storable(sending.content),
            token=sending.token,
            at=sending.at,
            again=sending.again,
            epoch=mark.epoch,
            known=mark.sends,
            cluster=await self.cluster(),
        )
        return int(rows[0].sends) if rows else None

    async def end(self, ending: Ending) -> bool:
        """Store what came of a call; return whether it counted."""
        rows = await self._ask(
            "end_notice",
            message=ending.message,
            token=ending.token,
            state=ending.state.value,
            answer=storable(ending.answer),
            not_before=ending.not_before,
        )
        return bool(rows)

    async def recover(self, order: str, token: int, now: datetime) -> int:
        """Make ambiguous what hands before ``token`` meant to send and said no more about."""
        del now
        given = {"order": order_number(order), "token": token, "answer": LEFT_BEHIND}
        return len(await self._ask("recover_notices", **given))

    async def epoch(self) -> Epoch | None:
        """Return the send epoch, None before there was one."""
        rows = await self._ask("read_send_epoch")
        if not rows:
            return None
        row = rows[0]._asdict()
        things = json.decode(to_json(row.pop("things")), type=dict[str, datetime])
        return Epoch(things=things, former=tuple(row.pop("former")), **row)

    async def cluster(self) -> str:
        """Return a name for the server; empty where it does not tell."""
        try:
            ((name,),) = await self._ask("read_cluster")
        except psycopg.Error as error:
            if error.sqlstate != NOT_ALLOWED:
                raise
            return ""  # this server keeps it from its users; the mark outside is left
        return str(name)

    async def begin(self, epoch: Epoch) -> Epoch:
        """Begin the first epoch unless there is one; return the one that holds."""
        given = {"id": epoch.id, "since": epoch.since, "sends": epoch.sends}
        await self._do("begin_send_epoch", cluster=epoch.cluster, **given)
        return await self.epoch() or epoch

    async def tell_of(self, names: Collection[str], now: datetime) -> None:
        """Note that these things are told of from ``now`` on, if not yet."""
        await self._do("tell_of_things", things=to_json(dict.fromkeys(names, now)))

    async def stop(self, why: str) -> None:
        """Let nothing be sent until a person resumes it; the first reason stands."""
        await self._do("stop_sending", why=why)

    async def renew(self, epoch: Epoch, deed: Deed) -> bool:
        """Put ``epoch`` in the place of the one it names last in ``former``; keep the deed."""
        rows = await self._ask(
            "renew_send_epoch",
            id=epoch.id,
            since=epoch.since,
            sends=epoch.sends,
            cluster=epoch.cluster,
            former=list(epoch.former),
            ended=epoch.former[-1] if epoch.former else "",
            **_by(deed),
        )
        return bool(rows)

    async def listed(self, looked: Looked, limit: int) -> Sequence[Notice]:
        """Return notices, newest first."""
        rows = await self._ask(
            "list_notices",
            is_limited=bool(looked.states),
            states=sorted(state.value for state in looked.states),
            has_order=bool(looked.order),
            names=[storable(name) for name in names_meant(looked.order)],
            limit=limit,
        )
        return [_notice(row) for row in rows]

    async def notice(self, number: int) -> Notice | None:
        """Return one notice."""
        rows = await self._ask("read_notice", id=number)
        return _notice(rows[0]) if rows else None

    async def counts(self) -> Mapping[NoticeState, int]:
        """Return how many notices are in which state."""
        return {
            NoticeState(row.state): int(row.notices) for row in await self._ask("count_notices")
        }

    async def resolve(self, number: int, state: NoticeState, deed: Deed) -> Sequence[int]:
        """Say what became of a message of unknown outcome; return the rows it was told in."""
        rows = await self._ask("resolve_notice", id=number, state=state.value, **_by(deed))
        return [row.id for row in rows]

    async def _do(self, name: str, **given: object) -> None:
        async with self._database.single() as connection:
            await connection.execute(statement(name), given)

    async def _ask(self, name: str, **given: object) -> Sequence[Row]:
        async with self._database.single() as connection:
            return await connection.execute(statement(name), given)


def _by(deed: Deed) -> dict[str, object]:
    who, why = storable(deed.who), storable(deed.why)
    return {"what": deed.what, "who": who, "why": why, "at": deed.at}


def _notice(row: Row) -> Notice:
    told = row._asdict()
    return Notice(
        order=str(told.pop("order_id")),
        channel=ChannelKind(told.pop("channel")),
        names=tuple(told.pop("names")),
        state=NoticeState(told.pop("state")),
        why=Why(row.why) if told.pop("why") else None,
        **told,
    )
