"""What a row of a system's own list is about, in words, and when it says it changed."""

from datetime import datetime

from msgspec import Struct

from accord.domain.errors import UnreadableError
from accord.domain.report import NUMBER, Ref
from accord.engine.envelope import Envelope, Incoming, Parsed
from accord.engine.ports import Link

# Names of a row that cannot be read: so much of its identity tells it from others.
SHOWN = 12


class Named(Struct, frozen=True, kw_only=True):
    """What a row or a hook is about: ``name`` for people, ``refs`` as systems have it.

    ``said_at`` is the source's own time of it, ``since`` the earliest of several; None where it
    tells none.
    """

    name: str
    refs: frozenset[Ref] = frozenset()
    said_at: datetime | None = None
    since: datetime | None = None


def named(link: Link, one: Incoming) -> Named:
    """Return what something received is about; one that cannot be read has its topic's name."""
    envelope = Envelope(
        id=0,
        system=one.system,
        topic=one.topic,
        origin=one.origin,
        body=one.body,
        headers=one.headers,
        received_at=one.received_at,
    )
    return named_by(parsed(link, envelope), f"{one.topic} {one.identity.hex()[:SHOWN]}")


def parsed(link: Link, envelope: Envelope) -> Parsed:
    """Return what is read in an envelope; nothing where it cannot be."""
    try:
        return link.parse(envelope)
    except UnreadableError:
        return Parsed()
    except Exception:  # noqa: BLE001 - what fails its reader is set aside where it is interpreted
        return Parsed()


def named_by(read: Parsed, otherwise: str) -> Named:
    """Return what is named by what was read."""
    reports = read.reports
    refs = frozenset(ref for report in reports for ref in report.order)
    refs |= {lookup.ref for lookup in read.lookups}
    number = next((ref.value for ref in sorted(refs) if ref.scope == NUMBER), None)
    first = reports[0].order[0] if reports else next((at.ref for at in read.lookups), None)
    name = f"{first.scope} {first.value}" if first else otherwise
    return Named(
        name=f"order {number}" if number is not None else name,
        refs=refs,
        said_at=max((report.said_at for report in reports), default=None),
        since=min((report.said_at for report in reports), default=None),
    )
