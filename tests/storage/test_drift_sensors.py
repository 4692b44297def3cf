"""What the comparison found calls somebody once it had its time, with the causes of most of it."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from accord.domain.alert import Condition
from accord.domain.alert_rules import RuleName
from accord.domain.drift import Drift, DriftClass, DriftPattern
from accord.domain.drifting import cause_of_stall
from accord.domain.tracks import Track
from accord.engine.drift_sensors import DriftSensors
from accord.engine.numbers import Share
from tests.domain.stack import stack
from tests.storage.examples import AnyStore, own, place_order

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATE = Drift(
    pattern=DriftPattern.STALE_SHIPPING_STATUS,
    system="shop",
    track=Track.FULFILLMENT,
    subject="",
    what="The shop waits.",
    cause="the shop was never told of SHP-1",
    since=NOW,
    deadline=NOW,
)
EDIT = replace(LATE, pattern=DriftPattern.FOREIGN_EDIT, cause="edited by Ana")
CLEARED = replace(LATE, system="depot", cause="something that is over")
IN_FLIGHT = replace(LATE, standing=DriftClass.IN_FLIGHT)


async def found(store: AnyStore, *drifts: tuple[int, Drift]) -> None:
    """Let a comparison find these drifts, each in the first so many orders; one more cleared."""
    orders = [await place_order(store, own(str(place))) for place in range(10)]
    await store.drifts.note([(orders[9], CLEARED)], NOW - timedelta(days=1))
    await store.drifts.note(
        [(order, drift) for number, drift in drifts for order in orders[:number]], NOW
    )
    await store.drifts.finish([LATE.cause], NOW)


async def drifting(store: AnyStore) -> list[Condition]:
    return await DriftSensors(stack(), store.drifts).drifting(NOW)


async def test_orders_count_once_at_each_system_and_the_causes_of_most_stand_first(
    store: AnyStore,
) -> None:
    await found(store, (9, LATE), (2, EDIT), (3, replace(EDIT, system="books")))
    books, shop = await drifting(store)

    assert (books.rule, books.key, books.figure) == (RuleName.DRIFT, "books", 3)
    assert (shop.key, shop.figure) == ("shop", 9)
    assert shop.what == (
        "9 orders are out of step at shop. 9 of one fault: the shop was never told of SHP-1 "
        "(stale shipping status); 2 edited by Ana (foreign edit)."
    )


async def test_what_is_in_flight_cleared_or_only_stays_where_it_is_does_not_count(
    store: AnyStore,
) -> None:
    stalled = replace(LATE, pattern=DriftPattern.STALLED_STAGE, cause=cause_of_stall("ordered"))
    await found(store, (5, IN_FLIGHT), (5, stalled))

    assert await drifting(store) == []
    assert await store.numbers.share() == Share(orders=10, drifting=0)


async def test_an_order_out_of_step_at_two_systems_is_one_that_is_not_agreed_on(
    store: AnyStore,
) -> None:
    await found(store, (4, LATE), (2, replace(EDIT, system="books")))
    share = await store.numbers.share()

    assert (share.orders, share.drifting, share.agreeing) == (10, 4, 6)


async def test_a_stage_in_which_orders_stay_is_named_with_who_is_to_look(store: AnyStore) -> None:
    stage = replace(stack().stages[0], stall_after=timedelta(days=2), person="Bo")
    accord = replace(stack(), stages=(stage, *stack().stages[1:]))
    stalled = replace(LATE, pattern=DriftPattern.STALLED_STAGE, cause=cause_of_stall(stage.name))
    await found(store, (7, stalled), (2, LATE))
    (seen,) = await DriftSensors(accord, store.drifts).stalled(NOW)

    assert (seen.rule, seen.key, seen.figure) == (RuleName.STALLED, "ordered", 7)
    assert seen.what == "7 orders are in the stage ordered for longer than 2 d; Bo is to look."
