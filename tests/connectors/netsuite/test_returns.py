"""Booking returns and closing them."""

import pytest

from accord.connector_kit.simulator import Fault
from accord.connectors.netsuite.client import NetSuiteClient
from accord.connectors.netsuite.simulator import NetSuiteSimulator
from accord.domain.action import AuthorizeReturn, CloseReturn
from accord.domain.matrix import Matrix
from accord.domain.outcome import Applied, Refused, Unavailable, Unneeded
from accord.domain.report import Ref
from accord.domain.tracks import State


@pytest.fixture
def shipped(account: NetSuiteSimulator, order: Matrix) -> Matrix:
    """The order #1001 after everything on it has left."""
    account.fulfill_by_hand("1001", {"MUG": 2, "SHIRT": 3})
    return order


def back(lines: dict[str, int]) -> AuthorizeReturn:
    return AuthorizeReturn(source=Ref("shop", "gid://shopify/Return/1"), lines=lines)


def close(account: NetSuiteSimulator, state: State = State.CLOSED) -> CloseReturn:
    return CloseReturn(subject=account.returns("1001")[0].id, state=state)


def said(account: NetSuiteSimulator) -> str:
    (record,) = account.returns("1001")
    return account.words("1001")[f"RtnAuth {record.id}"]


async def test_a_return_is_booked_with_exactly_its_lines_and_once(
    client: NetSuiteClient, account: NetSuiteSimulator, shipped: Matrix
) -> None:
    assert isinstance(await client.perform(back({"SHIRT": 1}), shipped), Applied)
    assert isinstance(await client.perform(back({"SHIRT": 1}), shipped), Unneeded)

    (record,) = account.returns("1001")
    assert [(line.sku, line.quantity) for line in record.lines] == [("SHIRT", 1)]
    assert said(account) == "B Pending Receipt"


async def test_a_return_whose_reply_was_lost_is_found_when_tried_again(
    client: NetSuiteClient, account: NetSuiteSimulator, shipped: Matrix
) -> None:
    account.fail(Fault.LOST_REPLY)

    assert isinstance(await client.perform(back({"MUG": 1}), shipped), Unavailable)
    assert isinstance(await client.perform(back({"MUG": 1}), shipped), Unneeded)


async def test_what_never_left_does_not_come_back(
    client: NetSuiteClient, account: NetSuiteSimulator, order: Matrix
) -> None:
    outcome = await client.perform(back({"MUG": 1}), order)

    assert isinstance(outcome, Refused)
    assert outcome.code == "not_fulfilled"
    assert account.returns("1001") == []


@pytest.mark.parametrize("state", [State.CLOSED, State.CANCELLED, State.DECLINED])
async def test_a_return_nothing_arrived_on_is_closed_once(
    client: NetSuiteClient, account: NetSuiteSimulator, shipped: Matrix, state: State
) -> None:
    await client.perform(back({"MUG": 1}), shipped)

    assert isinstance(await client.perform(close(account, state), shipped), Applied)
    assert said(account) == "H Closed"
    assert isinstance(await client.perform(close(account, state), shipped), Unneeded)


async def test_what_arrived_of_a_closed_return_waits_for_its_refund(
    client: NetSuiteClient, account: NetSuiteSimulator, shipped: Matrix
) -> None:
    await client.perform(back({"SHIRT": 2}), shipped)
    account.receive_return("1001", 1)
    assert said(account) == "E Pending Refund/Partially Received"

    assert isinstance(await client.perform(close(account), shipped), Applied)
    assert said(account) == "F Pending Refund"
    account.refund_return("1001")
    assert said(account) == "G Refunded"


async def test_goods_that_arrived_are_not_called_off(
    client: NetSuiteClient, account: NetSuiteSimulator, shipped: Matrix
) -> None:
    await client.perform(back({"SHIRT": 2}), shipped)
    account.receive_return("1001")

    assert isinstance(await client.perform(close(account), shipped), Unneeded)
    outcome = await client.perform(close(account, State.CANCELLED), shipped)

    assert isinstance(outcome, Refused)
    assert outcome.code == "already_received"
    assert said(account) == "F Pending Refund"
