"""Whatever a vendor does wrong comes back as the value that says what to do next."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from accord.connector_kit.connector import Connector
from accord.connector_kit.simulator import Fault
from accord.domain.action import ActionKind, action_name
from accord.domain.outcome import Outcome, Refused, Throttled, Unauthorized, Unavailable
from accord.domain.report import Ref
from accord.engine.ports import FeedError
from tests.contracts.bench import NUMBER, Bench, set_up

# More of a fault than any client tries again: a renewed token is refused as well.
FOR_GOOD = 9
SOON = timedelta(seconds=0.3)
# A client that keeps to a deadline of its own is still waiting then.
GIVEN_UP = timedelta(seconds=8)
LONGEST_WAIT = timedelta(hours=1)

faulty = pytest.mark.parametrize(
    ("fault", "value"),
    [
        (Fault.THROTTLE, Throttled),
        (Fault.OUTAGE, Unavailable),
        (Fault.HTML, Unavailable),
        (Fault.EXPIRED, Unauthorized),
        (Fault.REFUSAL, Refused),
    ],
)


def assert_usable(outcome: object, value: type[Outcome]) -> None:
    """Assert that an outcome is of its kind and says what its reader needs."""
    assert type(outcome) is value
    match outcome:
        case Throttled(wait):
            assert timedelta(0) < wait <= LONGEST_WAIT
        case Refused(code, message):
            assert code
            assert message
        case Unavailable(message) | Unauthorized(message):
            assert message


async def feed_outcome(bench: Bench) -> object:
    """Return why the change feed stopped, or what it told."""
    try:
        return await bench.changes()
    except FeedError as stopped:
        return stopped.outcome


@faulty
async def test_a_failed_action_says_what_to_do_next_and_did_nothing(
    bench: Bench, kind: ActionKind, fault: Fault, value: type[Outcome]
) -> None:
    example = bench.example(kind)
    known, words = await bench.matrix(example.order), bench.simulator.words(NUMBER)
    bench.simulator.fail(fault, FOR_GOOD)

    assert_usable(await bench.client.perform(example.action, known), value)

    assert bench.simulator.words(NUMBER) == words


@faulty
async def test_a_failed_reading_says_what_to_do_next(
    bench: Bench, fault: Fault, value: type[Outcome]
) -> None:
    order = an_order(bench)
    bench.simulator.fail(fault, FOR_GOOD)

    assert_usable(await bench.reread(order), value)


@faulty
async def test_a_feed_that_fails_stops_with_what_to_do_next(
    bench: Bench, fault: Fault, value: type[Outcome]
) -> None:
    bench.live()
    bench.simulator.fail(fault, FOR_GOOD)

    assert_usable(await feed_outcome(bench), value)


async def test_a_system_that_hangs_is_left_at_the_deadline(connector: Connector) -> None:
    async with set_up(connector, answer_within=SOON) as bench:
        kind = min(connector.can, key=action_name)
        example = bench.example(kind)
        known = await bench.matrix(example.order)
        bench.simulator.fail(Fault.HANG, FOR_GOOD)

        async with asyncio.timeout(GIVEN_UP.total_seconds()):
            assert_usable(await bench.client.perform(example.action, known), Unavailable)
            assert_usable(await bench.reread(example.order), Unavailable)
            assert_usable(await feed_outcome(bench), Unavailable)


async def test_a_token_that_ran_out_early_is_renewed_where_there_are_tokens(bench: Bench) -> None:
    order = an_order(bench)
    signs_in = await calls(bench, order) > await calls(bench, order)
    bench.simulator.fail(Fault.EXPIRED)

    answer = await bench.reread(order)

    assert signs_in == isinstance(answer, Sequence)


async def test_credentials_that_are_wrong_are_unauthorized(bench: Bench) -> None:
    order = an_order(bench)
    secrets = {name: secret[::-1] for name, secret in bench.context.secrets.items()}
    stranger = bench.connector.connect(replace(bench.context, secrets=secrets))

    answer = await stranger.reread(Ref(bench.connector.order_scope, order))

    assert_usable(answer, Unauthorized)
    await stranger.close()


def an_order(bench: Bench) -> str:
    """Return the name of an order that can be read again."""
    return bench.example(min(bench.connector.can, key=action_name)).order


async def calls(bench: Bench, order: str) -> int:
    """Return how many calls it takes to read an order."""
    before = bench.wire.calls
    await bench.reread(order)
    return bench.wire.calls - before
