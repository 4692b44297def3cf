"""Who may speak the truth on a track, and who only mirrors it."""

from msgspec import Struct

from accord.domain.tracks import Track

EVERYWHERE = "*"


class Ownership(Struct, frozen=True):
    """The owner of each track, by location where several systems hold goods.

    ``owners`` maps a track to locations and their owner; the location ``*`` stands for every
    location that is not named. ``mirrors`` maps a track to the systems that repeat it.
    """

    owners: dict[Track, dict[str, str]]
    mirrors: dict[Track, tuple[str, ...]] = {}

    def owner(self, track: Track, location: str = "") -> str | None:
        """Return the system that owns ``track`` for goods at ``location``."""
        by_location = self.owners.get(track, {})
        return by_location.get(location, by_location.get(EVERYWHERE))

    def owners_of(self, track: Track) -> frozenset[str]:
        """Return every system that owns ``track`` somewhere."""
        return frozenset(self.owners.get(track, {}).values())

    def is_mirror(self, system: str, track: Track) -> bool:
        """Return whether ``system`` repeats what the owner of ``track`` says."""
        return system in self.mirrors.get(track, ())
