"""What should be so after the first week, each with what to do where it is not. Pure."""

from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum

from msgspec import Struct


class ItemName(StrEnum):
    """What is looked at, in the order in which it is put right. A closed set."""

    HOOKS = "heard_by_hook"
    FEEDS = "heard_by_feed"
    WORDS = "no_unknown_word"
    LETTERS = "no_dead_letter"
    CENSUS = "first_certificate"
    DRIFT = "no_systemic_drift"
    CHANNEL = "channels_heard"
    REVIEW = "accord_read_again"
    DATABASE = "database_safe"


class SystemBegun(Struct, frozen=True, kw_only=True):
    """What is known of one system so far.

    ``sends_hooks`` and ``can_be_listed``: whether it is able to at all.
    """

    system: str
    by_hook: bool
    by_feed: bool
    certified: bool
    sends_hooks: bool = True
    can_be_listed: bool = True


class Begun(Struct, frozen=True, kw_only=True):
    """What the checklist is made from.

    ``channels`` are those of the accord, ``taken`` those that took a message. ``unsound`` is what
    the doctor finds, None where nobody asked it.
    """

    systems: Sequence[SystemBegun]
    unknown_words: Sequence[str]
    dead_letters: int
    systemic: Sequence[str]
    channels: Sequence[str]
    taken: Collection[str]
    reviewed: bool
    unsound: Sequence[str] | None = None


class Item(Struct, frozen=True, kw_only=True):
    """One thing that should be so; ``open`` says where it is not, ``remedy`` what to do then."""

    name: ItemName
    what: str
    open: tuple[str, ...] = ()
    remedy: str

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do about it."""
        return not self.open


_TOLD: dict[ItemName, tuple[str, str]] = {
    ItemName.HOOKS: (
        "Every system that sends hooks was heard by one.",
        "Subscribe its hooks at this server, change an order there, and look again.",
    ),
    ItemName.FEEDS: (
        "Every system was heard by its change feed.",
        "Run accord status: does it answer? A shop without a change has nothing in its feed.",
    ),
    ItemName.WORDS: (
        "No word is unknown.",
        "Find out what each means there, and add it under [[systems.NAME.words]].",
    ),
    ItemName.LETTERS: (
        "No work was given up.",
        "Run accord dead-letters list, remove the cause, then run accord retry.",
    ),
    ItemName.CENSUS: (
        "Of every system that can be listed one hour was certified to be complete.",
        "Run accord census: it says of each hour what is missing.",
    ),
    ItemName.DRIFT: (
        "No fault makes many orders drift.",
        "Run accord drift list and put the first cause right.",
    ),
    ItemName.CHANNEL: (
        "Every channel of alerts took a message.",
        "Name channels under [alerts], then run accord alerts test; the digest is a message too.",
    ),
    ItemName.REVIEW: (
        "Somebody read the accord file again.",
        "Read it with whoever runs the systems, then run accord reviewed.",
    ),
    ItemName.DATABASE: (
        "The database is safe.",
        "Run accord doctor: it says what is not as it must be, and what to do.",
    ),
}


def items() -> dict[ItemName, tuple[str, str]]:
    """Return what each item says, and what to do where it is open."""
    return _TOLD


def checklist(begun: Begun) -> list[Item]:
    """Return every item, done or not; the database only where somebody looked."""
    asked = [
        name for name in ItemName if name is not ItemName.DATABASE or begun.unsound is not None
    ]
    return [
        Item(name=name, what=_TOLD[name][0], open=tuple(_open(name, begun)), remedy=_TOLD[name][1])
        for name in asked
    ]


def _open(name: ItemName, begun: Begun) -> Iterator[str]:
    match name:
        case ItemName.HOOKS:
            yield from (
                f"{one.system} was not heard by a hook"
                for one in begun.systems
                if one.sends_hooks and not one.by_hook
            )
        case ItemName.FEEDS:
            yield from (
                f"{one.system} was not heard by its feed"
                for one in begun.systems
                if not one.by_feed
            )
        case ItemName.CENSUS:
            yield from (
                f"{one.system} has no certificate yet"
                for one in begun.systems
                if one.can_be_listed and not one.certified
            )
        case ItemName.CHANNEL:
            yield from _unheard(begun)
        case _:
            yield from _stuck(name, begun)


def _unheard(begun: Begun) -> Iterator[str]:
    if not begun.channels:
        yield "the accord names no channel"
    for channel in begun.channels:
        if channel not in begun.taken:
            yield f"the channel {channel} took no message yet"


def _stuck(name: ItemName, begun: Begun) -> Iterator[str]:
    if name is ItemName.WORDS:
        yield from begun.unknown_words
    elif name is ItemName.LETTERS and begun.dead_letters:
        yield f"given up: {begun.dead_letters}"
    elif name is ItemName.DRIFT:
        yield from begun.systemic
    elif name is ItemName.REVIEW and not begun.reviewed:
        yield "nobody did yet"
    elif name is ItemName.DATABASE:
        yield from begun.unsound or ()
