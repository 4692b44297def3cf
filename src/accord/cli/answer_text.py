"""What options and typed answers say, read strictly, with a word on what would do."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import getaddresses
from typing import NoReturn

import typer

from accord.connector_kit.connector import Setting
from accord.settings.presets import OwnershipPreset, StagePreset

USAGE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the options said. None and an empty list are silence."""

    systems: Sequence[str]
    settings: Sequence[str]
    ships: Sequence[str]
    places: Sequence[str]
    ownership: OwnershipPreset | None
    stages: StagePreset | None
    responsible: str | None


class UnusableAnswerError(ValueError):
    """An answer that cannot be used; its text says why and what would do."""


def refuse(option: str, why: str) -> NoReturn:
    """End the program because an option is missing or cannot be used."""
    typer.echo(f"{option}: {why}", err=True)
    raise typer.Exit(USAGE)


def parts(text: str) -> list[str]:
    """Return what stands between the commas, without blanks and empty parts."""
    return [part.strip() for part in text.split(",") if part.strip()]


def address_and_value(option: str, entry: str, shape: str) -> tuple[str, str, str]:
    """Return the three parts of ``ONE.TWO=VALUE``, or end the program saying the shape."""
    key, equals, value = entry.partition("=")
    first, dot, second = key.strip().rpartition(".")
    if not (equals and dot and first and second and value.strip()):
        refuse(option, f"{entry!r} is not of the shape {shape}.")
    return first, second, value.strip()


def typed(setting: Setting, text: str) -> str | bool:
    """Return the value of a setting from its text: true and false where it is a yes or no."""
    yes_or_no = any(isinstance(value, bool) for value in (*setting.choices, setting.default))
    if yes_or_no and text.casefold() in {"true", "false"}:
        return text.casefold() == "true"
    return text


def address(text: str) -> str:
    """Return ``text`` if it names exactly one person with a mail address."""
    found = [mail for _, mail in getaddresses([text]) if "@" in mail]
    if len(found) != 1:
        message = "Name exactly one person with an address, as in Ana Lima <ana@example.com>."
        raise UnusableAnswerError(message)
    return text.strip()


def some_text(text: str) -> str:
    """Return ``text`` if there is any."""
    if not text.strip():
        message = "This cannot be left empty."
        raise UnusableAnswerError(message)
    return text.strip()
