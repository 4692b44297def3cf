# ruff: noqa: E501 - a snapshot holds a line as it is printed
import json
from pathlib import Path

from inline_snapshot import snapshot

from tests.cli.conftest import Run
from tests.settings.examples import WHOLE, with_change


def accord_file(text: str) -> str:
    Path("accord.toml").write_text(text, encoding="utf-8")
    return "accord.toml"


def wrong() -> str:
    text = with_change(WHOLE, 'payment = { owner = "shop" }', 'payment = { owner = ["a", "b"] }')
    return with_change(text, "customer_facing = false", "customer_facing = true")


def test_a_sound_file_is_said_to_be_sound(run: Run) -> None:
    accord_file(WHOLE)
    result = run("check")

    assert result.exit_code == 0
    assert result.stdout == snapshot(
        """\
accord.toml is sound, with no warnings.
3 systems, 3 stages; Ana Lima <ana@example.com> answers for it.
"""
    )


def test_every_fault_is_told_with_its_line_and_remedy(run: Run) -> None:
    result = run("check", accord_file(wrong()))

    assert result.exit_code == 1
    assert result.stdout == snapshot("""\
accord.toml:28  tracks.payment.owner
  2 systems are named as owners of the track payment: a and b.
  Keep the one that decides it, and list the others under mirrors.

accord.toml:44  stages.packed.customer_facing
  The stage packed is shown to customers, and it begins with fulfillment packed: a packed
  parcel can still be unpacked, and nobody carries it yet.
  Set customer_facing = false, or let the stage begin later.

accord.toml is not sound: 2 findings, no warnings.
""")


def test_missing_secrets_are_only_warned_of(run: Run) -> None:
    accord_file(WHOLE)
    result = run("check", environment={})

    assert result.exit_code == 0
    assert result.stdout == snapshot("""\
accord.toml:5  systems.shop.api_token
  Warning: The secret api_token is not given: The token of the app.
  Set ACCORD_SHOP_API_TOKEN in the environment, or ACCORD_SHOP_API_TOKEN_FILE to a file that
  only Accord may read.

accord.toml:9  systems.books.private_key
  Warning: The secret private_key is not given: The key in PEM form.
  Set ACCORD_BOOKS_PRIVATE_KEY in the environment, or ACCORD_BOOKS_PRIVATE_KEY_FILE to a
  file that only Accord may read.

accord.toml:13  systems.warehouse.api_key
  Warning: The secret api_key is not given: The key.
  Set ACCORD_WAREHOUSE_API_KEY in the environment, or ACCORD_WAREHOUSE_API_KEY_FILE to a
  file that only Accord may read.

accord.toml is sound, with 3 warnings.
3 systems, 3 stages; Ana Lima <ana@example.com> answers for it.
""")


def test_one_object_is_printed_for_machines(run: Run) -> None:
    result = run("check", accord_file(wrong()), "--json")

    assert result.exit_code == 1
    assert json.loads(result.stdout) == snapshot(
        {
            "file": "accord.toml",
            "sound": False,
            "error": None,
            "findings": [
                {
                    "line": 28,
                    "where": "tracks.payment.owner",
                    "code": "two_owners",
                    "severity": "error",
                    "what": "2 systems are named as owners of the track payment: a and b.",
                    "remedy": "Keep the one that decides it, and list the others under mirrors.",
                },
                {
                    "line": 44,
                    "where": "stages.packed.customer_facing",
                    "code": "internal_step_shown",
                    "severity": "error",
                    "what": "The stage packed is shown to customers, and it begins with fulfillment packed: a packed parcel can still be unpacked, and nobody carries it yet.",
                    "remedy": "Set customer_facing = false, or let the stage begin later.",
                },
            ],
        }
    )


def test_a_missing_file_is_unusable(run: Run) -> None:
    result = run("check")

    assert (result.exit_code, result.stderr) == snapshot(
        (2, "There is no file accord.toml. Write one with: accord init accord.toml\n")
    )


def test_a_missing_file_is_one_object_too(run: Run) -> None:
    result = run("check", "--json")

    assert (result.exit_code, json.loads(result.stdout)) == snapshot(
        (
            2,
            {
                "file": "accord.toml",
                "sound": False,
                "error": "There is no file accord.toml. Write one with: accord init accord.toml",
                "findings": [],
            },
        )
    )


def test_a_file_that_is_no_toml_is_unusable(run: Run) -> None:
    result = run("check", accord_file(WHOLE + "person: Ana\n"))

    assert (result.exit_code, result.stdout) == snapshot(
        (
            2,
            """\
accord.toml:56
  The file cannot be read from here on: Expected '=' after a key in a key/value pair.
  A line is a [table], a key = value or a # comment; texts stand in "quotes".

accord.toml is not sound: 1 finding, no warnings.
""",
        )
    )


def test_a_file_that_is_no_text_is_unusable(run: Run) -> None:
    Path("accord.toml").write_bytes(b"\xff\xfe")
    result = run("check")

    assert (result.exit_code, result.stderr) == snapshot(
        (2, "accord.toml is not text in UTF-8. Save it as UTF-8.\n")
    )
