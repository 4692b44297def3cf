"""What is received is kept once, read once, and stands in one place at every moment."""

import asyncio

import pytest

from accord.domain.report import Ref
from accord.engine.envelope import Envelope, Origin, Standing
from accord.engine.ports import Change, Verdict
from tests.storage.examples import (
    NOW,
    AnyStore,
    incoming,
    judge,
    matrix,
    own,
    place_order,
    waiting,
    write,
)


async def test_what_is_kept_comes_back_byte_by_byte(store: AnyStore) -> None:
    given = incoming("a", origin=Origin.FEED)
    await store.keep([given])

    async with store.interpreting(10, NOW) as sitting:
        (found,) = sitting.envelopes

    assert found == Envelope(
        id=found.id,
        system="shop",
        topic="orders/updated",
        origin=Origin.FEED,
        body=given.body,
        headers={"x-topic": "orders/updated"},
        received_at=NOW,
    )


async def test_keep_tells_how_many_were_new(store: AnyStore) -> None:
    assert await store.keep([incoming("a"), incoming("b")]) == 2
    assert await store.keep([incoming("b"), incoming("c")]) == 1
    assert await store.keep([]) == 0


async def test_copies_within_one_batch_are_one(store: AnyStore) -> None:
    assert await store.keep([incoming("a"), incoming("a"), incoming("a")]) == 1
    assert await waiting(store) == ["a"]


async def test_the_same_identity_from_two_systems_is_two(store: AnyStore) -> None:
    assert await store.keep([incoming("a", "shop"), incoming("a", "erp")]) == 2


async def test_a_copy_of_what_was_settled_is_not_read_again(store: AnyStore) -> None:
    await store.keep([incoming("a")])
    await judge(store, Standing.APPLIED)

    await store.keep([incoming("a")])

    assert await waiting(store) == []


async def test_the_oldest_are_read_first(store: AnyStore) -> None:
    await store.keep([incoming("z"), incoming("a")])
    await store.keep([incoming("m")])

    assert await waiting(store, limit=2) == ["z", "a"]


async def test_an_envelope_in_one_hand_is_in_no_other(store: AnyStore) -> None:
    await store.keep([incoming("a"), incoming("b"), incoming("c")])

    async with store.interpreting(2, NOW):
        assert await waiting(store) == ["c"]


async def test_envelopes_without_a_verdict_can_be_claimed_again(store: AnyStore) -> None:
    await store.keep([incoming("a")])
    assert await waiting(store) == ["a"]

    assert await waiting(store) == ["a"]


async def test_a_sitting_that_fails_leaves_everything_as_it_was(store: AnyStore) -> None:
    await store.keep([incoming("a")])

    with pytest.raises(ZeroDivisionError):
        await _write_and_fail(store)

    assert await waiting(store) == ["a"]
    assert await store.orders() == []


async def test_what_waits_for_an_order_is_left_alone_until_it_is_linked(store: AnyStore) -> None:
    await store.keep([incoming("parcel")])
    await judge(store, Standing.WAITING, waits_for=own("1"))
    assert await waiting(store) == []

    await place_order(store, own("2"), own("1", "erp"))
    assert await waiting(store) == []

    await place_order(store, own("1"))
    assert await waiting(store) == ["parcel"]


async def test_a_link_learned_from_a_mirror_wakes_what_waited_for_it(store: AnyStore) -> None:
    await store.keep([incoming("parcel")])
    await judge(store, Standing.WAITING, waits_for=own("so-1", "erp"))

    order = await place_order(store, own("1"))
    await store.link(order, matrix(own("so-1", "erp")))

    assert await waiting(store) == ["parcel"]


async def test_what_would_wait_for_a_link_that_is_there_does_not_wait(store: AnyStore) -> None:
    await store.keep([incoming("parcel")])
    await place_order(store, own("1"))

    await judge(store, Standing.WAITING, waits_for=own("1"))

    assert await waiting(store) == ["parcel"]


async def test_an_envelope_can_wait_for_a_link_made_in_the_same_sitting(store: AnyStore) -> None:
    await store.keep([incoming("parcel")])
    async with store.interpreting(10, NOW) as sitting:
        (envelope,) = sitting.envelopes
        verdict = _waits(envelope, own("1"))
        await sitting.write([Change(order=None, matrix=matrix(own("1")))], [verdict], {}, NOW)

    assert await waiting(store) == ["parcel"]


async def test_what_begins_to_wait_while_its_link_is_being_made_is_woken(store: AnyStore) -> None:
    await store.keep([incoming("parcel")])
    async with store.interpreting(0, NOW) as linking:
        await linking.write([Change(order=None, matrix=matrix(own("1")))], [], {}, NOW)
        parking = asyncio.create_task(judge(store, Standing.WAITING, waits_for=own("1")))
        await asyncio.wait([parking], timeout=0.05)
    await parking

    assert await waiting(store) == ["parcel"]


async def test_a_link_made_while_something_begins_to_wait_for_it_wakes_it(store: AnyStore) -> None:
    await store.keep([incoming("parcel")])
    async with store.interpreting(1, NOW) as parking:
        await parking.write([], [_waits(parking.envelopes[0], own("1"))], {}, NOW)
        linking = asyncio.create_task(place_order(store, own("1")))
        await asyncio.wait([linking], timeout=0.05)
    await linking

    assert await waiting(store) == ["parcel"]


async def test_the_balance_counts_each_envelope_once(store: AnyStore) -> None:
    await store.keep([incoming("a"), incoming("b"), incoming("a", "erp")])
    await judge(store, Standing.APPLIED)
    await store.keep([incoming("a"), incoming("c"), incoming("d")])

    assert await store.balance() == {
        "shop": {Standing.APPLIED: 2, Standing.WAITING: 2},
        "erp": {Standing.APPLIED: 1},
    }


async def test_a_page_of_a_feed_and_its_bookmark_are_kept_together(store: AnyStore) -> None:
    assert await store.bookmark("shop") is None

    assert await store.advance("shop", [incoming("a"), incoming("b")], "page 1") == 2
    assert await store.advance("shop", [incoming("b")], "page 2") == 0

    assert await store.bookmark("shop") == "page 2"
    assert await store.bookmark("erp") is None
    assert await waiting(store) == ["a", "b"]


async def test_a_nul_character_does_not_stop_the_batch_it_came_in(store: AnyStore) -> None:
    hostile = own("1\0\\\0")

    await write(store, Change(order=None, matrix=matrix(hostile)))

    async with store.interpreting(0, NOW) as sitting:
        assert await sitting.find([hostile]) == {hostile: (await store.orders())[0].order}


async def _write_and_fail(store: AnyStore) -> None:
    async with store.interpreting(10, NOW) as sitting:
        await sitting.write([Change(order=None, matrix=matrix(own("1")))], [], {}, NOW)
        raise ZeroDivisionError


def _waits(envelope: Envelope, ref: Ref) -> Verdict:
    return Verdict(envelope=envelope.id, standing=Standing.WAITING, waits_for=ref)
