"""The connectors there are, as an accord file sees them."""

from itertools import product

import pytest

from accord.connector_kit.connector import Connector, Need
from accord.connector_kit.discovery import connectors
from accord.domain.finding import Severity
from accord.domain.ownership import EVERYWHERE
from accord.domain.vocabulary_proof import prove_vocabulary
from accord.settings.accord_file import read_accord
from accord.settings.draft import Answers, draft
from accord.settings.presets import OwnershipPreset, StagePreset
from accord.settings.systems import system_of

THREE = {"shop": "shopify", "books": "netsuite", "warehouse": "shipstation"}


def example(connector: Connector) -> dict[str, str | bool]:
    return {
        setting.name: (setting.choices or ("example",))[0]
        for setting in connector.settings
        if setting.need is Need.ACCORD and setting.default is None
    }


@pytest.mark.parametrize("connector", connectors().values(), ids=connectors())
def test_the_words_of_a_connector_are_sound(connector: Connector) -> None:
    system = system_of("one", connector, {}, {}, connector.vocabulary)

    assert [str(finding) for finding in prove_vocabulary(system)] == []


@pytest.mark.parametrize(
    ("ownership", "stages"), list(product(OwnershipPreset, StagePreset)), ids=str
)
def test_the_first_stack_is_sound_under_every_preset(
    ownership: OwnershipPreset, stages: StagePreset
) -> None:
    answers = Answers(
        systems=THREE,
        settings={name: example(connectors()[kind]) for name, kind in THREE.items()},
        ships={EVERYWHERE: "warehouse"},
        ownership=ownership,
        stages=stages,
        responsible="Ana Lima <ana@example.com>",
    )
    read = read_accord(draft(answers, connectors()), connectors(), {})

    assert [str(f) for f in read.findings if f.severity is Severity.ERROR] == []
