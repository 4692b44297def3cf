"""A link that is throttled, down or hanging: what is asked of it, and who waits for whom."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from accord.domain.action import Allocate, Approve, CancelOrder, CancelParcel, Destination
from accord.domain.breaker import FIRST_PAUSE, LONGEST_PAUSE
from accord.domain.outcome import Applied, Refused, Throttled, Unauthorized, Unavailable
from accord.domain.retry import RetryPolicy
from accord.engine.desk import Deed
from accord.engine.ports import TaskKind
from accord.engine.traffic import Go, Wait
from accord.storage.memory import MemoryStore
from tests.domain.stack import ordered, said, stack
from tests.domain.test_plan import work
from tests.engine.orders import (
    MINUTE,
    SECOND,
    approved,
    cancelled,
    lay_out,
    of,
    turns,
    unapproved,
    working,
)
from tests.engine.plain import Hand, Plain

HOUR = 60 * MINUTE
DOWN = Unavailable("no answer")
HOME = Destination(name="Ana", line1="1 Road", city="Town", country="PT")


@pytest.fixture
def plain():
    return Plain(stack(), MemoryStore())


async def waiting(plain, system="books"):
    return [
        task
        for line in await plain.store.orders(limit=10_000)
        for task in (await plain.store.order(line.order)).pending
        if task.system == system
    ]


def calls(hand: Hand) -> int:
    return len(hand.performed) + len(hand.asked)


async def behind(plain, orders=12):
    """Let the books be asked for so many approvals; they show one once it was asked for."""
    for number in range(orders):
        await plain.said(*unapproved(number))
        lay_out(plain, "books", f"order:b{number}", approved(number))


async def test_a_throttle_is_known_to_the_whole_link(plain):
    await behind(plain)
    plain.hands["books"].answers = [Throttled(90 * SECOND)]
    await plain.engine.propagator.turn("books")
    asked = calls(plain.hands["books"])

    await turns(plain, "books", 90 * SECOND)
    assert calls(plain.hands["books"]) == asked <= 4  # those under way when it was told

    await turns(plain, "books", 2 * MINUTE)
    assert await waiting(plain) == []


async def test_a_throttle_one_process_met_is_kept_by_the_others(plain):
    await behind(plain)
    other = Plain(stack(), plain.store)
    plain.hands["books"].answers = [Throttled(90 * SECOND)] * 12
    await plain.engine.propagator.turn("books")

    await turns(other, "books", 90 * SECOND)

    assert calls(other.hands["books"]) == 0


async def test_a_record_that_another_holds_keeps_nothing_else_waiting(plain):
    await behind(plain)
    plain.hands["books"].answers = [Throttled(90 * SECOND, link_wide=False)]

    await turns(plain, "books", 30 * SECOND)

    assert len(await waiting(plain)) == 1


async def test_not_even_a_reading_goes_out_while_the_link_wants_peace(plain):
    await plain.engine.begin()
    await behind(plain, 1)
    plain.hands["books"].answers = [Throttled(90 * SECOND)]
    await plain.engine.propagator.turn("books")

    assert await plain.engine.reader.poll_turn("books", MINUTE) == 0
    assert plain.hands["books"].asked == []


async def test_a_change_of_the_order_does_not_cut_a_wait_short(plain):
    await behind(plain, 1)
    plain.hands["books"].answers = [Unauthorized("renew them")]
    await plain.engine.propagator.turn("books")
    (before,) = await waiting(plain)

    await plain.said(*of(0, said("shop", "payment", "partially_refunded", minute=3)))

    (after,) = await waiting(plain)
    assert after.due == before.due == plain.now + 5 * MINUTE


async def test_a_cancellation_cuts_a_wait_short(plain):
    await plain.said(*working(1))
    plain.hands["warehouse"].answers = [DOWN]
    await plain.said(*of(1, said("shop", "allocation", "on_hold", minute=2)))
    await plain.engine.propagator.turn("warehouse", urgent=True)
    plain.now += SECOND / 100

    await plain.said(*cancelled(1))
    await plain.engine.propagator.turn("warehouse", urgent=True)

    assert plain.hands["warehouse"].performed[-1] == CancelParcel(
        parcel="se-1", reason="the order was cancelled"
    )


async def test_an_outage_of_an_hour_costs_a_few_probes_and_no_dead_letter(plain):
    await behind(plain, 40)
    hand = plain.hands["books"]
    hand.sick = DOWN

    await turns(plain, "books", HOUR, 5 * SECOND)
    probes = HOUR / LONGEST_PAUSE
    assert calls(hand) <= probes + 20
    assert not any(task.dead for task in await waiting(plain))

    hand.sick = None
    await turns(plain, "books", 25 * MINUTE, 5 * SECOND)
    assert await waiting(plain) == []
    assert Counter(type(action) for action in hand.performed).keys() == {Approve}


async def test_no_order_is_given_up_because_its_link_is_down(plain):
    await behind(plain, 1)
    plain.hands["books"].sick = DOWN

    await turns(plain, "books", 8 * HOUR, MINUTE)

    (task,) = await waiting(plain)
    assert not task.dead
    assert len(plain.hands["books"].performed) > RetryPolicy().attempts


async def test_of_two_processes_that_find_a_probe_due_one_sends_it(plain):
    await behind(plain, 8)
    other = Plain(stack(), plain.store)
    plain.hands["books"].sick = DOWN
    await turns(plain, "books", 2 * SECOND)
    opened = (await plain.store.link_state("books")).breaker.opened_at
    permissions = []
    for after in (FIRST_PAUSE - SECOND / 5, FIRST_PAUSE + SECOND / 5):
        plain.now = other.now = opened + after
        permissions = [await each.engine.traffic.enter("books") for each in (plain, other)]

    assert permissions[0] == Go(probe=True)
    assert isinstance(permissions[1], Wait)


async def test_two_processes_share_the_probes_of_a_link_that_is_down(plain):
    await behind(plain, 40)
    other = Plain(stack(), plain.store)
    plain.hands["books"].sick = other.hands["books"].sick = DOWN
    for _ in range(0, 3600, 5):
        for each in (plain, other):
            await each.engine.propagator.turn("books")
            each.now += 5 * SECOND

    assert calls(plain.hands["books"]) + calls(other.hands["books"]) <= HOUR / LONGEST_PAUSE + 30


async def test_an_outage_of_one_system_costs_the_others_nothing(plain):
    for number in range(20):
        await plain.said(*unapproved(number), *of(number, said("shop", "progress", "unfulfilled")))
        lay_out(plain, "books", f"order:b{number}", approved(number))
    plain.hands["shop"].sick = plain.hands["warehouse"].sick = DOWN

    await turns(plain, "books", 10 * SECOND)

    assert await waiting(plain) == []


async def test_second_tries_are_few_beside_first_ones(plain):
    await behind(plain, 60)
    hand = plain.hands["books"]
    hand.documents.clear()  # nothing that was done is ever seen, so each is asked for again

    first, again = 0, 0
    seen: Counter[str] = Counter()
    for _ in range(60):
        asked = len(hand.performed)
        await plain.engine.propagator.turn("books")
        file = [one async for one in attempts(plain)]
        for order in file[asked:]:
            seen[order] += 1
            first, again = first + (seen[order] == 1), again + (seen[order] > 1)
        plain.now += SECOND / 2

    assert again <= max(10, first / 5)


async def attempts(plain):
    """Yield the order of every attempt, in the order they were made."""
    made = []
    for line in await plain.store.orders(limit=1000):
        file = await plain.store.order(line.order)
        made += [(tried.at, line.order) for tried in file.attempts]
    for _, order in sorted(made, key=lambda one: one[0]):
        yield order


async def test_a_cancellation_is_the_probe_of_a_link_that_is_down(plain):
    """Ordinary work has just failed its probe, and waits for the next one."""
    await behind(plain, 30)
    hand = plain.hands["books"]
    hand.sick = DOWN
    await turns(plain, "books", 40 * SECOND)
    asked = len(hand.performed)

    await plain.said(*unapproved(99))
    await plain.said(*cancelled(99))
    await turns(plain, "books", 2 * SECOND)

    assert [type(action) for action in hand.performed[asked:]] == [CancelOrder]


async def test_a_cancellation_finds_a_place_however_busy_the_link_is(plain):
    await behind(plain, 3)
    await plain.said(*working(7))
    slots = [plain.engine.traffic.slot("warehouse") for _ in range(4)]
    for slot in slots:
        await slot.__aenter__()

    await plain.said(*cancelled(7))
    async with asyncio.timeout(5):
        await plain.engine.propagator.turn("warehouse", urgent=True)

    assert [type(action) for action in plain.hands["warehouse"].performed] == [CancelParcel]
    for slot in slots:
        await slot.__aexit__(None, None, None)


async def test_one_order_at_one_mirror_is_in_one_hand_at_a_time(plain):
    await behind(plain, 5)
    under_way: Counter[str] = Counter()
    most: Counter[str] = Counter()

    async def perform(action, order):
        name = order.number
        under_way[name] += 1
        most[name] = max(most[name], under_way[name])
        for _ in range(3):
            await asyncio.sleep(0)
        under_way[name] -= 1
        return Applied()

    other: Any = Plain(stack(), plain.store)
    plain.hands["books"].perform = other.hands["books"].perform = perform
    lanes = [each.engine.propagator.turn("books") for each in (plain, other) for _ in range(3)]
    await asyncio.gather(*lanes)

    assert set(most.values()) == {1}


async def test_nothing_is_begun_that_would_outlast_its_lease(plain):
    """The process was stopped for longer than a lease, in the midst of its first action."""
    await plain.said(
        *of(1, *ordered(A=1), said("books", "SalesOrd", "A", minute=1, lines={"A": 2}))
    )
    hand = plain.hands["books"]

    async def stopped(action, order):
        hand.performed.append(action)
        plain.now += 6 * MINUTE
        return Applied()

    hand.perform = stopped
    await plain.engine.propagator.turn("books")

    assert len(hand.performed) == 1
    assert hand.asked == []


async def test_a_read_back_that_fails_is_a_failure_of_its_own(plain):
    await behind(plain, 1)
    hand = plain.hands["books"]

    async def silent(ref):
        hand.asked.append(ref)
        return DOWN

    hand.reread = silent
    await plain.engine.propagator.turn("books")

    (task,) = await waiting(plain)
    assert (task.failures, task.note) == (1, "unavailable: no answer")


async def test_a_write_that_happens_after_all_is_corrected(plain):
    """The books say B after our second try; then the first, given up long ago, puts them back."""
    await behind(plain, 1)
    hand = plain.hands["books"]
    hand.answers = [DOWN, Applied()]
    await turns(plain, "books", 5 * SECOND)
    assert len(await waiting(plain)) == 1  # in step, and looked at again
    tries = len(hand.performed)

    lay_out(plain, "books", "order:b0", of(0, said("books", "SalesOrd", "A", minute=100)))
    await turns(plain, "books", 30 * SECOND)

    assert len(hand.performed) > tries


async def test_after_two_looks_in_step_nothing_is_in_doubt(plain):
    await behind(plain, 1)
    hand = plain.hands["books"]
    hand.answers = [DOWN]

    await turns(plain, "books", 3 * MINUTE)

    assert await waiting(plain) == []
    assert 2 <= len(hand.asked) <= 4


async def test_what_a_vanished_hand_may_have_asked_is_looked_at_again(plain):
    await behind(plain, 1)
    hand = plain.hands["books"]

    async def vanish(action, order):
        raise ConnectionAbortedError

    hand.perform = vanish
    with pytest.raises(ConnectionAbortedError):
        await plain.engine.propagator.turn("books")
    del hand.perform
    plain.now += 6 * MINUTE

    await turns(plain, "books", 5 * SECOND)
    assert len(await waiting(plain)) == 1
    await turns(plain, "books", 3 * MINUTE)
    assert await waiting(plain) == []


async def test_what_a_vanished_hand_did_is_looked_at_though_nothing_is_left_to_do(plain):
    await behind(plain, 1)
    hand = plain.hands["books"]
    await plain.store.claim(TaskKind.PROPAGATE, ["books"], 1, 5 * MINUTE, plain.now)
    await plain.said(*approved(0))
    plain.now += 6 * MINUTE

    await turns(plain, "books", 3 * MINUTE)

    assert hand.performed == []
    assert len(hand.asked) == 2
    assert await waiting(plain) == []


async def test_a_shop_that_hangs_does_not_hold_its_warehouse(plain):
    for number in range(3):
        await plain.said(*of(number, *ordered(A=1)))
    await plain.said(*working(9))
    await plain.said(*of(9, said("shop", "order", "open", minute=2, lines={"A": 0})))
    never = asyncio.Event()

    async def hang(order):
        await never.wait()

    plain.hands["shop"].destination = hang
    async with asyncio.timeout(5):
        await plain.engine.propagator.turn("warehouse")
        await plain.engine.propagator.turn("warehouse", urgent=True)

    done = [task for task in await waiting(plain, "warehouse") if "address" in task.note]
    assert len(done) == 3
    assert not any(isinstance(a, Allocate) for a in plain.hands["warehouse"].performed)
    await plain.engine.close()


async def test_no_mirror_hears_of_a_cancellation_before_a_parcel_just_asked_for_was_seen(plain):
    """The warehouse took the parcel and answers no question: no matrix has it yet."""
    await plain.said(*of(1, *ordered(A=1), said("books", "SalesOrd", "B", minute=1)))

    async def destination(order):
        return HOME

    async def throttled(ref):
        return Throttled(10 * MINUTE)

    warehouse = plain.hands["warehouse"]
    plain.hands["shop"].destination, see = destination, warehouse.reread
    warehouse.reread = throttled
    await turns(plain, "warehouse", 10 * SECOND)
    assert [type(action) for action in warehouse.performed] == [Allocate]

    await plain.said(*cancelled(1))
    await turns(plain, "books", MINUTE)
    assert not any(isinstance(action, CancelOrder) for action in plain.hands["books"].performed)

    warehouse.reread = see
    lay_out(plain, "warehouse", "number:1", of(1, work("se-1", "pending", {"A": 1})))
    plain.now += 10 * MINUTE
    await turns(plain, "warehouse", 2 * SECOND)
    assert any(isinstance(action, CancelParcel) for action in warehouse.performed)
    await turns(plain, "books", MINUTE)
    assert not any(isinstance(action, CancelOrder) for action in plain.hands["books"].performed)

    gone = of(1, work("se-1", "cancelled", {"A": 1}, minute=30))
    lay_out(plain, "warehouse", "number:1", gone)
    await turns(plain, "warehouse", 5 * MINUTE)
    await turns(plain, "books", MINUTE)
    assert any(isinstance(action, CancelOrder) for action in plain.hands["books"].performed)


@pytest.mark.parametrize("answer", [DOWN, Throttled(90 * SECOND)])
async def test_an_address_that_cannot_be_had_is_the_outcome_of_the_shop(plain, answer):
    await plain.said(*of(1, *ordered(A=1)))

    async def destination(order):
        return answer

    plain.hands["shop"].destination = destination
    for _ in range(10):
        await plain.engine.propagator.turn("warehouse")
        plain.now += 10 * SECOND

    (task,) = await waiting(plain, "warehouse")
    states = {line.system: line.state for line in await plain.store.links(plain.now)}
    assert (task.dead, task.failures) == (False, 0)
    assert states["warehouse"].breaker.failures == 0
    assert states["shop"].breaker.opened_at or states["shop"].not_before

    async def known(order):
        return HOME

    plain.hands["shop"].destination = known
    plain.now += 5 * MINUTE
    await plain.engine.reader.poll_turn("shop", MINUTE)
    await turns(plain, "warehouse", 10 * SECOND)
    assert {action.destination for action in plain.hands["warehouse"].performed} == {HOME}


async def test_a_pause_stops_what_is_written_and_nothing_else():
    plain = Plain(stack(), MemoryStore())
    await behind(plain, 1)
    await plain.store.desk.pause("books", Deed(what="paused", who="Ana", at=plain.now))

    await plain.engine.propagator.turn("books")

    assert plain.hands["books"].performed == []
    assert len(await waiting(plain)) == 1


async def test_every_link_tells_how_it_stands(plain):
    await behind(plain, 3)
    plain.hands["books"].answers = [Refused("USER_ERROR", "closed"), Throttled(90 * SECOND)]
    await plain.engine.propagator.turn("books")

    (books,) = [line for line in await plain.store.links(plain.now) if line.system == "books"]
    assert (books.waiting, books.dead, books.urgent) == (2, 1, 0)
    assert books.state.not_before == plain.now + 90 * SECOND
    assert books.oldest == plain.now


async def test_convergence_follows_whatever_went_wrong(plain):
    await behind(plain, 30)
    bad = [DOWN, Throttled(5 * SECOND), Unauthorized("renew"), DOWN]
    plain.hands["books"].answers = [bad[n % 4] for n in range(60)]

    await turns(plain, "books", timedelta(hours=1), 5 * SECOND)

    assert await waiting(plain) == []
