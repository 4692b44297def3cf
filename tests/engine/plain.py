"""A connector without a vendor: its envelopes are reports, written down as they are."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from accord.bootstrap import Engine, engine
from accord.connector_kit.connector import Connector, Context
from accord.connector_kit.link import ConnectedSystem
from accord.connector_kit.signature import fingerprint
from accord.connector_kit.simulator import Simulator, World
from accord.connector_kit.wire import read_json
from accord.domain.accord import Accord, Role
from accord.domain.matrix import Matrix
from accord.domain.outcome import Applied, Outcome, Refused
from accord.domain.report import Ref, Report
from accord.domain.vocabulary import Vocabulary
from accord.engine.envelope import Envelope, Incoming, Lookup, Origin, Parsed
from accord.engine.notice_channel import Contact
from accord.engine.notice_sending import Notifying
from accord.engine.ports import Document, FeedError, Page, Store
from accord.engine.sweep import Compare, no_comparison
from tests.domain.stack import NOON


class Hand:
    """The far side of a plain link: documents laid out by the test, actions taken down."""

    def __init__(self) -> None:
        self.documents: dict[str, list[Document]] = {}
        self.pages: list[Page] = []
        self.answers: list[object] = []
        self.asked: list[Ref] = []
        self.performed: list[object] = []
        self.feed_error: Outcome | None = None
        self.sick: Outcome | None = None  # answered to everything while it lasts
        self.where: Contact | Outcome = Contact("maria.lopez@customer.example")

    async def changes(self, bookmark):
        for page in self.pages:
            if bookmark is None or page.bookmark > bookmark:
                yield page
        if self.feed_error is not None:
            raise FeedError(self.feed_error)

    async def reread(self, ref):
        self.asked.append(ref)
        if self.sick is not None:
            return self.sick
        key = f"{ref.scope}:{ref.value}"
        return self.documents.get(key, Refused("not_found", f"nothing is laid out as {key}"))

    async def perform(self, action, order: Matrix):
        self.performed.append(action)
        if self.sick is not None:
            return self.sick
        answer = self.answers.pop(0) if self.answers else Applied()
        return answer(action) if callable(answer) else answer

    async def destination(self, order: Matrix):
        return Refused("cannot", "a plain system knows no addresses")

    async def contact(self, order: Matrix):
        return self.where

    async def close(self) -> None:
        return


def body(*said: Report | Lookup, more: str = "") -> bytes:
    reports = tuple(s for s in said if isinstance(s, Report))
    lookups = tuple(s for s in said if isinstance(s, Lookup))
    return msgspec.json.encode({"reports": reports, "lookups": lookups, "more": more})


class Plain:
    """A running engine over plain links and a clock in the test's hand."""

    def __init__(
        self,
        accord: Accord,
        store: Store,
        notifying: Notifying | None = None,
        *,
        hand: Callable[[], Hand] = Hand,
        compare: Compare = no_comparison,
        **declared: Any,
    ) -> None:
        """Make the far sides by ``hand``; ``declared`` is added to every connector."""
        self.now = NOON
        self.rested: list[float] = []
        self._declared = declared
        self.parse: Callable[[Envelope], Parsed] = lambda each: read_json(each.body, Parsed)
        self.store = store
        self.hands = {name: hand() for name in accord.systems}
        links = {name: self._link(name) for name in accord.systems}
        self.engine: Engine = engine(
            accord,
            links,
            store,
            clock=lambda: self.now,
            chance=lambda: 0.5,
            notifying=notifying,
            compare=compare,
            rest=self._rest,
        )

    async def _rest(self, seconds: float) -> None:
        self.rested.append(seconds)
        self.now += timedelta(seconds=seconds)

    def _link(self, name: str) -> ConnectedSystem:
        connector = Connector(
            name="plain",
            title="Plain",
            role=Role.STOREFRONT,
            vocabulary=Vocabulary(version=1),
            owns=frozenset(),
            mirrors=frozenset(),
            can=frozenset(),
            settings=(),
            parse=lambda envelope, settings: self.parse(envelope),
            connect=lambda context: self.hands[name],
            simulate=no_simulator,
            **self._declared,
        )
        return ConnectedSystem(connector, _context(name, lambda: self.now))

    async def hear(self, system: str, *said: Report | Lookup, more: str = "") -> None:
        content = body(*said, more=more)
        await self.store.keep([incoming(system, content, self.now)])

    async def said(self, *reports: Report) -> None:
        for report in reports:
            await self.hear(report.system, report)
        while await self.engine.interpreter.turn():
            continue


def incoming(system: str, content: bytes, now: datetime) -> Incoming:
    return Incoming(
        system=system,
        topic="plain",
        origin=Origin.HOOK,
        identity=fingerprint(content),
        body=content,
        headers={},
        received_at=now,
    )


def _context(name: str, clock: Callable[[], datetime]) -> Context:
    return Context(system=name, settings={}, secrets={}, transport=None, clock=clock)


def no_simulator(world: World, system: str) -> Simulator:
    raise AssertionError(system)
