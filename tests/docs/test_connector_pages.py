import re
from pathlib import Path

import pytest

from accord.connector_kit.discovery import connectors
from accord.settings.accord_file import read_accord

PAGES = Path(__file__).parent.parent.parent / "src" / "accord" / "connectors"
UNKNOWN = "unknown"


@pytest.mark.parametrize("name", sorted(connectors()))
def test_what_a_connectors_page_shows_of_the_accord_file_is_understood(name):
    page = (PAGES / name / "README.md").read_text(encoding="utf-8")
    snippets = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert snippets

    for snippet in snippets:
        text = re.sub(r"^ {3}", "", snippet, flags=re.MULTILINE)
        found = read_accord(text, connectors(), {}).findings
        assert [f for f in found if UNKNOWN in f.code.value or "type" in f.code.value] == []
