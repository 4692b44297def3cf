from hypothesis import given
from hypothesis import strategies as st

from accord.domain.ownership import EVERYWHERE
from accord.domain.tracks import Track
from accord.settings.accord_file import AccordFile, read_accord
from accord.settings.draft import Answers, draft
from accord.settings.presets import OwnershipPreset, StagePreset
from tests.settings.catalogue import CATALOGUE, SECRETS

SETTINGS = {"shop": {"shop": "example.myshopify.com"}, "books": {"account": "1234567"}}
OTHERS = {"books": "netsuite", "warehouse": "shipstation", "depot": "shipstation", "ups": "ups"}
WAREHOUSES = {"warehouse", "depot"}
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8).filter(str.strip)


@st.composite
def answers(draw: st.DrawFn) -> Answers:
    systems = {
        "shop": "shopify",
        **{n: OTHERS[n] for n in draw(st.sets(st.sampled_from([*OTHERS])))},
    }
    able = [n for n, kind in systems.items() if Track.FULFILLMENT in CATALOGUE[kind].owns]
    places = draw(st.lists(TEXTS, max_size=3, unique_by=str.strip))
    ships = {place: draw(st.sampled_from(able)) for place in places}
    ids = {
        place: {
            name: f"{name}-{number}"
            for name in systems
            if name == owner or name not in {*WAREHOUSES, "ups"}
        }
        for number, (place, owner) in enumerate(ships.items())
    }
    return Answers(
        systems=systems,
        settings={name: SETTINGS.get(name, {}) for name in systems},
        ships=ships or {EVERYWHERE: draw(st.sampled_from(able))},
        places=ids,
        ownership=draw(st.sampled_from(OwnershipPreset)),
        stages=draw(st.sampled_from(StagePreset)),
        responsible=draw(TEXTS.map(lambda text: f'"{text.translate(QUOTED)}" <a@example.com>')),
    )


QUOTED = str.maketrans({'"': "", "\\": "", "\r": " ", "\n": " "})


def read(given: Answers) -> AccordFile:
    return read_accord(draft(given, CATALOGUE), CATALOGUE, {})


@given(answers())
def test_what_is_written_passes_the_check_whatever_the_answers(given: Answers) -> None:
    found = read(given)

    assert [str(finding) for finding in found.findings if not found.sound] == []
    assert found.accord is not None
    assert found.accord.ownership.owners_of(Track.FULFILLMENT) == set(given.ships.values())
    assert list(found.accord.systems) == list(given.systems)


@given(answers())
def test_what_is_written_for_support_writes_nothing(given: Answers) -> None:
    found = read(given).accord
    assert found is not None

    watching = given.ownership is OwnershipPreset.SUPPORT
    assert not watching or not any(system.can for system in found.systems.values())


def test_a_written_out_preset_says_what_the_preset_says() -> None:
    given = Answers(
        systems={"shop": "shopify", "books": "netsuite", "warehouse": "shipstation"},
        settings=SETTINGS,
        ships={EVERYWHERE: "warehouse"},
        responsible="ana@example.com",
    )
    text = draft(given, CATALOGUE)
    short = text[: text.index("# Who owns each")]
    short += '[tracks]\npreset = "storefront"\n[stages]\npreset = "simple"\n'

    assert read(given).accord is not None
    written, preset = read(given).accord, read_accord(short, CATALOGUE, SECRETS).accord
    assert written is not None
    assert preset is not None
    assert written.ownership == preset.ownership
    assert written.stages == preset.stages
