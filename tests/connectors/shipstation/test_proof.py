"""Which hooks are believed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from msgspec.structs import replace as replaced

from accord.connector_kit.connector import Context
from accord.connector_kit.simulator import World
from accord.connectors.shipstation.proof import KEY_ID, SIGNATURE, TIMESTAMP, authentic
from accord.connectors.shipstation.simulator import ShipStationSimulator
from accord.connectors.shipstation.simulator_signature import jwks, signed_headers
from accord.engine.ports import Delivery

BODY = b'{"resource_url":"x","resource_type":"TRACK_EVENT_V2"}'


def signed(world: World, key_id: str = "pretend-key-1") -> Delivery:
    return Delivery("v2/track", signed_headers(key_id, BODY, world.clock()), BODY)


def test_a_signed_hook_is_believed(world: World, context: Context) -> None:
    assert authentic(signed(world), context, world.clock())


def test_a_hook_the_account_sends_is_believed(
    world: World, context: Context, account: ShipStationSimulator
) -> None:
    account._account.create({"shipment_number": "1001"})  # noqa: SLF001 - as if imported
    account.scan(account.buy_label("1001"), "AC")
    sent = [Delivery(hook.topic, hook.headers, hook.body) for hook in world.sent]

    assert [delivery.topic.split("/")[0] for delivery in sent] == ["v1", "v2"]
    assert all(authentic(delivery, context, world.clock()) for delivery in sent)


def test_a_hook_signed_with_another_key_is_not_believed(world: World, context: Context) -> None:
    forged = signed(world, "somebody-else")
    named_as_ours = replaced(forged, headers={**forged.headers, KEY_ID: "pretend-key-1"})

    assert not authentic(forged, context, world.clock())
    assert not authentic(named_as_ours, context, world.clock())


def test_both_keys_are_good_while_they_are_exchanged(world: World, context: Context) -> None:
    one_document = replace(context, secrets={"jwks": jwks("old", "new")})
    two_documents = replace(context, secrets={"jwks": jwks("new"), "jwks_previous": jwks("old")})

    for key_id in ("old", "new"):
        assert authentic(signed(world, key_id), one_document, world.clock())
        assert authentic(signed(world, key_id), two_documents, world.clock())


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_hook_from_another_time_is_not_believed(
    world: World, context: Context, minutes: int
) -> None:
    delivery = signed(world)

    assert not authentic(delivery, context, world.clock() + timedelta(minutes=minutes))


def test_a_changed_body_or_time_is_not_believed(world: World, context: Context) -> None:
    delivery = signed(world)
    moved = {**delivery.headers, TIMESTAMP: "2026-11-18T09:00:01Z"}

    assert not authentic(replaced(delivery, body=BODY + b" "), context, world.clock())
    assert not authentic(replaced(delivery, headers=moved), context, world.clock())


@pytest.mark.parametrize("name", [KEY_ID, SIGNATURE, TIMESTAMP])
@pytest.mark.parametrize(
    "value", [None, "", "é€\udcff", "!" * 344, "2026-11-18T09:00:00", "9" * 99]
)
def test_an_odd_header_is_not_believed_and_nothing_worse(
    world: World, context: Context, name: str, value: str | None
) -> None:
    delivery = signed(world)
    headers = {key: text for key, text in delivery.headers.items() if key != name}
    headers |= {} if value is None else {name: value}

    assert not authentic(replaced(delivery, headers=headers), context, world.clock())


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "nonsense", '{"keys":[{"kid":"pretend-key-1","kty":"RSA","n":"é"}]}']
)
def test_an_unusable_key_document_proves_nothing(world: World, context: Context, text: str) -> None:
    assert not authentic(signed(world), replace(context, secrets={"jwks": text}), world.clock())


@pytest.mark.parametrize(
    ("topic", "believed"),
    [
        ("v1/pretend-hook-token", True),
        ("v1/the-one-before", True),
        ("v1", False),
        ("v1/", False),
        ("v1/wrong", False),
        ("v1/é\udcff", False),
        ("v1/pretend-hook-token/", False),
        ("v3/pretend-hook-token", False),
    ],
)
def test_an_unsigned_hook_is_believed_only_by_the_token_in_its_address(
    world: World, context: Context, topic: str, *, believed: bool
) -> None:
    secrets = {**context.secrets, "hook_token_previous": "the-one-before"}
    delivery = Delivery(topic, {}, BODY)

    assert authentic(delivery, replace(context, secrets=secrets), world.clock()) is believed


def test_without_a_token_no_unsigned_hook_is_believed(world: World, context: Context) -> None:
    bare = replace(context, secrets={})

    assert not authentic(Delivery("v1/", {}, BODY), bare, world.clock())
    assert not authentic(Delivery("v1/None", {}, BODY), bare, world.clock())
