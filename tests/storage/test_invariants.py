"""Each invariant holds over what Accord writes, and finds exactly what somebody breaks."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from accord.domain.action import Approve
from accord.domain.outcome import Accepted
from accord.domain.reason import Objection, UnknownWord
from accord.domain.report import Ref
from accord.engine.desk import EVERYWHERE, INTERPRETING
from accord.engine.envelope import Standing
from accord.engine.ports import Attempt, Change, Settlement, TaskKind, Verdict
from accord.engine.self_check import EVERY, Lane, SelfCheck, Violation, stopped_by
from accord.storage.engine import connected
from accord.storage.invariants import invariants
from accord.storage.postgres import PostgresStore, postgres_store
from tests.storage.examples import (
    LEASE,
    MINUTE,
    NOW,
    SECOND,
    cell,
    incoming,
    matrix,
    own,
    waiting,
    write,
)


@pytest.fixture
async def store(database: str) -> AsyncIterator[PostgresStore]:
    """A store with an envelope in every standing, an order with a history, and work on it."""
    async with postgres_store(database) as store:
        await store.keep([incoming(name) for name in ("applied", "aside", "waits", "new")])
        change = Change(
            order=None, matrix=matrix(own("1"), cells=[cell()]), told=(cell(),), due=("erp",)
        )
        reason = UnknownWord(system="shop", kind="financial_status", word="odd")
        verdicts = [
            Verdict(envelope=1, standing=Standing.APPLIED),
            Verdict(envelope=2, standing=Standing.QUARANTINED, objections=(Objection(reason),)),
            Verdict(envelope=3, standing=Standing.WAITING, waits_for=Ref("shop", "9")),
        ]
        await write(store, change, verdicts=verdicts)
        (task,) = await store.claim(TaskKind.PROPAGATE, ["erp"], 1, LEASE, NOW)
        await store.record([_attempt(0), _attempt(1)])
        await store.settle([Settlement(task=task, due=NOW + MINUTE, failed=True)], NOW)
        yield store


def _attempt(minute: int) -> Attempt:
    at = NOW + minute * MINUTE
    return Attempt(
        order="1", system="erp", action=Approve(), outcome=Accepted(), at=at, took=SECOND
    )


async def _broken(store: PostgresStore) -> set[tuple[str, str]]:
    return {(one.invariant, one.place) for one in await store.violations(lately=False)}


async def test_every_invariant_holds_over_what_accord_writes(store: PostgresStore) -> None:
    assert await store.violations(lately=False) == []
    assert await store.violations(lately=True) == []


def _noticed(state: str) -> str:
    """Return how a notice is written down without the work that belongs to it."""
    return (
        "INSERT INTO notice (order_id, channel, stage, subject, names, state, came_about,"
        f" noticed_at, message) VALUES (1, 'mail', 'ordered', '', '{{}}', '{state}', now(), now(),"
        " 'msg_1')"
    )


BREAKS = {
    "envelopes_in_quarantine_have_reasons": ("DELETE FROM quarantine", "envelope 2"),
    "settled_envelopes_say_when": (
        "UPDATE envelope SET decided_at = NULL WHERE id = 1",
        "envelope 1",
    ),
    "no_envelope_waits_for_a_known_name": (
        "INSERT INTO order_link (scope, value, order_id) VALUES ('shop', '9', 1)",
        "envelope 3",
    ),
    "orders_have_names": ("DELETE FROM order_link", "order 1"),
    "cells_are_in_the_history": (
        "UPDATE orders SET matrix = '{\"cells\": {}}'",
        "order 1, payment of order",
    ),
    "history_has_evidence": (
        "UPDATE envelope SET system = 'erp' WHERE id = 1",
        "history 1 of order 1",
    ),
    "one_write_at_a_time": (
        "UPDATE attempt SET took = '10 minutes' WHERE id = 1",
        "order 1, attempt 2",
    ),
    "given_up_work_has_a_case": ("UPDATE task SET dead = true", "order 1"),
    "waiting_notices_are_taken_up": (_noticed("waiting"), "notice 1"),
    "ambiguous_notices_have_a_case": (_noticed("ambiguous"), "notice 1"),
    "leases_end": (
        "UPDATE task SET leased_until = 'infinity'",
        "task 1 propagate 1",
    ),
}


def test_every_invariant_is_broken_once() -> None:
    assert set(BREAKS) == {one.name for one in invariants()}


@pytest.mark.parametrize("name", BREAKS)
async def test_what_somebody_breaks_is_found_and_named(
    store: PostgresStore, database: str, name: str
) -> None:
    breaking, place = BREAKS[name]
    async with connected(database) as engine, engine.begin() as connection:
        await connection.execute(text(breaking))

    assert await _broken(store) == {(name, place)}


async def _checked(store: PostgresStore) -> list[Violation]:
    told: list[Violation] = []
    check = SelfCheck(store, store.desk, lambda: NOW, told.append)
    await check.turn()
    return told


async def test_a_violation_at_a_mirror_stops_writing_there_and_nothing_else(
    store: PostgresStore, database: str
) -> None:
    async with connected(database) as engine, engine.begin() as connection:
        await connection.execute(text(BREAKS["one_write_at_a_time"][0]))

    (told,) = await _checked(store)

    assert await store.why_paused("erp")
    assert await store.why_paused("shop") is None
    assert told.invariant == "one_write_at_a_time"
    assert await waiting(store) == ["new"]


async def test_a_violation_in_what_was_read_stops_reading_and_not_intake(
    store: PostgresStore, database: str
) -> None:
    async with connected(database) as engine, engine.begin() as connection:
        await connection.execute(text(BREAKS["settled_envelopes_say_when"][0]))

    await _checked(store)

    assert await waiting(store) == []
    assert await store.keep([incoming("later")]) == 1
    assert [one.system for one in await store.desk.pauses()] == [INTERPRETING]
    assert await _checked(store) == []  # told once


async def test_it_looks_once_a_minute(store: PostgresStore) -> None:
    looked = []
    now = [NOW]

    class Counted:
        async def violations(self, *, lately: bool) -> list[Violation]:
            looked.append(lately)
            return []

    check = SelfCheck(Counted(), store.desk, lambda: now[0], lambda _: None)
    for seconds in (0, 1, 59, 60, 61):
        now[0] = NOW + seconds * SECOND
        await check.turn()

    assert looked == [True, True]
    assert EVERY == MINUTE


def test_what_is_no_systems_own_stops_all_writing() -> None:
    violation = Violation(
        invariant="x", lane=Lane.WRITING, system="", place="here", told="wrong", remedy="look"
    )

    assert stopped_by(violation) == EVERYWHERE
