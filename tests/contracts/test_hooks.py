"""A hook is believed on its proof alone, and what no proof covers is at most a hint."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from msgspec.structs import replace as replaced

from accord.connector_kit.link import ConnectedSystem
from accord.engine.ports import Delivery
from tests.contracts.bench import NUMBER, Bench, delivery

A_DAY = timedelta(days=1)


def sent(bench: Bench) -> Iterator[tuple[Delivery, datetime]]:
    """Yield every hook of an order's life and when it was sent."""
    for _ in bench.simulator.story(NUMBER):
        yield from ((delivery(hook), bench.world.now) for hook in bench.world.sent)
        bench.world.sent.clear()
        bench.world.pass_time(A_DAY)


def believed(
    bench: Bench, given: Delivery, at: datetime, secrets: Mapping[str, str] | None = None
) -> bool:
    context = replace(bench.context, secrets=secrets or bench.context.secrets)
    return ConnectedSystem(bench.connector, context).authentic(given, at)


def says_something(bench: Bench, given: Delivery) -> bool:
    return bool(bench.parse(given).reports)


async def test_a_connector_with_topics_sends_hooks_and_they_are_believed(bench: Bench) -> None:
    hooks = list(sent(bench))

    assert bool(hooks) == bool(bench.connector.topics)
    assert all(believed(bench, hook, at) for hook, at in hooks)


async def test_a_hook_comes_to_a_declared_address_that_holds_no_secret(bench: Bench) -> None:
    link = ConnectedSystem(bench.connector, bench.context)

    kept = {link.kept_topic(hook.topic) for hook, _ in sent(bench)}

    assert kept <= bench.connector.topics
    assert not any(secret in topic for topic in kept for secret in bench.context.secrets.values())


async def test_a_hook_proven_with_somebody_elses_secrets_is_refused(bench: Bench) -> None:
    secrets = {name: f"not {secret}" for name, secret in bench.context.secrets.items()}

    assert not any(believed(bench, hook, at, secrets) for hook, at in sent(bench))


async def test_while_secrets_are_exchanged_hooks_proven_with_the_old_ones_are_believed(
    bench: Bench,
) -> None:
    secrets = bench.context.secrets
    old = {f"{name}_previous": secret for name, secret in secrets.items()}
    new = {name: f"not {secret}" for name, secret in secrets.items()}

    assert all(believed(bench, hook, at, new | old) for hook, at in sent(bench))


async def test_a_hook_without_its_proof_is_refused(bench: Bench) -> None:
    link = ConnectedSystem(bench.connector, bench.context)
    for hook, at in sent(bench):
        bare = Delivery(link.kept_topic(hook.topic), {}, hook.body)
        odd = Delivery(bare.topic, dict.fromkeys(hook.headers, "\u2603 \xff="), hook.body)
        assert not believed(bench, bare, at)
        assert not believed(bench, odd, at)


async def test_a_hook_changed_on_its_way_is_refused_or_no_more_than_a_hint(bench: Bench) -> None:
    for hook, at in sent(bench):
        forged = replaced(hook, body=hook.body.replace(b"1", b"2", 1))
        assert forged != hook
        assert not (believed(bench, forged, at) and says_something(bench, forged)), hook.topic


async def test_a_hook_that_comes_a_day_late_is_refused_or_says_what_it_said(bench: Bench) -> None:
    for hook, at in sent(bench):
        late = at + A_DAY
        said, now = bench.parse(hook, at), bench.parse(hook, late)
        assert not believed(bench, hook, late) or said == now, hook.topic


async def test_of_copies_of_a_hook_one_is_kept_and_of_others_all(bench: Bench) -> None:
    link = ConnectedSystem(bench.connector, bench.context)
    hooks = [hook for hook, _ in sent(bench)]
    copies = [Delivery(hook.topic, dict(hook.headers), hook.body) for hook in hooks]

    identities = [link.identity(hook) for hook in hooks]

    assert [link.identity(copy) for copy in copies] == identities
    assert len({(h.topic, h.body) for h in hooks}) <= len(set(identities))
