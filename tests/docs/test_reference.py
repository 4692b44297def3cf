"""Everything a person can write or read is in its reference page."""

import re
from collections.abc import Iterator, Mapping

import pytest

from accord.connector_kit.connector import Need
from accord.connector_kit.discovery import connectors
from accord.domain.accord import Notify, Rule
from accord.domain.action import action_name
from accord.domain.finding import Severity, code_meanings
from accord.domain.notice_rules import NoticeRules
from accord.domain.reason import REASONS
from accord.domain.tracks import PROGRESS, STATES, Track
from accord.settings.accord_file import read_accord
from accord.settings.notices import channel_secrets
from accord.settings.presets import OwnershipPreset, StagePreset, stages
from accord.settings.process import process_settings
from accord.storage.schema import METADATA
from tests.docs.commands import commands
from tests.docs.pages import DOCS, ROOT, blocks, named, rows, section, text


class Asked(Mapping[str, str]):
    """An empty environment that remembers what it was asked for."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


@pytest.mark.parametrize("command", commands())
def test_every_command_has_its_options_and_its_exit_codes(command):
    part = section(text("reference/commands.md"), f"## {command.removesuffix(' files')}")
    options = {name.split()[0] for name in named(part) if name.startswith("--")}

    assert options == set(commands()[command])
    assert "| exit code | meaning |" in part


def test_the_reference_names_no_command_that_is_not_there():
    titles = re.findall(r"^## (accord .*)$", text("reference/commands.md"), re.MULTILINE)

    assert set(titles) == {command.removesuffix(" files") for command in commands()}


def test_every_variable_of_the_process_is_listed():
    asked = Asked()
    process_settings(asked)
    channel_secrets(NoticeRules(), asked)
    script = re.findall(r"ACCORD_[A-Z]+", (ROOT / "run").read_text())
    in_tests = re.findall(
        r"\"(ACCORD_TEST_\w+|ACCORD_CORPUS)\"",
        "".join(path.read_text() for path in (ROOT / "tests").rglob("*.py")),
    )

    listed = {name for name in named(text("reference/settings.md")) if "SYSTEM" not in name}
    assert listed == {*asked.names, *script, *in_tests}


def test_every_finding_has_its_code_severity_meaning_and_remedy():
    part = section(text("reference/accord-file.md"), "## Findings")
    listed = {row[0].strip("`"): row[1:] for row in rows(part)[1:]}

    assert {code: row[1] for code, row in listed.items()} == code_meanings()
    assert all(row[0] in set(Severity) and row[2] for row in listed.values())


def test_every_reason_for_quarantine_has_its_meaning_and_what_to_do():
    listed = {row[0].strip("`"): row[1:] for row in rows(text("reference/quarantine.md"))[1:]}

    assert set(listed) == set(REASONS)
    assert all(row[2] and row[3] for row in listed.values())


def test_every_choice_of_the_accord_file_is_listed():
    page = text("reference/accord-file.md")
    choices = [*OwnershipPreset, *StagePreset, *Rule, *Notify, *Track]
    names = [stage.name for preset in StagePreset for stage in stages(preset)]

    assert [choice for choice in choices if f"`{choice}`" not in page] == []
    assert [name for name in names if name not in page] == []


def test_the_whole_file_in_the_reference_is_sound():
    whole = blocks(DOCS / "reference/accord-file.md", "toml")[-1]

    assert read_accord(whole, connectors(), {}).sound


@pytest.mark.parametrize("track", [*Track, "progress"])
def test_every_state_is_listed_with_its_rank_and_meaning(track):
    table = rows(section(text("reference/states.md"), f"## {track}"))[1:]
    states = PROGRESS if track == "progress" else STATES[track]

    assert [row[:2] for row in table] == [[str(n), f"`{s}`"] for n, s in enumerate(states)]
    assert all(row[2] for row in table)


@pytest.mark.parametrize("connector", connectors().values(), ids=lambda each: each.name)
def test_every_connector_is_listed_with_all_it_declares(connector):
    page = text("reference/connectors.md")
    part = section(page, f"## {connector.name}")
    (row,) = [row for row in rows(page) if row[0].startswith(f"`{connector.name}`")]
    settings = {row[0].strip("`"): row[1] for row in rows(part)[1:]}

    assert row[1] == connector.role
    for cell, tracks in ((row[2], connector.owns), (row[3], connector.mirrors)):
        assert set(re.findall(r"`(\w+)`", cell)) == set(tracks)
    needs = {Need.SECRET: "secret", Need.ACCORD: "accord file"}
    assert settings == {each.name: needs[each.need] for each in connector.settings}
    told = set(re.findall(r"`([^`]+)`", part))
    assert {action_name(action) for action in connector.can} | connector.topics <= told
    assert bool(connector.subscribable) == ("Accord can subscribe" in part)


def test_every_table_is_listed():
    listed = {name for name in named(text("reference/schema.md")) if name.isidentifier()}

    assert listed == {*METADATA.tables, "cell"}
