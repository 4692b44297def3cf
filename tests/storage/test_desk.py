"""What people do to the work under way, the same on every store."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import psycopg
import pytest

from accord.domain.action import CancelOrder
from accord.domain.outcome import Refused
from accord.domain.reason import ImpossibleQuantity, Objection, Reason, UnknownWord
from accord.domain.report import order_number
from accord.engine.desk import EVERYTHING, EVERYWHERE, Chosen, Deed, Grounds
from accord.engine.envelope import Standing
from accord.engine.ports import Attempt, Settlement, Verdict
from accord.storage.postgres import postgres_store
from tests.storage.examples import (
    LEASE,
    MINUTE,
    NOW,
    PROPAGATE,
    REREAD,
    AnyStore,
    incoming,
    judge,
    own,
    place_order,
    waiting,
)

LAYAWAY = UnknownWord("shop", "financial_status", "on_layaway")
HELD = UnknownWord("shop", "financial_status", "held")
MANY = ImpossibleQuantity("shop", "MUG", -1)
BY_ANA = Deed(what="released", who="Ana", why="mapped", at=NOW)


async def set_aside(store: AnyStore, *reasons: Sequence[Reason]) -> list[int]:
    """Keep one envelope for each of ``reasons`` and quarantine it for them; return the numbers."""
    await store.keep([incoming(f"letter {place}") for place, _ in enumerate(reasons)])
    async with store.interpreting(100, NOW) as sitting:
        verdicts = [
            Verdict(
                envelope=envelope.id,
                standing=Standing.QUARANTINED,
                reason="told",
                objections=tuple(Objection(each, ("820", "1001")) for each in why),
            )
            for envelope, why in zip(sitting.envelopes, reasons, strict=True)
        ]
        await sitting.write([], verdicts, {}, NOW)
        return [envelope.id for envelope in sitting.envelopes]


async def found(store: AnyStore, chosen: Chosen) -> list[int]:
    listed = [one.id for one in await store.desk.aside(chosen, 0, 100)]
    assert await store.desk.count_aside(chosen) == len(listed)
    return listed


async def test_what_is_set_aside_is_found_by_reason_word_record_order_and_number(
    store: AnyStore,
) -> None:
    first, second, third = await set_aside(store, [LAYAWAY], [HELD], [MANY, LAYAWAY])

    assert await found(store, EVERYTHING) == [first, second, third]
    assert await found(store, Chosen(reason="unknown_word")) == [first, second, third]
    assert await found(store, Chosen(reason="impossible_quantity")) == [third]
    assert await found(store, Chosen(word="on_layaway")) == [first, third]
    assert await found(store, Chosen(reason="impossible_quantity", word="on_layaway")) == []
    assert await found(store, Chosen(record="financial_status", ids=(second, third))) == [
        second,
        third,
    ]
    assert await found(store, Chosen(order="#1001")) == [first, second, third]
    assert await found(store, Chosen(order="1002")) == []
    assert await found(store, Chosen(system="erp")) == []


async def test_reasons_come_back_as_they_were_given_and_are_counted(store: AnyStore) -> None:
    await set_aside(store, [MANY, LAYAWAY], [LAYAWAY])

    both, one = await store.desk.aside(EVERYTHING, 0, 100)
    assert [each.reason for each in both.objections] == [MANY, LAYAWAY]
    assert one.objections == (Objection(LAYAWAY, ("820", "1001")),)
    grounds = {"system": "shop", "record": "financial_status", "word": "on_layaway"}
    assert Grounds(reason="unknown_word", envelopes=2, **grounds) in await store.desk.grounds()


async def test_a_list_goes_on_where_its_last_page_ended(store: AnyStore) -> None:
    first, second, third = await set_aside(store, [LAYAWAY], [HELD], [MANY])

    assert [one.id for one in await store.desk.aside(EVERYTHING, first, 1)] == [second]
    assert [one.id for one in await store.desk.aside(EVERYTHING, second, 9)] == [third]


async def test_what_is_released_waits_again_before_what_came_later(store: AnyStore) -> None:
    first, _ = await set_aside(store, [LAYAWAY], [HELD])
    await store.keep([incoming("later")])

    assert await store.desk.release([first], BY_ANA) == [first]

    assert await waiting(store) == ["letter 0", "later"]
    assert await store.balance() == {"shop": {Standing.WAITING: 2, Standing.QUARANTINED: 1}}
    assert await store.desk.deeds(9) == [
        Deed(what="released", things=(str(first),), who="Ana", why="mapped", at=NOW)
    ]


async def test_released_twice_is_released_once(store: AnyStore) -> None:
    ids = await set_aside(store, [LAYAWAY], [HELD], [MANY])

    twice = await asyncio.gather(*(store.desk.release(ids, BY_ANA) for _ in range(4)))

    assert sorted(number for each in twice for number in each) == ids
    assert sum(len(deed.things) for deed in await store.desk.deeds(9)) == 3


async def test_only_what_is_in_quarantine_can_be_released_or_discarded(store: AnyStore) -> None:
    await store.keep([incoming("plain")])
    await judge(store, Standing.APPLIED)

    assert await store.desk.release([1, 99], BY_ANA) == []
    assert await store.desk.discard([1, 99], BY_ANA) == []
    assert await store.desk.deeds(9) == []


async def test_what_is_discarded_stays_as_ignored_and_cannot_be_released(store: AnyStore) -> None:
    (letter,) = await set_aside(store, [LAYAWAY])
    deed = Deed(what="discarded", who="Ana", why="a test order", at=NOW)

    assert await store.desk.discard([letter], deed) == [letter]

    assert await store.balance() == {"shop": {Standing.IGNORED: 1}}
    assert await store.desk.release([letter], BY_ANA) == []
    kept = await store.desk.payload(letter)
    assert kept is not None
    assert kept.body.endswith(b"letter 0")


async def test_a_part_that_waits_for_its_order_is_listed_once_it_has_waited(
    store: AnyStore,
) -> None:
    await store.keep([incoming("part")])
    await judge(store, Standing.WAITING, own("820"))

    assert await store.desk.parked(NOW, 9) == []
    (part,) = await store.desk.parked(NOW + MINUTE, 9)
    assert part.waits_for == own("820")


async def given_up(store: AnyStore, order: str) -> None:
    """Let the one task that there is be tried in vain and given up."""
    refused = Refused("closed", "it is closed")
    tried = Attempt(
        order=order,
        system="erp",
        action=CancelOrder(reason="customer"),
        outcome=refused,
        at=NOW,
        took=timedelta(seconds=1),
    )
    await store.record([tried])
    (task,) = await store.claim(PROPAGATE, ["erp"], 9, LEASE, NOW)
    await store.settle([Settlement(task=task, dead=True, note="refused (closed)")], NOW)


async def test_a_dead_letter_has_what_was_tried_and_is_tried_again_when_asked(
    store: AnyStore,
) -> None:
    order = await place_order(store, own("820"), order_number("#1001"), due=("erp",))
    await given_up(store, order)
    await store.ask(REREAD, "shop", ["order:820"], NOW)

    (letter,) = await store.desk.dead_letters(Chosen(order="#1001", system="erp"), 0, 9)

    assert (letter.key, letter.failures, letter.note) == (order, 1, "refused (closed)")
    assert [(each.action, each.outcome) for each in letter.tries] == [
        (CancelOrder(reason="customer"), Refused("closed", "it is closed"))
    ]
    assert await store.desk.retry([letter.id], BY_ANA) == [letter.id]
    assert await store.desk.retry([letter.id], BY_ANA) == []
    (task,) = await store.claim(PROPAGATE, ["erp"], 9, LEASE, NOW)
    assert task.failures == 0


@pytest.mark.parametrize("chosen", [Chosen(system="shop"), Chosen(order="7"), Chosen(ids=(99,))])
async def test_other_dead_letters_are_not_meant(store: AnyStore, chosen: Chosen) -> None:
    await given_up(store, await place_order(store, own("820"), due=("erp",)))

    assert await store.desk.dead_letters(chosen, 0, 9) == []
    assert len(await store.desk.dead_letters(EVERYTHING, 0, 9)) == 1


@pytest.mark.parametrize("paused", ["erp", EVERYWHERE])
async def test_a_pause_keeps_work_at_a_mirror_from_being_claimed(
    store: AnyStore, paused: str
) -> None:
    await place_order(store, own("820"), due=("erp",))
    await store.ask(REREAD, "erp", ["order:820"], NOW)
    deed = Deed(what="paused", who="Ana", why="stocktaking", at=NOW)

    assert await store.desk.pause(paused, deed)
    assert not await store.desk.pause(paused, deed)

    assert await store.claim(PROPAGATE, ["erp"], 9, LEASE, NOW) == []
    assert await store.claim(PROPAGATE, ["erp"], 9, LEASE, NOW, urgent=True) == []
    assert await store.due(NOW) == {(REREAD, "erp")}
    assert await store.why_paused("erp") == "Ana: stocktaking"
    assert [each.who for each in await store.desk.pauses()] == ["Ana"]

    assert await store.desk.resume(paused, deed)
    assert not await store.desk.resume(paused, deed)
    assert len(await store.claim(PROPAGATE, ["erp"], 9, LEASE, NOW)) == 1


async def test_a_pause_of_one_system_holds_no_other(store: AnyStore) -> None:
    deed = Deed(what="paused", who="Ana", why="stocktaking", at=NOW)
    await store.desk.pause("erp", deed)

    assert await store.why_paused("shop") is None


async def test_a_deed_stays_on_record_whatever_anybody_tries(database: str) -> None:
    async with postgres_store(database) as store:
        await store.desk.pause("erp", Deed(what="paused", who="Ana", why="stocktaking", at=NOW))

    with psycopg.connect(database, autocommit=True) as connection:
        for attack in ("DELETE FROM deed", "UPDATE deed SET who = 'Ben'", "TRUNCATE deed"):
            with pytest.raises(psycopg.errors.RaiseException, match="only added"):
                connection.execute(attack)
