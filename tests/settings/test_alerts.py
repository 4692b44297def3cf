"""What the accord file and the environment say of calling people."""

from datetime import time, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from accord.domain.alert_rules import USUAL, AlertRules, RuleName
from accord.domain.errors import UnusableInputError
from accord.settings.accord_file import read_accord
from accord.settings.alerts import channel_addresses
from tests.settings.catalogue import CATALOGUE, SECRETS
from tests.settings.examples import CALLING, WHOLE, with_change

OPS = AlertRules(rules=USUAL, channels=("ops",))


def test_everything_said_of_alerts_is_read():
    read = read_accord(CALLING, CATALOGUE, SECRETS)

    assert read.findings == ()
    assert read.accord is not None
    assert read.accord.alerts == AlertRules(
        rules={
            **USUAL,
            RuleName.DRIFT: replace(
                USUAL[RuleName.DRIFT],
                more_than=20,
                within=timedelta(hours=2),
                lasts=timedelta(minutes=10),
                to=("lead",),
                first_response="Call Ana.",
            ),
            RuleName.REVIEW: replace(USUAL[RuleName.REVIEW], on=False),
        },
        channels=("ops", "lead"),
        digest_at=time(7, 30),
        time_zone="Europe/Berlin",
        remind_after=timedelta(days=2),
    )


def test_a_file_that_says_nothing_of_alerts_holds_every_rule_and_calls_nobody():
    read = read_accord(WHOLE, CATALOGUE, SECRETS)

    assert read.accord is not None
    assert read.accord.alerts == AlertRules(rules=USUAL)


def test_a_digest_may_be_left_out():
    text = with_change(CALLING, 'digest = "07:30"', 'digest = "never"')
    read = read_accord(text, CATALOGUE, SECRETS)

    assert read.accord is not None
    assert read.accord.alerts.digest_at is None


def test_an_address_comes_from_the_environment_or_a_file(tmp_path: Path):
    file = tmp_path / "ops"
    file.write_text("json://127.0.0.1/secret\n")
    file.chmod(0o600)

    found = channel_addresses(OPS, {"ACCORD_ALERTS_OPS_URL_FILE": str(file)})

    assert found == {"ops": "json://127.0.0.1/secret"}


def test_a_channel_without_an_address_is_told_before_the_start():
    with pytest.raises(UnusableInputError, match="ACCORD_ALERTS_OPS_URL"):
        channel_addresses(OPS, {})
