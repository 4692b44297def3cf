"""What the accord file and the environment say of telling customers."""

import base64
from datetime import timedelta
from pathlib import Path

import pytest

from accord.domain.errors import UnusableInputError
from accord.domain.notice_rules import (
    Encryption,
    MailRules,
    NoticeRules,
    WebhookRules,
    Words,
)
from accord.settings.accord_file import read_accord
from accord.settings.notices import channel_secrets
from tests.settings.catalogue import CATALOGUE, SECRETS
from tests.settings.examples import TELLING, WHOLE

SECRET = f"whsec_{base64.b64encode(bytes(32)).decode()}"
MAIL = NoticeRules(mail=MailRules(host="localhost", sender="orders@example.com"))
WEBHOOK = NoticeRules(webhook=WebhookRules(url="https://messages.example.com"))


def test_everything_said_of_notices_is_read():
    read = read_accord(TELLING, CATALOGUE, SECRETS)

    assert read.findings == ()
    assert read.accord is not None
    assert read.accord.notices == NoticeRules(
        settle_for=timedelta(minutes=3),
        max_age=timedelta(hours=12),
        shop_sends=frozenset({"ordered", "fulfilled"}),
        words={"fulfilled": Words("Order {order}", "It has left: {parcels}\n{tracking}")},
        mail=MailRules(
            host="smtp.example.com",
            port=2587,
            sender="The Shop <orders@example.com>",
            encryption=Encryption.STARTTLS,
            reply_to="help@example.com",
        ),
        webhook=WebhookRules(
            url="https://messages.example.com/in", idempotent_for=timedelta(days=1)
        ),
    )


def test_a_file_that_says_nothing_of_notices_tells_nobody():
    read = read_accord(WHOLE, CATALOGUE, SECRETS)

    assert read.accord is not None
    assert read.accord.notices is None


def test_secrets_come_from_the_environment_or_a_file(tmp_path: Path):
    file = tmp_path / "password"
    file.write_text("pass-1\n")
    file.chmod(0o600)
    given = {"ACCORD_MAIL_USER": "accord", "ACCORD_MAIL_PASSWORD_FILE": str(file)}

    found = channel_secrets(MAIL, given)

    assert (found.user, found.password) == ("accord", "pass-1")
    assert "pass-1" not in repr(found)


def test_two_secrets_sign_during_a_rotation():
    given = {"ACCORD_WEBHOOK_SECRET": SECRET, "ACCORD_WEBHOOK_SECRET_PREVIOUS": SECRET}

    assert channel_secrets(WEBHOOK, given).webhook == (SECRET, SECRET)


@pytest.mark.parametrize(
    ("rules", "given"),
    [
        (MAIL, {"ACCORD_MAIL_USER": "accord"}),
        (MAIL, {"ACCORD_MAIL_PASSWORD": "x"}),
        (WEBHOOK, {}),
        (WEBHOOK, {"ACCORD_WEBHOOK_SECRET": "whsec_short"}),
        (WEBHOOK, {"ACCORD_WEBHOOK_SECRET": "whsec_c2hvcnQ="}),
        (WEBHOOK, {"ACCORD_WEBHOOK_SECRET": SECRET, "ACCORD_WEBHOOK_SECRET_PREVIOUS": "x"}),
    ],
)
def test_what_is_missing_or_guards_nothing_is_told_before_the_start(rules, given):
    with pytest.raises(UnusableInputError, match=r"ACCORD_"):
        channel_secrets(rules, given)
