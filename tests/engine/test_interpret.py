import pytest

from accord.domain.accord import Role
from accord.domain.report import EXTERNAL, NUMBER, THE_ORDER, Ref, Report, order_number
from accord.domain.tracks import State, Track
from accord.domain.truth import truth
from accord.engine.envelope import Lookup
from accord.engine.ports import TaskKind
from accord.storage.memory import MemoryStore
from tests.domain.stack import NOON, ordered, parcel, said, stack
from tests.engine.plain import Plain, incoming

ACCORD = stack()


@pytest.fixture
def plain():
    return Plain(ACCORD, MemoryStore())


async def standings(plain) -> dict[str, int]:
    balance = await plain.store.balance()
    counted: dict[str, int] = {}
    for by_standing in balance.values():
        for standing, count in by_standing.items():
            if count:
                counted[standing.value] = counted.get(standing.value, 0) + count
    return counted


async def orders(plain):
    return [line.matrix for line in await plain.store.orders()]


async def due(plain, kind):
    tasks = await plain.store.claim(kind, list(ACCORD.systems), 50, NOON - NOON, plain.now)
    return sorted((task.system, task.key) for task in tasks)


async def test_what_every_system_says_of_one_number_is_one_order(plain):
    await plain.said(*ordered(A=2))

    (matrix,) = await orders(plain)
    assert truth(matrix, ACCORD).order is State.OPEN
    assert matrix.own_ref("books") == "77"
    assert await standings(plain) == {"applied": 5}


@pytest.mark.parametrize("turned", [False, True])
async def test_the_books_may_speak_before_the_shop(plain, turned):
    facts = ordered(A=2)
    await plain.said(*(reversed(facts) if turned else facts))

    assert len(await orders(plain)) == 1


@pytest.mark.parametrize("external", ["8209", "1001"])
@pytest.mark.parametrize("shop_first", [True, False])
async def test_an_external_id_joins_by_the_shops_id_or_its_number(plain, external, shop_first):
    shop = said("shop", "order", "open")
    books = Report(
        system="books",
        order=(Ref("books", "77"), Ref(EXTERNAL, external)),
        subject=THE_ORDER,
        kind="SalesOrd",
        word="B",
        said_at=NOON,
    )

    await plain.said(*((shop, books) if shop_first else (books, shop)))

    assert len(await orders(plain)) == 1


async def test_mirrors_out_of_step_get_work_in_the_same_transaction(plain):
    await plain.said(*ordered(A=2))

    assert [system for system, _ in await due(plain, TaskKind.PROPAGATE)] == ["warehouse"]


async def test_a_part_without_its_order_waits_asks_for_it_and_is_released_by_it(plain):
    early = Report(
        system="shop",
        order=(Ref("shop", "8209"),),
        subject=parcel("f1"),
        kind="fulfillment",
        word="success",
        said_at=NOON,
    )
    await plain.said(early)
    assert await standings(plain) == {"waiting": 1}
    assert await due(plain, TaskKind.REREAD) == [("shop", "order:8209")]

    await plain.said(said("shop", "order", "open"))

    assert await standings(plain) == {"applied": 2}
    (matrix,) = await orders(plain)
    assert matrix.cell("shop", Track.FULFILLMENT, parcel("f1")) is not None


async def test_an_unknown_word_is_quarantined_and_holds_up_nobody_else(plain):
    other = Report(
        system="shop",
        order=(Ref("shop", "1"), order_number("#2")),
        subject=THE_ORDER,
        kind="order",
        word="open",
        said_at=NOON,
    )
    await plain.hear("shop", said("shop", "order", "teleported"), other)
    await plain.engine.interpreter.turn()

    assert await standings(plain) == {"quarantined": 1}
    numbers = [ref.value for m in await orders(plain) for ref in m.refs if ref.scope == NUMBER]
    assert numbers == ["2"]


async def test_what_cannot_be_read_is_quarantined_and_the_rest_goes_on(plain):
    await plain.store.keep([incoming("shop", b"{", plain.now)])
    await plain.said(said("shop", "order", "open"))

    assert await standings(plain) == {"quarantined": 1, "applied": 1}


@pytest.mark.parametrize("name", ["", "9" * 100_000])
async def test_an_order_with_a_name_no_order_has_is_quarantined(plain, name):
    odd = Report(
        system="shop",
        order=(Ref("shop", name), order_number("#1001")),
        subject=THE_ORDER,
        kind="order",
        word="open",
        said_at=NOON,
    )
    await plain.said(odd, said("shop", "order", "open"))

    assert await standings(plain) == {"quarantined": 1, "applied": 1}


async def test_two_orders_of_one_system_with_one_number_are_not_guessed_together(plain):
    await plain.said(said("shop", "order", "open"))
    twin = Report(
        system="shop",
        order=(Ref("shop", "9999"), order_number("#1001")),
        subject=THE_ORDER,
        kind="order",
        word="cancelled",
        said_at=NOON,
    )
    await plain.said(twin)

    assert await standings(plain) == {"applied": 1, "quarantined": 1}
    (matrix,) = await orders(plain)
    assert truth(matrix, ACCORD).order is State.OPEN


async def test_names_of_two_orders_in_one_report_are_quarantined(plain):
    one = Report(
        system="shop",
        order=(Ref("shop", "1"), order_number("1")),
        subject=THE_ORDER,
        kind="order",
        word="open",
        said_at=NOON,
    )
    two = Report(
        system="shop",
        order=(Ref("shop", "2"), order_number("2")),
        subject=THE_ORDER,
        kind="order",
        word="open",
        said_at=NOON,
    )
    both = Report(
        system="books",
        order=(Ref("books", "7"), order_number("1"), order_number("2")),
        subject=THE_ORDER,
        kind="SalesOrd",
        word="B",
        said_at=NOON,
    )
    await plain.said(one, two, both)

    assert await standings(plain) == {"applied": 2, "quarantined": 1}


async def test_a_hint_becomes_a_reading_and_is_counted_as_ignored(plain):
    await plain.hear("shop", Lookup(Ref("fulfillment_order", "5")))
    await plain.engine.interpreter.turn()

    assert await standings(plain) == {"ignored": 1}
    assert await due(plain, TaskKind.REREAD) == [("shop", "fulfillment_order:5")]


async def test_every_envelope_stands_in_exactly_one_place(plain):
    late = said("shop", "payment", "pending", minute=-5)
    await plain.said(*ordered(A=2), late)
    await plain.hear("shop", said("shop", "order", "open"), more="the same, in other bytes")
    await plain.hear("shop", said("shop", "order", "archived"))
    await plain.engine.interpreter.turn()

    assert await standings(plain) == {"applied": 5, "late": 1, "repeated": 1, "ignored": 1}
    assert Role.STOREFRONT in {system.role for system in ACCORD.systems.values()}
