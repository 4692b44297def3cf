"""Which changes no hook told of: found in a list first, and no hook of them came in its time."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from accord.domain.report import Ref
from accord.engine.census_book import HOUR
from accord.engine.envelope import Envelope, Incoming, Origin
from accord.engine.heard import Miss
from accord.engine.naming import Named, named, named_by, parsed
from accord.engine.ports import Link, Store

# Hooks are read in portions of so many.
AT_ONCE = 500
# Sources tell times in seconds, and their clock and ours differ a little.
GRAIN = timedelta(seconds=1)
EARLY = timedelta(minutes=1)
# A hook may be late by a day (Shopify says so of its own); after two it is taken for lost.
WAITED_FOR = timedelta(days=2)


class HookWatch:
    """Notes hooks that did not come, and takes back what only came late."""

    def __init__(
        self, links: Mapping[str, Link], store: Store, clock: Callable[[], datetime]
    ) -> None:
        self._links = links
        self._store = store
        self._clock = clock
        self._looked: dict[str, datetime] = {}

    async def look(self, system: str, hour: datetime, found: Sequence[Incoming]) -> None:
        """Note of which of these changes of an hour no hook has told; a list told them first."""
        link = self._links[system]
        changes = [
            (link.tells[one.topic], about)
            for one, about in ((one, named(link, one)) for one in found if one.topic in link.tells)
            if about.refs and about.said_at is not None
        ]
        if not changes:
            return
        heard = await self._heard(system, hour - EARLY)
        misses = [
            Miss(system=system, topic=topic, hour=hour, thing=_thing(about, system), said_at=at)
            for topic, about in changes
            if (at := about.said_at) is not None and not _was_told(heard, about.refs, at)
        ]
        await self._store.heard.miss(misses)

    async def correct(self, system: str) -> None:
        """Take back what was counted and came after all."""
        now = self._clock()
        missing = await self._store.heard.missing(system, now - WAITED_FOR)
        if missing:
            since = self._looked.get(system, missing[0].hour) - EARLY
            heard = {
                f"{r.scope} {r.value}": at for r, at in (await self._heard(system, since)).items()
            }
            late = [m for m in missing if m.thing in heard and heard[m.thing] >= m.said_at - GRAIN]
            await self._store.heard.came([replace(miss, came_at=now) for miss in late])
        self._looked[system] = now

    async def _heard(self, system: str, since: datetime) -> dict[Ref, datetime]:
        """Return by name up to which time hooks received since a moment have told."""
        link, until = self._links[system], self._clock() + HOUR
        told: dict[Ref, datetime] = {}
        after = 0
        while hooks := await self._store.heard.received(
            system, [Origin.HOOK], since, until, after=after, limit=AT_ONCE
        ):
            for hook in hooks:
                for ref, at in _told_by(link, hook):
                    told[ref] = max(at, told.get(ref, at))
            after = hooks[-1].id
        return told


def _told_by(link: Link, hook: Envelope) -> list[tuple[Ref, datetime]]:
    """Return what a hook told of; a hint tells up to the time it came."""
    about = named_by(parsed(link, hook), hook.topic)
    return [(ref, about.said_at or hook.received_at) for ref in about.refs]


def _was_told(heard: Mapping[Ref, datetime], refs: frozenset[Ref], at: datetime) -> bool:
    return any(ref in heard and heard[ref] >= at - GRAIN for ref in refs)


def _thing(about: Named, system: str) -> str:
    """Return the name of what changed: the system's own id, where it tells one."""
    own = min(about.refs, key=lambda ref: (ref.scope != system, ref))
    return f"{own.scope} {own.value}"
