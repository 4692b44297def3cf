from datetime import timedelta
from itertools import product

import pytest

from accord.domain.accord import Accord, Rule
from accord.domain.ownership import EVERYWHERE
from accord.domain.tracks import State, Track
from accord.domain.vocabulary import Meaning, Silent
from accord.settings.accord_file import AccordFile, read_accord
from accord.settings.presets import OwnershipPreset, StagePreset, owners
from tests.settings.catalogue import CATALOGUE, SECRETS
from tests.settings.examples import HEAD, LOCATED, SYSTEMS, WHOLE, with_change


def read(text: str) -> AccordFile:
    return read_accord(text, CATALOGUE, SECRETS)


def accord_of(text: str) -> Accord:
    found = read(text)
    assert found.findings == ()
    assert found.accord is not None
    return found.accord


def preset(ownership: str, stages: str = "simple") -> str:
    return f'{HEAD}{SYSTEMS}[tracks]\npreset = "{ownership}"\n[stages]\npreset = "{stages}"\n'


def test_the_limits_of_drift_are_the_accords() -> None:
    said = accord_of(f'partial_limit = "3 weeks"\nrefund_within = "10 days"\n{WHOLE}')
    left_out = accord_of(WHOLE)

    assert (said.partial_limit, said.refund_within) == (timedelta(weeks=3), timedelta(days=10))
    assert (left_out.partial_limit, left_out.refund_within) == (timedelta(weeks=2), None)


def test_a_file_in_which_everything_is_said_becomes_the_accord() -> None:
    accord = accord_of(WHOLE)

    assert accord.responsible == "Ana Lima <ana@example.com>"
    assert accord.latency_target == timedelta(minutes=5)
    assert accord.ownership.owner(Track.FULFILLMENT, "anywhere") == "warehouse"
    assert accord.ownership.mirrors[Track.FULFILLMENT] == ("shop", "books")
    assert accord.rule(Track.RETURN) is Rule.ASK
    assert [stage.name for stage in accord.stages] == ["ordered", "packed", "delivered"]
    assert accord.stages[1].stall_after == timedelta(hours=36)
    assert accord.stages[2].stall_after is None


def test_the_words_of_the_file_stand_beside_those_of_the_connector() -> None:
    books = accord_of(WHOLE).systems["books"]

    assert books.read("SalesOrd", "x") == Meaning({Track.ORDER: State.ON_HOLD})
    assert isinstance(books.read("SalesOrd", "Y"), Silent)
    assert books.read("SalesOrd", "A") == Meaning({Track.ORDER: State.ON_HOLD})


def test_a_word_of_the_connector_can_be_given_another_meaning() -> None:
    books = accord_of(with_change(WHOLE, 'word = "X"', 'word = "a"\nnote = "ours"')).systems[
        "books"
    ]

    assert [row.note for row in books.vocabulary.rows if row.word.casefold() == "a"] == ["ours"]


def test_a_word_under_one_condition_leaves_the_other_condition_alone() -> None:
    text = with_change(WHOLE, 'word = "X"', 'word = "G"\nwhen = { billing_in_advance = false }')
    books = accord_of(text).systems["books"]

    assert books.read("SalesOrd", "G") == Meaning({Track.ORDER: State.ON_HOLD})
    assert len([row for row in books.vocabulary.rows if row.word == "G"]) == 2


def test_a_word_under_a_condition_wins_over_the_connector_s_entry_for_all() -> None:
    text = with_change(WHOLE, 'word = "X"', 'word = "A"\nwhen = { billing_in_advance = false }')
    text = with_change(text, 'means = { order = "on_hold" }', 'means = { order = "open" }')
    books = accord_of(text).systems["books"]

    assert books.read("SalesOrd", "A") == Meaning({Track.ORDER: State.OPEN})


def test_a_declared_fact_that_is_not_given_has_its_default() -> None:
    assert accord_of(WHOLE).systems["books"].settings["billing_in_advance"] is False


@pytest.mark.parametrize(
    ("ownership", "stages"), list(product(OwnershipPreset, StagePreset)), ids=str
)
def test_every_preset_is_sound(ownership: str, stages: str) -> None:
    assert all(stage.person for stage in accord_of(preset(ownership, stages)).stages)


def test_the_storefront_preset_leaves_the_goods_to_the_warehouse() -> None:
    owners = accord_of(preset("storefront")).ownership.owners

    assert [owners[track][EVERYWHERE] for track in Track] == [
        "shop", "shop", "warehouse", "warehouse", "shop",
    ]  # fmt: skip


def test_the_fulfillment_preset_leaves_the_shop_only_the_payment() -> None:
    owners = accord_of(preset("fulfillment")).ownership.owners

    assert [track for track in Track if owners[track][EVERYWHERE] == "shop"] == [Track.PAYMENT]


def test_a_preset_lets_every_system_follow_that_can() -> None:
    mirrors = accord_of(preset("storefront")).ownership.mirrors

    assert mirrors[Track.ORDER] == ("books", "warehouse")
    assert mirrors[Track.DELIVERY] == ("shop",)
    assert mirrors[Track.PAYMENT] == ()


def test_under_the_support_preset_nothing_is_written() -> None:
    accord = accord_of(preset("support"))

    assert not any(accord.ownership.mirrors.values())
    assert not any(system.can for system in accord.systems.values())


def test_a_carrier_takes_the_delivery_under_a_preset() -> None:
    text = preset("storefront") + '[systems.ups]\nconnector = "ups"\n'

    assert accord_of(text).ownership.owners[Track.DELIVERY] == {EVERYWHERE: "ups"}


def test_what_the_file_says_of_a_track_wins_over_the_preset() -> None:
    text = with_change(preset("storefront"), "[stages]", 'return = { owner = "books" }\n[stages]')
    ownership = accord_of(text).ownership

    assert ownership.owners[Track.RETURN] == {EVERYWHERE: "books"}
    assert ownership.mirrors[Track.RETURN] == ("shop",)


def test_several_warehouses_own_what_stands_in_their_own_places() -> None:
    accord = accord_of(LOCATED)

    assert accord.ownership.owners[Track.FULFILLMENT] == {"east": "warehouse", "west": "depot"}
    assert accord.systems["shop"].places == {"east": "655441491", "west": "655441492"}
    assert accord.ownership.mirrors[Track.FULFILLMENT] == ("shop", "books")


def test_a_stage_of_a_preset_changes_only_in_what_the_file_says_of_it() -> None:
    text = preset("storefront") + '[stages.fulfilled]\nperson = "Ben Roth"\n'
    fulfilled = accord_of(text).stages[1]

    assert (fulfilled.name, fulfilled.person) == ("fulfilled", "Ben Roth")
    assert fulfilled.when == {"fulfillment": (State.SHIPPED,)}


def test_windows_line_ends_change_nothing() -> None:
    assert accord_of(WHOLE.replace("\n", "\r\n")) == accord_of(WHOLE)


def test_a_preset_gives_a_place_to_the_warehouse_rather_than_to_a_shop_that_knows_it() -> None:
    found = owners(["shop", "warehouse"], accord_of(LOCATED).systems)

    assert found == {"east": "warehouse", "west": "shop"}


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("https://hooks.example.com", "https://hooks.example.com"),
        ("https://example.com:8443/accord/", "https://example.com:8443/accord"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("http://localhost", "http://localhost"),
    ],
)
def test_hooks_are_reached_below_an_address_without_a_slash_at_its_end(
    written: str, address: str
) -> None:
    assert accord_of(f'address = "{written}"\n{WHOLE}').address == address


def test_subscriptions_are_looked_after_unless_the_file_says_otherwise() -> None:
    text = with_change(WHOLE, 'shop = "example', 'subscribe = false\nshop = "example')

    assert accord_of(WHOLE).address == ""
    assert accord_of(WHOLE).systems["shop"].subscribe
    assert not accord_of(text).systems["shop"].subscribe
