"""The questions of ``accord init``, each answered by an option, by a person or by a default."""

from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from typing import TypeVar

import typer

from accord.cli.answer_text import (
    Given,
    UnusableAnswerError,
    address,
    address_and_value,
    parts,
    refuse,
    some_text,
    typed,
)
from accord.connector_kit.connector import Connector, Need, Setting
from accord.domain.accord import Role
from accord.domain.finding import did_you_mean, listed
from accord.domain.ownership import EVERYWHERE
from accord.domain.tracks import Track
from accord.settings.draft import Answers
from accord.settings.presets import OwnershipPreset, StagePreset
from accord.settings.systems import name_fault

Answer = TypeVar("Answer")
Choice = TypeVar("Choice", bound=StrEnum)

NO_ANSWER = "there was no answer. Nothing was written."

# What people call a system of each kind when they speak of it.
_USUAL_NAMES: Mapping[Role, str] = {
    Role.STOREFRONT: "shop",
    Role.MARKETPLACE: "marketplace",
    Role.ERP: "books",
    Role.WAREHOUSE: "warehouse",
    Role.CARRIER: "carrier",
    Role.HELPDESK: "desk",
}


class Interview:
    """Gathers the answers for a first accord file."""

    def __init__(self, given: Given, catalogue: Mapping[str, Connector], *, may_ask: bool) -> None:
        self._given = given
        self._catalogue = catalogue
        self._may_ask = may_ask

    def answers(self) -> Answers:
        """Return an answer to every question, in the order in which a person is asked."""
        systems = self._systems()
        settings = self._settings(systems)
        places = self._places(systems)
        return Answers(
            systems=systems,
            settings=settings,
            ships=self._ships(systems, places),
            places=places,
            ownership=self._choice(
                "Who owns what", "--ownership", self._given.ownership, OwnershipPreset.STOREFRONT
            ),
            stages=self._choice(
                "The story told to customers", "--stages", self._given.stages, StagePreset.SIMPLE
            ),
            responsible=self._responsible(),
        )

    def _responsible(self) -> str:
        if self._given.responsible is not None:
            return self._checked("--responsible", self._given.responsible, address)
        return self._ask("The one person responsible (Name <address>)", "--responsible", address)

    def _systems(self) -> dict[str, str]:
        if self._given.systems:
            return self._checked("--system", ",".join(self._given.systems), self._named)
        question = f"Which systems, separated by commas (there are {listed(self._catalogue)})"
        return self._ask(question, "--system", self._named)

    def _named(self, text: str) -> dict[str, str]:
        """Return connectors by name from ``shop=shopify, netsuite``."""
        found: dict[str, str] = {}
        for part in parts(text):
            name, equals, kind = (piece.strip() for piece in part.partition("="))
            kind = kind if equals else name
            connector = self._catalogue.get(kind)
            if connector is None:
                known = listed(self._catalogue)
                message = f"There is no connector {kind!r}. "
                message += f"{did_you_mean(kind, self._catalogue)}There are {known}."
                raise UnusableAnswerError(message)
            usual = _USUAL_NAMES[connector.role]
            name = name if equals else (usual if usual not in found else connector.name)
            fault = name_fault(name) or (f"{name!r} is named twice." if name in found else None)
            if fault is not None:
                message = f"{fault} Give each a name of its own, as in shop_eu={kind}."
                raise UnusableAnswerError(message)
            found[name] = kind
        if not found:
            message = "Name at least one system."
            raise UnusableAnswerError(message)
        return found

    def _settings(self, systems: Mapping[str, str]) -> dict[str, dict[str, str | bool]]:
        found: dict[str, dict[str, str | bool]] = {name: {} for name in systems}
        for entry in self._given.settings:
            system, name, value = address_and_value("--setting", entry, "SYSTEM.NAME=VALUE")
            _refuse_unknown("--setting", entry, system, systems)
            declared = {s.name: s for s in self._own_settings(systems[system])}
            if name not in declared:
                what = f"{entry}: {system} has no setting {name!r}"
                refuse("--setting", f"{what}. {did_you_mean(name, declared)}".rstrip())
            found[system][name] = typed(declared[name], value)
        for system, kind in systems.items():
            for setting in self._own_settings(kind):
                if setting.name not in found[system] and setting.default is None:
                    question = f"{system}, {setting.name}: {setting.help.rstrip('.')}"
                    option = f"--setting {system}.{setting.name}="
                    found[system][setting.name] = self._ask(question, option, some_text)
        return found

    def _own_settings(self, kind: str) -> list[Setting]:
        settings = self._catalogue[kind].settings
        return [setting for setting in settings if setting.need is Need.ACCORD]

    def _ships(self, systems: Mapping[str, str], places: Collection[str]) -> dict[str, str]:
        able = [n for n, kind in systems.items() if Track.FULFILLMENT in self._catalogue[kind].owns]

        def one(text: str) -> str:
            name = text.strip()
            if name not in able:
                message = f"{name!r} cannot ship. Able to: {listed(able)}."
                raise UnusableAnswerError(message)
            return name

        found: dict[str, str] = {}
        for entry in self._given.ships:
            location, equals, name = entry.rpartition("=")
            found[location.strip() if equals else EVERYWHERE] = self._checked("--ships", name, one)
        if found or not able:
            return found
        warehouses = [n for n in able if self._catalogue[systems[n]].role is Role.WAREHOUSE]
        usual = (warehouses or able)[0]
        if len(able) == 1 or not places:
            question = f"Which one ships (of {listed(able)})"
            only = len(able) == 1
            return {EVERYWHERE: usual if only else self._ask(question, "--ships", one, usual)}
        return {
            place: self._ask(f"Which one ships from {place} (of {listed(able)})", "--ships", one)
            for place in places
        }

    def _places(self, systems: Mapping[str, str]) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for entry in self._given.places:
            location, system, own = address_and_value("--place", entry, "LOCATION.SYSTEM=ID")
            _refuse_unknown("--place", entry, system, systems)
            found.setdefault(location, {})[system] = own
        if found or not self._may_ask or not self._several():
            return found
        for location in self._ask("Their names, separated by commas", "--place", parts):
            answers = {system: self._own_id(system, location) for system in systems}
            found[location] = {system: own for system, own in answers.items() if own}
        return found

    @staticmethod
    def _several() -> bool:
        try:
            return typer.confirm("Do goods leave from several warehouses?", default=False)
        except typer.Abort:
            refuse("--place", NO_ANSWER)

    def _own_id(self, system: str, location: str) -> str:
        question = f"What {system} calls {location} (its id; leave empty if it does not know it)"
        return self._ask(question, "--place", str.strip, "")

    def _choice(self, question: str, option: str, given: Choice | None, default: Choice) -> Choice:
        kinds = type(default)

        def one(text: str) -> Choice:
            if text not in set(kinds):
                message = f"{did_you_mean(text, list(kinds))}Use one of {listed(kinds)}."
                raise UnusableAnswerError(message)
            return kinds(text)

        return given or self._ask(f"{question} ({listed(kinds)})", option, one, default.value)

    def _ask(
        self,
        question: str,
        option: str,
        understand: Callable[[str], Answer],
        default: str | None = None,
    ) -> Answer:
        """Return an understood answer: asked until it can be used, or the default unasked."""
        if not self._may_ask:
            if default is None:
                refuse(option, f"Nothing says: {question}. Give {option}.")
            return self._checked(option, default, understand)
        while True:
            try:
                text = typer.prompt(question, default=default, show_default=bool(default))
                return understand(str(text))
            except UnusableAnswerError as error:
                typer.echo(str(error), err=True)
            except typer.Abort:
                refuse(option, NO_ANSWER)

    @staticmethod
    def _checked(option: str, text: str, understand: Callable[[str], Answer]) -> Answer:
        try:
            return understand(text)
        except UnusableAnswerError as error:
            refuse(option, str(error))


def _refuse_unknown(option: str, entry: str, system: str, systems: Mapping[str, str]) -> None:
    if system not in systems:
        near = did_you_mean(system, systems)
        refuse(option, f"{entry}: there is no system {system!r}. {near}".rstrip())
