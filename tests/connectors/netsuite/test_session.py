"""Signing in, and what the account's refusals mean."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from msgspec.structs import replace

from accord.connector_kit.connector import Context
from accord.connector_kit.http import Answer
from accord.connector_kit.simulator import Fault, World
from accord.connectors.netsuite.answers import failure
from accord.connectors.netsuite.client import NetSuiteClient
from accord.connectors.netsuite.session import RECORDS, Session
from accord.connectors.netsuite.simulator import NetSuiteSimulator
from accord.domain.action import Approve
from accord.domain.matrix import Matrix
from accord.domain.outcome import Refused, Throttled, Unauthorized, Unavailable, Unneeded
from accord.domain.report import Ref

APPROVED = Unneeded("sales order 18231 is approved")


def other_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


async def test_one_sign_in_serves_many_calls(
    client: NetSuiteClient, account: NetSuiteSimulator, order: Matrix
) -> None:
    for _ in range(3):
        assert await client.perform(Approve(), order) == APPROVED

    assert account.door.tokens_given == 1


async def test_a_token_is_renewed_before_its_hour_is_over(
    client: NetSuiteClient, account: NetSuiteSimulator, order: Matrix, world: World
) -> None:
    await client.perform(Approve(), order)
    world.pass_time(timedelta(minutes=59))

    assert await client.perform(Approve(), order) == APPROVED
    assert account.door.tokens_given == 2


async def test_a_token_ended_early_is_renewed_once_and_the_call_repeated(
    client: NetSuiteClient, account: NetSuiteSimulator, order: Matrix
) -> None:
    await client.perform(Approve(), order)
    account.fail(Fault.EXPIRED)

    assert await client.perform(Approve(), order) == APPROVED
    assert account.door.tokens_given == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"private_key": other_key()},
        {"private_key": "not a key"},
        {"certificate_id": "another"},
        {"client_id": "another"},
        {},
    ],
    ids=["other key", "no key", "other certificate", "other client", "nothing"],
)
async def test_a_refused_sign_in_means_our_credentials_are_refused(
    context: Context, order: Matrix, wrong: Mapping[str, str]
) -> None:
    secrets = {**context.secrets, **wrong} if wrong else {}
    client = NetSuiteClient(_with(context, secrets))

    assert isinstance(await client.perform(Approve(), order), Unauthorized)
    await client.close()


def _with(context: Context, secrets: Mapping[str, str]) -> Context:
    return Context(
        system=context.system,
        settings=context.settings,
        secrets=secrets,
        transport=context.transport,
        clock=context.clock,
    )


@pytest.mark.parametrize("face", [429, 400])
async def test_a_full_pool_asks_us_to_wait(
    client: NetSuiteClient, account: NetSuiteSimulator, order: Matrix, face: int
) -> None:
    account.door.pool, account.door.full = 0, face

    assert await client.perform(Approve(), order) == Throttled(timedelta(seconds=10))


async def test_a_sign_in_refused_by_a_full_pool_is_not_dead_credentials(
    client: NetSuiteClient, account: NetSuiteSimulator, order: Matrix, world: World
) -> None:
    account.door.pool, account.door.full = 1, 401

    outcomes = await asyncio.gather(*(client.perform(Approve(), order) for _ in range(4)))

    assert {type(outcome) for outcome in outcomes} <= {Unneeded, Throttled}
    assert Throttled(timedelta(seconds=10)) in outcomes
    world.pass_time(timedelta(seconds=10))
    assert await client.perform(Approve(), order) == APPROVED


async def test_a_sign_in_refused_again_with_nothing_else_under_way_is_dead_credentials(
    client: NetSuiteClient, account: NetSuiteSimulator, order: Matrix
) -> None:
    account.door.pool, account.door.full = 0, 401

    assert isinstance(await client.perform(Approve(), order), Unauthorized)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.THROTTLE, Throttled),
        (Fault.OUTAGE, Unavailable),
        (Fault.HTML, Unavailable),
        (Fault.HANG, Unavailable),
        (Fault.REFUSAL, Refused),
    ],
)
async def test_a_bad_day_is_a_value_and_the_next_call_is_fine(
    client: NetSuiteClient,
    account: NetSuiteSimulator,
    order: Matrix,
    world: World,
    *,
    fault: Fault,
    kind: type,
) -> None:
    account.fail(fault)

    outcome = await client.perform(Approve(), order)
    assert isinstance(outcome, kind)
    world.pass_time(getattr(outcome, "wait", timedelta(0)))
    assert await client.perform(Approve(), order) == APPROVED


async def test_a_refusal_gives_netsuites_code_and_every_reason(
    client: NetSuiteClient, account: NetSuiteSimulator, order: Matrix
) -> None:
    account.fail(Fault.REFUSAL)

    assert await client.perform(Approve(), order) == Refused(
        "USER_ERROR", "This transaction is in a closed period."
    )


def test_a_record_another_writer_saved_first_is_tried_again_soon(world: World) -> None:
    body = b'{"status":400,"o:errorDetails":[{"detail":"x","o:errorCode":"RCRD_HAS_BEEN_CHANGED"}]}'

    assert failure(Answer(400, {}, body), world.now) == Throttled(
        timedelta(seconds=2), link_wide=False
    )


def test_a_gateway_page_behind_an_error_status_is_an_outage_not_a_refusal(world: World) -> None:
    assert isinstance(failure(Answer(403, {}, b"<html>"), world.now), Unavailable)


async def test_a_page_for_people_is_no_acknowledgement_of_a_write(
    context: Context, account: NetSuiteSimulator, order: Matrix
) -> None:
    session = Session(context)
    account.fail(Fault.HTML)

    path = f"{RECORDS}/salesOrder/{order.own_ref('erp')}"
    outcome = await session.write("PATCH", path, {"orderStatus": {"id": "B"}})

    assert isinstance(outcome, Unavailable)
    await session.close()


async def test_an_order_netsuite_does_not_know_is_refused_by_name(client: NetSuiteClient) -> None:
    unbooked = await client.perform(Approve(), Matrix())
    gone = await client.perform(Approve(), replace(Matrix(), refs=(Ref("erp", "99"),)))

    assert isinstance(unbooked, Refused)
    assert unbooked.code == "not_booked"
    assert isinstance(gone, Refused)
    assert gone.code == "NONEXISTENT_ID"
