"""Shopify's own payloads: every status in them comes out, nothing is dropped in silence."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accord.domain.decision import Quarantined
from accord.engine.envelope import Parsed
from tests.connectors.shopify.shop import read, told

ROOT = Path(__file__).parents[3]
CORPUS = Path(os.environ.get("ACCORD_CORPUS", ROOT.parent / "shared" / "corpus")) / "shopify"
HOOKS = sorted(CORPUS.glob("webhooks/*.json"))
REST = sorted(CORPUS.glob("rest/*.json"))
NO_CORPUS = f"no payloads at {CORPUS}: set ACCORD_CORPUS to read Shopify's own"
# The topic under which each kind of REST document is read.
TOPICS = {
    "order": "orders/updated",
    "fulfillment": "fulfillments/update",
    "fulfillment_event": "fulfillment_events/create",
    "fulfillment_order": "fulfillment_orders/moved",
    "refund": "refunds/create",
    "transaction": "order_transactions/create",
}


def documents(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the objects a REST answer holds, each with its topic."""
    answer = json.loads(path.read_text(encoding="utf-8"))["response"]
    for kind, topic in TOPICS.items():
        found = [answer[kind]] if kind in answer else answer.get(f"{kind}s", [])
        for body in found:
            yield topic, body


def statuses(topic: str, body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the kind and word of every status a payload holds."""
    if topic.startswith("orders/") and "line_items" in body:
        for kind in ("financial_status", "fulfillment_status"):
            if body.get(kind):
                yield kind, body[kind]
        yield from (s for f in body["fulfillments"] for s in statuses("fulfillments/", f))
        yield from (s for r in body.get("returns") or () for s in statuses("returns/", r))
    elif topic.startswith("fulfillments/"):
        yield "fulfillment", body["status"]
        if body["shipment_status"]:
            yield "shipment_status", body["shipment_status"]
    elif topic == "fulfillment_events/create":
        yield "shipment_status", body["status"]
    elif topic == "returns/" or (topic.startswith("returns/") and "updated_at" in body):
        yield "return", body["status"]
    elif topic.startswith("fulfillment_orders/") and "order_id" in body:
        yield "fulfillment_order", body["status"]


def check(topic: str, body: dict[str, Any]) -> Parsed:
    """Assert that everything a payload says is told, and return what was read."""
    parsed = read(topic, json.dumps(body).encode())
    _, decisions = told(parsed.reports)

    assert parsed.reports or parsed.lookups or parsed.ignored
    assert set(statuses(topic, body)) <= {(r.kind, r.word) for r in parsed.reports}
    assert [d for d in decisions if isinstance(d, Quarantined)] == []
    return parsed


@pytest.mark.skipif(not HOOKS, reason=NO_CORPUS)
@pytest.mark.parametrize("path", HOOKS, ids=lambda path: str(path.stem))
def test_every_webhook_is_understood(path: Path) -> None:
    topic = path.name.partition(".")[0].replace("__", "/")

    check(topic, json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.skipif(not REST, reason=NO_CORPUS)
@pytest.mark.parametrize("path", REST, ids=lambda path: str(path.stem))
def test_every_rest_document_is_understood(path: Path) -> None:
    for topic, body in documents(path):
        if "order_id" in body or "line_items" in body:
            check(topic, body)


@pytest.mark.skipif(not HOOKS, reason=NO_CORPUS)
def test_an_order_is_named_by_its_gid_where_the_number_is_rounded() -> None:
    body = (CORPUS / "webhooks" / "orders__updated.2026-07.json").read_bytes()

    own, number = read("orders/updated", body).reports[0].order

    assert (own.value, number.value) == ("820982911946154508", "9999")
