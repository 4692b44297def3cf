"""Every status of NetSuite's own lists is in the table, under NetSuite's own label."""

import tomllib
from importlib.resources import files

from accord.connectors.netsuite.parse import DELETED
from accord.connectors.netsuite.statuses import LABELS

FOLDER = files("accord.connectors.netsuite")
TABLE = tomllib.loads(FOLDER.joinpath("vocabulary.toml").read_text(encoding="utf-8"))


def test_every_status_netsuite_lists_is_mapped_or_listed_as_ignored() -> None:
    known = {(row["kind"], row["word"]) for row in (*TABLE["rows"], *TABLE["ignored"])}

    assert known >= {(kind, letter) for kind, labels in LABELS.items() for letter in labels}


def test_every_letter_has_netsuites_own_label() -> None:
    letters = [row for row in TABLE["rows"] if row["word"] != DELETED]
    labels = {(row["kind"], row["word"], row["label"]) for row in letters}

    assert labels <= {
        (kind, letter, label) for kind, words in LABELS.items() for letter, label in words.items()
    }
