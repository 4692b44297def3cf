"""Which orders to look at first where a system's lists can miss something."""

from collections.abc import Iterable
from datetime import datetime

from accord.domain.accord import Accord
from accord.domain.matrix import Matrix
from accord.domain.tracks import State, Track
from accord.domain.truth import truth

PAID = frozenset({State.AUTHORIZED, State.PARTIALLY_PAID, State.PAID})


def ship_by(matrix: Matrix, accord: Accord) -> datetime | None:
    """Return by when a paid order that has not left should leave; None if it need not.

    That is what was promised; without a promise the order that was paid first comes first.
    """
    so = truth(matrix, accord)
    if so.payment not in PAID or so.order is State.CANCELLED or so.progress is State.COMPLETE:
        return None
    promised = [k.particulars.promised_at for k in matrix.known.values()]
    paid = [cell.said_at for cell in matrix.cells.values() if cell.track is Track.PAYMENT]
    return min((at for at in promised if at is not None), default=min(paid, default=None))


def taken_in_turn(rankings: Iterable[Iterable[str]], most: int) -> list[str]:
    """Return at most so many orders, taking the first that is left of each ranking in turn."""
    chosen: dict[str, None] = {}
    left = [iter(ranking) for ranking in rankings]
    while left and len(chosen) < most:
        for ranking in list(left):
            found = next((order for order in ranking if order not in chosen), None)
            if found is None:
                left.remove(ranking)
            elif len(chosen) < most:
                chosen[found] = None
    return list(chosen)
