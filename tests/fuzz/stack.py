"""Every connector there is in one stack, and what is true of all that it takes in."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache

from accord.connector_kit.connector import Connector, Context
from accord.connector_kit.discovery import connectors
from accord.connector_kit.http import in_process
from accord.connector_kit.link import ConnectedSystem
from accord.connector_kit.signature import fingerprint
from accord.connector_kit.simulator import World
from accord.domain.accord import Accord
from accord.domain.ownership import EVERYWHERE, Ownership
from accord.domain.reason import ReaderFailed
from accord.domain.tracks import Track
from accord.engine.desk import EVERYTHING
from accord.engine.envelope import Incoming, Origin, Standing
from accord.engine.interpret import Interpreter
from accord.settings.systems import system_of
from accord.storage.memory import MemoryStore

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MANY = 1000


@cache
def contexts() -> Mapping[str, Context]:
    """Return a simulated system of every connector, by the connector's name."""
    return {name: _context(connector) for name, connector in connectors().items()}


def _context(connector: Connector) -> Context:
    simulator = connector.simulate(World(now=NOW), connector.name)
    return Context(
        system=connector.name,
        settings=simulator.settings,
        secrets=simulator.secrets,
        transport=in_process(simulator.app),
        clock=lambda: NOW,
    )


@cache
def links() -> Mapping[str, ConnectedSystem]:
    """Return them, connected."""
    return {name: ConnectedSystem(connectors()[name], each) for name, each in contexts().items()}


@cache
def accord() -> Accord:
    """Return an accord of all of them: who can own the fewest tracks owns those."""
    found = sorted(connectors().values(), key=lambda each: len(each.owns))
    owners = {track: next((c.name for c in found if track in c.owns), "") for track in Track}
    mirrors = {
        track: tuple(c.name for c in found if track in c.mirrors and c.name != owners[track])
        for track in Track
    }
    return Accord(
        systems={
            each.name: system_of(
                each.name, each, contexts()[each.name].settings, {}, each.vocabulary
            )
            for each in found
        },
        ownership=Ownership({t: {EVERYWHERE: name} for t, name in owners.items()}, mirrors),
    )


def incoming(
    system: str, topic: str, body: bytes, headers: Mapping[str, str], number: int
) -> Incoming:
    return Incoming(
        system=system,
        topic=topic,
        origin=tuple(Origin)[number % len(Origin)],
        identity=fingerprint(b"%d" % number, body),
        body=body,
        headers=headers,
        received_at=NOW,
    )


async def ends(given: Iterable[Incoming]) -> Mapping[Standing, int]:
    """Return where everything ends. Each has one end, and none because its reader failed."""
    store = MemoryStore()
    kept = await store.keep(list(given))
    interpreter = Interpreter(accord(), links(), store, lambda: NOW)
    for _ in range(kept + 1):
        if not await interpreter.turn():
            break
    counted: dict[Standing, int] = {}
    for by_standing in (await store.balance()).values():
        for standing, number in by_standing.items():
            counted[standing] = counted.get(standing, 0) + number
    assert sum(counted.values()) == kept
    failures = await _failures(store)
    assert not failures, failures[0]
    return counted


async def _failures(store: MemoryStore) -> Sequence[ReaderFailed]:
    aside = await store.desk.aside(EVERYTHING, 0, MANY)
    reasons = [each.reason for one in aside for each in one.objections]
    return [reason for reason in reasons if isinstance(reason, ReaderFailed)]
