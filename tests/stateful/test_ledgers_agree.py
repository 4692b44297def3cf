"""Random histories hold the ledger of notices in PostgreSQL to its model."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace

from accord.domain.notice import Notice, NoticeState, Why
from accord.domain.notice_rules import ChannelKind
from accord.engine.desk import Deed
from accord.engine.notice_ledger import Ending, Epoch, Looked, Mark, Sending
from accord.storage.memory import MemoryStore
from accord.storage.postgres import PostgresStore, postgres_store
from tests.storage.databases import Databases
from tests.storage.examples import MINUTE, NOW, AnyStore, own, place_order

T = TypeVar("T")

STAGES = st.sampled_from(["ordered", "fulfilled"])
PARCELS = st.sampled_from(["", "warehouse:1"])
KEYS = st.sampled_from(["k1", "k2"])
ROWS = st.lists(st.integers(1, 8), min_size=1, max_size=3, unique=True)
TOKENS = st.integers(1, 4)
EPOCHS = st.sampled_from(["e1", "e2", "e3"])


class TwoLedgers(RuleBasedStateMachine):
    """Does the same to the ledger in PostgreSQL and to its model."""

    databases: Databases

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.Runner()
        self._open = AsyncExitStack()
        self._now = NOW
        self._database = self.databases.fresh()
        self._model = MemoryStore()
        self._real = self._run(self._connect(self._database.__enter__()))

    async def _connect(self, url: str) -> PostgresStore:
        return await self._open.enter_async_context(postgres_store(url))

    def _run(self, work: Awaitable[T]) -> T:
        async def waited() -> T:
            return await work

        return self._loop.run(waited())

    def teardown(self) -> None:
        self._run(self._open.aclose())
        self._loop.close()
        self._database.__exit__(None, None, None)

    def _both(self, do: Callable[[AnyStore], Awaitable[T]]) -> T:
        real, model = self._run(do(self._real)), self._run(do(self._model))
        assert real == model
        return real

    @initialize()
    def there_are_orders(self) -> None:
        self._model.notices.server = self._run(self._real.notices.cluster())
        for name in ("1", "2"):
            self._both(lambda store, name=name: place_order(store, own(name)))  # type: ignore[misc]

    @rule(
        order=st.sampled_from(["1", "2", "9"]),
        channel=st.sampled_from(ChannelKind),
        stage=STAGES,
        parcel=PARCELS,
        why=st.none() | st.sampled_from(Why),
    )
    def note(
        self, order: str, channel: ChannelKind, stage: str, parcel: str, why: Why | None
    ) -> None:
        row = Notice(
            order=order,
            channel=channel,
            stage=stage,
            subject=parcel,
            names=(parcel, "a\x00b") if parcel else (),
            state=NoticeState.SUPPRESSED if why else NoticeState.WAITING,
            why=why,
            came_about=self._now,
            noticed_at=self._now,
        )
        self._both(lambda store: store.notices.note([row, row]))

    @rule(places=ROWS, why=st.sampled_from(Why))
    def drop(self, places: list[int], why: Why) -> None:
        async def do(store: AnyStore) -> None:
            found = await self._rows(store, places)
            dropped = [replace(r, state=NoticeState.SUPPRESSED, why=why) for r in found]
            await store.notices.drop(dropped)

        self._both(do)

    @rule(
        places=ROWS,
        key=KEYS,
        token=TOKENS,
        again=st.booleans(),
        epoch=EPOCHS,
        sends=st.integers(0, 3),
    )
    def intend(self, places: list[int], epoch: str, sends: int, key: str, **given: Any) -> None:
        async def do(store: AnyStore) -> int | None:
            rows = tuple(row.id for row in await self._rows(store, places))
            if not rows:
                return None
            sending = Sending(rows=rows, message=key, content="{}", at=self._now, **given)
            return await store.notices.intend(sending, Mark(epoch, sends))

        self._both(do)

    @rule(
        key=KEYS,
        token=TOKENS,
        state=st.sampled_from(
            [
                NoticeState.SENT,
                NoticeState.AMBIGUOUS,
                NoticeState.WAITING,
                NoticeState.REFUSED,
            ]
        ),
        wait=st.none() | st.just(MINUTE),
    )
    def end(self, key: str, token: int, state: NoticeState, wait: timedelta | None) -> None:
        ending = Ending(
            message=key,
            token=token,
            state=state,
            answer="250 \x00 fine",
            at=self._now,
            not_before=self._now + wait if wait else None,
        )
        self._both(lambda store: store.notices.end(ending))

    @rule(order=st.sampled_from(["1", "2"]), token=TOKENS)
    def recover(self, order: str, token: int) -> None:
        self._both(lambda store: store.notices.recover(order, token, self._now))

    @rule(
        place=st.integers(1, 8),
        state=st.sampled_from([NoticeState.SENT, NoticeState.WAITING, NoticeState.SUPPRESSED]),
    )
    def resolve(self, place: int, state: NoticeState) -> None:
        deed = Deed(what="resolved", who="Ana", why="asked", at=self._now)

        async def do(store: AnyStore) -> int:
            rows = await self._rows(store, [place])
            done = await store.notices.resolve(rows[0].id, state, deed) if rows else []
            return len(done)

        self._both(do)

    @rule(epoch=EPOCHS)
    def begin(self, epoch: str) -> None:
        async def do(store: AnyStore) -> Epoch:
            cluster = await store.notices.cluster()
            begun = Epoch(id=epoch, since=self._now, sends=0, cluster=cluster)
            return await store.notices.begin(begun)

        self._both(do)

    @rule(names=st.sets(st.sampled_from(["system shop", "channel mail"])))
    def tell_of(self, names: set[str]) -> None:
        self._both(lambda store: store.notices.tell_of(names, self._now))

    @rule()
    def stop(self) -> None:
        self._both(lambda store: store.notices.stop("it was restored"))

    @rule(epoch=EPOCHS, ended=EPOCHS)
    def renew(self, epoch: str, ended: str) -> None:
        deed = Deed(what="notices resumed", who="Ana", why="looked", at=self._now)

        async def do(store: AnyStore) -> bool:
            known = await store.notices.epoch()
            if known is None:
                return False
            renewed = replace(known, id=epoch, since=self._now, former=(ended,), stopped="")
            return await store.notices.renew(renewed, deed)

        self._both(do)

    @rule()
    def time_passes(self) -> None:
        self._now += MINUTE

    @invariant()
    def they_show_the_same(self) -> None:
        self._both(self._shown)

    async def _rows(self, store: AnyStore, places: list[int]) -> list[Notice]:
        """Return rows by their places: numbers are each store's own."""
        found = list(reversed(await store.notices.listed(Looked(), 99)))
        return [found[place - 1] for place in places if place <= len(found)]

    async def _shown(self, store: AnyStore) -> object:
        notices = store.notices
        rows = [row for order in ("1", "2") for row in await notices.of_order(order)]
        states = frozenset({NoticeState.AMBIGUOUS, NoticeState.INTENT})
        return (
            [comparable(row) for row in rows],
            [comparable(row) for row in await notices.listed(Looked(states=states), 3)],
            [comparable(row) for row in await notices.listed(Looked(order="1"), 3)],
            await notices.counts(),
            await notices.epoch(),
            [(each.what, len(each.things)) for each in await store.desk.deeds(99)],
        )


def comparable(row: Notice) -> Notice:
    """Return a row without its number; what no database keeps is shown by a sign."""
    told = row.answer.replace("\x00", "\N{SYMBOL FOR NULL}")
    names = tuple(name.replace("\x00", "\N{SYMBOL FOR NULL}") for name in row.names)
    return replace(row, id=0, answer=told, names=names)


def test_any_history_leaves_both_ledgers_the_same(embedded_databases: Databases) -> None:
    TwoLedgers.databases = embedded_databases
    run_state_machine_as_test(
        TwoLedgers,
        settings=settings(
            max_examples=8,
            stateful_step_count=30,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
