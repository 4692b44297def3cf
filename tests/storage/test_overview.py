"""What pages and commands read."""

from accord.domain.action import Allocate, CancelOrder, Destination
from accord.domain.outcome import Applied, Outcome, Throttled
from accord.domain.report import NUMBER, Ref
from accord.engine.envelope import Origin
from accord.engine.ports import Attempt, Change
from accord.storage.overview import AttemptCount, Pending
from tests.storage.examples import (
    MINUTE,
    NOW,
    SECOND,
    AnyStore,
    cell,
    incoming,
    matrix,
    own,
    place_order,
    write,
)


def attempt(order: str, outcome: Outcome) -> Attempt:
    action = CancelOrder(reason="asked for")
    return Attempt(order=order, system="erp", action=action, outcome=outcome, at=NOW, took=SECOND)


async def listed(store: AnyStore, search: str = "") -> list[str]:
    return [line.matrix.own_ref("shop") or "" for line in await store.orders(search)]


async def test_orders_are_listed_newest_first_page_by_page(store: AnyStore) -> None:
    for name in ("a", "b", "c"):
        await place_order(store, own(name))

    first = await store.orders(limit=2)
    second = await store.orders(before=first[-1].order, limit=2)

    assert [line.matrix.refs for line in (*first, *second)] == [
        (own("c"),),
        (own("b"),),
        (own("a"),),
    ]


async def test_an_order_is_searched_by_the_beginning_of_its_number(store: AnyStore) -> None:
    for name, number in (("a", "d-1001"), ("b", "d-1002"), ("c", "e-1001")):
        await place_order(store, own(name), Ref(NUMBER, number))

    assert await listed(store, " #D-10") == ["b", "a"]
    assert await listed(store, "d-1001") == ["a"]
    assert await listed(store, "100%") == []


async def test_an_order_is_searched_by_the_whole_of_a_systems_own_id(store: AnyStore) -> None:
    await place_order(store, own("gid-7"), own("SO7", "erp"))
    await place_order(store, own("gid-77"))

    assert await listed(store, "SO7") == ["gid-7"]
    assert await listed(store, "gid-7") == ["gid-7"]


async def test_everything_on_one_order_is_in_its_file(store: AnyStore) -> None:
    order = await place_order(store, own("1"), due=("erp",))
    await place_order(store, own("2"), due=("erp",))
    await store.record([attempt(order, Throttled(wait=MINUTE)), attempt(order, Applied("x"))])

    found = await store.order(order)

    assert found is not None
    assert found.line.matrix == matrix(own("1"))
    assert [tried.outcome for tried in found.attempts] == [Throttled(wait=MINUTE), Applied("x")]
    assert found.attempts[0].took == SECOND
    assert found.pending == [
        Pending(system="erp", due=NOW, leased_until=None, failures=0, dead=False, note="")
    ]


async def test_an_order_that_is_not_there_has_no_file(store: AnyStore) -> None:
    for name in ("1", "0", "-1", "no number", "9" * 40, "٣"):
        assert await store.order(name) is None


async def test_where_a_parcel_goes_is_never_kept(store: AnyStore) -> None:
    address = Destination(name="Ada Invented", line1="1 Test Row", city="Nowhere", country="ZZ")
    action = Allocate(source=own("1"), number="1001", lines={"MUG": 1}, destination=address)
    order = await place_order(store, own("1"))
    tried = Attempt(
        order=order, system="wms", action=action, outcome=Applied(), at=NOW, took=SECOND
    )

    await store.record([tried])

    found = await store.order(order)
    assert found is not None
    assert found.attempts[0].action == Allocate(source=own("1"), number="1001", lines={"MUG": 1})


async def test_the_counts_tell_how_much_there_is(store: AnyStore) -> None:
    await store.keep([incoming("a"), incoming("b"), incoming("c", origin=Origin.FEED)])
    await write(store, Change(order=None, matrix=matrix(own("1")), told=(cell(), cell("void"))))
    order = (await store.orders())[0].order
    await store.record([attempt(order, Applied()), attempt(order, Applied())])

    counts = await store.counts()

    assert (counts.orders, counts.history) == (1, 2)
    assert counts.envelopes == {Origin.HOOK: 2, Origin.FEED: 1}
    assert counts.attempts == [
        AttemptCount(system="erp", action="cancel_order", outcome="applied", attempts=2)
    ]
