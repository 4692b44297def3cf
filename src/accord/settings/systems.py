"""Reading [systems]: connectors, their own settings, secrets, and what words mean here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from accord.connector_kit.connector import Connector, Need, Setting
from accord.domain.accord import Role, System
from accord.domain.finding import Code, Finding, Severity, did_you_mean, listed
from accord.domain.report import EXTERNAL, NUMBER
from accord.domain.vocabulary import Vocabulary
from accord.settings.credentials import (
    PREVIOUS,
    Credentials,
    UnusableSecretError,
    secret,
    variable,
)
from accord.settings.gates import read_gate
from accord.settings.hook_address import read_subscribe
from accord.settings.tables import Table, is_table
from accord.settings.words import with_overrides

# A name stands in addresses (/hooks/shop), variables (ACCORD_SHOP_…) and references (shop:123).
_NAME = re.compile(r"[a-z][a-z0-9_]*")
# The first two are scopes of references, the others begin variables of the process or of channels,
# or name what is paused.
_TAKEN = frozenset(
    {
        NUMBER,
        EXTERNAL,
        "alerts",
        "database",
        "data",
        "host",
        "port",
        "mail",
        "webhook",
        "notices",
        "send",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemSettings:
    """What a link to one system is made from: connector, settings, secrets and places."""

    connector: Connector
    settings: Mapping[str, str | bool]
    secrets: Credentials
    places: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSystem:
    """One system of the file. ``settings`` is None where its connector is unknown."""

    system: System
    settings: SystemSettings | None


def read_system(
    name: str,
    table: Table,
    catalogue: Mapping[str, Connector],
    environment: Mapping[str, str],
    places: Mapping[str, str],
) -> ReadSystem:
    """Return the system described by ``table``, as far as it can be told."""
    _check_name(name, table)
    connector = _connector(table, catalogue)
    if connector is None:
        return ReadSystem(system=_unknown(name, places), settings=None)
    values = _settings(table, connector)
    secrets = _secrets(name, table, connector, environment)
    vocabulary = with_overrides(name, table, connector)
    gate = read_gate(table, connector)
    subscribe = read_subscribe(table, connector)
    table.finish()
    return ReadSystem(
        system=replace(
            system_of(name, connector, values, places, vocabulary),
            gate=gate.gate,
            cancel_within=gate.cancel_within,
            hold_for=gate.hold_for,
            permit_for=gate.permit_for,
            subscribe=subscribe,
        ),
        settings=SystemSettings(
            connector=connector, settings=values, secrets=secrets, places=places
        ),
    )


def system_of(
    name: str,
    connector: Connector,
    settings: Mapping[str, str | bool],
    places: Mapping[str, str],
    vocabulary: Vocabulary,
) -> System:
    """Return a system as the domain knows it."""
    return System(
        name=name,
        connector=connector.name,
        role=connector.role,
        vocabulary=vocabulary,
        can=connector.can,
        settings=settings,
        places=places,
        able_to_own=connector.owns,
        able_to_mirror=connector.mirrors,
    )


def _unknown(name: str, places: Mapping[str, str]) -> System:
    """Return a stand-in that may do everything: its connector is the only thing to report."""
    return System(
        name=name,
        connector="",
        role=Role.HELPDESK,
        vocabulary=Vocabulary(version=0),
        can=frozenset(),
        places=places,
    )


def name_fault(name: str) -> str | None:
    """Return why a system cannot be called ``name``, or None if it can."""
    if not _NAME.fullmatch(name):
        return f"{name!r} cannot be a system's name: it stands in addresses and variables."
    if name in _TAKEN:
        return f"{name!r} cannot be a system's name: Accord uses the word itself."
    return None


def _check_name(name: str, table: Table) -> None:
    fault = name_fault(name)
    if fault is not None:
        table.notes.add(
            Code.BAD_NAME,
            table.path,
            fault,
            "Choose another of small letters, digits and underscores, such as shop or books_eu.",
        )


def _connector(table: Table, catalogue: Mapping[str, Connector]) -> Connector | None:
    name = table.text("connector")
    connector = catalogue.get(name or "")
    if connector is None:
        table.missing(
            "connector",
            "This system does not say which connector it uses.",
            f'Add connector = "…"; there are {listed(catalogue)}.',
        )
    if connector is None and name is not None:
        table.notes.add(
            Code.UNKNOWN_CONNECTOR,
            (*table.path, "connector"),
            f"There is no connector {name!r}.",
            f"{did_you_mean(name, catalogue)}There are {listed(catalogue)}.",
        )
    return connector


def _settings(table: Table, connector: Connector) -> dict[str, str | bool]:
    declared = [setting for setting in connector.settings if setting.need is Need.ACCORD]
    values = {setting.name: _setting(table, setting) for setting in declared}
    return {name: value for name, value in values.items() if value is not None}


def _setting(table: Table, setting: Setting) -> str | bool | None:
    kinds = {type(value) for value in (*setting.choices, setting.default) if value is not None}
    value: str | bool | None
    if kinds == {bool}:
        value = table.flag(setting.name)
    elif setting.choices and bool not in kinds:
        value = table.choice(setting.name, [str(choice) for choice in setting.choices])
    else:
        value = table.text(setting.name)
    if value is not None and value != "":
        return value
    if setting.default is None:
        _report_missing(table, setting, blank=value == "")
    return setting.default


def _report_missing(table: Table, setting: Setting, *, blank: bool) -> None:
    what = f"The setting {setting.name} is {'empty' if blank else 'missing'}."
    remedy = f'Add {setting.name} = "…": {setting.help.rstrip(".")}.'
    if blank:
        table.notes.add(Code.MISSING_SETTING, (*table.path, setting.name), what, remedy)
    else:
        table.missing(setting.name, what, remedy, Code.MISSING_SETTING)


def _secrets(
    name: str, table: Table, connector: Connector, environment: Mapping[str, str]
) -> Credentials:
    found: dict[str, str] = {}
    for setting in connector.settings:
        if setting.need is not Need.SECRET:
            continue
        for key in (setting.name, f"{setting.name}{PREVIOUS}"):
            _refuse_in_file(name, key, table)
            value = _secret(name, key, table, environment)
            if value is not None:
                found[key] = value
            elif key == setting.name and setting.default is None:
                _warn_missing(name, setting, table)
    return Credentials(found)


def _secret(name: str, key: str, table: Table, environment: Mapping[str, str]) -> str | None:
    try:
        return secret(name, key, environment)
    except UnusableSecretError as error:
        table.notes.add(Code.SECRET_UNREADABLE, (*table.path, key), error.what, error.remedy)
        return None


def _refuse_in_file(name: str, key: str, table: Table) -> None:
    if key in table:
        table.raw(key)
        table.notes.add(
            Code.SECRET_IN_FILE,
            (*table.path, key),
            f"{key} is a secret, and the accord file is made to be shared and kept.",
            f"Take it out, renew it at the vendor, and set {variable(name, key)} in the "
            f"environment or {variable(name, key)}_FILE to a file only Accord may read.",
        )


def _warn_missing(name: str, setting: Setting, table: Table) -> None:
    named = variable(name, setting.name)
    absent = Finding(
        code=Code.SECRET_MISSING,
        where=(*table.path, setting.name),
        what=f"The secret {setting.name} is not given: {setting.help.rstrip('.')}.",
        remedy=f"Set {named} in the environment, or {named}_FILE to a file that only Accord may "
        "read.",
        severity=Severity.WARNING,
    )
    table.notes.add_absence(absent)


def system_tables(root: Table) -> dict[str, Table]:
    """Return each table under [systems] by its name; what is no table is noted."""
    parent = root.table("systems")
    found = {name: parent.table(name) for name in parent}
    return {name: table for name, table in found.items() if is_table(parent.raw(name))}
