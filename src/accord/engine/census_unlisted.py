"""What is known here to have changed last in an hour, and is not in the source's list of it."""

from datetime import datetime, timedelta
from typing import NamedTuple

from accord.engine.census_book import HOUR
from accord.engine.census_listing import Listed
from accord.engine.envelope import Envelope, Origin
from accord.engine.naming import Named, named, named_by, parsed
from accord.engine.ports import Link, Store

# Envelopes are read in portions of so many.
AT_ONCE = 500
# By so much a source's clock may be ahead of ours.
EARLY = timedelta(minutes=5)
WAYS = (Origin.HOOK, Origin.FEED, Origin.REREAD)


async def unlisted(
    link: Link, store: Store, listed: Listed, hour: datetime, now: datetime
) -> dict[str, str]:
    """Return by its own id what should be in the list of an hour by what its system told.

    A list that is empty, cut short or meant for somebody with fewer rights may well agree with
    its own count. What changed again after the hour, or may have, is expected in none.
    """
    last: dict[str, _Last] = {}
    after, since = 0, hour - EARLY
    while found := await store.heard.received(
        link.system, WAYS, since, now + HOUR, after=after, limit=AT_ONCE
    ):
        for envelope in found:
            about = named_by(parsed(link, envelope), envelope.topic)
            told = _Last(
                about.said_at or envelope.received_at, about.name, _is_sure(link, envelope, about)
            )
            for own in _own(about, link.system):
                last[own] = max(told, last.get(own, told))
        after = found[-1].id
    there = {own for row in listed.rows.values() for own in _own(named(link, row), link.system)}
    return {
        own: told.name
        for own, told in sorted(last.items())
        if own not in there and told.is_sure and hour <= told.at < hour + HOUR
    }


class _Last(NamedTuple):
    """When something changed last by what was told of it, and whether a list goes by that time."""

    at: datetime
    name: str
    is_sure: bool


def _is_sure(link: Link, envelope: Envelope, about: Named) -> bool:
    """Return whether what was told bears the time that a list goes by.

    A row of the feed does, and a hook that comes of any change of such a row, where it tells one
    time only: what hangs on an order may have a later time of its own. Where a row has none, the
    moment it was received stands in for it, and no list goes by that.
    """
    if about.said_at == envelope.received_at:
        return False
    comes_of_a_row = envelope.origin is Origin.FEED or envelope.topic in link.tells.values()
    return comes_of_a_row and about.said_at == about.since is not None


def _own(about: Named, system: str) -> set[str]:
    return {ref.value for ref in about.refs if ref.scope == system}
