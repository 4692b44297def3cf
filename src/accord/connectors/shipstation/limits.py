"""What ShipStation tells of its limit: so many requests in a window of a minute."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from accord.domain.allowance import LONGEST_WAIT, Allowance

# A greater number in the header is a time, not a number of seconds.
SECONDS_AT_MOST = 10**9
MOST_DIGITS = 15


def allowance(headers: Mapping[str, str], now: datetime) -> Allowance | None:
    """Return the limit as an answer's headers tell it; None where they do not, or not sensibly.

    V1 tells ``X-Rate-Limit-Limit``, ``-Remaining`` and ``-Reset`` (seconds); V2 is documented
    with nothing but ``Retry-After`` (https://docs.shipstation.com/rate-limits).
    """
    size, left, reset = (_number(headers, part) for part in ("limit", "remaining", "reset"))
    if not size or left is None or reset is None:
        return None
    if reset > SECONDS_AT_MOST:
        refills = datetime.fromtimestamp(min(reset, 4 * SECONDS_AT_MOST), UTC)
    else:
        refills = now + timedelta(seconds=reset)
    return Allowance(
        size=size, left=min(left, size), seen=now, refills=min(refills, now + LONGEST_WAIT)
    )


def _number(headers: Mapping[str, str], part: str) -> int | None:
    text = headers.get(f"x-rate-limit-{part}", "").strip()
    sensible = text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS
    return int(text) if sensible else None
