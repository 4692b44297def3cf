"""Every sample says what it must; every word of the vocabulary has a sample and a label."""

import tomllib
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import msgspec
import pytest

from accord.connectors.netsuite import CONNECTOR
from accord.connectors.netsuite.parse import DELETED
from accord.connectors.netsuite.statuses import LABELS
from accord.domain.report import Report
from accord.engine.envelope import Envelope, Origin

FOLDER = files("accord.connectors.netsuite")
SAMPLES = sorted(
    (path for path in FOLDER.joinpath("samples").iterdir() if path.name.endswith(".json")),
    key=lambda path: path.name,
)
TABLE = tomllib.loads(FOLDER.joinpath("vocabulary.toml").read_text(encoding="utf-8"))


def sample_at(path: Any) -> dict[str, Any]:
    sample: dict[str, Any] = msgspec.json.decode(path.read_bytes())
    return sample


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_a_sample_is_read_as_it_says(path: Any) -> None:
    sample = sample_at(path)
    envelope = Envelope(
        id=1,
        system="sample",
        topic=sample["topic"],
        origin=Origin(sample["origin"]),
        body=msgspec.json.encode(sample["body"]),
        headers=sample["headers"],
        received_at=datetime(2026, 11, 22, tzinfo=UTC),
    )

    parsed = CONNECTOR.parse(envelope, {"timezone": "America/New_York"})

    assert list(parsed.reports) == msgspec.convert(sample["reports"], list[Report])
    assert [msgspec.to_builtins(lookup.ref) for lookup in parsed.lookups] == sample["lookups"]
    assert parsed.ignored == sample["ignored"]


def test_every_word_of_the_vocabulary_has_a_sample() -> None:
    words = {(row["kind"], row["word"]) for row in (*TABLE["rows"], *TABLE["ignored"])}
    shown = {
        (report["kind"], report["word"])
        for path in SAMPLES
        for report in sample_at(path)["reports"]
    }

    assert words <= shown


def test_every_status_netsuite_lists_is_mapped_or_listed_as_ignored() -> None:
    known = {(row["kind"], row["word"]) for row in (*TABLE["rows"], *TABLE["ignored"])}

    assert known >= {(kind, letter) for kind, labels in LABELS.items() for letter in labels}


def test_every_letter_has_netsuites_own_label() -> None:
    letters = [row for row in TABLE["rows"] if row["word"] != DELETED]
    labels = {(row["kind"], row["word"], row["label"]) for row in letters}

    assert labels <= {
        (kind, letter, label) for kind, words in LABELS.items() for letter, label in words.items()
    }
