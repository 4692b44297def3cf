"""What goes wrong on the way to a system, how often and until when: drawn once for each seed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from accord.connector_kit.simulator import World

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


class Ill(StrEnum):
    """One way for a call to go wrong."""

    UNREACHED = "unreached"  # the connection is refused; nobody heard us
    RESET = "reset"  # sent, and cut off before it was read
    LOST_REPLY = "lost reply"  # done, and cut off before the answer
    HANG = "hang"  # never answered, never done
    SILENT = "silent"  # done, and never answered
    DRIP = "drip"  # answered a byte a second
    ZOMBIE = "zombie"  # given up by us, and done later
    THROTTLE = "throttle"  # 429, with every form of Retry-After
    CROWDED = "crowded"  # the vendor's own way to say: too much at once
    EXPIRED = "expired token"
    ERROR = "server error"
    INTERNAL = "internal error"  # the vendor's own way to say: our fault
    HTML = "page for people"
    TRUNCATED = "truncated answer"
    STRANGE = "answer of another shape"
    MIXED_UP = "answer to another question"
    STALE = "stale answer"
    FORGOTTEN = "done in words only"
    REFUSAL = "refusal"


# What a call can meet wherever it goes, and what only a question or only a change can.
ASKING_ONLY = frozenset({Ill.STALE, Ill.MIXED_UP})
CHANGING_ONLY = frozenset({Ill.FORGOTTEN, Ill.REFUSAL})
# What a sign-in can meet: it has no vendor's words of its own.
SIGNING_IN = frozenset(
    {
        Ill.UNREACHED,
        Ill.RESET,
        Ill.LOST_REPLY,
        Ill.HANG,
        Ill.SILENT,
        Ill.DRIP,
        Ill.ERROR,
        Ill.HTML,
        Ill.TRUNCATED,
    }
)
SHARES = (0.01, 0.03, 0.08, 0.2)
# Something must come through, or all is one long outage.
MOST_ILL = 0.4
OUTAGES = (5 * MINUTE, HOUR, 3 * HOUR)


@dataclass(slots=True)
class Climate:
    """The bad days of one system: what happens at which share of calls, and when it is down."""

    ills: Mapping[Ill, float] = field(default_factory=dict)
    outages: Sequence[tuple[datetime, datetime]] = ()

    def is_down(self, now: datetime) -> bool:
        """Return whether nothing but errors comes back."""
        return any(begin <= now < end for begin, end in self.outages)


class Weather:
    """Says of each call what befalls it. From ``calm_at`` on, nothing does."""

    def __init__(
        self,
        world: World,
        chance: Random,
        systems: Sequence[str],
        calm_at: datetime,
        only: frozenset[Ill] | None = None,
    ) -> None:
        """Draw the climates; ``only`` names the ills that may happen at all."""
        self.calm_at = calm_at
        self._world = world
        self._chance = chance
        self._possible = sorted(Ill if only is None else only)
        self.climates = {system: self._climate(chance, world.now) for system in systems}

    def _climate(self, chance: Random, begin: datetime) -> Climate:
        kinds = min(chance.choice((0, 1, 2, 4, 7)), len(self._possible))
        ills = {ill: chance.choice(SHARES) for ill in chance.sample(self._possible, k=kinds)}
        share = sum(ills.values())
        if share > MOST_ILL:
            ills = {ill: part * MOST_ILL / share for ill, part in ills.items()}
        outages = [*self._outages(chance, begin)] if Ill.ERROR in self._possible else []
        return Climate(ills, outages)

    def _outages(self, chance: Random, begin: datetime) -> Iterator[tuple[datetime, datetime]]:
        for _ in range(chance.choice((0, 0, 0, 1, 2))):
            start = begin + chance.random() * (self.calm_at - begin)
            yield start, min(start + chance.choice(OUTAGES), self.calm_at)

    @property
    def calm(self) -> bool:
        """Whether the bad days are over."""
        return self._world.now >= self.calm_at

    def befalls(self, system: str, *, changes: bool, signs_in: bool, acting: bool) -> Ill | None:
        """Return what befalls a call; ``acting`` if it is part of asking for a change.

        What is read right before a change comes from where it is written: it is never stale.
        """
        climate = self.climates[system]
        if self.calm or not (climate.ills or climate.outages):
            return None
        if climate.is_down(self._world.now):
            return self._chance.choice((Ill.ERROR, Ill.ERROR, Ill.UNREACHED, Ill.HANG))
        drawn = self._chance.random()
        for ill, share in climate.ills.items():
            drawn -= share
            if drawn < 0:
                return ill if _possible(ill, changes, signs_in, acting) else None
        return None


def _possible(ill: Ill, changes: bool, signs_in: bool, acting: bool) -> bool:  # noqa: FBT001
    if signs_in:
        return ill in SIGNING_IN
    if ill is Ill.STALE and acting:
        return False
    return not (ill in ASKING_ONLY and changes) and not (ill in CHANGING_ONLY and not changes)
