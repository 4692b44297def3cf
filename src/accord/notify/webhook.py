"""A webhook to a service of the merchant's own, signed as Standard Webhooks 1.0 describes.

The id stays the same over all tries, the time is that of the try, and the signature covers
``id.timestamp.body``. Only a 2xx is a yes; a redirect is a no. The body names the order and its
milestones and no customer: who receives it knows its own.
"""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

import httpx2
import msgspec

from accord.connector_kit.retry_after import retry_after
from accord.domain.notice_rules import WebhookRules
from accord.domain.notice_text import Content
from accord.engine.notice_channel import Answered, Declined, Outgoing, Rejected, Taken, Unanswered

TYPE = "order.milestone"
PREFIX = "whsec_"
SHORTEST_SECRET, LONGEST_SECRET = 24, 64
SEND_WITHIN = timedelta(seconds=20)
CONNECT_WITHIN = timedelta(seconds=5)
TOO_MANY = 429
# Where one that is asked too much does not say for how long.
WAIT = timedelta(minutes=1)
# These say that the request did not arrive whole, or came at the wrong time: it may have.
UNSURE = frozenset({408, 409, 425})

# Nothing was sent: there was no line to send it on.
NOT_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.UnsupportedProtocol,
    httpx2.LocalProtocolError,
)


class WebhookChannel:
    """A ``Channel`` to one address."""

    needs_contact = False

    def __init__(
        self,
        rules: WebhookRules,
        secrets: Sequence[str],
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        """Open nothing yet. During a rotation every secret signs."""
        self._rules = rules
        self._keys = [key_of(secret) for secret in secrets]
        self._client = httpx2.AsyncClient(
            transport=transport,
            timeout=httpx2.Timeout(
                SEND_WITHIN.total_seconds(), connect=CONNECT_WITHIN.total_seconds()
            ),
            follow_redirects=False,
            trust_env=False,
        )

    async def send(self, message: Outgoing) -> Answered:
        """Give one message to the address."""
        body = body_of(message.content)
        stamp = str(int(message.at.timestamp()))
        headers = {
            "content-type": "application/json",
            "webhook-id": message.key,
            "webhook-timestamp": stamp,
            "webhook-signature": " ".join(
                signature(key, message.key, stamp, body) for key in self._keys
            ),
        }
        try:
            async with asyncio.timeout(SEND_WITHIN.total_seconds()):
                return await self._post(body, headers, message.at)
        except NOT_SENT as error:
            return Declined(f"not connected: {type(error).__name__}")
        except (TimeoutError, httpx2.HTTPError) as error:
            return Unanswered(f"no answer: {type(error).__name__}")

    async def _post(self, body: bytes, headers: dict[str, str], at: datetime) -> Answered:
        async with self._client.stream(
            "POST", self._rules.url, content=body, headers=headers
        ) as response:
            # The status says it all; whatever else it sends, however long, is not read.
            if response.status_code == TOO_MANY:
                return Declined(f"status {TOO_MANY}", retry_after(response.headers, at, WAIT))
            return _meaning(response.status_code)

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()


def body_of(content: Content) -> bytes:
    """Return the body of a message: the same bytes for the same content, at every try."""
    return msgspec.json.encode(
        {"type": TYPE, "timestamp": content.at, "data": content}, order="deterministic"
    )


def signature(key: bytes, own_id: str, stamp: str, body: bytes) -> str:
    """Return the signature of one try."""
    signed = b".".join((own_id.encode(), stamp.encode(), body))
    return f"v1,{base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()}"


def key_of(secret: str) -> bytes:
    """Return the key in a secret (``whsec_`` and base64). Raises ``ValueError`` for another."""
    key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    if not SHORTEST_SECRET <= len(key) <= LONGEST_SECRET:
        message = f"it holds {len(key)} bytes; {SHORTEST_SECRET} to {LONGEST_SECRET} are needed"
        raise ValueError(message)
    return key


def _meaning(status: int) -> Answered:
    answer = f"status {status}"
    match status // 100:
        case 2:
            return Taken(answer)
        case 3 | 4 if status not in UNSURE:
            return Rejected(answer)
        case _:
            return Unanswered(answer)
