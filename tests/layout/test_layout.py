"""The shape of the code, as the contributing page promises it."""

import ast
import re
import subprocess
from pathlib import Path
from shutil import which

import pytest

ROOT = Path(__file__).parent.parent.parent
LONGEST_MODULE = 300
LONGEST_FUNCTION = 40
# Names that say nothing about what is inside.
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "base", "common"}
BINARY = {".ico", ".png", ".woff2", ".xlsx", ".gz"}

Function = ast.FunctionDef | ast.AsyncFunctionDef
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
MODULES = sorted((ROOT / "src").rglob("*.py"))
EVERY = sorted([*MODULES, *(ROOT / "tests").rglob("*.py")])

# What tells of the machine a file was written on, or of where it fetches its packages.
GIVEAWAYS = (
    re.compile(r"https?://[^\s\"')]*(?:pypi|artifactory|nexus|devpi|/simple\b)", re.IGNORECASE),
    re.compile(r"(?:--|\b)(?:extra-)?index-url|\bPIP_INDEX|\bUV_INDEX", re.IGNORECASE),
    re.compile(r"(?<![\w./…<])/(?:root|home|Users|work|workspace|mnt)/[\w.]"),
    re.compile(r"\b[A-Z]:\\\\?Users\b"),
)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def length(function: Function) -> int:
    """Return how many lines a function works on: declared options and inner functions are none."""
    end = function.end_lineno or 0
    told = ast.get_docstring(function) is not None
    body = function.body[1:] if told else function.body
    first = body[0].lineno if body else end
    inner = [node for node in body if isinstance(node, FUNCTIONS)]
    return end - first + 1 - sum((node.end_lineno or 0) - node.lineno + 1 for node in inner)


def tracked() -> list[Path]:
    if not (which("git") and (ROOT / ".git").exists()):
        pytest.skip("this is no checkout of git, so what is tracked cannot be told")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    # This file shows what is looked for.
    others = (path for path in paths if path != Path(__file__))
    return [path for path in others if path.is_file() and path.suffix not in BINARY]


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_says_what_it_is_for(path):
    assert ast.get_docstring(ast.parse(path.read_text()))


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_is_short_and_so_is_each_function(path):
    body = path.read_text()
    functions = [node for node in ast.walk(ast.parse(body)) if isinstance(node, FUNCTIONS)]
    lengths = {f"{named(path)} {node.name}": length(node) for node in functions}

    assert {name for name, lines in lengths.items() if lines > LONGEST_FUNCTION} == set()
    assert body.count("\n") <= LONGEST_MODULE


def test_no_module_has_a_name_that_says_nothing():
    assert [named(path) for path in EVERY if {*path.parts[:-1], path.stem} & EMPTY_NAMES] == []


def test_no_file_tells_of_the_machine_it_was_written_on():
    told = [
        f"{named(path)}: {found.group()}"
        for path in tracked()
        for found in (giveaway.search(path.read_text(errors="replace")) for giveaway in GIVEAWAYS)
        if found
    ]

    assert told == []


@pytest.mark.parametrize(
    "told",
    [
        "https://pypi." + "example.com/sim" + "ple",
        "--index" + "-url http://mirror",
        "see /home/ana/accord",
        "(/ro" + "ot/.cache)",
    ],
)
def test_what_tells_of_a_machine_is_noticed(told):
    assert any(giveaway.search(told) for giveaway in GIVEAWAYS)


@pytest.mark.parametrize("plain", ["src/home/page", "GET /hooks/shop", "https://x.org/ro" + "ot/a"])
def test_what_tells_of_none_is_left_alone(plain):
    assert not any(giveaway.search(plain) for giveaway in GIVEAWAYS)
