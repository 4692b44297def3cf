"""Which connectors there are: every folder under ``accord.connectors`` that declares one."""

import importlib
import pkgutil
import tomllib
from functools import cache
from importlib.resources import files

from accord.connector_kit.connector import Connector
from accord.domain.vocabulary import Vocabulary, vocabulary

PACKAGE = "accord.connectors"


@cache
def connectors() -> dict[str, Connector]:
    """Return every connector by its name."""
    package = importlib.import_module(PACKAGE)
    found = {}
    for module in sorted(m.name for m in pkgutil.iter_modules(package.__path__) if m.ispkg):
        connector: Connector = importlib.import_module(f"{PACKAGE}.{module}").CONNECTOR
        found[connector.name] = connector
    return found


def read_vocabulary(package: str) -> Vocabulary:
    """Return the table beside a connector's code."""
    text = files(package).joinpath("vocabulary.toml").read_text(encoding="utf-8")
    return vocabulary(tomllib.loads(text))
