"""An action changes something once, however often it is asked and whatever gets in between."""

import pytest

from accord.connector_kit.connector import Connector
from accord.connector_kit.simulator import Fault
from accord.domain.action import ActionKind
from accord.domain.matrix import Matrix
from accord.domain.outcome import Accepted, Applied, Outcome, Refused, Unneeded
from tests.contracts.actions import one_of_each
from tests.contracts.bench import NUMBER, Bench, set_up

TOOK = (Applied, Accepted)
DONE = (*TOOK, Unneeded)


async def test_an_action_changes_what_the_system_tells(bench: Bench, kind: ActionKind) -> None:
    example = bench.example(kind)
    before = await bench.standing(example.order)

    outcome = await bench.client.perform(example.action, await bench.matrix(example.order))

    assert isinstance(outcome, TOOK)
    assert await bench.standing(example.order) != before


async def test_an_action_repeated_has_one_effect(bench: Bench, kind: ActionKind) -> None:
    example = bench.example(kind)
    known = await bench.matrix(example.order)
    await bench.client.perform(example.action, known)
    after, words = await bench.standing(example.order), bench.simulator.words(NUMBER)

    assert isinstance(await bench.client.perform(example.action, known), Unneeded)
    assert await bench.standing(example.order) == after
    assert bench.simulator.words(NUMBER) == words


@pytest.mark.parametrize("fault", [Fault.OUTAGE, Fault.LOST_REPLY])
async def test_an_action_broken_off_at_any_call_and_tried_again_has_one_effect(
    connector: Connector, kind: ActionKind, fault: Fault
) -> None:
    undisturbed, calls = await performed(connector, kind)
    for calm in range(calls):
        async with set_up(connector) as bench:
            example = bench.example(kind)
            known = await bench.matrix(example.order)
            bench.wire.fail_after(calm, fault)
            broken = await bench.client.perform(example.action, known)
            again = await bench.client.perform(example.action, known)

            assert isinstance(again, DONE), (calm, broken, again)
            assert await bench.standing(example.order) == undisturbed, (calm, broken, again)


async def performed(connector: Connector, kind: ActionKind) -> tuple[list[dict[str, object]], int]:
    """Return what is so after an action that nothing disturbs, and the calls it took."""
    async with set_up(connector) as bench:
        example = bench.example(kind)
        known = await bench.matrix(example.order)
        before = bench.wire.calls
        await bench.client.perform(example.action, known)
        calls = bench.wire.calls - before
        return await bench.standing(example.order), calls


async def test_what_a_connector_does_not_declare_it_refuses(bench: Bench) -> None:
    bench.live()
    can = bench.connector.can
    others = [action for action in one_of_each(bench.world.now) if type(action) not in can]

    outcomes: list[Outcome] = [await bench.client.perform(other, Matrix()) for other in others]

    assert {(type(o), getattr(o, "code", "")) for o in outcomes} <= {(Refused, "cannot")}
    assert bench.wire.calls == 0
