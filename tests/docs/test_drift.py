"""The page of drift tells of every pattern and class."""

from accord.domain.drift import DriftClass, DriftPattern, drift_fix, drift_meanings
from tests.docs.pages import named, rows, section, text

PAGE = text("reference/drift.md")


def test_every_pattern_is_listed_costliest_first_with_its_meaning_and_what_settles_it():
    listed = {row[0].strip("`"): row[1:] for row in rows(PAGE.partition("\n## ")[0])[1:]}

    assert [*listed] == [*DriftPattern]
    assert listed == {p: [drift_meanings()[p], drift_fix(p)] for p in DriftPattern}


def test_every_class_has_its_meaning():
    assert {*named(section(PAGE, "## Classes"))} >= {*DriftClass}


def test_a_deadline_is_of_a_pattern_there_is():
    known = {*DriftPattern, "stall_after", "latency_target", "partial_limit", "refund_within"}

    assert {*named(section(PAGE, "## Deadlines"))} <= known
