"""Writing a first accord file from a few answers, with a comment at everything one may change."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from accord.connector_kit.connector import Connector, Need, Setting
from accord.domain.accord import Notify, Rule, Stage, System
from accord.domain.finding import dotted, quoted
from accord.domain.ownership import EVERYWHERE
from accord.domain.repair_rules import RepairRules
from accord.domain.tracks import Track
from accord.settings.accord_file import LATENCY_TARGET, REVIEW_EVERY
from accord.settings.credentials import variable
from accord.settings.durations import written
from accord.settings.hook_address import EXAMPLE
from accord.settings.presets import (
    OwnershipPreset,
    StagePreset,
    candidates,
    mirrors,
    owners,
    stages,
)
from accord.settings.stages import NEVER
from accord.settings.systems import system_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a first accord file is written from.

    ``systems`` maps a name to its connector, ``settings`` a system to its connector's own
    settings. ``ships`` maps a location to the system that sends out its goods; ``*`` is
    everywhere. ``places`` maps a location to what each system calls it; it is empty where goods
    leave from one place.
    """

    systems: Mapping[str, str]
    ships: Mapping[str, str]
    responsible: str
    settings: Mapping[str, Mapping[str, str | bool]] = field(default_factory=dict)
    places: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    ownership: OwnershipPreset = OwnershipPreset.STOREFRONT
    stages: StagePreset = StagePreset.SIMPLE


_TRACKS: Mapping[Track, str] = {
    Track.ORDER: "What the customer wants: open, on hold, cancelled, completed.",
    Track.PAYMENT: "Whether the money is there.",
    Track.FULFILLMENT: "What happens to the goods until they leave.",
    Track.DELIVERY: "Where the parcel is on its way.",
    Track.RETURN: "What comes back.",
}


def draft(answers: Answers, catalogue: Mapping[str, Connector]) -> str:
    """Return the text of an accord file. Whether it is sound is for the reader of it to say."""
    systems = {name: _system(name, answers, catalogue) for name in answers.systems}
    parts = [
        _head(answers),
        *(_described(name, answers, catalogue[answers.systems[name]]) for name in systems),
        *(_location(name, ids) for name, ids in answers.places.items()),
        _TRACKS_COMMENT,
        *(_track(track, answers, systems) for track in Track),
        _STAGES_COMMENT,
        *(_stage(stage, answers.responsible) for stage in stages(answers.stages)),
        _REPAIR_COMMENT,
    ]
    return "\n".join(parts)


def _system(name: str, answers: Answers, catalogue: Mapping[str, Connector]) -> System:
    connector = catalogue[answers.systems[name]]
    places = {place: ids[name] for place, ids in answers.places.items() if name in ids}
    return system_of(name, connector, {}, places, connector.vocabulary)


def _head(answers: Answers) -> str:
    return f"""\
# The accord: what the systems named here agree on. After every change run: accord check

# The one person who answers for this file.
responsible = {quoted(answers.responsible)}
# How often that person reads it again.
review_every = {quoted(written(REVIEW_EVERY))}
# How long a change in one system may take to reach the others.
latency_target = {quoted(written(LATENCY_TARGET))}
# Where the hooks of the systems reach us from outside. With it Accord subscribes to them itself,
# and again where a system dropped a subscription.
# address = {quoted(EXAMPLE)}

# The systems. Each has a name of yours, by which the rest of this file calls it.
# Where a system has words of its own, say what they mean:
#
#   [[systems.NAME.words]]
#   kind = "…"                      # the record or field that speaks
#   word = "…"                      # exactly as the system sends it
#   means = {{ order = "on_hold" }}   # a track, and one of its states
#
#   [[systems.NAME.ignored_words]]
#   kind = "…"
#   word = "…"
#   reason = "…"                    # why it tells us nothing
"""


def _described(name: str, answers: Answers, connector: Connector) -> str:
    given = answers.settings.get(name, {})
    lines = [f"[systems.{name}]", f"connector = {quoted(connector.name)}"]
    for setting in connector.settings:
        lines += _setting(name, setting, given)
    return "\n".join([*lines, ""])


def _setting(system: str, setting: Setting, given: Mapping[str, str | bool]) -> Iterator[str]:
    if setting.need is Need.SECRET:
        yield f"# Secret, never in this file: {variable(system, setting.name)}. {setting.help}"
        return
    yield f"# {setting.help}"
    value = given.get(setting.name)
    if value is None and setting.default is not None:
        yield f"# {setting.name} = {_value(setting.default)}"
    elif value is not None:
        yield f"{setting.name} = {_value(value)}"


def _location(name: str, ids: Mapping[str, str]) -> str:
    lines = [
        f"# What each system calls the place {dotted((name,))}.",
        f"[{dotted(('locations', name))}]",
    ]
    lines += [f"{system} = {quoted(own)}" for system, own in ids.items()]
    return "\n".join([*lines, ""])


_TRACKS_COMMENT = f"""\
# Who owns each kind of status: the one system that decides it. The mirrors follow.
# Where several systems each decide for their own place: owner = {{ east = "…", west = "…" }}
# on_foreign_change says what happens when another system changes it by itself:
# "{Rule.REVERT}" it, "{Rule.ADOPT}" it as true, or "{Rule.ASK}" a person.
[tracks]
"""


def _track(track: Track, answers: Answers, systems: Mapping[str, System]) -> str:
    owned = _owners(track, answers, systems)
    follow = mirrors(answers.ownership, track, owned.values(), systems)
    lines = [f"# {_TRACKS[track]}", f"[tracks.{track}]"]
    if owned:
        lines.append(f"owner = {_owner(owned)}")
    lines.append(f"mirrors = [{', '.join(quoted(name) for name in follow)}]")
    if follow:
        lines.append(f'on_foreign_change = "{Rule.REVERT}"')
    return "\n".join([*lines, ""])


def _owners(track: Track, answers: Answers, systems: Mapping[str, System]) -> dict[str, str]:
    able = candidates(answers.ownership, track, systems)
    if track is Track.FULFILLMENT:
        return dict(answers.ships)
    if track is not Track.DELIVERY or len(able) == 1:
        return owners(able, systems)
    # Several warehouses: each knows the parcels it sent, and the first those of all others.
    tells = {
        place: name if track in systems[name].able_to_own else able[0]
        for place, name in answers.ships.items()
        if able
    }
    telling = set(tells.values())
    return {EVERYWHERE: telling.pop()} if len(telling) == 1 else tells


def _owner(owned: Mapping[str, str]) -> str:
    if set(owned) == {EVERYWHERE}:
        return quoted(owned[EVERYWHERE])
    return f"{{ {', '.join(f'{dotted((k,))} = {quoted(v)}' for k, v in owned.items())} }}"


_STAGES_COMMENT = f"""\
# The story told to customers, and to support. The last stage that holds is the one shown; an
# order is as far as its least advanced parcel.
#   definition       what the stage means, in words a customer may read
#   when             the states that reach it, each under its own track
#   customer_facing  false for a step that only the house sees
#   notify           "{Notify.ONCE}" for one message to the customer, or "{Notify.NEVER}"
#   stall_after      how long an order may stay here, or "{NEVER}" where it may rest for good
#   person           who looks at an order that stays longer
[stages]
"""


_REPAIRS = RepairRules()
_REPAIR_COMMENT = f"""\
# What fell out of step though nobody said anything new (an edit by hand, a lost write) is put right
# after a wait and a second look. More than this at one system within an hour, and none is: that is
# usually a wrong mapping, and a person is called. With at_most = 0 each is only proposed.
[repair]
at_most = {_REPAIRS.at_most}
share = "{_REPAIRS.share * 100:.0f} %"
wait = {quoted(written(_REPAIRS.wait))}
"""


def _stage(stage: Stage, responsible: str) -> str:
    when = ", ".join(
        f"{column} = [{', '.join(quoted(state) for state in states)}]"
        for column, states in stage.when.items()
    )
    limit = NEVER if stage.stall_after is None else written(stage.stall_after)
    return f"""\
[stages.{stage.name}]
definition = {quoted(stage.definition)}
when = {{ {when} }}
customer_facing = {_value(stage.customer_facing)}
notify = {quoted(stage.notify)}
stall_after = {quoted(limit)}
person = {quoted(responsible)}
"""


def _value(value: str | bool) -> str:  # noqa: FBT001 - a setting is one or the other
    return quoted(value) if isinstance(value, str) else str(value).lower()
