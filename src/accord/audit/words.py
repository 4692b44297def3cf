"""The words found in exports, looked up in the vocabularies of the systems."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from msgspec import structs

from accord.audit.exports import ONE_AT_A_TIME
from accord.domain.tracks import State
from accord.domain.vocabulary import Meaning, Row, Unknown, Vocabulary, vocabulary

# What NetSuite calls its records on screen, beside the types its vocabulary is keyed by.
_RECORDS = {
    "salesorder": "SalesOrd",
    "itemfulfillment": "ItemShip",
    "itemship": "ItemShip",
    "salesord": "SalesOrd",
    "returnauthorization": "RtnAuth",
    "rtnauth": "RtnAuth",
    "invoice": "CustInvc",
    "custinvc": "CustInvc",
    "cashsale": "CashSale",
    "payment": "CustPymt",
    "customerdeposit": "CustDep",
    "creditmemo": "CustCred",
    "customerrefund": "CustRfnd",
    "transferorder": "TrnfrOrd",
    "storepickup": "StPickUp",
}

# What an account is taken to have, unless it is said otherwise; each is the connectors' default.
DEFAULT_SETTINGS: Mapping[str, Mapping[str, str | bool]] = {
    "netsuite": {"billing_in_advance": False, "pick_pack_ship": True},
    "shipstation": {"shipped_when": "label"},
}


class Said(NamedTuple):
    """A word as an export has it, the kind of record that speaks, and what it means.

    ``meaning`` is None for a word that is known and says nothing to us.
    """

    text: str
    kind: str
    known: bool
    meaning: Meaning | None


def record_kind(text: str) -> str:
    """Return the kind of record NetSuite names on screen, or an empty text."""
    return _RECORDS.get(_plain(text), "")


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


class Words:
    """One system's words, found by the word itself or by its label, however it is written.

    Capitals, blanks and punctuation do not make another word: ``Partially Fulfilled`` is
    ``partially_fulfilled``. Nothing else is forgiven; what is not in the table is unknown.
    """

    def __init__(
        self, system: str, settings: Mapping[str, str | bool], extra: Iterable[Row] = ()
    ) -> None:
        self.system = system
        self._settings = {**DEFAULT_SETTINGS.get(system, {}), **settings}
        with ONE_AT_A_TIME:
            self.vocabulary = _vocabulary(system)
        self.vocabulary = structs.replace(self.vocabulary, rows=(*extra, *self.vocabulary.rows))
        self._index = self._indexed()

    def _indexed(self) -> dict[tuple[str, str], str]:
        index: dict[tuple[str, str], str] = {}
        for row in self.vocabulary.rows:
            if row.label:
                index.setdefault((row.kind, _plain(row.label)), row.word)
        for silent in self.vocabulary.ignored:
            # The reason of an ignored NetSuite letter begins with the label on screen.
            label = silent.reason.split(":")[0]
            index.setdefault((silent.kind, _plain(label)), silent.word)
        for row in self.vocabulary.rows:
            index[(row.kind, _plain(row.word))] = row.word
        for silent in self.vocabulary.ignored:
            index[(silent.kind, _plain(silent.word))] = silent.word
        return index

    def read(self, kinds: Iterable[str], text: str, record: str = "") -> Said:
        """Return what ``text`` says on a record of the first of ``kinds`` that knows it.

        ``Sales Order : Billed`` and ``SalesOrd:G`` name their record themselves; ``record`` is
        the type that another column of the row names.
        """
        kinds = tuple(kinds)
        word = text
        if ":" in text:
            prefix, _, rest = text.partition(":")
            named = record_kind(prefix)
            if named in kinds or named in _RECORDS.values():
                kinds, word = (named,), rest.strip()
        elif record_kind(record):
            kinds = (record_kind(record),)
        for kind in kinds:
            found = self._index.get((kind, _plain(word)))
            if found is not None:
                reading = self.vocabulary.read(kind, found, self._settings)
                if not isinstance(reading, Unknown):
                    return Said(
                        text,
                        kind,
                        known=True,
                        meaning=reading if isinstance(reading, Meaning) else None,
                    )
        return Said(text, kinds[0], known=False, meaning=None)

    def tells_apart(self, column: str, one: State, other: State) -> bool:
        """Return whether this system shows the two states as different things."""
        return self.vocabulary.tells_apart(column, one, other)


@cache
def _vocabulary(system: str) -> Vocabulary:
    """Return a connector's table and what stands only in exports beside it."""
    # The connector itself is not loaded: its table is all that is needed here.
    places = (
        files("accord").joinpath("connectors", system, "vocabulary.toml"),
        files("accord").joinpath("audit", "vocabularies", f"{system}.toml"),
    )
    tables = [
        vocabulary(tomllib.loads(place.read_text(encoding="utf-8")))
        for place in places
        if place.is_file()
    ]
    return Vocabulary(
        version=max((table.version for table in tables), default=1),
        rows=tuple(row for table in tables for row in table.rows),
        ignored=tuple(row for table in tables for row in table.ignored),
        alike=tuple(row for table in tables for row in table.alike),
    )
