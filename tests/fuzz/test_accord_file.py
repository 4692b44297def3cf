"""Whatever stands in an accord file is read or found wrong, with a place where there is one."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.connector_kit.discovery import connectors
from accord.domain.finding import Code
from accord.settings.accord_file import UnsoundAccordError, load_accord, read_accord
from tests.fuzz.spoiling import one_of
from tests.fuzz.spoiling import text as spoiled_text
from tests.settings.catalogue import CATALOGUE, SECRETS
from tests.settings.examples import LOCATED, WHOLE

FUZZ = settings.get_profile("fuzz")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "accord.toml"


@FUZZ
@given(data=st.data())
def test_any_bytes_are_an_accord_or_say_what_is_wrong(path: Path, data: st.DataObject) -> None:
    path.write_bytes(spoiled_text(data.draw, one_of(data.draw, (WHOLE, LOCATED))))

    try:
        loaded = load_accord(path, CATALOGUE, SECRETS)
    except UnsoundAccordError:
        return
    assert loaded.accord.systems


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "9" * 5_000,
        "a = " + "[" * 5_000 + "]" * 5_000,
        "a = " + "{a=" * 2_000 + "1" + "}" * 2_000,
        "a = " + "[" * 5_000,
    ],
    ids=["digits", "arrays", "tables", "open"],
)
def test_what_cannot_be_read_to_its_end_is_said_to_be_so(text: str) -> None:
    (found,) = read_accord(text, connectors(), {}).findings

    assert found.code is Code.NOT_TOML


@pytest.mark.parametrize("text", ["101 years", "999999 weeks", "999999 weeks " * 3_000])
def test_a_length_of_time_beyond_all_dates_is_none(text: str) -> None:
    codes = {f.code for f in read_accord(f'latency_target = "{text}"', CATALOGUE, {}).findings}

    assert Code.UNREADABLE_DURATION in codes
