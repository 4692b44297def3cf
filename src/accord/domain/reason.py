"""Why something received cannot be used as it is: a closed set, each reason with its remedy."""

from collections.abc import Mapping
from datetime import datetime
from typing import get_args

from msgspec import Struct
from msgspec.structs import asdict

from accord.domain.action import action_name
from accord.domain.report import Ref


class UnreadablePayload(Struct, frozen=True, tag=True):
    """A payload that is not plain JSON, or not of the shape its sender documents."""

    system: str
    problem: str


class UnknownWord(Struct, frozen=True, tag=True):
    """A word in no table. Once the accord knows it, what waited on it is released."""

    system: str
    kind: str
    word: str


class UnknownSystem(Struct, frozen=True, tag=True):
    """Something of a system that the accord does not name."""

    system: str


class ContradictingNames(Struct, frozen=True, tag=True):
    """The names in one report belong to different orders. Nothing is guessed."""

    system: str
    names: tuple[str, ...]


class RivalOrder(Struct, frozen=True, tag=True):
    """A system has two orders, by its own ids, that share one name."""

    system: str
    known: str
    given: str


class UnusableName(Struct, frozen=True, tag=True):
    """A name that no system gives an order or a part of one: empty, or endless."""

    system: str
    scope: str
    length: int


class ImpossibleQuantity(Struct, frozen=True, tag=True):
    """A line with a quantity no order can have."""

    system: str
    line: str
    quantity: int


class ImpossibleTime(Struct, frozen=True, tag=True):
    """A time no order can have: before there were such systems, or still to come.

    A statement from the future would outrank everything its system says until then.
    """

    system: str
    field: str
    time: datetime


class NoAuthenticatedPayment(Struct, frozen=True, tag=True):
    """An order that wants goods, of which its shop says nothing about the money."""

    system: str
    order: str


class MalformedAddress(Struct, frozen=True, tag=True):
    """An order that wants goods sent to an address that nothing can be sent to."""

    system: str
    order: str
    field: str


class ReaderFailed(Struct, frozen=True, tag=True):
    """The connector's reader raised something it never raises on purpose."""

    system: str
    error: str


class Poison(Struct, frozen=True, tag=True):
    """Whoever took it in hand died or failed, several times."""

    system: str
    tries: int


Reason = (
    UnreadablePayload
    | UnknownWord
    | UnknownSystem
    | ContradictingNames
    | RivalOrder
    | UnusableName
    | ImpossibleQuantity
    | ImpossibleTime
    | NoAuthenticatedPayment
    | MalformedAddress
    | ReaderFailed
    | Poison
)


class Objection(Struct, frozen=True):
    """A reason, and the names of the order it speaks of as far as they could be read."""

    reason: Reason
    names: tuple[str, ...] = ()


class Flaw(Struct, frozen=True):
    """What a connector found wrong with one order in a payload: nothing of it is taken from there.

    ``order`` is the name under which the same payload's reports have it.
    """

    order: Ref
    reason: NoAuthenticatedPayment | MalformedAddress


def reason_code(reason: Reason | type[Reason]) -> str:
    """Return the word for a kind of reason in columns, commands and screens: ``unknown_word``."""
    return action_name(reason if isinstance(reason, type) else type(reason))


REASONS: Mapping[str, type[Reason]] = {reason_code(kind): kind for kind in get_args(Reason)}


def record_of(reason: Reason) -> str:
    """Return the kind of record or field a reason stands on; empty where it stands on none."""
    match reason:
        case UnknownWord(kind=record) | UnusableName(scope=record) | RivalOrder(known=record):
            return record
        case ImpossibleTime(field=record) | MalformedAddress(field=record):
            return record
        case _:
            return ""


def word_of(reason: Reason) -> str:
    """Return the word, line or name a reason is about; empty where it is about none."""
    match reason:
        case UnknownWord(word=word) | ImpossibleQuantity(line=word) | RivalOrder(given=word):
            return word
        case _:
            return ""


_CORRECT_IT = (
    "Correct the order there: the corrected one comes through by itself; discard this one."
)
_FAULT = "Report it as a fault; once its reader understands it, release it."

# What was found, filled in with the fields of the reason, and what a person does about it.
_TELLING: Mapping[type[Reason], tuple[str, str]] = {
    UnreadablePayload: ("{system} sent what cannot be read: {problem}", _FAULT),
    UnknownWord: (
        "{system} said {word!r} on {kind}, which is in no table.",
        "Map it under [[systems.{system}.words]] and start again: what waited on it is released.",
    ),
    UnknownSystem: (
        "The accord names no system {system!r}.",
        "Name it under [systems] and start again: what waited on it is released.",
    ),
    ContradictingNames: (
        "Its names belong to different orders: {names}.",
        "Correct the number or the external id in one of the systems, then release it.",
    ),
    RivalOrder: (
        "{system} has two orders, {known} and {given}, that share one name.",
        "Give one of them another number there, then release it.",
    ),
    UnusableName: ("{system} named an order by a {scope} of {length} characters.", _CORRECT_IT),
    ImpossibleQuantity: (
        "{system} gave line {line!r} the quantity {quantity}, which no order has.",
        _CORRECT_IT,
    ),
    ImpossibleTime: (
        "{system} gave {field} the time {time}, which no order can have.",
        _CORRECT_IT,
    ),
    NoAuthenticatedPayment: (
        "{system} wants goods sent for order {order} and tells nothing of its payment.",
        _CORRECT_IT,
    ),
    MalformedAddress: (
        "{system} wants order {order} sent to an address whose {field} cannot be one.",
        _CORRECT_IT,
    ),
    ReaderFailed: ("The reader of {system} failed: {error}", _FAULT),
    Poison: (
        "Whoever had it in hand died or failed, {tries} times in a row.",
        "Look at the payload and at the log; once the cause is gone, release it.",
    ),
}


def what(reason: Reason) -> str:
    """Return what was found, as a sentence."""
    return _told(_TELLING[type(reason)][0], reason)


def remedy(reason: Reason) -> str:
    """Return what a person does about it, as a sentence."""
    return _told(_TELLING[type(reason)][1], reason)


def sentence(reason: Reason) -> str:
    """Return what was found and what to do about it."""
    return f"{what(reason)} {remedy(reason)}"


def _told(text: str, reason: Reason) -> str:
    fields = asdict(reason)
    listed = {name: ", ".join(each) for name, each in fields.items() if isinstance(each, tuple)}
    told = text.format(**{**fields, **listed})
    return told if told.endswith(".") else f"{told}."
