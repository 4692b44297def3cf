"""Approving, cancelling and amending sales orders."""

import pytest

from accord.connector_kit.simulator import Fault
from accord.connectors.netsuite.client import NetSuiteClient
from accord.connectors.netsuite.simulator import Line, NetSuiteSimulator
from accord.domain.action import Amend, Approve, CancelOrder, Complete
from accord.domain.matrix import Matrix
from accord.domain.outcome import Applied, Outcome, Refused, Unavailable, Unneeded
from accord.domain.report import Ref
from tests.connectors.netsuite.conftest import MUGS_AND_SHIRTS, ship

CANCEL = CancelOrder(reason="the customer asked")


def unapproved(account: NetSuiteSimulator) -> Matrix:
    return Matrix(refs=(Ref("erp", account.book_order("1001", "9", MUGS_AND_SHIRTS)),))


def said(account: NetSuiteSimulator) -> str:
    return account.words("1001")["SalesOrd"]


def booked(account: NetSuiteSimulator, order: Matrix) -> list[tuple[str, int, bool]]:
    record = account.books.records[order.own_ref("erp") or ""]
    assert record.type == "SalesOrd"
    lines = getattr(record, "lines", [])
    return [(line.sku, line.quantity, line.closed) for line in lines if line.kind != "Service"]


def code(outcome: Outcome) -> str:
    assert isinstance(outcome, Refused)
    return outcome.code


async def test_an_order_that_waits_is_approved_once(
    client: NetSuiteClient, account: NetSuiteSimulator
) -> None:
    order = unapproved(account)

    assert await client.perform(Approve(), order) == Applied("18231")
    assert said(account) == "B Pending Fulfillment"
    assert isinstance(await client.perform(Approve(), order), Unneeded)


async def test_an_approval_whose_reply_was_lost_is_seen_when_tried_again(
    client: NetSuiteClient, account: NetSuiteSimulator
) -> None:
    order = unapproved(account)
    account.fail(Fault.LOST_REPLY)

    assert isinstance(await client.perform(Approve(), order), Unavailable)
    assert isinstance(await client.perform(Approve(), order), Unneeded)


async def test_a_cancelled_order_is_not_approved(
    client: NetSuiteClient, account: NetSuiteSimulator, order: Matrix
) -> None:
    account.close_by_hand("1001")

    assert code(await client.perform(Approve(), order)) == "cancelled"


async def test_an_order_nobody_approved_ends_cancelled(
    client: NetSuiteClient, account: NetSuiteSimulator
) -> None:
    order = unapproved(account)

    assert await client.perform(CANCEL, order) == Applied("18231")
    assert said(account) == "C Cancelled"
    assert isinstance(await client.perform(CANCEL, order), Unneeded)


async def test_where_netsuite_will_not_cancel_an_unapproved_order_its_lines_are_closed(
    client: NetSuiteClient, account: NetSuiteSimulator
) -> None:
    order = unapproved(account)
    account.refuse_cancelling()

    assert await client.perform(CANCEL, order) == Applied("18231")
    assert said(account) == "H Closed"


async def test_an_approved_order_is_cancelled_by_closing_its_lines(
    client: NetSuiteClient, account: NetSuiteSimulator, order: Matrix
) -> None:
    assert await client.perform(CANCEL, order) == Applied("18231")
    assert said(account) == "H Closed"
    assert isinstance(await client.perform(CANCEL, order), Unneeded)


async def test_what_has_left_stays_on_a_cancelled_order(
    client: NetSuiteClient, account: NetSuiteSimulator, order: Matrix
) -> None:
    await client.perform(ship({"SHIRT": 1}), order)

    assert await client.perform(CANCEL, order) == Applied("18231")
    assert booked(account, order) == [("MUG", 2, True), ("SHIRT", 3, True)]
    assert said(account) == "F Pending Billing"
    assert isinstance(await client.perform(CANCEL, order), Unneeded)


async def test_an_order_that_has_left_whole_is_not_cancelled(
    client: NetSuiteClient, account: NetSuiteSimulator, order: Matrix
) -> None:
    account.fulfill_by_hand("1001", {"MUG": 2, "SHIRT": 3})

    assert code(await client.perform(CANCEL, order)) == "already_shipped"


@pytest.mark.parametrize(
    ("lines", "after"),
    [
        ({"MUG": 5}, [("MUG", 5, False), ("SHIRT", 3, False)]),
        ({"SHIRT": 1}, [("MUG", 2, False), ("SHIRT", 1, False)]),
        ({"MUG": 0}, [("MUG", 2, True), ("SHIRT", 3, False)]),
        ({"HAT": 2}, [("MUG", 2, False), ("SHIRT", 3, False), ("HAT", 2, False)]),
        ({"MUG": 1, "HAT": 1}, [("MUG", 1, False), ("SHIRT", 3, False), ("HAT", 1, False)]),
    ],
    ids=["more", "less", "none", "new", "together"],
)
async def test_an_edited_order_is_booked_as_it_is_wanted(
    client: NetSuiteClient,
    account: NetSuiteSimulator,
    order: Matrix,
    lines: dict[str, int],
    after: list[tuple[str, int, bool]],
) -> None:
    account.add_item("HAT")

    assert await client.perform(Amend(lines=lines), order) == Applied("18231")
    assert booked(account, order) == after
    assert isinstance(await client.perform(Amend(lines=lines), order), Unneeded)


async def test_a_closed_line_that_is_wanted_again_is_opened(
    client: NetSuiteClient, account: NetSuiteSimulator, order: Matrix
) -> None:
    await client.perform(Amend(lines={"MUG": 0}), order)
    await client.perform(Amend(lines={"MUG": 1}), order)

    assert booked(account, order) == [("MUG", 1, False), ("SHIRT", 3, False)]


async def test_two_lines_of_one_sku_hold_the_wanted_quantity_together(
    client: NetSuiteClient, account: NetSuiteSimulator
) -> None:
    lines = [Line("MUG", 2), Line("MUG", 2)]
    order = Matrix(refs=(Ref("erp", account.book_order("1001", "9", lines, approved=True)),))

    await client.perform(Amend(lines={"MUG": 3}), order)
    assert booked(account, order) == [("MUG", 2, False), ("MUG", 1, False)]
    await client.perform(Amend(lines={"MUG": 7}), order)
    assert booked(account, order) == [("MUG", 2, False), ("MUG", 5, False)]


async def test_nothing_is_booked_below_what_is_fulfilled(
    client: NetSuiteClient, account: NetSuiteSimulator, order: Matrix
) -> None:
    account.fulfill_by_hand("1001", {"SHIRT": 2})

    outcome = await client.perform(Amend(lines={"MUG": 1, "SHIRT": 1}), order)

    assert code(outcome) == "below_fulfilled"
    assert booked(account, order) == [("MUG", 2, False), ("SHIRT", 3, False)]


async def test_an_item_netsuite_does_not_have_is_refused_by_name(
    client: NetSuiteClient, order: Matrix
) -> None:
    outcome = await client.perform(Amend(lines={"CAT'S HAT": 1}), order)

    assert code(outcome) == "unknown_item"


async def test_what_netsuite_cannot_do_is_refused(client: NetSuiteClient, order: Matrix) -> None:
    assert code(await client.perform(Complete(), order)) == "cannot"
    assert code(await client.destination(order)) == "cannot"  # type: ignore[arg-type]
