"""The page of alerts tells of every rule, and the accord's reference of every key of one."""

from datetime import timedelta

from accord.domain.alert_rules import USUAL, RuleName, rule_meanings
from accord.domain.checklist import items
from accord.settings.durations import duration
from tests.docs.pages import rows, text

PAGE = text("reference/alerts.md")


def test_every_item_of_the_checklist_is_listed_with_what_to_do():
    listed = PAGE.partition("## The checklist of the first week")[2].partition("\n## ")[0]

    assert [tuple(row) for row in rows(listed)[1:]] == [
        (f"`{name}`", what, remedy) for name, (what, remedy) in items().items()
    ]


def test_every_rule_is_listed_with_what_it_counts_its_limits_and_what_to_do_first():
    listed = {row[0].strip("`"): row[1:] for row in rows(PAGE.partition("\n## ")[0])[1:]}

    assert list(listed) == [*RuleName]
    for name, (counts, at, lasts, first) in listed.items():
        rule = USUAL[RuleName(name)]
        assert counts == rule_meanings()[rule.name]
        assert at == f"more than {rule.more_than}"
        assert (duration(lasts) or timedelta(0)) == rule.lasts
        assert first == rule.first_response
