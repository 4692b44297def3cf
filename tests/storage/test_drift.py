"""What the comparison asks of a store, and how a store keeps what was found."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from accord.domain.action import Approve
from accord.domain.drift import Drift, DriftClass, DriftPattern
from accord.domain.outcome import Applied
from accord.domain.reason import Objection, UnknownWord
from accord.domain.report import order_number
from accord.domain.shape import shape
from accord.domain.tracks import Track
from accord.engine.drift_ledger import EVERY_DRIFT, DriftSought
from accord.engine.envelope import Standing
from accord.engine.ports import Attempt, Change, Settlement, Verdict
from tests.storage.examples import (
    LEASE,
    MINUTE,
    NOW,
    PROPAGATE,
    AnyStore,
    cell,
    incoming,
    matrix,
    number_of,
    own,
    place_order,
    write,
)

DAY = timedelta(days=1)


def behind(cause: str = "slow", since: datetime = NOW) -> Drift:
    return Drift(
        pattern=DriftPattern.DISAGREEMENT,
        system="books",
        track=Track.ORDER,
        subject="order",
        what="books is behind.",
        cause=cause,
        since=since,
        deadline=since + MINUTE,
        evidence=("7", "9"),
    )


async def under_way(store: AnyStore, order: str, lately: datetime = NOW) -> frozenset[str]:
    (facts,) = await store.drifts.facts([order], lately)
    return facts.under_way


async def settle(store: AnyStore, *, dead: bool) -> None:
    (task,) = await store.claim(PROPAGATE, ["books"], 1, LEASE, NOW)
    await store.settle([Settlement(task=task, due=NOW if dead else None, dead=dead)], NOW)


async def test_orders_are_found_by_their_shape_and_by_how_old_anything_in_them_is(
    store: AnyStore,
) -> None:
    for name, days in (("1", 5), ("2", 1)):
        told = matrix(own(name), cells=[cell(said_at=NOW - days * DAY)])
        await write(store, Change(order=None, matrix=told))
    first, second = [await number_of(store, own(name)) for name in ("1", "2")]
    (alike,) = await store.drifts.shapes()

    assert (alike.orders, alike.digest) == (2, shape(told))
    assert {*await store.drifts.of_shapes([alike.digest])} == {first, second}
    assert [*await store.drifts.of_shapes([alike.digest], NOW - 3 * DAY)] == [first]
    assert [*await store.drifts.of_shapes([b"another"])] == []


async def test_an_order_stays_as_old_as_the_first_that_was_told_of_it(store: AnyStore) -> None:
    early = matrix(own("1"), cells=[cell(said_at=NOW - 5 * DAY)])
    await write(store, Change(order=None, matrix=early))
    order = await number_of(store, own("1"))
    late = matrix(own("1"), cells=[cell(said_at=NOW)])
    async with store.interpreting(0, NOW) as sitting:
        await sitting.find(late.refs)
        await sitting.write([Change(order=order, matrix=late)], [], {}, NOW)

    assert [*await store.drifts.of_shapes([shape(late)], NOW - 3 * DAY)] == [order]


async def test_work_is_under_way_until_it_is_done_or_given_up(store: AnyStore) -> None:
    order = await place_order(store, own("1"), due=("books",))

    assert await under_way(store, order) == {"books"}
    await settle(store, dead=True)
    assert await under_way(store, order) == frozenset()


async def test_a_repair_that_waits_is_no_work_under_way(store: AnyStore) -> None:
    order = await place_order(store, own("1"))
    await store.ask_repairs("books", [order], "it is out of step", NOW, NOW)

    assert await under_way(store, order) == frozenset()


async def test_who_was_asked_lately_is_at_work(store: AnyStore) -> None:
    order = await place_order(store, own("1"))
    tried = Attempt(
        order=order, system="books", action=Approve(), outcome=Applied(), at=NOW, took=MINUTE
    )
    await store.record([tried])

    assert await under_way(store, order, NOW - MINUTE) == {"books"}
    assert await under_way(store, order, NOW + MINUTE) == frozenset()


async def test_the_past_of_an_order_is_told_oldest_first(store: AnyStore) -> None:
    words = [cell(word) for word in ("pending", "paid")]
    await write(store, Change(order=None, matrix=matrix(own("1"), cells=words), told=tuple(words)))
    (facts,) = await store.drifts.facts([await number_of(store, own("1"))], NOW)

    assert [said.cell.word for said in facts.past.said] == ["pending", "paid"]
    assert {said.heard_at for said in facts.past.said} == {NOW}


async def test_orders_that_a_system_changes_again_and_again_are_restless(store: AnyStore) -> None:
    words = tuple(cell(word) for word in ("paid", "pending", "paid"))
    for name, told in (("1", words), ("2", words[:2])):
        await write(store, Change(order=None, matrix=matrix(own(name), cells=told), told=told))
    restless = await number_of(store, own("1"))

    assert [*await store.drifts.restless(["shop"], NOW - DAY, 3)] == [restless]
    assert [*await store.drifts.restless(["books"], NOW - DAY, 3)] == []
    assert [*await store.drifts.restless(["shop"], NOW + DAY, 3)] == []


async def test_a_word_in_no_table_is_told_with_its_order_and_its_envelope(store: AnyStore) -> None:
    order = await place_order(store, order_number("1001"), own("820"))
    await place_order(store, own("1001", "books"))  # another system's id is another name
    await store.keep([incoming("a")])
    reason = UnknownWord("shop", "status", "odd")
    async with store.interpreting(9, NOW) as sitting:
        (envelope,) = sitting.envelopes
        verdict = Verdict(
            envelope=envelope.id,
            standing=Standing.QUARANTINED,
            objections=(Objection(reason, ("1001", "820")),),
        )
        await sitting.write([], [verdict], {}, NOW)

    found = await store.drifts.unread()

    assert [*found] == [order]
    ((unread,),) = found.values()
    assert (unread.word, unread.envelope, unread.since) == ("odd", str(envelope.id), NOW)


async def test_what_is_found_again_is_one_row_and_what_comes_back_is_counted(
    store: AnyStore,
) -> None:
    order = await place_order(store, own("1"), order_number("1001"))
    await store.drifts.note([(order, behind())], NOW)
    await store.drifts.note([(order, behind(since=NOW + MINUTE))], NOW + MINUTE)
    (one,) = await store.drifts.list_drifts(EVERY_DRIFT, 9)
    assert (one.found_at, one.seen_at, one.times) == (NOW, NOW + MINUTE, 1)
    assert (one.number, one.drift) == ("1001", behind(since=NOW + MINUTE))

    assert await store.drifts.finish([], NOW + MINUTE) == 0
    assert await store.drifts.finish([], NOW + DAY) == 1
    assert await store.drifts.list_drifts(EVERY_DRIFT, 9) == []
    await store.drifts.note([(order, behind())], NOW + 2 * DAY)

    (again,) = await store.drifts.list_drifts(EVERY_DRIFT, 9)
    assert (again.id, again.found_at, again.times) == (one.id, NOW + 2 * DAY, 2)
    assert await store.drifts.read_drift(one.id) == again


async def test_a_cause_is_classed_as_a_whole_but_not_what_is_in_flight(store: AnyStore) -> None:
    first, second, third = [await place_order(store, own(name)) for name in "123"]
    flying = replace(behind(), standing=DriftClass.IN_FLIGHT)
    found = [(first, behind()), (second, behind("other")), (third, flying)]
    await store.drifts.note(found, NOW)
    await store.drifts.finish(["slow"], NOW)

    counted = {
        (one.cause, one.standing): one.orders for one in await store.drifts.causes(EVERY_DRIFT)
    }
    assert counted == {
        ("slow", DriftClass.SYSTEMIC): 1,
        ("slow", DriftClass.IN_FLIGHT): 1,
        ("other", DriftClass.ISOLATED): 1,
    }
    sought = (
        DriftSought(standing=DriftClass.SYSTEMIC),
        DriftSought(cause="other"),
        DriftSought(order="3"),
        DriftSought(system="shop"),
        DriftSought(pattern=DriftPattern.UNKNOWN_WORD),
    )
    orders = [[one.order for one in await store.drifts.list_drifts(each, 9)] for each in sought]
    assert orders == [[first], [second], [third], [], []]
