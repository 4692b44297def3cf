from accord.domain.view import view
from tests.domain.stack import after, ordered, said, stack
from tests.domain.test_plan import work


def stage(*reports):
    return view(after(*reports), stack()).stage


def test_an_order_is_as_far_as_its_least_advanced_part():
    one = work("se-8", "DE", {"A": 1})
    two = work("se-9", "IT", {"A": 1})

    assert stage(*ordered(A=2)) == "ordered"
    assert stage(*ordered(A=2), one) == "ordered"
    assert stage(*ordered(A=2), one, two) == "fulfilled"
    assert stage(*ordered(A=2), one, work("se-9", "DE", {"A": 1}, 3)) == "delivered"


def test_each_parcel_has_a_stage_of_its_own():
    seen = view(after(*ordered(A=2), work("se-8", "DE", {"A": 1})), stack())

    assert [(p.stage, p.lines) for p in seen.parcels] == [("delivered", {"A": 1})]


def test_a_cancelled_order_is_at_no_stage_of_the_way():
    assert stage(*ordered(A=2), said("shop", "order", "cancelled", minute=1)) == ""
