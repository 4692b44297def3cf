"""What was received, as it came, and what a connector reads from it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from accord.domain.reason import Flaw
from accord.domain.report import Ref, Report


class Origin(StrEnum):
    """How something reached us."""

    HOOK = "hook"  # the system called us
    FEED = "feed"  # found while paging through its changes
    REREAD = "reread"  # we asked for this one thing


class Incoming(Struct, frozen=True, kw_only=True):
    """One thing received: its raw bytes, before anyone reads them.

    ``topic`` is the address it came to (``orders/updated``) or the kind of document a feed or a
    re-read returned. ``identity`` tells copies apart: two with one identity are one. ``headers``
    are hints, names in lower case.
    """

    system: str
    topic: str
    origin: Origin
    identity: bytes
    body: bytes
    headers: Mapping[str, str]
    received_at: datetime


class Standing(StrEnum):
    """What became of an envelope. Each is in exactly one standing at every moment."""

    # An enum hashes by its name, in Python; as the text it is, it is looked up many times faster.
    __hash__ = str.__hash__

    WAITING = "waiting"
    APPLIED = "applied"
    REPEATED = "repeated"
    LATE = "late"
    IGNORED = "ignored"
    QUARANTINED = "quarantined"


class Envelope(Struct, frozen=True, kw_only=True):
    """A kept envelope, claimed for reading. ``id`` is the number it is kept under.

    ``tries`` is how often in a row whoever had it in hand died or failed. ``failed_here``: one
    of them was this process, which lived to tell that it was an error.
    """

    id: int
    system: str
    topic: str
    origin: Origin
    body: bytes
    headers: Mapping[str, str]
    received_at: datetime
    tries: int = 0
    failed_here: bool = False


class Lookup(Struct, frozen=True):
    """A hint that something changed: read the thing named by ``ref`` again.

    The scope of ``ref`` is the kind of thing in the system's own terms (``order``,
    ``fulfillment_order``); ``*`` asks for the change feed itself to be read now.
    """

    ref: Ref


class Parsed(Struct, frozen=True):
    """What a connector read in one envelope. ``ignored`` is the reason when it says nothing.

    Reports of an order with a flaw are not decided: nothing of it is taken from this envelope.
    """

    reports: tuple[Report, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    ignored: str = ""
    flaws: tuple[Flaw, ...] = ()
