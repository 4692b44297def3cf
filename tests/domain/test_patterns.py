"""Each named pattern, from what systems say of one order."""

import pytest

from accord.domain.patterns import Pattern, Situation, Standing, patterns
from accord.domain.tracks import State, Track


def apart(system, column, one, other):
    return {one, other} != {State.OPEN, State.COMPLETED} and one != other


def shop(order=State.OPEN, payment=State.PAID, progress=State.NONE, **more):
    return "shop", Standing(order=order, payment=payment, progress=progress, **more)


def books(order=State.OPEN, progress=State.NONE, **more):
    return {"books": Standing(order=order, progress=progress, **more)}


def named(**order):
    return [(one.pattern, one.track) for one in patterns(Situation(**order), apart)]


BILLED = books(State.COMPLETED, State.COMPLETE)
CLOSED = books(State.CANCELLED, None)
GONE = shop(State.CANCELLED, State.VOIDED)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ({"shop": shop(), "books": books()}, []),
        ({"shop": shop(), "books": {"books": None}},
         [(Pattern.UNACKNOWLEDGED_ORDER, Track.ORDER)]),
        ({"shop": shop(payment=State.PENDING), "books": {"books": None}}, []),
        ({"shop": shop(progress=State.COMPLETE), "books": {"books": None}},
         [(Pattern.ORPHANED_PAYMENT, Track.PAYMENT)]),
        ({"shop": shop(payment=State.PENDING), "books": {"books": None},
          "payments": {"bank": Standing(captured=True)}},
         [(Pattern.ORPHANED_PAYMENT, Track.PAYMENT)]),
        ({"shop": shop(), "books": BILLED}, [(Pattern.STALE_SHIPPING_STATUS, Track.FULFILLMENT)]),
        ({"shop": shop(), "books": books(), "floors": books(None, State.COMPLETE)},
         [(Pattern.STALE_SHIPPING_STATUS, Track.FULFILLMENT)]),
        ({"shop": GONE, "books": BILLED}, [(Pattern.GHOST_FULFILLMENT, Track.FULFILLMENT)]),
        ({"shop": GONE, "books": books(parcels=frozenset({State.IN_PROGRESS}))},
         [(Pattern.GHOST_FULFILLMENT, Track.FULFILLMENT)]),
        ({"shop": GONE, "books": books()}, [(Pattern.DISAGREEMENT, Track.ORDER)]),
        ({"shop": GONE, "books": CLOSED}, []),
        ({"shop": GONE, "books": {"books": None}}, []),
        ({"shop": shop(), "books": CLOSED}, [(Pattern.DISAGREEMENT, Track.ORDER)]),
        ({"shop": shop(payment=State.REFUNDED), "books": CLOSED}, []),
        ({"shop": shop(payment=State.REFUNDED), "books": books()},
         [(Pattern.DISAGREEMENT, Track.PAYMENT)]),
        ({"shop": shop(payment=State.REFUNDED, progress=State.COMPLETE),
          "books": books(State.OPEN, State.COMPLETE)},
         [(Pattern.UNPROCESSED_RETURN, Track.RETURN)]),
        ({"shop": shop(payment=State.REFUNDED, progress=State.COMPLETE),
          "books": books(State.OPEN, State.COMPLETE, returns=frozenset({State.APPROVED}))}, []),
        ({"shop": shop(progress=State.COMPLETE), "books": books(State.OPEN, State.COMPLETE),
          "returns": {"list": Standing(returns=frozenset({State.APPROVED}))}},
         [(Pattern.UNPROCESSED_RETURN, Track.RETURN)]),
        ({"shop": shop(progress=State.PARTIAL), "books": books(progress=State.PARTIAL)}, []),
        ({"shop": shop(progress=State.PARTIAL), "books": books(progress=State.PARTIAL),
          "overdue": True}, [(Pattern.OPEN_PARTIAL_SHIPMENT, Track.FULFILLMENT)]),
        ({"shop": shop(progress=State.COMPLETE), "books": books(progress=State.PARTIAL)},
         [(Pattern.DISAGREEMENT, Track.FULFILLMENT)]),
        ({"shop": shop(), "books": books(State.ON_HOLD)}, [(Pattern.DISAGREEMENT, Track.ORDER)]),
        ({"shop": shop(payment=State.PENDING), "books": books(State.ON_HOLD)}, []),
        ({"shop": None, "books": BILLED}, [(Pattern.NO_COUNTERPART, Track.ORDER)]),
    ],
)  # fmt: skip
def test_an_order_shows_its_patterns_and_no_others(order, expected):
    assert named(**order) == expected


def test_the_costliest_pattern_comes_first():
    order = {"shop": shop(progress=State.COMPLETE, payment=State.PARTIALLY_REFUNDED, refunded=True)}

    found = [one for one, _ in named(**order, books={"books": None})]

    assert found == [Pattern.ORPHANED_PAYMENT, Pattern.UNPROCESSED_RETURN]


def test_what_a_system_cannot_tell_apart_is_no_disagreement():
    order = Situation(shop=shop(State.COMPLETED, progress=State.COMPLETE),
                      books=books(State.OPEN, State.COMPLETE))  # fmt: skip

    assert patterns(order, lambda *_: False) == []
