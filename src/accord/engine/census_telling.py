"""The sentence for each hour: its certificate, or by name what stands in its way."""

from collections.abc import Sequence
from datetime import UTC

from msgspec.structs import replace

from accord.domain.outcome import Outcome, in_words
from accord.engine.census_book import HOUR, Census, CensusState, Hole
from accord.engine.envelope import Standing

# So many holes are named in the sentence; all of them are listed by ``accord census``.
NAMED = 5


def certificate(census: Census, deleted: Sequence[str] = ()) -> Census:
    """Return an hour of which everything listed was here and is settled.

    ``deleted`` are the names of what was told of the hour and is listed no more.
    """
    filled = ""
    if census.found:
        were = "was" if census.found == 1 else "were"
        filled = f"; {census.found} {were} missing at first, found and filled"
    gone = f"; not listed any more: {in_short(deleted)}" if deleted else ""
    told = f"{_head(census)}: {census.held} of {census.listed}{filled}{gone}"
    return replace(census, state=CensusState.CERTIFIED, sentence=told)


def with_holes(census: Census, holes: Sequence[Hole]) -> Census:
    """Return an hour with holes, the first of them by name."""
    names = in_short([f"{hole.name} ({done(hole)})" for hole in holes])
    told = f"{_head(census)}: {census.held} of {census.listed}; open: {names}"
    return replace(census, state=CensusState.HOLES, sentence=told)


def not_made(census: Census, why: str) -> Census:
    """Return an hour of which nothing can be said yet."""
    return replace(census, sentence=f"{_head(census)}: not certified yet: {why}")


def not_possible(census: Census, outcome: Outcome) -> Census:
    """Return an hour of which nothing can ever be said."""
    told = f"{_head(census)}: not possible: {in_words(outcome)}"
    return replace(census, state=CensusState.NOT_POSSIBLE, sentence=told)


def in_short(names: Sequence[str]) -> str:
    """Return the first of some names, and how many more there are."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more}"


def done(hole: Hole) -> str:
    """Return what was done about a hole, and what is left to do."""
    match hole.standing:
        case None:
            return "not received before; kept now"
        case Standing.QUARANTINED:
            return f"in quarantine: {hole.reason}" if hole.reason else "in quarantine"
        case Standing.WAITING:
            return hole.reason or "kept, and not interpreted yet"
        case _:
            return f"kept, and {hole.standing}"


def _head(census: Census) -> str:
    begin, end = census.hour.astimezone(UTC), (census.hour + HOUR).astimezone(UTC)
    return f"{census.system} {begin:%Y-%m-%d %H:%M}\N{EN DASH}{end:%H:%M} UTC"
