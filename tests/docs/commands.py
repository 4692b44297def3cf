"""The program's commands and options, and the command lines that pages show."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import typer

from accord.cli.app import app
from tests.docs.pages import blocks

PROGRAM = "accord"


def commands() -> dict[str, list[str]]:
    """Return every command with its options, groups without options of their own left out."""
    found = dict(_walk(typer.main.get_command(app), PROGRAM))
    return {name: options for name, options in found.items() if name != PROGRAM}


def _walk(command: object, name: str) -> Iterator[tuple[str, list[str]]]:
    inner = getattr(command, "commands", {})
    if not inner or name == PROGRAM:
        yield name, _options(command)
    for word, each in inner.items():
        yield from _walk(each, f"{name} {word}")


def _options(command: object) -> list[str]:
    params = getattr(command, "params", [])
    return [option for param in params for option in param.opts if option.startswith("--")]


def shown(page: Path) -> list[list[str]]:
    """Return the words of every line of a shell block that calls the program."""
    scripts = "\n".join(blocks(page, "", "sh", "shell"))
    lines = scripts.replace("\\\n", " ").splitlines()
    return [shlex.split(line, comments=True) for line in lines if _calls(line)]


def _calls(line: str) -> bool:
    return line.strip().startswith(("./run", f"{PROGRAM} "))


def unknown(words: list[str]) -> str | None:
    """Return what a command line names that the program does not have, or None."""
    door, *rest = words
    if door == "./run":
        if not rest or rest[0] in {"test", "help"}:
            return None
        rest = rest[1:] if rest[0] == PROGRAM else rest
    known = commands()
    name = PROGRAM
    while rest and f"{name} {rest[0]}" in _beginnings(known):
        name += f" {rest.pop(0)}"
    name = f"{name} files" if f"{name} files" in known else name
    if name not in known and rest and not rest[0].startswith("--"):
        return rest[0]
    given = [word.partition("=")[0] for word in rest if word.startswith("--")]
    usual = ["--help", "--version"] if name == PROGRAM else ["--help"]
    return next((each for each in given if each not in [*known.get(name, []), *usual]), None)


def _beginnings(known: dict[str, list[str]]) -> set[str]:
    words = [name.split() for name in known]
    return {" ".join(each[:length]) for each in words for length in range(2, len(each) + 1)}
