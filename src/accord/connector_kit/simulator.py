"""The world of simulated systems: one clock, one network of hooks, faults on demand."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any, Protocol

from accord.domain.action import Action, ActionKind

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]


class Fault(StrEnum):
    """How a simulated system can misbehave; each in its vendor's own shape."""

    THROTTLE = "throttle"  # too much asked at once
    OUTAGE = "outage"  # an error of the vendor's own, nothing done
    HTML = "html"  # a page for people where data was due
    HANG = "hang"  # no answer at all
    EXPIRED = "expired"  # the access token is no longer accepted
    REFUSAL = "refusal"  # understood, and not done
    LOST_REPLY = "lost_reply"  # done, but the answer never arrives
    FORGOTTEN = "forgotten"  # answered as done, and nothing is there


# What matters only to a call that changes something.
OF_CHANGES = frozenset({Fault.LOST_REPLY, Fault.FORGOTTEN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """One call a simulated system makes to us, signed as its vendor signs."""

    system: str
    topic: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class World:
    """What simulated systems share: the time, chance, and the wire their hooks go out on.

    ``sent`` collects hooks in the order they were made; who plays the story decides when, in
    what order and how often each arrives.
    """

    now: datetime
    chance: Random = field(default_factory=lambda: Random(1))  # noqa: S311 - a story, not a secret
    sent: list[Hook] = field(default_factory=list)

    def clock(self) -> datetime:
        """Return the present time of this world."""
        return self.now

    def pass_time(self, much: timedelta) -> None:
        """Let time go by."""
        self.now += much


@contextmanager
def undoing(world: World, *tables: dict[str, Any]) -> Iterator[None]:
    """Undo at the end what was done to ``tables`` and what was sent out."""
    before, sent = deepcopy(tables), len(world.sent)
    yield
    for table, kept in zip(tables, before, strict=True):
        table.clear()
        table.update(kept)
    del world.sent[sent:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An action that is possible and changes something, and the order it is asked of.

    ``order`` names the order as its connector reads it again: a value in its ``order_scope``.
    """

    order: str
    action: Action


class Simulator(Protocol):
    """A pretend system: its API as an ASGI application, its state in memory.

    ``system`` is the name it was given; ``secrets`` and ``settings`` are what a connector needs
    to talk to it; ``page_size`` limits every listing.
    """

    system: str
    page_size: int

    @property
    def app(self) -> Asgi:
        """The API."""

    @property
    def settings(self) -> Mapping[str, str | bool]:
        """What the accord file would say of this system."""

    @property
    def secrets(self) -> Mapping[str, str]:
        """What the environment would hold for this system."""

    def fail(self, fault: Fault, times: int = 1) -> None:
        """Answer the next ``times`` calls that ask for work (not for tokens) with ``fault``."""

    def words(self, order_number: str) -> Mapping[str, str]:
        """Return what the system says of an order, by record or field, in its own words."""

    def story(self, number: str) -> Iterator[None]:
        """Live through an order of this number, one deed of its people at each step.

        It ends with something that was shipped, and passes through as much else as the system
        tells of.
        """

    def example(self, kind: ActionKind, number: str) -> Example:
        """Set up an order of this number of which an action of ``kind`` can now be asked."""
