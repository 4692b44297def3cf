"""What can be shown of any account: the life of an order, and one use of each action."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from accord.connector_kit.simulator import Example
from accord.connectors.netsuite.simulator_state import Line
from accord.domain.action import (
    Action,
    ActionKind,
    AddTracking,
    Advance,
    Amend,
    Approve,
    AuthorizeReturn,
    CancelOrder,
    CloseReturn,
    Ship,
    Withdraw,
)
from accord.domain.report import Ref
from accord.domain.tracks import State

if TYPE_CHECKING:  # the account offers these, so it is made of them
    from accord.connectors.netsuite.simulator import NetSuiteSimulator

LINES = (Line("MUG", 2), Line("SHIRT", 3), Line("WRAPPING", 1, kind="Service"))
MUGS = {"MUG": 2}
SHIRTS = {"SHIRT": 2}


def story(account: "NetSuiteSimulator", number: str) -> Iterator[None]:
    """Live through an order: approved, cut, sent in two parcels, billed, partly returned."""
    account.book_order(number, "", LINES)
    yield
    account.approve(number)
    yield
    account.edit_quantity(number, "SHIRT", 2)
    yield
    parcel = account.fulfill_by_hand(number, MUGS, "A")
    yield
    account.mark(parcel, "B")
    yield
    account.mark(parcel, "C")
    yield
    account.fulfill_by_hand(number, SHIRTS)
    yield
    account.bill(number)
    yield
    account.authorize_by_hand(number, {"MUG": 1})
    yield
    account.approve_return(number)
    yield
    account.receive_return(number)
    yield
    account.refund_return(number)
    yield


def example(account: "NetSuiteSimulator", kind: ActionKind, number: str) -> Example:
    """Set up an order of which ``kind`` can be asked; it waits for approval only for that."""
    own = account.book_order(number, "", LINES, approved=kind is not Approve)
    return Example(order=own, action=_ACTIONS[kind](account, number))


def _close_return(account: "NetSuiteSimulator", number: str) -> Action:
    account.fulfill_by_hand(number, MUGS)
    subject = account.authorize_by_hand(number, {"MUG": 1})
    account.approve_return(number)
    return CloseReturn(subject=subject, state=State.CANCELLED)


def _authorize_return(account: "NetSuiteSimulator", number: str) -> Action:
    """Leave enough of the line to book the same return a second time by mistake."""
    account.fulfill_by_hand(number, MUGS)
    return AuthorizeReturn(source=Ref("shop", f"return-{number}"), lines={"MUG": 1})


_ACTIONS: Mapping[ActionKind, Callable[["NetSuiteSimulator", str], Action]] = {
    # NetSuite takes a parcel's External ID once. All of the line is sent, so that a second try
    # which does not look for its parcel first finds nothing left to send.
    Ship: lambda _account, number: Ship(
        source=Ref("depot", f"se-{number}"), lines=MUGS, place="2", tracking=("1Z999AA1",)
    ),
    Advance: lambda account, number: Advance(
        parcel=account.fulfill_by_hand(number, MUGS, "A"), state=State.SHIPPED
    ),
    Withdraw: lambda account, number: Withdraw(parcel=account.fulfill_by_hand(number, MUGS, "A")),
    AddTracking: lambda account, number: AddTracking(
        parcel=account.fulfill_by_hand(number, MUGS), tracking=("1Z999AA2",)
    ),
    Approve: lambda _account, _number: Approve(),
    CancelOrder: lambda _account, _number: CancelOrder(reason="customer"),
    Amend: lambda _account, _number: Amend(lines={"MUG": 1, "SHIRT": 0}),
    AuthorizeReturn: _authorize_return,
    CloseReturn: _close_return,
}
