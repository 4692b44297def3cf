"""The project's pages as the tests read them: text, tables, links, fenced blocks."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def pages() -> list[Path]:
    """Return every Markdown file of the project."""
    folders = [DOCS, ROOT / "src"]
    nested = (page for folder in folders for page in folder.rglob("*.md"))
    return sorted([*ROOT.glob("*.md"), *nested])


def text(name: str) -> str:
    """Return a page of the docs."""
    return (DOCS / name).read_text(encoding="utf-8")


def section(page: str, title: str) -> str:
    """Return what stands under a heading, up to the next one of its level."""
    level = title.partition(" ")[0]
    _, _, after = f"\n{page}".partition(f"\n{title}\n")
    return re.split(rf"^{level} ", after, maxsplit=1, flags=re.MULTILINE)[0]


def rows(table: str) -> list[list[str]]:
    """Return the cells of every table row; a bar within a cell is not expected."""
    lines = (line.strip() for line in table.splitlines())
    found = [[c.strip() for c in line.strip("|").split("|")] for line in lines if line[:1] == "|"]
    return [row for row in found if not set("".join(row)) <= {"-", ":"}]


def named(table: str) -> list[str]:
    """Return what stands in backquotes in the first cell of each row."""
    return [name for row in rows(table) for name in re.findall(r"`([^`]+)`", row[0])]


def blocks(page: Path, *languages: str) -> list[str]:
    """Return the fenced blocks in these languages; an empty one is a block without."""
    found = _FENCE.findall(page.read_text(encoding="utf-8"))
    return [body for language, body in found if language in languages]


def links(page: Path) -> Iterator[str]:
    """Yield every link that leads to a file of the project, without its anchor."""
    prose = _FENCE.sub("", page.read_text(encoding="utf-8"))
    for target in _LINK.findall(prose):
        path = target.partition("#")[0]
        if path and "://" not in target and not target.startswith("mailto:"):
            yield path
