"""What a connector declares hangs together, and its README says what must be known."""

from collections.abc import Mapping
from datetime import timedelta
from typing import get_args

import pytest

from accord.connector_kit.connector import Connector, Need
from accord.connector_kit.simulator import World
from accord.domain.action import (
    Action,
    ActionKind,
    Advance,
    Allocate,
    Approve,
    AuthorizeReturn,
    CancelOrder,
    CloseReturn,
    Complete,
    Ship,
    TellDelivery,
)
from accord.domain.errors import UnreadableError
from accord.domain.tracks import Track
from accord.domain.vocabulary_proof import prove_vocabulary
from accord.engine.envelope import Envelope, Origin
from accord.engine.ports import Delivery
from tests.contracts.actions import one_of_each
from tests.contracts.bench import MORNING, SYSTEM, envelope, system
from tests.contracts.folder import folder_of, readme_of, samples_of

# One of these brings a mirror's record into being or to its end, on the track it is listed under.
BRINGS_INTO_STEP: dict[Track, frozenset[ActionKind]] = {
    Track.ORDER: frozenset({CancelOrder, Approve, Complete}),
    Track.FULFILLMENT: frozenset({Ship, Advance, Allocate}),
    Track.DELIVERY: frozenset({TellDelivery}),
    Track.RETURN: frozenset({AuthorizeReturn, CloseReturn}),
}


def test_one_of_each_is_one_of_every_kind() -> None:
    assert {type(action) for action in one_of_each(MORNING)} == set(get_args(Action))


def test_a_connector_bears_the_name_of_its_folder(connector: Connector) -> None:
    assert folder_of(connector).joinpath("vocabulary.toml").is_file()
    assert connector.title


def test_the_table_of_words_is_sound(
    connector: Connector, settings: Mapping[str, str | bool]
) -> None:
    assert list(prove_vocabulary(system(connector, settings))) == []


def test_every_condition_on_a_word_is_on_a_declared_setting(connector: Connector) -> None:
    choices = {setting.name: setting.choices for setting in connector.settings}

    for row in connector.vocabulary.rows:
        assert all(value in choices.get(name, ()) for name, value in row.when.items()), row


def test_some_word_speaks_on_every_track_it_owns_or_mirrors(connector: Connector) -> None:
    silent = {t for t in connector.owns | connector.mirrors if not connector.vocabulary.carries(t)}

    assert silent == set()


def test_on_every_track_it_mirrors_it_can_be_brought_into_step(connector: Connector) -> None:
    stuck = {track for track in connector.mirrors if not BRINGS_INTO_STEP[track] & connector.can}

    assert stuck == set()


def test_the_simulator_is_given_exactly_what_the_connector_asks_for(connector: Connector) -> None:
    simulator = connector.simulate(World(now=MORNING), SYSTEM)
    asked = {need: {s.name for s in connector.settings if s.need is need} for need in Need}
    optional = {s.name for s in connector.settings if s.default is not None}

    assert asked[Need.ACCORD] - optional <= set(simulator.settings) <= asked[Need.ACCORD]
    assert set(simulator.secrets) == asked[Need.SECRET]


def test_every_setting_says_what_it_is_and_its_default_is_a_choice(connector: Connector) -> None:
    for setting in connector.settings:
        assert setting.help, setting.name
        assert not setting.choices or setting.default in setting.choices, setting.name
        # A secret is given or, where one can do without it, empty; it is never made up.
        assert setting.need is Need.ACCORD or not setting.default, setting.name


def test_the_readme_tells_how_to_give_every_setting(connector: Connector) -> None:
    readme = readme_of(connector)

    assert [s.name for s in connector.settings if s.name not in readme] == []


def test_the_readme_tells_how_to_connect_its_limits_and_where_the_vendor_says_so(
    connector: Connector,
) -> None:
    readme = readme_of(connector)
    headings = " ".join(line for line in readme.splitlines() if line.startswith("#")).casefold()

    assert all(word in headings for word in ("connect", "limits", "traps"))
    assert "https://" in readme


def test_changes_are_asked_for_often_enough_and_not_without_a_pause(connector: Connector) -> None:
    assert timedelta(seconds=10) <= connector.poll_every <= timedelta(minutes=15)


def test_hooks_are_declared_with_their_proof_or_not_at_all(connector: Connector) -> None:
    assert bool(connector.topics) == (connector.authentic is not None)


@pytest.mark.parametrize("body", [b"{}", b"[]", b"null", b"<html>", b"", b"\xff\xfe", b"[" * 9_000])
def test_any_body_at_any_address_is_ignored_a_hint_or_unreadable(
    connector: Connector, settings: Mapping[str, str | bool], body: bytes
) -> None:
    shown = {sample.topic for sample in samples_of(connector).values()}

    for topic in (*connector.topics, *shown):
        try:
            parsed = connector.parse(hook(topic, body), settings)
        except UnreadableError:
            continue
        assert parsed.ignored or parsed.lookups, topic
        assert not parsed.reports, topic


def test_an_address_nobody_knows_is_ignored_with_a_reason(
    connector: Connector, settings: Mapping[str, str | bool]
) -> None:
    assert connector.parse(hook("nobody/knows", b"{}"), settings).ignored


def hook(topic: str, body: bytes) -> Envelope:
    return envelope(Delivery(topic, {}, body), Origin.HOOK, MORNING)


def test_what_its_lists_can_miss_is_on_tracks_it_tells_of(connector: Connector) -> None:
    assert connector.silent <= connector.owns | connector.mirrors
