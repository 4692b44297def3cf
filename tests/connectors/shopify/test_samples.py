"""The samples say what they must, and every word of the table has one."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from accord.connectors import shopify
from accord.connectors.shopify import CONNECTOR
from accord.domain.errors import UnreadableError
from accord.domain.report import Report
from accord.engine.envelope import Envelope, Origin, Parsed
from tests.connectors.shopify.shop import NOW, read

SAMPLES = sorted((Path(shopify.__file__).parent / "samples").glob("*.json"))


@cache
def sample(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def parsed(path: Path) -> Parsed:
    given = sample(path)
    envelope = Envelope(
        id=1,
        system="sample",
        topic=given["topic"],
        origin=Origin(given["origin"]),
        body=json.dumps(given["body"]).encode(),
        headers=given["headers"],
        received_at=NOW,
    )
    return CONNECTOR.parse(envelope, {})


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: str(path.stem))
def test_a_sample_yields_what_it_says(path: Path) -> None:
    given, found = sample(path), parsed(path)

    assert list(found.reports) == msgspec.convert(given["reports"], list[Report])
    assert [{"scope": k.ref.scope, "value": k.ref.value} for k in found.lookups] == given["lookups"]
    assert found.ignored == given["ignored"]


def test_every_word_of_the_table_is_in_a_sample() -> None:
    table = CONNECTOR.vocabulary
    known = {(row.kind, row.word.casefold()) for row in table.rows}
    known |= {(row.kind, row.word.casefold()) for row in table.ignored}
    told = {(r.kind, r.word.casefold()) for path in SAMPLES for r in parsed(path).reports}

    assert known - told == set()
    assert told - known == set()


ORDER = {"id": 1, "updated_at": "2026-10-06T12:00:00Z", "cancelled_at": None, "closed_at": None}


@pytest.mark.parametrize(
    "given",
    [
        {"line_items": None, "fulfillments": None, "returns": None, "name": None},
        {"id": "1", "line_items": [{"id": "gid://shopify/LineItem/9", "quantity": "2"}]},
        {"id": "gid://shopify/Order/1", "total_price": 12.5, "currency": None},
        {"updated_at": "2026-10-06 14:00:00 +0200"},
        {"updated_at": "2026-10-06T17:30:00.000+05:30", "unheard_of": {"deep": [1, {}]}},
    ],
    ids=["nulls", "text numbers", "gid", "old time", "offset and extras"],
)
def test_an_order_is_read_however_its_fields_are_written(given: dict[str, Any]) -> None:
    (report, *_) = read("orders/updated", json.dumps(ORDER | given).encode()).reports

    assert (report.order[0].value, report.word) == ("1", "open")
    assert report.said_at.isoformat() == "2026-10-06T12:00:00+00:00"


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"not json",
        b"{}",
        b'{"id": 1, "updated_at": "yesterday"}',
        b'{"id": 1, "updated_at": "2026-10-06T12:00:00"}',
        b'{"id": 1, "cancelled_at": null, "closed_at": null, "line_items": [{"quantity": "two"}]}',
        b"[" * 10_000,
    ],
)
def test_what_is_not_an_order_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        read("orders/updated", body)
