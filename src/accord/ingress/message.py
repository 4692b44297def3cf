"""A delivery as a broker carries it: MessagePack, with its version in front."""

from datetime import datetime

import msgspec
from msgspec import Struct

from accord.connector_kit.signature import fingerprint
from accord.domain.errors import UnreadableError
from accord.engine.envelope import Incoming, Origin

# What no accord can name, so that whoever looks sees at once that no system sent it.
NOBODY = "(broker)"


class _Message(Struct, frozen=True, array_like=True, tag="accord.delivery.1"):
    incoming: Incoming


def write_message(incoming: Incoming) -> bytes:
    """Return what is sent."""
    return msgspec.msgpack.encode(_Message(incoming))


def read_message(raw: bytes) -> Incoming:
    """Return what was sent. Raises ``UnreadableError`` for what nobody of ours wrote."""
    try:
        incoming = msgspec.msgpack.decode(raw, type=_Message).incoming
    except (msgspec.DecodeError, UnicodeDecodeError, OverflowError, RecursionError) as error:
        message = f"a message in the broker is no delivery: {error}"
        raise UnreadableError(message) from error
    if incoming.received_at.tzinfo is None:
        message = "a message in the broker is no delivery: its time is of no zone"
        raise UnreadableError(message)
    return incoming


def unreadable(raw: bytes, now: datetime) -> Incoming:
    """Return a message that cannot be used as it is as an envelope, which ends in quarantine."""
    return Incoming(
        system=NOBODY,
        topic="unreadable",
        origin=Origin.HOOK,
        identity=fingerprint(raw),
        body=raw,
        headers={},
        received_at=now,
    )
