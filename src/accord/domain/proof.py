"""Is an accord sound? Everything that can be told from the agreement itself."""

from collections.abc import Iterator
from email.utils import getaddresses

from accord.domain.accord import Accord, System
from accord.domain.finding import Code, Finding, did_you_mean, listed
from accord.domain.notice_proof import prove_notices
from accord.domain.ownership import EVERYWHERE
from accord.domain.stage_proof import prove_stages
from accord.domain.tracks import Track
from accord.domain.vocabulary_proof import prove_vocabulary

# An order has one payment and one standing, whatever number of places its goods leave from.
OF_THE_WHOLE_ORDER = frozenset({Track.ORDER, Track.PAYMENT})


def prove(accord: Accord) -> tuple[Finding, ...]:
    """Return everything missing or contradictory in ``accord``; nothing if it is sound."""
    return (
        *_responsible(accord),
        *_systems(accord),
        *(found for track in Track for found in _track(accord, track)),
        *_places(accord),
        *prove_stages(accord.stages),
        *prove_notices(accord),
    )


def _responsible(accord: Accord) -> Iterator[Finding]:
    addresses = [address for _, address in getaddresses([accord.responsible]) if "@" in address]
    if len(addresses) == 1:
        return
    what = "Nobody is named who answers for this accord."
    if accord.responsible and addresses:
        what = f"{len(addresses)} people are named as responsible; when all are, nobody is."
    elif accord.responsible:
        what = f"{accord.responsible!r} has no mail address, so this person cannot be reached."
    yield Finding(
        code=Code.NO_RESPONSIBLE,
        where=("responsible",),
        what=what,
        remedy='Name one person: responsible = "Ana Lima <ana@example.com>".',
    )


def _systems(accord: Accord) -> Iterator[Finding]:
    if not accord.systems:
        yield Finding(
            code=Code.NO_SYSTEMS,
            where=("systems",),
            what="The accord names no system, so there is nothing to keep in agreement.",
            remedy='Add at least one: [systems.shop], and under it connector = "…".',
        )
    for system in accord.systems.values():
        yield from prove_vocabulary(system)


def _track(accord: Accord, track: Track) -> Iterator[Finding]:
    yield from _owners(accord, track)
    yield from _mirrors(accord, track)


def _owners(accord: Accord, track: Track) -> Iterator[Finding]:
    owners = accord.ownership.owners.get(track, {})
    where = ("tracks", track, "owner")
    if not owners:
        able = [s.name for s in accord.systems.values() if track in s.able_to_own]
        yield Finding(
            code=Code.NO_OWNER,
            where=where,
            what=f"Nobody owns the track {track}.",
            remedy=f"Name the one system that decides it; able to: {listed(able)}.",
        )
    elif track in OF_THE_WHOLE_ORDER and set(owners) != {EVERYWHERE}:
        yield Finding(
            code=Code.NOT_BY_LOCATION,
            where=where,
            what=f"The track {track} is of the whole order, yet it has owners by location.",
            remedy=f'Name one system: {track} = {{ owner = "…" }}.',
        )
    else:
        yield from _by_location(accord, track, owners)
    for location, name in owners.items():
        at = where if location == EVERYWHERE else (*where, location)
        yield from _able(accord, track, name, at)


def _by_location(accord: Accord, track: Track, owners: dict[str, str]) -> Iterator[Finding]:
    if EVERYWHERE not in owners:
        for location in sorted(_locations(accord) - set(owners)):
            yield Finding(
                code=Code.NO_OWNER,
                where=("tracks", track, "owner", location),
                what=f"Nobody owns the track {track} at the location {location}.",
                remedy=f'Add {location} = "…" to its owners, or "*" = "…" for all other places.',
            )
    for location in sorted(set(owners) - _locations(accord) - {EVERYWHERE}):
        yield Finding(
            code=Code.UNKNOWN_LOCATION,
            where=("tracks", track, "owner", location),
            what=f"No system knows the location {location!r}.",
            remedy=f"{did_you_mean(location, _locations(accord))}Say what each system calls it "
            f"under [locations.{location}].",
        )


def _able(accord: Accord, track: Track, name: str, where: tuple[str, ...]) -> Iterator[Finding]:
    system = accord.systems.get(name)
    if system is None:
        yield from _unknown_system(accord, name, where)
    elif track not in system.able_to_own:
        able = [s.name for s in accord.systems.values() if track in s.able_to_own]
        yield Finding(
            code=Code.CANNOT_OWN,
            where=where,
            what=f"{name} ({system.connector}) cannot own the track {track}: it does not know it "
            "first-hand.",
            remedy=f"Name a system that does; able to: {listed(able)}.",
        )


def _mirrors(accord: Accord, track: Track) -> Iterator[Finding]:
    where = ("tracks", track, "mirrors")
    for name in accord.ownership.mirrors.get(track, ()):
        system = accord.systems.get(name)
        if system is None:
            yield from _unknown_system(accord, name, where)
        elif name in accord.ownership.owners_of(track):
            yield Finding(
                code=Code.OWNER_IS_MIRROR,
                where=where,
                what=f"{name} owns the track {track} and is listed as its own mirror.",
                remedy=f"Take {name} out of the mirrors, or let another system own the track.",
            )
        elif track not in system.able_to_mirror:
            yield _cannot_mirror(system, track, where)


def _cannot_mirror(system: System, track: Track, where: tuple[str, ...]) -> Finding:
    able = listed(system.able_to_mirror) if system.able_to_mirror else "none"
    return Finding(
        code=Code.CANNOT_MIRROR,
        where=where,
        what=f"{system.name} ({system.connector}) is listed as a mirror of {track}, which it "
        "cannot write.",
        remedy=f"Take {system.name} out of this list; the tracks it can write: {able}.",
    )


def _unknown_system(accord: Accord, name: str, where: tuple[str, ...]) -> Iterator[Finding]:
    if not accord.systems:
        return  # that there are none is said once
    yield Finding(
        code=Code.UNKNOWN_SYSTEM,
        where=where,
        what=f"The accord names no system {name!r}.",
        remedy=f"{did_you_mean(name, accord.systems)}The systems are {listed(accord.systems)}.",
    )


def _locations(accord: Accord) -> set[str]:
    return {location for system in accord.systems.values() for location in system.places}


def _places(accord: Accord) -> Iterator[Finding]:
    for system in accord.systems.values():
        yield from _places_twice(system)
    located = accord.ownership.owners.get(Track.FULFILLMENT, {})
    wishes = accord.ownership.owner(Track.ORDER)
    for location in sorted(_locations(accord) & set(located)):
        # The owner of the order says where goods are to leave; the owner of the place ships them.
        for name in dict.fromkeys((located[location], wishes)):
            asked = accord.systems.get(name or "")
            if asked is not None and location not in asked.places:
                yield Finding(
                    code=Code.PLACE_UNKNOWN,
                    where=("locations", location, asked.name),
                    what=f"{asked.name} must recognise the location {location}, and its id for "
                    "it is not given.",
                    remedy=f'Add {asked.name} = "…" with the id {asked.name} uses for it.',
                )


def _places_twice(system: System) -> Iterator[Finding]:
    taken: dict[str, str] = {}
    for location, own in system.places.items():
        other = taken.setdefault(own, location)
        if other != location:
            yield Finding(
                code=Code.PLACE_TWICE,
                where=("locations", location, system.name),
                what=f"{system.name} has the id {own!r} for both {other} and {location}.",
                remedy="Give each location its own id, or make them one location.",
            )
