"""What NetSuite's refusals mean for whoever asked. Its codes decide, not its status numbers."""

from datetime import datetime, timedelta

import msgspec
from msgspec import Struct, field

from accord.connector_kit.http import Answer
from accord.connector_kit.retry_after import retry_after
from accord.domain.outcome import Outcome, Refused, Throttled, Unauthorized, Unavailable

# Nobody says how long to wait when the account's pool of parallel requests is full; most calls
# take a few seconds.
POOL_IS_FULL = timedelta(seconds=10)
# Another writer saved the record between our read and our write: read it again soon.
ANOTHER_WAS_FIRST = timedelta(seconds=2)

# A full pool answers a REST call with 429, a RESTlet with 400 and the first of these codes, and
# SOAP with the others (docs.oracle.com, bridgehead_1525252812).
FULL_POOL_CODES = frozenset(
    {
        "SSS_REQUEST_LIMIT_EXCEEDED",
        "CONCURRENCY_LIMIT_EXCEEDED",
        "EXCEEDED_CONCURRENT_REQUEST_LIMIT",
        "WS_REQUEST_BLOCKED",
    }
)
CHANGED_MEANWHILE_CODES = frozenset({"RCRD_HAS_BEEN_CHANGED", "RECORD_LOCKED", "CONCUR_REQUEST"})

# The record asked for does not exist, or not any more.
UNKNOWN_RECORD = frozenset({"NONEXISTENT_ID", "RCRD_DSNT_EXIST", "404"})


class Detail(Struct, frozen=True):
    """One of the reasons NetSuite gives."""

    detail: str = ""
    code: str = field(default="", name="o:errorCode")
    path: str = field(default="", name="o:errorPath")


class ScriptError(Struct, frozen=True):
    """The reason in the shape scripts and gateways use."""

    code: str = ""
    message: str = ""


class Problem(Struct, frozen=True):
    """An error answer: NetSuite's details, or a script's single error."""

    title: str = ""
    details: tuple[Detail, ...] = field(default=(), name="o:errorDetails")
    error: ScriptError | str | None = None

    def reasons(self) -> tuple[Detail, ...]:
        """Return every reason that was given, in whichever shape."""
        if isinstance(self.error, ScriptError):
            return (*self.details, Detail(self.error.message, self.error.code))
        return self.details


def failure(answer: Answer, now: datetime) -> Outcome:
    """Return what an answer that is no success means."""
    try:
        problem = msgspec.json.decode(answer.body, type=Problem)
    except (ValueError, RecursionError):
        problem = None
    reasons = problem.reasons() if problem else ()
    codes = {reason.code for reason in reasons}
    if answer.status == 429 or codes & FULL_POOL_CODES:  # noqa: PLR2004 - Too Many Requests
        return Throttled(retry_after(answer.headers, now, POOL_IS_FULL))
    if codes & CHANGED_MEANWHILE_CODES:
        return Throttled(ANOTHER_WAS_FIRST, link_wide=False)
    if answer.status == 401:  # noqa: PLR2004 - Unauthorized
        return Unauthorized(_told(reasons) or "NetSuite refused the access token")
    if problem is None or not 400 <= answer.status < 500:  # noqa: PLR2004 - a client error
        start = answer.body[:200].decode("utf-8", "replace")
        return Unavailable(f"status {answer.status}: {_told(reasons) or start}")
    return Refused(reasons[0].code if reasons else str(answer.status), _told(reasons))


def _told(reasons: tuple[Detail, ...]) -> str:
    parts = [f"{r.detail} ({r.path})" if r.path else r.detail for r in reasons]
    return "; ".join(part for part in parts if part)
