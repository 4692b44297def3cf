"""Reading the accord file: what the systems agree on, and everything wrong with it at one go."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from accord.connector_kit.connector import Connector
from accord.domain.accord import Accord
from accord.domain.errors import UnusableInputError
from accord.domain.finding import Code, Finding, Severity, dotted
from accord.domain.proof import prove
from accord.settings.alerts import read_alerts
from accord.settings.hook_address import read_address
from accord.settings.notices import StageWords, read_notices
from accord.settings.positions import Positions, positions
from accord.settings.repairs import read_repairs
from accord.settings.stages import read_stages
from accord.settings.sweeping import read_sweep
from accord.settings.systems import ReadSystem, SystemSettings, read_system, system_tables
from accord.settings.tables import Notes, Table
from accord.settings.tracks import read_places, read_tracks

FILE_NAME = "accord.toml"
REVIEW_EVERY = timedelta(weeks=1)
REVIEW_WHEN_STABLE = timedelta(weeks=4)
LATENCY_TARGET = timedelta(minutes=5)
# A partly shipped order whose rest has waited this long is not going to close by itself.
PARTIAL_LIMIT = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccordFile:
    """An accord file as read.

    ``accord`` is None where the text is no TOML. ``systems`` holds what each link is made from;
    printing it shows no secret. With errors among the findings neither may be used.
    """

    accord: Accord | None
    systems: Mapping[str, SystemSettings] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong; warnings may remain."""
        return all(finding.severity is Severity.WARNING for finding in self.findings)


class UnsoundAccordError(UnusableInputError):
    """The accord file is missing, unreadable or contradictory; the text says where and why."""


class Loaded(NamedTuple):
    """A sound accord, what its links are made from, and the warnings that remain."""

    accord: Accord
    systems: Mapping[str, SystemSettings]
    warnings: tuple[Finding, ...]


def load_accord(
    path: Path, catalogue: Mapping[str, Connector], environment: Mapping[str, str]
) -> Loaded:
    """Return the accord of a file and what its links are made from.

    Raises ``UnsoundAccordError`` with every error found.
    """
    read = read_accord(file_text(path), catalogue, environment)
    if read.accord is None or not read.sound:
        errors = [f"{path}: {f}" for f in read.findings if f.severity is Severity.ERROR]
        raise UnsoundAccordError("\n".join(errors))
    return Loaded(read.accord, read.systems, read.findings)


def file_text(path: Path) -> str:
    """Return the text of an accord file. Raises ``UnsoundAccordError`` where there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        message = f"There is no file {path}. Write one with: accord init {path}"
        raise UnsoundAccordError(message) from error
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}."
        raise UnsoundAccordError(message) from error
    except UnicodeDecodeError as error:
        message = f"{path} is not text in UTF-8. Save it as UTF-8."
        raise UnsoundAccordError(message) from error


def read_accord(
    text: str, catalogue: Mapping[str, Connector], environment: Mapping[str, str]
) -> AccordFile:
    """Return what an accord file says and everything wrong with it.

    ``catalogue`` holds the connectors by name, ``environment`` the secrets' variables.
    """
    try:
        document = tomllib.loads(text)
        notes = Notes(positions(text))
    except (ValueError, RecursionError) as error:
        return AccordFile(accord=None, findings=_not_toml(text, error))
    root = Table(document, (), notes)
    read = _systems(root, catalogue, environment)
    accord = _accord(root, read)
    root.finish()
    notes.add_proof(prove(accord))
    return AccordFile(
        accord=accord,
        systems={name: r.settings for name, r in read.items() if r.settings is not None},
        findings=notes.findings(),
    )


def _systems(
    root: Table, catalogue: Mapping[str, Connector], environment: Mapping[str, str]
) -> dict[str, ReadSystem]:
    tables = system_tables(root)
    places = read_places(root, tables)
    return {
        name: read_system(name, table, catalogue, environment, places[name])
        for name, table in tables.items()
    }


def _accord(root: Table, read: Mapping[str, ReadSystem]) -> Accord:
    all_known = bool(read) and all(each.settings is not None for each in read.values())
    systems = {name: each.system for name, each in read.items()}
    responsible = root.text("responsible") or ""
    ownership, rules = read_tracks(root, systems, all_known=all_known)
    if not any(ownership.mirrors.values()):
        # A stack in which nothing mirrors anything is only watched: no system is asked for changes.
        systems = {name: replace(each, can=frozenset()) for name, each in systems.items()}
    words = StageWords()
    return Accord(
        systems=systems,
        ownership=ownership,
        rules=rules,
        stages=read_stages(root, responsible, words),
        responsible=responsible,
        review_every=root.length("review_every") or REVIEW_EVERY,
        review_when_stable=root.length("review_when_stable") or REVIEW_WHEN_STABLE,
        latency_target=root.length("latency_target") or LATENCY_TARGET,
        partial_limit=root.length("partial_limit") or PARTIAL_LIMIT,
        refund_within=root.length("refund_within"),
        notices=read_notices(root, words),
        alerts=read_alerts(root),
        repairs=read_repairs(root),
        sweep=read_sweep(root),
        address=read_address(root),
    )


def _not_toml(text: str, error: Exception) -> tuple[Finding, ...]:
    repeated = _repeated(text)
    if repeated is not None and repeated.repeated:
        return tuple(_said_twice(*again) for again in repeated.repeated)
    place = re.search(r"at line (\d+)", str(error))
    message = re.sub(r" \(at .*\)$", "", str(error))
    if not isinstance(error, tomllib.TOMLDecodeError):
        message = "a number in it is too long, or brackets stand in brackets too often"
    return (
        Finding(
            code=Code.NOT_TOML,
            where=(),
            line=int(place.group(1)) if place else text.count("\n") + 1,
            what=f"The file cannot be read from here on: {message}.",
            remedy='A line is a [table], a key = value or a # comment; texts stand in "quotes".',
        ),
    )


def _repeated(text: str) -> Positions | None:
    try:
        return positions(text)
    except (ValueError, RecursionError):
        return None


def _said_twice(path: tuple[str | int, ...], first: int, again: int) -> Finding:
    if path[:1] == ("tracks",) and "owner" in path:
        return Finding(
            code=Code.TWO_OWNERS,
            where=path,
            line=again,
            what=f"The track {path[1]} has two owners: one in line {first}, one here.",
            remedy="Keep the one that decides it, and list the other under mirrors.",
        )
    return Finding(
        code=Code.SAID_TWICE,
        where=path,
        line=again,
        what=f"{dotted(path)} is given twice, first in line {first}.",
        remedy="Keep one of the two.",
    )
