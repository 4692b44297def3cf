"""What is wrong with an accord: where, why, and what to do about it."""

import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from enum import StrEnum

from msgspec import Struct


class Severity(StrEnum):
    """Whether the accord can be used as it stands."""

    ERROR = "error"
    WARNING = "warning"


class Code(StrEnum):
    """The kind of a finding, for machines and for the reference. A closed set."""

    NOT_TOML = "not_toml"
    SAID_TWICE = "said_twice"
    UNKNOWN_KEY = "unknown_key"
    MISSING_KEY = "missing_key"
    WRONG_TYPE = "wrong_type"
    UNKNOWN_CHOICE = "unknown_choice"
    UNREADABLE_DURATION = "unreadable_duration"
    NO_SYSTEMS = "no_systems"
    BAD_NAME = "bad_name"
    UNKNOWN_CONNECTOR = "unknown_connector"
    UNKNOWN_SYSTEM = "unknown_system"
    MISSING_SETTING = "missing_setting"
    SECRET_IN_FILE = "secret_in_file"  # noqa: S105 - the name of a fault, not a secret
    SECRET_MISSING = "secret_missing"  # noqa: S105 - the same
    SECRET_UNREADABLE = "secret_unreadable"  # noqa: S105 - the same
    NO_OWNER = "no_owner"
    TWO_OWNERS = "two_owners"
    CANNOT_OWN = "cannot_own"
    CANNOT_MIRROR = "cannot_mirror"
    OWNER_IS_MIRROR = "owner_is_mirror"
    NOTHING_MIRRORED = "nothing_mirrored"
    NOT_BY_LOCATION = "not_by_location"
    UNKNOWN_LOCATION = "unknown_location"
    PLACE_UNKNOWN = "place_unknown"
    PLACE_TWICE = "place_twice"
    CANNOT_HOLD = "cannot_hold"
    NO_GATE = "no_gate"
    UNKNOWN_TRACK = "unknown_track"
    UNKNOWN_STATE = "unknown_state"
    MIXED_TRACKS = "mixed_tracks"
    WORD_MAPPED_TWICE = "word_mapped_twice"
    WORD_NOT_MAPPED = "word_not_mapped"
    UNKNOWN_KIND = "unknown_kind"
    NO_STAGES = "no_stages"
    STAGE_WITHOUT_DEFINITION = "stage_without_definition"
    STAGE_WITHOUT_CONDITION = "stage_without_condition"
    STAGE_WITHOUT_RULE = "stage_without_rule"
    STAGE_WITHOUT_LIMIT = "stage_without_limit"
    STAGE_WITHOUT_PERSON = "stage_without_person"
    INTERNAL_STEP_SHOWN = "internal_step_shown"
    NO_RESPONSIBLE = "no_responsible"
    BAD_ADDRESS = "bad_address"
    CANNOT_SUBSCRIBE = "cannot_subscribe"
    NO_CHANNEL = "no_channel"
    UNSAFE_CHANNEL = "unsafe_channel"
    NO_SENDER = "no_sender"
    UNKNOWN_STAGE = "unknown_stage"
    UNKNOWN_PLACEHOLDER = "unknown_placeholder"
    EMPTY_MESSAGE = "empty_message"
    UNKNOWN_CHANNEL = "unknown_channel"
    UNKNOWN_TIME_ZONE = "unknown_time_zone"
    UNREADABLE_TIME = "unreadable_time"
    UNREADABLE_SHARE = "unreadable_share"
    BAD_SCHEDULE = "bad_schedule"


_MEANINGS: Mapping[Code, str] = {
    Code.NOT_TOML: "The file cannot be read as TOML.",
    Code.SAID_TWICE: "One key is given twice, so which one holds cannot be known.",
    Code.UNKNOWN_KEY: "A key that Accord does not know; often a slip of the pen.",
    Code.MISSING_KEY: "Something that must be said is not said.",
    Code.WRONG_TYPE: "A value of another kind than is needed, such as a number without quotes.",
    Code.UNKNOWN_CHOICE: "A value outside the few that are possible here.",
    Code.UNREADABLE_DURATION: "A length of time that cannot be read, or is not longer than zero.",
    Code.NO_SYSTEMS: "The accord names no system.",
    Code.BAD_NAME: "A system's name that cannot be used in addresses and variables.",
    Code.UNKNOWN_CONNECTOR: "There is no connector of this name.",
    Code.UNKNOWN_SYSTEM: "A system is mentioned that the accord does not name under [systems].",
    Code.MISSING_SETTING: "A connector's own setting, without which it cannot connect.",
    Code.SECRET_IN_FILE: "A secret stands in the accord file, which is meant to be shared.",
    Code.SECRET_MISSING: "A secret was not found in the environment. The accord itself is sound.",
    Code.SECRET_UNREADABLE: "A secret is given in a way that cannot or must not be used.",
    Code.NO_OWNER: "Nobody owns a track, everywhere or at one location.",
    Code.TWO_OWNERS: "Two systems own one track at one location.",
    Code.CANNOT_OWN: "The owner's connector cannot speak the truth on this track.",
    Code.CANNOT_MIRROR: "A mirror's connector cannot write this track.",
    Code.OWNER_IS_MIRROR: "A system both owns a track and is listed as its mirror.",
    Code.NOTHING_MIRRORED: "No system mirrors any track, so nothing is ever brought into step.",
    Code.NOT_BY_LOCATION: "A track of the whole order has owners by location.",
    Code.UNKNOWN_LOCATION: "An owner is named for a location that no system knows.",
    Code.PLACE_UNKNOWN: "A system that must recognise a location has no id for it.",
    Code.PLACE_TWICE: "A system has one id for two locations.",
    Code.CANNOT_HOLD: "A gate that holds, at a system that cannot be held back.",
    Code.NO_GATE: "A setting of a gate that holds, where there is none.",
    Code.UNKNOWN_TRACK: "Something other than one of the five tracks or progress.",
    Code.UNKNOWN_STATE: "A state that is on no track.",
    Code.MIXED_TRACKS: "A state stands under a track that is not its own: status types are mixed.",
    Code.WORD_MAPPED_TWICE: "A word of a system is given two meanings, or mapped and ignored.",
    Code.WORD_NOT_MAPPED: "A word is listed without a meaning, or ignored without a reason.",
    Code.UNKNOWN_KIND: "A word is mapped on a kind of record of which the connector has no words.",
    Code.NO_STAGES: "Customers would be told nothing: there are no stages.",
    Code.STAGE_WITHOUT_DEFINITION: "A stage does not say in words what it means.",
    Code.STAGE_WITHOUT_CONDITION: "A stage does not say when it is reached.",
    Code.STAGE_WITHOUT_RULE: "A stage does not say whether the customer gets a message.",
    Code.STAGE_WITHOUT_LIMIT: "A stage does not say how long an order may stay in it.",
    Code.STAGE_WITHOUT_PERSON: "A stage names nobody to look at an order that stalls in it.",
    Code.INTERNAL_STEP_SHOWN: "Customers would be shown, or told of, a step that is internal.",
    Code.NO_RESPONSIBLE: "The accord does not name the one person who answers for it.",
    Code.BAD_ADDRESS: "The address for hooks is none that systems could safely call.",
    Code.CANNOT_SUBSCRIBE: "Subscriptions are to be made at a system that has none.",
    Code.NO_CHANNEL: "Customers are to be told, and no channel is named.",
    Code.UNSAFE_CHANNEL: "A channel to customers that others could read or redirect.",
    Code.NO_SENDER: "Mail to customers is not from, or not answered to, one address.",
    Code.UNKNOWN_STAGE: "The shop is said to tell of a stage that nobody is told of.",
    Code.UNKNOWN_PLACEHOLDER: "A message has something in braces that means nothing.",
    Code.EMPTY_MESSAGE: "A message to customers says nothing.",
    Code.UNKNOWN_CHANNEL: "An alert calls a channel that the accord does not name.",
    Code.UNKNOWN_TIME_ZONE: "A time zone that is in no list of them.",
    Code.UNREADABLE_TIME: "A time of day that cannot be read.",
    Code.UNREADABLE_SHARE: "A share that cannot be read, or is none.",
    Code.BAD_SCHEDULE: "A cron expression that cannot be read, or that never comes true.",
}


def code_meanings() -> Mapping[Code, str]:
    """Return what each code means, one sentence each, in the order of the reference."""
    return _MEANINGS


Path = tuple[str | int, ...]


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that is missing or contradictory.

    ``where`` is the path of keys in the accord file. ``line`` counts from 1 and is None where
    the accord did not come from a file. ``what`` and ``remedy`` are whole sentences.
    """

    code: Code
    where: Path
    what: str
    remedy: str
    severity: Severity = Severity.ERROR
    line: int | None = None

    @property
    def key(self) -> str:
        """The place as one dotted key: ``tracks.order.owner``, ``systems.books.words[0]``."""
        return dotted(self.where)

    def __str__(self) -> str:
        line = f"line {self.line}" if self.line else ""
        place = ", ".join(part for part in (line, self.key) if part)
        return f"{place}: {self.what} {self.remedy}"


def dotted(path: Path) -> str:
    """Return a path of keys as it is written in TOML."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
            continue
        bare = part.replace("-", "").replace("_", "").isalnum() and part.isascii()
        text += ("." if text else "") + (part if bare else quoted(part))
    return text


def quoted(text: str) -> str:
    """Return ``text`` as a TOML string: the escapes of JSON are TOML's, but for one sign."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``Did you mean 'x'? `` for the nearest known name, or nothing."""
    near = nearest(name, known)
    return f"Did you mean {near!r}? " if near else ""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name most like ``name``, or None if none is alike."""
    return next(iter(get_close_matches(name.casefold(), list(known), n=1)), None)


def listed(names: Iterable[str]) -> str:
    """Return names as a person lists them: ``a, b and c``."""
    *others, last = sorted(names) or ["none"]
    return f"{', '.join(others)} and {last}" if others else last
