from datetime import timedelta

import pytest

from accord.domain.action import Approve, Ship
from accord.domain.outcome import (
    Accepted,
    Applied,
    Refused,
    Throttled,
    Unauthorized,
    Unavailable,
    Unneeded,
)
from accord.domain.report import Ref
from accord.engine.ports import Document, TaskKind
from accord.storage.memory import MemoryStore
from tests.domain.stack import ordered, parcel, said, stack
from tests.domain.test_plan import work
from tests.engine.plain import Plain, body


@pytest.fixture
def plain():
    return Plain(stack(), MemoryStore())


@pytest.fixture
async def behind(plain):
    """The books wait for an approval that the shop's payment allows."""
    await plain.said(*ordered(A=1), said("books", "SalesOrd", "A", minute=1))
    return plain


def lay_out(plain, *reports):
    """Let the books answer with these when they are read back."""
    plain.hands["books"].documents["order:77"] = [Document("plain", body(*reports))]


async def open_tasks(plain):
    file = await plain.store.order("1")
    return [task for task in file.pending if task.system == "books"]


async def test_a_mirror_is_asked_read_back_and_left_alone(behind):
    lay_out(behind, said("books", "SalesOrd", "B", minute=2))

    await behind.engine.propagator.turn("books")
    await behind.engine.interpreter.turn()
    behind.now += timedelta(minutes=30)
    await behind.engine.propagator.turn("books")

    assert behind.hands["books"].performed == [Approve()]
    assert behind.hands["books"].asked == [Ref("order", "77")]
    assert await open_tasks(behind) == []


async def test_what_the_mirror_answered_proves_nothing_until_it_is_seen(behind):
    lay_out(behind, said("books", "SalesOrd", "A", minute=1))

    for _ in range(2):
        await behind.engine.propagator.turn("books")
        await behind.engine.interpreter.turn()
        behind.now += timedelta(minutes=30)

    assert behind.hands["books"].performed == [Approve(), Approve()]


@pytest.mark.parametrize("outcome", [Applied(), Accepted(), Unneeded()])
async def test_what_was_done_is_looked_at_again_soon(behind, outcome):
    behind.hands["books"].answers = [outcome]
    await behind.engine.propagator.turn("books")

    (task,) = await open_tasks(behind)
    assert not task.dead
    assert behind.now < task.due <= behind.now + timedelta(seconds=2)


async def test_a_throttle_is_waited_out_and_is_no_failure(behind):
    behind.hands["books"].answers = [Throttled(timedelta(seconds=90))]
    await behind.engine.propagator.turn("books")

    (task,) = await open_tasks(behind)
    assert (task.due - behind.now, task.failures) == (timedelta(seconds=90), 0)


async def test_an_outage_is_tried_again_later_each_time_and_then_given_to_a_person(behind):
    hand = behind.hands["books"]
    waits = []
    for _ in range(20):
        hand.answers = [Unavailable("no answer")]
        await behind.engine.propagator.turn("books")
        (task,) = await open_tasks(behind)
        if task.dead:
            break
        waits.append(task.due - behind.now)
        behind.now = task.due

    assert waits == sorted(waits)
    assert len(hand.performed) == 12
    assert "given up" in task.note


async def test_a_refusal_is_kept_for_a_person_and_not_repeated(behind):
    behind.hands["books"].answers = [Refused("USER_ERROR", "the period is closed")]
    await behind.engine.propagator.turn("books")
    behind.now += timedelta(days=1)
    await behind.engine.propagator.turn("books")

    (task,) = await open_tasks(behind)
    assert task.dead
    assert "the period is closed" in task.note
    assert len(behind.hands["books"].performed) == 1


async def test_refused_credentials_do_not_use_up_the_tries_of_the_order(behind):
    behind.hands["books"].answers = [Unauthorized("renew them")]
    await behind.engine.propagator.turn("books")

    (task,) = await open_tasks(behind)
    assert not task.dead


async def test_every_attempt_is_on_record(behind):
    await behind.engine.propagator.turn("books")

    file = await behind.store.order("1")
    assert [(a.system, a.action, a.outcome) for a in file.attempts] == [
        ("books", Approve(), Applied())
    ]


async def test_a_record_made_by_us_is_linked_to_what_it_was_made_from(plain):
    shipped = work("se-9", "IT", {"A": 1}, place="se-1")
    await plain.said(*ordered(A=1), shipped)
    plain.hands["shop"].answers = [lambda action: Applied("f1")]

    await plain.engine.propagator.turn("shop")

    assert [type(action) for action in plain.hands["shop"].performed] == [Ship]
    (matrix,) = (await plain.store.load(["1"])).values()
    assert matrix.particulars("shop", parcel("f1")).same_as == (Ref("warehouse", "se-9"),)


async def test_three_changes_while_a_mirror_was_away_become_one_call(plain):
    await plain.said(
        *ordered(A=1),
        said("books", "SalesOrd", "A", minute=1),
        said("shop", "payment", "pending", minute=2),
        said("shop", "payment", "authorized", minute=3),
        said("shop", "payment", "paid", minute=4),
    )

    await plain.engine.propagator.turn("books")

    assert plain.hands["books"].performed == [Approve()]


async def test_a_hint_is_followed_and_what_is_found_is_interpreted(plain):
    plain.hands["shop"].documents["order:8209"] = [
        Document("plain", body(said("shop", "order", "open")))
    ]
    await plain.store.ask(TaskKind.REREAD, "shop", ["order:8209"], plain.now)

    await plain.engine.reader.reread_turn("shop")
    await plain.engine.interpreter.turn()

    assert len(await plain.store.orders()) == 1
