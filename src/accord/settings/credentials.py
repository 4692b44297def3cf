"""Secrets of each system, from the environment or from files; never from the accord file."""

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from accord.domain.errors import UnusableInputError

# During a rotation the secret before the present one is accepted too.
PREVIOUS = "_previous"


class Credentials(Mapping[str, str]):
    """The secrets of one system by name. Printing it shows the names and no secret."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._secrets = dict(secrets)

    def __getitem__(self, name: str) -> str:
        return self._secrets[name]

    def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
        """Return a secret, or ``default``; asked for by every delivery, so by no detour."""
        return self._secrets.get(name, default)

    def __iter__(self) -> Iterator[str]:
        return iter(self._secrets)

    def __len__(self) -> int:
        return len(self._secrets)

    def __repr__(self) -> str:
        return f"Credentials({', '.join(sorted(self._secrets))})"


class UnusableSecretError(UnusableInputError):
    """A secret is given in a way that cannot or must not be used; it says which and what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what} {remedy}")
        self.what = what
        self.remedy = remedy


def variable(system: str, name: str) -> str:
    """Return the environment variable for a secret: ``ACCORD_SHOP_API_TOKEN``."""
    return f"ACCORD_{system}_{name}".upper().replace("-", "_")


def secret(system: str, name: str, environment: Mapping[str, str]) -> str | None:
    """Return one secret, or None where it is not given.

    It is the value of its variable, or the text of the file that the variable with ``_FILE``
    names. Raises ``UnusableSecretError`` where both are given or the file must not be used.
    """
    direct = variable(system, name)
    by_file = f"{direct}_FILE"
    value, file = environment.get(direct), environment.get(by_file)
    if value and file:
        what = f"Both {direct} and {by_file} are set."
        raise UnusableSecretError(what, "Unset one of them.")
    if file:
        return _from_file(Path(file), by_file)
    return value or None


def _from_file(path: Path, named_by: str) -> str:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            body = file.read()
    except OSError as error:
        what = f"{named_by} names {path}, which cannot be read: {error.strerror}."
        raise UnusableSecretError(what, "Name a file that Accord may read.") from error
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        what = f"{named_by} names {path}, which others than its owner may use."
        raise UnusableSecretError(what, f"Run: chmod 600 {path}")
    try:
        text = body.decode().strip()
    except UnicodeDecodeError as error:
        what = f"{named_by} names {path}, which is not text."
        raise UnusableSecretError(what, "Save it as UTF-8.") from error
    if not text:
        what = f"{named_by} names {path}, which is empty."
        raise UnusableSecretError(what, "Put the secret into it.")
    return text
