import os
from pathlib import Path

import pytest

from accord.domain.finding import Code, Severity
from accord.settings.accord_file import read_accord
from accord.settings.credentials import Credentials, UnusableSecretError, secret
from tests.settings.catalogue import CATALOGUE, SECRETS
from tests.settings.examples import WHOLE


def secret_file(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "token"
    path.write_text(text)
    path.chmod(mode)
    return path


def from_file(path: Path) -> str | None:
    return secret("shop", "api_token", {"ACCORD_SHOP_API_TOKEN_FILE": str(path)})


def test_a_secret_comes_from_its_variable() -> None:
    assert secret("shop", "api_token", {"ACCORD_SHOP_API_TOKEN": "abc"}) == "abc"


def test_a_secret_comes_from_a_file_without_its_line_end(tmp_path: Path) -> None:
    assert from_file(secret_file(tmp_path, "line 1\nline 2\n")) == "line 1\nline 2"


def test_a_secret_that_is_not_given_is_none() -> None:
    assert secret("shop", "api_token", {"ACCORD_SHOP_API_TOKEN": ""}) is None


@pytest.mark.skipif(os.name != "posix", reason="files have no such modes here")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610])
def test_a_secret_that_others_may_use_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(UnusableSecretError, match="chmod 600"):
        from_file(secret_file(tmp_path, "abc", mode))


def test_an_empty_secret_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableSecretError, match="empty"):
        from_file(secret_file(tmp_path, "\n"))


def test_a_secret_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableSecretError, match="cannot be read"):
        from_file(tmp_path / "none")


def test_a_secret_given_in_two_ways_is_refused(tmp_path: Path) -> None:
    both = {"ACCORD_SHOP_API_TOKEN": "a", "ACCORD_SHOP_API_TOKEN_FILE": str(tmp_path)}
    with pytest.raises(UnusableSecretError, match="Unset one"):
        secret("shop", "api_token", both)


def test_secrets_are_not_printed() -> None:
    assert repr(Credentials({"api_token": "abc"})) == "Credentials(api_token)"


def test_an_accord_as_read_prints_no_secret() -> None:
    read = read_accord(WHOLE, CATALOGUE, SECRETS)

    assert read.systems["shop"].secrets["api_token"] in SECRETS.values()
    assert [value for value in SECRETS.values() if value in repr(read)] == []


def test_during_a_rotation_the_secret_before_is_read_too() -> None:
    read = read_accord(WHOLE, CATALOGUE, {**SECRETS, "ACCORD_SHOP_API_TOKEN_PREVIOUS": "old"})

    assert read.systems["shop"].secrets["api_token_previous"] == "old"


def test_a_missing_secret_is_only_warned_of_and_its_variable_named() -> None:
    read = read_accord(WHOLE, CATALOGUE, {})

    assert {(f.code, f.severity) for f in read.findings} == {
        (Code.SECRET_MISSING, Severity.WARNING)
    }
    assert "ACCORD_SHOP_API_TOKEN in the environment" in read.findings[0].remedy
    assert read.sound


def test_a_secret_that_must_not_be_used_is_an_error(tmp_path: Path) -> None:
    given = {**SECRETS, "ACCORD_SHOP_API_TOKEN": ""}
    given["ACCORD_SHOP_API_TOKEN_FILE"] = str(tmp_path / "none")
    read = read_accord(WHOLE, CATALOGUE, given)

    assert [(f.code, f.key) for f in read.findings] == [
        (Code.SECRET_UNREADABLE, "systems.shop.api_token")
    ]


def test_a_secret_in_the_file_is_not_repeated_in_the_finding() -> None:
    text = WHOLE.replace('account = "1234567"', 'account = "1"\nprivate_key = "hush"')
    (found,) = read_accord(text, CATALOGUE, SECRETS).findings

    assert found.code is Code.SECRET_IN_FILE
    assert "hush" not in str(found)
