"""Which orders a sweep has read again whole, at a system whose lists can miss something."""

from collections.abc import Sequence
from datetime import UTC, datetime

from accord.domain.accord import Accord
from accord.domain.report import NUMBER, Ref
from accord.domain.risk import ship_by, taken_in_turn
from accord.engine.sweep_book import Sampled

# So many of the newest orders are weighed; older ones are hardly ever on their way.
WEIGHED = 2000
NEVER = datetime.min.replace(tzinfo=UTC)


def riskiest(candidates: Sequence[Sampled], accord: Accord, most: int) -> list[Sampled]:
    """Return orders of three kinds in turn.

    Paid and not shipped, the nearest deadline first; changed lately; not read for longest.
    """
    deadlines = {one.order: ship_by(one.matrix, accord) for one in candidates}
    due = sorted((at, order) for order, at in deadlines.items() if at is not None)
    lately = sorted(candidates, key=lambda one: one.updated_at, reverse=True)
    unread = sorted(candidates, key=lambda one: (one.asked_at or NEVER, one.updated_at))
    rankings = [
        [order for _, order in due],
        [one.order for one in lately],
        [one.order for one in unread],
    ]
    by_order = {one.order: one for one in candidates}
    return [by_order[order] for order in taken_in_turn(rankings, most)]


def whole(sampled: Sampled, system: str) -> Ref:
    """Return the name by which ``system`` reads an order whole."""
    own = sampled.matrix.own_ref(system)
    return Ref("order", own) if own else Ref(NUMBER, sampled.matrix.number or "")
