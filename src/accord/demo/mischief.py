"""What goes wrong in the story: orders that go astray, systems that are down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import cycle, islice

from accord.demo.scenarios import DAY, EAST, HOUR, Event, Item, Life
from accord.demo.story import Story
from accord.domain.drift import DriftPattern

# How long a system that is down stays so.
OUTAGE = HOUR
# One plain order in so many lives one of the lives below.
ONE_IN = 8

NEVER_BOOKED = "never booked"
SENT_UNBOOKED = "sent unbooked"
SENT_THOUGH_CANCELLED = "sent though cancelled"
NEW_WORD_SAID = "a new word"
MARKED_BY_HAND = "marked by hand"
EDITED_IN_BOOKS = "edited in the books"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Astray:
    """What is other in a life that goes astray, and the patterns it must be found as."""

    patterns: tuple[DriftPattern, ...]
    events: tuple[Event, ...] = ()
    booked_after: timedelta | None = None
    packers_wait: timedelta = HOUR


_ASTRAY: Mapping[str, _Astray] = {
    NEVER_BOOKED: _Astray(
        patterns=(DriftPattern.UNACKNOWLEDGED_ORDER,), booked_after=3 * DAY, packers_wait=4 * DAY
    ),
    SENT_UNBOOKED: _Astray(patterns=(DriftPattern.ORPHANED_PAYMENT,), booked_after=3 * DAY),
    SENT_THOUGH_CANCELLED: _Astray(
        patterns=(DriftPattern.GHOST_FULFILLMENT,),
        events=(Event(8 * HOUR, "send though cancelled"),),
        packers_wait=10 * DAY,
    ),
    NEW_WORD_SAID: _Astray(
        patterns=(DriftPattern.UNKNOWN_WORD,),
        events=(Event(60 * HOUR, "say a new word"), Event(84 * HOUR, "say the old word")),
    ),
    MARKED_BY_HAND: _Astray(
        patterns=(DriftPattern.DISAGREEMENT,),
        events=(Event(9 * HOUR, "mark as sent"),),
        packers_wait=2 * DAY,
    ),
    EDITED_IN_BOOKS: _Astray(
        patterns=(), events=(Event(9 * HOUR, "edit in the books"),), packers_wait=2 * DAY
    ),
}
ASTRAY = tuple(_ASTRAY)


def with_mischief(lives: Sequence[Life]) -> list[Life]:
    """Return ``lives`` with some of the plain ones gone astray, each way as often as the others.

    The first stays as it is, so that who watches sees a good one, and so does a story too short
    to have one of each.
    """
    plain = [life.number for life in lives[1:] if life.kind == "one box"]
    ways = len(plain) // ONE_IN // len(ASTRAY) * len(ASTRAY) or len(ASTRAY)
    if len(plain) < ways:
        return list(lives)
    apart = len(plain) // ways
    kinds = dict(zip(plain[::apart], islice(cycle(ASTRAY), ways), strict=False))
    return [_astray(life, kinds.get(life.number)) for life in lives]


def _astray(life: Life, kind: str | None) -> Life:
    if kind is None:
        return life
    wrong = _ASTRAY[kind]
    items = tuple(Item(item.sku, item.quantity, EAST) for item in life.items)
    booked = life.booked_after if wrong.booked_after is None else wrong.booked_after
    return replace(
        life,
        kind=kind,
        items=items,
        events=wrong.events,
        booked_after=booked,
        packers_wait=wrong.packers_wait,
    )


Found = tuple[DriftPattern, str]


@dataclass(slots=True)
class Mischief:
    """What is planted: which orders go astray, which systems are down, and since when.

    The books are down while the first return is approved, the shop while the first parcel of its
    own leaves: what is to be found then is on its way, and settles once they answer again.
    """

    down: set[str]
    planted: set[Found] = field(default_factory=set)
    _ended: set[str] = field(default_factory=set)
    _up_again: datetime | None = None

    def begin(self, story: Story, now: datetime) -> list[str]:
        """Plant what comes about now; return it as sentences."""
        for number, life in story.lives.items():
            if life.kind in _ASTRAY:
                self.planted |= {(pattern, number) for pattern in _ASTRAY[life.kind].patterns}
        for system, pattern, about in (
            ("books", DriftPattern.UNPROCESSED_RETURN, story.return_approved),
            ("shop", DriftPattern.STALE_SHIPPING_STATUS, story.parcel_left),
        ):
            if about is not None and system not in self._ended and not self.down:
                self._ended.add(system)
                self.down.add(system)
                self.planted.add((pattern, about))
                self._up_again = now + OUTAGE
                return [f"{system} is down for an hour"]
        return []

    def end(self, now: datetime) -> list[str]:
        """Let what was down answer again once its time is over."""
        if not self.down or self._up_again is None or now < self._up_again:
            return []
        told = [f"{system} answers again" for system in sorted(self.down)]
        self.down.clear()
        return told
