"""Reading [tracks] and [locations]: who owns what, who follows, and what each calls a place."""

from collections.abc import Mapping

from accord.domain.accord import Rule, System
from accord.domain.finding import Code, did_you_mean, listed
from accord.domain.ownership import EVERYWHERE, Ownership
from accord.domain.proof import OF_THE_WHOLE_ORDER
from accord.domain.tracks import Track
from accord.settings.presets import OwnershipPreset, candidates, mirrors, owners
from accord.settings.tables import Table, is_table


def read_places(root: Table, systems: Mapping[str, object]) -> dict[str, dict[str, str]]:
    """Return by system what it calls each location of ``[locations]``."""
    parent = root.table("locations")
    places: dict[str, dict[str, str]] = {name: {} for name in systems}
    for location in parent:
        table = parent.table(location)
        for name in systems:
            own = table.text(name)
            if own:
                places[name][location] = own
        _unknown_systems(table, systems)
    return places


def _unknown_systems(table: Table, systems: Mapping[str, object]) -> None:
    for name in table:
        if systems and name not in systems:
            table.notes.add(
                Code.UNKNOWN_SYSTEM,
                (*table.path, name),
                f"The accord names no system {name!r}.",
                f"{did_you_mean(name, systems)}The systems are {listed(systems)}.",
            )


def read_tracks(
    root: Table, systems: Mapping[str, System], *, all_known: bool
) -> tuple[Ownership, dict[Track, Rule]]:
    """Return who owns and who mirrors each track, and the rules for changes by others.

    A preset fills in what the file leaves open. ``all_known`` says that every system's connector
    was found: without that a preset that finds no owner may be only a consequence.
    """
    table = root.table("tracks")
    named = table.choice("preset", list(OwnershipPreset))
    preset = OwnershipPreset(named) if named else None
    entries = {track: _entry(table, track) for track in Track}
    owned = {track: _owners(entry, track) for track, entry in entries.items()}
    if preset is not None:
        for track, entry in entries.items():
            if "owner" not in entry:
                owned[track] = _preset_owners(preset, entry, track, systems, all_known=all_known)
    mirrored = {
        track: _mirrors(preset, entry, track, owned[track], systems)
        for track, entry in entries.items()
    }
    rules = {
        track: entry.choice("on_foreign_change", list(Rule)) for track, entry in entries.items()
    }
    for entry in (*entries.values(), table):
        entry.finish()
    _warn_of_silence(preset, table, entries, mirrored)
    return (
        Ownership(owners=owned, mirrors=mirrored),
        {track: Rule(rule) for track, rule in rules.items() if rule is not None},
    )


def _mirrors(
    preset: OwnershipPreset | None,
    entry: Table,
    track: Track,
    owned: Mapping[str, str],
    systems: Mapping[str, System],
) -> tuple[str, ...]:
    named = entry.texts("mirrors")
    if preset is None or "mirrors" in entry:
        return named or ()
    return mirrors(preset, track, owned.values(), systems)


def _warn_of_silence(
    preset: OwnershipPreset | None,
    table: Table,
    entries: Mapping[Track, Table],
    mirrored: Mapping[Track, tuple[str, ...]],
) -> None:
    """Warn where nothing mirrors anything and nobody said that this is meant."""
    said = [entry for entry in entries.values() if "owner" in entry]
    meant = preset is not None or all("mirrors" in entry for entry in said)
    if meant or any(mirrored.values()):
        return
    table.notes.add_warning(
        Code.NOTHING_MIRRORED,
        table.path,
        "No system mirrors any track: Accord would watch and bring nothing into step.",
        'List who follows, as in mirrors = ["books"]; if watching is meant, set preset = '
        '"support".',
    )


def _entry(table: Table, track: Track) -> Table:
    if track in table and not is_table(table.raw(track)):
        table.wrong(track, table.raw(track), f'Write {track} = {{ owner = "…", mirrors = [] }}.')
        return Table({}, (*table.path, track), table.notes)
    return table.table(track)


def _owners(entry: Table, track: Track) -> dict[str, str]:
    value = entry.raw("owner")
    if is_table(value):
        by_location = entry.table("owner")
        found = {place: _owner(by_location, place, track) for place in by_location}
        return {place: owner for place, owner in found.items() if owner}
    owner = _owner(entry, "owner", track)
    return {EVERYWHERE: owner} if owner else {}


def _owner(table: Table, key: str, track: Track) -> str | None:
    value = table.raw(key)
    if not isinstance(value, list):
        return table.text(key)
    names = [str(name) for name in value]
    if len(names) > 1:
        remedy = "Keep the one that decides it, and list the others under mirrors."
        if track not in OF_THE_WHOLE_ORDER:
            remedy += (
                " Where each decides for its own place, name them by location: "
                '{ east = "…", west = "…" }.'
            )
        what = f"{len(names)} systems are named as owners of the track {track}: {listed(names)}."
        table.notes.add(Code.TWO_OWNERS, (*table.path, key), what, remedy)
        return None
    table.wrong(key, value, 'Write one name in quotes: owner = "…".')
    return None


def _preset_owners(
    preset: OwnershipPreset,
    entry: Table,
    track: Track,
    systems: Mapping[str, System],
    *,
    all_known: bool,
) -> dict[str, str]:
    able = candidates(preset, track, systems)
    found = owners(able, systems)
    if not found and not all_known:
        entry.notes.cover((*entry.path, "owner"))
    elif not found and able:
        entry.notes.add(
            Code.NO_OWNER,
            (*entry.path, "owner"),
            f"The preset {preset} cannot tell who owns the track {track}: {listed(able)} could.",
            f'Name the one that does: {track} = {{ owner = "{able[0]}" }}, or say under '
            "[locations] which place is whose.",
        )
    return found
