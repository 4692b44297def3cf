"""Whether a delivery is the store's, and whether it was seen before."""

from dataclasses import replace

import pytest

from accord.connectors.shopify import CONNECTOR
from accord.engine.ports import Delivery
from tests.connectors.shopify.shop import NOW, Shop, delivered

SIGNATURE = "x-shopify-hmac-sha256"


def genuine(shop: Shop) -> Delivery:
    shop.order()
    return delivered(shop.world.sent[0])


def authentic(shop: Shop, delivery: Delivery, **secrets: str) -> bool:
    context = replace(shop.context, secrets={**shop.context.secrets, **secrets})
    assert CONNECTOR.authentic is not None
    return CONNECTOR.authentic(delivery, context, NOW)


def identity(delivery: Delivery) -> bytes:
    assert CONNECTOR.identity is not None
    return CONNECTOR.identity(delivery)


def test_what_the_store_signed_is_authentic(shop: Shop) -> None:
    assert authentic(shop, genuine(shop))


def test_during_a_rotation_the_secret_before_still_counts(shop: Shop) -> None:
    old = shop.context.secrets["client_secret"]

    assert authentic(shop, genuine(shop), client_secret="new", client_secret_previous=old)


def test_a_changed_body_is_not_authentic(shop: Shop) -> None:
    delivery = genuine(shop)

    assert not authentic(shop, Delivery(delivery.topic, delivery.headers, delivery.body + b" "))


@pytest.mark.parametrize("signature", ["", "no base64!", "AAAA", "\udcff", "é"])
def test_a_signature_of_odd_letters_is_not_authentic(shop: Shop, signature: str) -> None:
    delivery = genuine(shop)

    assert not authentic(shop, Delivery(delivery.topic, {SIGNATURE: signature}, delivery.body))


def test_without_a_signature_or_a_secret_nothing_is_authentic(shop: Shop) -> None:
    delivery = genuine(shop)

    assert not authentic(shop, Delivery(delivery.topic, {}, delivery.body))
    assert not authentic(shop, delivery, client_secret="", client_secret_previous="")


def test_a_second_delivery_of_an_order_is_a_copy(shop: Shop) -> None:
    delivery = genuine(shop)
    headers = {**delivery.headers, "x-shopify-webhook-id": "another"}

    assert identity(Delivery(delivery.topic, headers, delivery.body)) == identity(delivery)


def test_a_second_hold_with_the_same_bytes_is_no_copy(shop: Shop) -> None:
    shop.order()
    shop.store.hold("#1001", "look")
    once = delivered(shop.world.sent[-1])
    later = {**once.headers, "x-shopify-triggered-at": "2026-11-02T10:00:00.000000000Z"}

    assert identity(Delivery(once.topic, later, once.body)) != identity(once)
    assert identity(once) == identity(Delivery(once.topic, once.headers, once.body))
