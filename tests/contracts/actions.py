"""One plain action of every kind there is, none of them possible anywhere."""

from datetime import datetime

from accord.domain.action import (
    Action,
    AddTracking,
    Advance,
    Allocate,
    Amend,
    Approve,
    AuthorizeReturn,
    CancelOrder,
    CancelParcel,
    CloseReturn,
    Complete,
    Hold,
    Release,
    Ship,
    TellDelivery,
    Withdraw,
)
from accord.domain.report import Ref
from accord.domain.tracks import State

ELSEWHERE = Ref("elsewhere", "1")


def one_of_each(now: datetime) -> list[Action]:
    """Return an action of every kind."""
    return [
        Ship(source=ELSEWHERE, lines={"MUG": 1}),
        Advance(parcel="1", state=State.SHIPPED),
        Withdraw(parcel="1"),
        AddTracking(parcel="1", tracking=("1Z",)),
        TellDelivery(parcel="1", state=State.DELIVERED, happened_at=now),
        Allocate(source=ELSEWHERE, number="1", lines={"MUG": 1}),
        Hold(subject="1", reason="an example"),
        Release(subject="1"),
        CancelParcel(parcel="1", reason="an example"),
        CancelOrder(reason="an example"),
        Approve(),
        Amend(lines={"MUG": 1}),
        Complete(),
        AuthorizeReturn(source=ELSEWHERE, lines={"MUG": 1}),
        CloseReturn(subject="1", state=State.CLOSED),
    ]
