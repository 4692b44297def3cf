"""How a connector declares itself. What is absent it cannot do."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol, runtime_checkable

import httpx2

from accord.connector_kit.http import ANSWER_WITHIN
from accord.connector_kit.meter import Meter
from accord.connector_kit.simulator import Simulator, World
from accord.domain.accord import Role
from accord.domain.action import Action, ActionKind, Destination
from accord.domain.matrix import Matrix
from accord.domain.outcome import Outcome
from accord.domain.report import Ref
from accord.domain.tracks import Track
from accord.domain.vocabulary import Vocabulary
from accord.engine.envelope import Envelope, Parsed
from accord.engine.link import Delivery, Document, Page, Subscription


class Need(Enum):
    """How a setting is given."""

    ACCORD = "accord"  # in the accord file: addresses, account ids, declared facts
    SECRET = "secret"  # noqa: S105 - the kind of setting, from the environment or a file only


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One thing a connector must be told. ``choices`` closes the set of values."""

    name: str
    help: str
    need: Need = Need.ACCORD
    default: str | bool | None = None
    choices: tuple[str | bool, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a connected system is built from: its name, its settings and the world."""

    system: str
    settings: Mapping[str, str | bool]
    secrets: Mapping[str, str]
    transport: httpx2.AsyncBaseTransport | None
    clock: Callable[[], datetime]
    places: Mapping[str, str] = field(default_factory=dict)
    answer_within: timedelta = ANSWER_WITHIN
    meter: Meter = field(default_factory=Meter)
    # Asked for by every delivery, and the same for as long as the process runs.
    _pairs: dict[str, tuple[str, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def secret_pair(self, name: str) -> tuple[str, ...]:
        """Return the current secret and, during a rotation, the one before it."""
        pair = self._pairs.get(name)
        if pair is None:
            given = (self.secrets.get(name), self.secrets.get(f"{name}_previous"))
            pair = self._pairs[name] = tuple(secret for secret in given if secret)
        return pair


class Client(Protocol):
    """All the talking to one system, and none of the meaning."""

    def changes(self, bookmark: str | None) -> AsyncIterator[Page]:
        """Yield pages of what changed since ``bookmark``."""

    async def reread(self, ref: Ref) -> Sequence[Document] | Outcome:
        """Return the thing named by ``ref`` as it is now, or why it could not be read."""

    async def perform(self, action: Action, order: Matrix) -> Outcome:
        """Ask for one change; every failure is a value."""

    async def destination(self, order: Matrix) -> Destination | Outcome:
        """Return where the order's parcels go, or why it cannot be told."""

    async def close(self) -> None:
        """Let go of connections."""


@runtime_checkable
class Lists(Protocol):
    """A client that can list all that changed in a window."""

    def listing(self, since: datetime, until: datetime) -> AsyncIterator[Page]:
        """Yield pages of what was last changed in the window, at least one."""


@runtime_checkable
class Subscribes(Protocol):
    """A client that can look after the subscriptions of its hooks."""

    async def subscriptions(self) -> Sequence[Subscription] | Outcome:
        """Return what is sent to whom, or why it cannot be told."""

    async def subscribe(self, topic: str, address: str) -> Outcome:
        """Ask for ``topic`` to be sent to ``address``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector:
    """One kind of system, declared.

    ``owns`` and ``mirrors`` are the tracks it can own and can be brought into step on; ``can``
    the actions it knows. ``topics`` are the hook addresses it sends to, ``subscribable`` those of
    them it can be asked for. ``silent`` are the tracks of which its feed can miss something.
    ``tells`` names by the kind of document in its feed the hook that comes of any such change.
    ``authentic`` and ``identity`` see raw bytes; ``parse`` is pure. ``simulate`` builds a pretend
    system.
    ``kept_topic`` takes out of an address what must not be stored: an address may hold a secret.
    ``at_once`` is how many calls one process may have under way (two or more: one is kept free
    for cancels), ``gives_up_after`` how long the vendor may still work on a call nobody waits for.
    """

    name: str
    title: str
    role: Role
    vocabulary: Vocabulary
    owns: frozenset[Track]
    mirrors: frozenset[Track]
    can: frozenset[ActionKind]
    settings: tuple[Setting, ...]
    parse: Callable[[Envelope, Mapping[str, str | bool]], Parsed]
    connect: Callable[[Context], Client]
    simulate: Callable[[World, str], Simulator]
    topics: frozenset[str] = frozenset()
    subscribable: frozenset[str] = frozenset()
    silent: frozenset[Track] = frozenset()
    tells: Mapping[str, str] = field(default_factory=dict)
    authentic: Callable[[Delivery, Context, datetime], bool] | None = None
    identity: Callable[[Delivery], bytes] | None = None
    kept_topic: Callable[[str], str] | None = None
    poll_every: timedelta = timedelta(minutes=1)
    at_once: int = 5
    gives_up_after: timedelta = timedelta(minutes=5)
    order_scope: str = "order"
