"""Answers that look like something else than they are."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import httpx2
import pytest

from accord.connector_kit.connector import Context
from accord.connectors.shipstation.client import ShipStationClient
from accord.connectors.shipstation.simulator import ShipStationSimulator
from accord.domain.action import Hold
from accord.domain.matrix import Matrix
from accord.domain.outcome import Outcome, Refused, Throttled, Unavailable

SHIPMENT = {
    "shipment_id": "se-1",
    "shipment_status": "pending",
    "created_at": "2026-11-18T09:00:00Z",
    "modified_at": "2026-11-18T09:00:00Z",
}


def errors(code: str, kind: str = "validation") -> dict[str, object]:
    error = {"error_source": "carrier", "error_type": kind, "error_code": code, "message": "No."}
    return {"request_id": "4d5e", "errors": [error]}


async def held(context: Context, answer: Callable[[], httpx2.Response]) -> Outcome:
    """Return what comes of a hold whose writing call is answered with ``answer``."""

    def respond(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json=SHIPMENT) if request.method == "GET" else answer()

    client = ShipStationClient(replace(context, transport=httpx2.MockTransport(respond)))
    outcome = await client.perform(Hold(subject="se-1", reason="held"), Matrix())
    await client.close()
    return outcome


async def test_a_page_for_people_is_not_taken_for_done(context: Context) -> None:
    outcome = await held(context, lambda: httpx2.Response(200, html="<p>Be right back</p>"))

    assert isinstance(outcome, Unavailable)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (
            400,
            errors("rate_limit_exceeded", "integrations"),
            Throttled(timedelta(minutes=1), link_wide=False),
        ),
        (400, errors("invalid_status"), Refused("invalid_status", "No.")),
        (404, errors("invalid_identifier"), Refused("not_found", "No.")),
    ],
)
async def test_the_code_of_the_vendor_counts_beside_the_status(
    context: Context, status: int, body: dict[str, object], expected: Outcome
) -> None:
    assert await held(context, lambda: httpx2.Response(status, json=body)) == expected


@pytest.mark.parametrize(
    ("status", "body"),
    [(400, b""), (400, b"nonsense"), (302, b""), (503, b"{}"), (400, b"[" * 9999)],
)
async def test_a_failure_without_a_reason_is_no_answer(
    context: Context, status: int, body: bytes
) -> None:
    outcome = await held(context, lambda: httpx2.Response(status, content=body))

    assert isinstance(outcome, Unavailable)


async def test_a_fault_of_the_vendors_own_is_no_refusal(context: Context) -> None:
    outcome = await held(context, lambda: httpx2.Response(400, json=errors("unknown", "system")))

    assert isinstance(outcome, Unavailable)


async def test_no_hook_is_subscribed_that_would_not_be_believed(
    context: Context, account: ShipStationSimulator
) -> None:
    secrets = {name: value for name, value in context.secrets.items() if name != "jwks"}
    client = ShipStationClient(replace(context, secrets=secrets))

    answer = await client.subscribe("v2/track", "https://hooks.example.com/hooks/depot/v2/track")
    await client.close()

    assert isinstance(answer, Refused)
    assert answer.code == "no_jwks"
    assert account.subscriptions.rows == {}
