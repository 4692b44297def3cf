"""The page of notices tells of every state and every reason."""

from accord.domain.notice import state_meanings, why_meanings
from accord.domain.notice_text import placeholders
from tests.docs.pages import named, rows, section, text

PAGE = text("reference/notices.md")


def test_every_state_of_a_notice_is_listed_with_its_meaning():
    listed = {row[0].strip("`"): row[1] for row in rows(section(PAGE, "## States"))[1:]}

    assert listed == dict(state_meanings())


def test_every_reason_for_not_sending_is_listed_with_its_meaning():
    part = section(PAGE, "## Why a notice is not sent")

    assert {row[0].strip("`"): row[1] for row in rows(part)[1:]} == dict(why_meanings())


def test_every_placeholder_is_listed():
    stages = section(text("reference/accord-file.md"), "## `[stages]`")

    assert {f"{{{name}}}" for name in placeholders()} <= set(named(stages))
