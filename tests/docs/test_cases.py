"""The page of cases tells of every kind."""

from accord.domain.case import CaseKind, case_meanings
from tests.docs.pages import named, rows, section, text

PAGE = text("reference/cases.md")


def test_every_kind_of_case_is_listed_worst_first_with_its_meaning():
    listed = {row[0].strip("`"): row[1] for row in rows(PAGE.partition("\n## ")[0])[1:]}

    assert [name for name in listed if name in {*CaseKind}] == [*CaseKind]
    assert {kind: listed[kind] for kind in CaseKind} == dict(case_meanings())


def test_what_counts_later_is_a_kind_there_is():
    assert {*named(section(PAGE, "## When a case counts"))} <= {*CaseKind}
