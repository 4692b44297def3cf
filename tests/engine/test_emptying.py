"""What is set aside says why, and comes back once, in order, as if it had just arrived."""

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace

from accord.domain.accord import Accord
from accord.domain.reason import (
    ContradictingNames,
    Flaw,
    ImpossibleQuantity,
    ImpossibleTime,
    MalformedAddress,
    NoAuthenticatedPayment,
    Poison,
    ReaderFailed,
    RivalOrder,
    UnknownSystem,
    UnknownWord,
    UnreadablePayload,
    UnusableName,
    reason_code,
)
from accord.domain.report import Ref, Report, order_number
from accord.domain.tracks import State
from accord.domain.truth import truth
from accord.domain.vocabulary import Row
from accord.engine import emptying
from accord.engine.desk import EVERYTHING, Deed
from accord.engine.emptying import all_aside, all_dead_letters, do_to_all, release_known
from accord.engine.envelope import Parsed, Standing
from accord.storage.memory import MemoryStore
from tests.domain.stack import NOON, ordered, said, stack
from tests.engine.plain import Plain, incoming

ACCORD = stack()
OPEN = said("shop", "order", "open")
LAYAWAY = said("shop", "payment", "on_layaway", minute=1)
DEED = Deed(what="released", who="Ana", why="mapped", at=NOON)


def knowing(*words: str) -> Accord:
    """Return the stack with more words for a payment that has not come."""
    shop = ACCORD.systems["shop"]
    rows = tuple(Row("payment", word, {"payment": State.PENDING}) for word in words)
    vocabulary = replace(shop.vocabulary, rows=(*shop.vocabulary.rows, *rows))
    return replace(ACCORD, systems={**ACCORD.systems, "shop": replace(shop, vocabulary=vocabulary)})


def named(*refs: Ref) -> Report:
    return replace(OPEN, order=refs)


@pytest.fixture
def plain():
    return Plain(ACCORD, MemoryStore())


async def why(plain) -> list[object]:
    found = await plain.store.desk.aside(EVERYTHING, 0, 100)
    return [objection.reason for one in found for objection in one.objections]


async def test_a_report_that_cannot_be_used_is_set_aside_for_its_reason(plain):
    far = NOON + timedelta(days=30)
    await plain.said(
        replace(LAYAWAY, kind="payment"),
        said("shop", "order", "open", lines={"MUG": -1}),
        replace(OPEN, said_at=far),
        named(Ref("shop", "")),
    )

    assert await why(plain) == [
        UnknownWord("shop", "payment", "on_layaway"),
        ImpossibleQuantity("shop", "MUG", -1),
        ImpossibleTime("shop", "said_at", far),
        UnusableName("shop", "shop", 0),
    ]


async def test_names_that_contradict_each_other_or_a_rival_are_set_aside(plain):
    one, two = order_number("1"), order_number("2")
    await plain.said(
        named(Ref("shop", "1"), one),
        named(Ref("shop", "2"), two),
        replace(said("books", "SalesOrd", "B"), order=(Ref("books", "7"), one, two)),
        named(Ref("shop", "3"), one),
    )

    assert await why(plain) == [
        ContradictingNames("books", ("books 7", "number 1", "number 2")),
        RivalOrder("shop", "1", "3"),
    ]


async def test_what_nobody_can_read_and_what_nobody_sent_is_set_aside(plain):
    await plain.store.keep([incoming("shop", b"{", plain.now)])
    await plain.store.keep([incoming("stranger", b"{}", plain.now)])
    await plain.engine.interpreter.turn()

    unreadable, stranger = await why(plain)
    assert isinstance(unreadable, UnreadablePayload)
    assert stranger == UnknownSystem("stranger")


@pytest.mark.parametrize(
    "reason",
    [NoAuthenticatedPayment("shop", "8209"), MalformedAddress("shop", "8209", "country")],
    ids=reason_code,
)
async def test_of_a_flawed_order_nothing_is_taken_and_of_another_everything(plain, reason):
    other = named(Ref("shop", "1"), order_number("#2"))
    flawed = Parsed((OPEN, other), flaws=(Flaw(Ref("shop", "8209"), reason),))
    plain.parse = lambda envelope: flawed
    await plain.hear("shop", OPEN)
    await plain.engine.interpreter.turn()

    assert await why(plain) == [reason]
    assert [line.matrix.number for line in await plain.store.orders()] == ["2"]


async def test_a_reader_that_raises_holds_up_nobody(plain):
    def fragile(envelope):
        if b"boom" in envelope.body:
            raise KeyError
        return Parsed((OPEN,))

    plain.parse = fragile
    await plain.hear("shop", OPEN, more="boom")
    await plain.hear("shop", OPEN)
    assert await plain.engine.interpreter.turn() == 2

    (reason,) = await why(plain)
    assert reason == ReaderFailed("shop", "KeyError: ")
    assert len(await plain.store.orders()) == 1


class _Unstorable(MemoryStore):
    """A store that cannot write down what one envelope says."""

    def check(self, placed):
        if any(ref.value == "poison" for _, change in placed for ref in change.matrix.refs):
            raise ZeroDivisionError
        super().check(placed)


async def test_what_fails_whoever_has_it_in_hand_is_set_aside_and_its_neighbours_flow():
    plain = Plain(ACCORD, _Unstorable())
    before, after = (named(Ref("shop", name), order_number(name)) for name in ("1", "2"))
    for report in (before, named(Ref("shop", "3"), order_number("poison")), after):
        await plain.hear("shop", report)

    for _ in range(8):
        try:
            await plain.engine.interpreter.turn()
        except ZeroDivisionError:
            continue

    assert await why(plain) == [Poison("shop", 3)]
    assert (await plain.store.balance())["shop"] == {
        Standing.APPLIED: 2,
        Standing.QUARANTINED: 1,
    }


async def test_a_word_that_the_accord_knows_by_now_is_released_and_applied(plain):
    await plain.said(OPEN, LAYAWAY, said("shop", "payment", "in_escrow", minute=2))
    knows = Plain(knowing("on_layaway"), plain.store)

    await knows.engine.begin()
    await knows.engine.interpreter.turn()

    (matrix,) = [line.matrix for line in await plain.store.orders()]
    assert truth(matrix, ACCORD).payment is State.PENDING
    assert await why(plain) == [UnknownWord("shop", "payment", "in_escrow")]
    (deed,) = await plain.store.desk.deeds(9)
    assert (deed.who, deed.things) == ("accord", ("2",))


async def test_a_mapping_that_changed_in_other_places_releases_nothing(plain):
    await plain.said(OPEN, LAYAWAY)

    assert await release_known(plain.store.desk, knowing("in_escrow"), NOON) == 0
    assert len(await why(plain)) == 1


async def test_a_word_now_listed_as_saying_nothing_is_known_as_well(plain):
    await plain.said(OPEN, said("shop", "order", "Archived  "))
    shop = ACCORD.systems["shop"]
    silent = replace(shop.vocabulary.ignored[0], word="Archived  ")
    vocabulary = replace(shop.vocabulary, ignored=(silent,))
    accord = replace(
        ACCORD, systems={**ACCORD.systems, "shop": replace(shop, vocabulary=vocabulary)}
    )

    assert await release_known(plain.store.desk, accord, NOON) == 1


async def test_a_system_named_by_now_releases_what_it_sent(plain):
    await plain.store.keep([incoming("stranger", b"{}", plain.now)])
    await plain.engine.interpreter.turn()
    named_now = replace(ACCORD, systems={**ACCORD.systems, "stranger": ACCORD.systems["shop"]})

    assert await release_known(plain.store.desk, named_now, NOON) == 1


async def test_releasing_again_and_again_leaves_the_order_as_it_is(plain):
    await plain.said(*ordered(A=1))
    mixed = (said("shop", "order", "cancelled", minute=1, lines={"A": 0}), LAYAWAY)
    await plain.hear("shop", *mixed)
    await plain.engine.interpreter.turn()
    (before,) = await plain.store.orders()
    told = await plain.store.order(before.order)

    for _ in range(3):
        await do_to_all(all_aside(plain.store.desk, EVERYTHING), plain.store.desk.release, DEED)
        await plain.engine.interpreter.turn()

    (after,) = await plain.store.orders()
    again = await plain.store.order(before.order)
    assert after.matrix == before.matrix
    assert again is not None
    assert told is not None
    assert again.history == told.history
    assert len(await why(plain)) == 1


async def test_what_comes_back_into_quarantine_is_not_released_twice_by_one_command(
    plain, monkeypatch
):
    monkeypatch.setattr(emptying, "STEP", 2)
    for minute in range(5):
        await plain.said(said("shop", "payment", "on_layaway", minute=minute))
    steps: list[int] = []

    async def release_and_read(ids, deed):
        released = await plain.store.desk.release(ids, deed)
        await plain.engine.interpreter.turn()
        return released

    total = await do_to_all(
        all_aside(plain.store.desk, EVERYTHING), release_and_read, DEED, steps.append
    )

    assert (total, steps) == (5, [2, 2, 1])


async def test_two_hands_at_once_release_each_thing_once(plain):
    for minute in range(6):
        await plain.said(said("shop", "payment", "on_layaway", minute=minute))
    desk = plain.store.desk

    both = await asyncio.gather(
        *(do_to_all(all_aside(desk, EVERYTHING), desk.release, DEED) for _ in range(2))
    )

    assert sum(both) == 6


async def test_all_dead_letters_are_walked_through(plain):
    steps = [step async for step in all_dead_letters(plain.store.desk, EVERYTHING)]

    assert steps == []
