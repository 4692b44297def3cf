"""Pages lead somewhere, show commands that exist, and list what they say they list."""

import re
import tomllib

import pytest

from tests.docs.commands import shown, unknown
from tests.docs.pages import DOCS, ROOT, links, pages, rows, section, text

SHOWING = [ROOT / "README.md", *sorted((DOCS / "tutorials").glob("*.md"))]
SHOWING += [*sorted((DOCS / "how-to").glob("*.md")), DOCS / "reference/commands.md"]


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page):
    assert [link for link in links(page) if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", SHOWING, ids=lambda page: page.name)
def test_every_command_shown_is_one_the_program_has(page):
    assert {unknown(words) for words in shown(page)} <= {None}


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("./run accord chekc", "chekc"),
        ("./run demo --sped 3", "--sped"),
        ("accord audit a.csv b.csv --nothing", "--nothing"),
        ("./run accord serve --port 8000", None),
    ],
)
def test_a_command_that_is_not_there_is_noticed(line, what):
    assert unknown(line.split()) == what


def test_the_pages_that_show_commands_show_some():
    assert len(shown(ROOT / "README.md")) >= 4
    assert len(shown(DOCS / "tutorials/first-sync.md")) >= 2


def test_every_page_is_reached_from_the_index():
    reached = {(DOCS / link).resolve() for link in links(DOCS / "index.md")}
    kinds = ("tutorials", "how-to", "reference", "explanation")

    assert {page for kind in kinds for page in (DOCS / kind).glob("*.md")} <= reached


def test_every_decision_is_listed_once():
    listed = re.findall(r"\]\((\d{4}-.*?\.md)\) \| .+ \|", text("decisions/README.md"))
    there = sorted(page.name for page in (DOCS / "decisions").glob("[0-9]*.md"))

    assert listed == there


def test_glossary_words_are_unique_and_sorted():
    words = [row[0] for row in rows(text("glossary.md"))[1:]]

    assert words == sorted(set(words), key=str.casefold)


def test_every_dependency_has_its_reason_and_nothing_else_has():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = project["project"]["optional-dependencies"].values()
    wanted = [*project["project"]["dependencies"], *(each for extra in extras for each in extra)]
    needed = {re.split(r"[\[<>=~; ]", each)[0] for each in wanted}
    page = text("decisions/dependencies.md")
    for_tests = page.rpartition("For tests only: ")[2]

    assert {row[0] for row in rows(page)[1:]} == needed
    named_there = set(re.findall(r"(?:^|, | and )([a-z-]+)(?= \(|,|\.| and)", for_tests))
    assert named_there == set(project["dependency-groups"]["dev"]) - needed


@pytest.mark.parametrize("name", ["tutorials", "how-to"])
def test_a_page_opens_with_what_its_reader_will_be_able_to_do(name):
    gain = re.compile(r"\b(you|After this)\b")
    openings = {page.name: page.read_text().split("\n\n")[1] for page in (DOCS / name).glob("*.md")}

    assert [page for page, opening in openings.items() if not gain.search(opening)] == []


def test_a_section_ends_where_the_next_of_its_level_begins():
    assert section("# a\n## b\none\n### c\ntwo\n## d\nthree\n", "## b") == "one\n### c\ntwo\n"
