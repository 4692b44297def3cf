# ruff: noqa: E501 - a snapshot holds a line as it is printed
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from tests.cli.conftest import Run

FLAGS = (
    "--no-questions",
    "--system=shopify",
    "--system=ledger=netsuite",
    "--system=shipstation",
    "--setting=shop.shop=example.myshopify.com",
    "--setting=ledger.account=1234567",
    "--responsible=Ana Lima <ana@example.com>",
)
ANSWERS = """\
shopify, ledger=netsuite, shipstation
example.myshopify.com
1234567
n
warehouse
storefront
simple
Ana Lima <ana@example.com>
"""


def written() -> str:
    return Path("accord.toml").read_text(encoding="utf-8")


def test_what_is_written_passes_the_check(run: Run) -> None:
    assert run("init", *FLAGS).exit_code == 0
    assert run("check").exit_code == 0


def test_answers_and_options_write_the_same_file(run: Run) -> None:
    run("init", *FLAGS)
    by_options = written()
    run("init", "--force", answers=ANSWERS)

    assert written() == by_options


def test_the_questions_are_few_and_plain(run: Run) -> None:
    assert run("init", answers=ANSWERS, environment={}).stdout == snapshot("""\
Which systems, separated by commas (there are netsuite, shipstation, shopify and ups): shopify, ledger=netsuite, shipstation
shop, shop: The shop's own address, as in example.myshopify.com: example.myshopify.com
ledger, account: The account id: 1234567
Do goods leave from several warehouses? [y/N]: n
Which one ships (of ledger, shop and warehouse) [warehouse]: warehouse
Who owns what (fulfillment, storefront and support) [storefront]: storefront
The story told to customers (rich and simple) [simple]: simple
The one person responsible (Name <address>): Ana Lima <ana@example.com>
Wrote accord.toml. Next:
  Set ACCORD_SHOP_API_TOKEN in the environment, or ACCORD_SHOP_API_TOKEN_FILE to a file that only Accord may read.
  Set ACCORD_LEDGER_PRIVATE_KEY in the environment, or ACCORD_LEDGER_PRIVATE_KEY_FILE to a file that only Accord may read.
  Set ACCORD_WAREHOUSE_API_KEY in the environment, or ACCORD_WAREHOUSE_API_KEY_FILE to a file that only Accord may read.
  Read it, then: accord check accord.toml
""")


def test_several_warehouses_are_asked_for_place_by_place(run: Run) -> None:
    places = "shopify, east=shipstation, west=shipstation\nexample.myshopify.com\ny\nnorth, south\n"
    places += "1\nse-1\n\n2\n\nse-2\neast\nwest\n\n\nana@example.com\n"
    result = run("init", answers=places)

    assert result.exit_code == 0, result.output
    assert 'owner = { north = "east", south = "west" }' in written()
    assert run("check").exit_code == 0


def test_several_warehouses_can_be_given_by_options(run: Run) -> None:
    result = run(
        "init",
        *FLAGS,
        "--place=east.shop=1",
        "--place=east.warehouse=se-1",
        "--place=west.shop=2",
        "--ships=east=warehouse",
        "--ships=west=shop",
    )

    assert result.exit_code == 0, result.output
    assert 'owner = { east = "warehouse", west = "shop" }' in written()


def test_an_existing_file_stays_as_it_is(run: Run) -> None:
    Path("accord.toml").write_text("mine")
    result = run("init", *FLAGS)

    assert (result.exit_code, result.stderr, written()) == snapshot(
        (1, "accord.toml exists and stays as it is. To write over it, add --force.\n", "mine")
    )


def test_an_existing_file_is_written_over_when_told_so(run: Run) -> None:
    Path("accord.toml").write_text("mine")
    run("init", *FLAGS, "--force")

    assert written().startswith("# The accord")


def test_a_dry_run_prints_the_file_and_writes_none(run: Run) -> None:
    printed = run("init", *FLAGS, "--dry-run").stdout

    assert not Path("accord.toml").exists()
    run("init", *FLAGS)
    assert written() == printed


def test_an_answer_that_cannot_be_used_is_asked_for_again(run: Run) -> None:
    result = run("init", answers="shopfy\n" + ANSWERS)

    assert result.exit_code == 0
    assert "Did you mean 'shopify'?" in result.stderr


def test_an_end_of_the_answers_says_which_option_would_answer(run: Run) -> None:
    result = run("init", answers="shopify\nexample.myshopify.com\nn\n")

    assert (result.exit_code, result.stderr.splitlines()[-1]) == snapshot(
        (2, "--ownership: there was no answer. Nothing was written.")
    )


@pytest.mark.parametrize(
    ("flags", "why"),
    [
        (["--system=shopify", "--setting=shop.shop=x"], "--responsible"),
        (["--system=shopify", "--responsible=a@example.com"], "--setting shop.shop="),
        (["--responsible=a@example.com"], "--system"),
        ([*FLAGS, "--system=nonesuch"], "There is no connector 'nonesuch'"),
        ([*FLAGS, "--system=shop=ups"], "'shop' is named twice"),
        ([*FLAGS, "--system=My Shop=ups"], "cannot be a system's name"),
        ([*FLAGS, "--ships=carrier"], "cannot ship"),
        ([*FLAGS, "--setting=shop"], "SYSTEM.NAME=VALUE"),
        ([*FLAGS, "--setting=shop.shpo=x"], "Did you mean 'shop'?"),
        ([*FLAGS, "--setting=shp.shop=x"], "no system 'shp'"),
        ([*FLAGS, "--place=east=1"], "LOCATION.SYSTEM=ID"),
        ([*FLAGS, "--place=east.shp=1"], "no system 'shp'"),
        ([*FLAGS, "--responsible=Ana"], "exactly one person"),
    ],
)
def test_an_option_that_cannot_be_used_says_what_would_do(
    run: Run, flags: list[str], why: str
) -> None:
    result = run("init", "--no-questions", *flags)

    assert result.exit_code == 2
    assert why in result.stderr
    assert not Path("accord.toml").exists()


def test_answers_that_make_no_sound_accord_write_nothing(run: Run) -> None:
    result = run("init", *FLAGS, "--place=east.shop=1", "--ships=west=warehouse")

    assert result.exit_code == 1
    assert "nothing was written" in result.stderr
    assert not Path("accord.toml").exists()
