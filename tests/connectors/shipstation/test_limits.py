"""ShipStation's window of requests is read from its headers, where it tells them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.connector_kit.connector import Context
from accord.connectors.shipstation.client import ShipStationClient
from accord.connectors.shipstation.limits import allowance
from accord.domain.allowance import Allowance
from accord.domain.outcome import Throttled
from accord.domain.report import Ref

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def told(limit: str, remaining: str, reset: str) -> dict[str, str]:
    names = ("x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset")
    return dict(zip(names, (limit, remaining, reset), strict=True))


def test_the_headers_tell_a_window() -> None:
    assert allowance(told("40", "12", "17"), NOW) == Allowance(
        size=40, left=12, seen=NOW, refills=NOW + timedelta(seconds=17)
    )


def test_a_reset_may_be_a_time() -> None:
    at = NOW + MINUTE
    limit = allowance(told("40", "0", str(int(at.timestamp()))), NOW)

    assert limit is not None
    assert limit.refills == at


@pytest.mark.parametrize(
    "headers",
    [{}, told("", "1", "1"), told("0", "0", "1"), told("40", "x", "1"), told("٤", "1", "1")],
)
def test_what_tells_no_limit_is_none(headers: Mapping[str, str]) -> None:
    assert allowance(headers, NOW) is None


@given(st.text(max_size=9), st.text(max_size=9), st.integers().map(str))
def test_whatever_the_headers_hold_nothing_breaks(limit: str, left: str, reset: str) -> None:
    found = allowance(told(limit, left, reset), NOW)

    assert found is None or 0 <= found.left <= found.size


async def test_an_empty_window_is_not_asked_until_it_opens_again(context: Context) -> None:
    calls = []

    def respond(request: httpx2.Request) -> httpx2.Response:
        calls.append(request)
        return httpx2.Response(500, headers=told("40", "0", "17"))

    client = ShipStationClient(replace(context, transport=httpx2.MockTransport(respond)))
    await client.reread(Ref("shipment", "se-1"))
    outcome = await client.reread(Ref("shipment", "se-1"))
    await client.close()

    assert outcome == Throttled(timedelta(seconds=17))
    assert len(calls) == 1
