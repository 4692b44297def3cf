"""What a mail server may do, and what it means for the message."""

import ssl
import subprocess
from pathlib import Path

import pytest

from accord.domain.notice_rules import Encryption, MailRules
from accord.engine.notice_channel import Answered, Declined, Rejected, Taken, Unanswered
from accord.notify.mail import MailAccount, MailChannel, is_address
from tests.notify.examples import ADDRESS, message
from tests.notify.mail_server import MailServer

PLAIN = Encryption.NONE


async def sent(
    server: MailServer,
    encryption: Encryption = PLAIN,
    trust: ssl.SSLContext | None = None,
    account: MailAccount | None = None,
    **said: str,
) -> Answered:
    rules = MailRules(
        host="localhost",
        port=server.port,
        sender="The Shop <orders@shop.example>",
        encryption=encryption,
    )
    channel = MailChannel(rules, account or MailAccount(), trust)
    try:
        return await channel.send(message(**said))
    finally:
        await channel.close()


async def test_a_message_arrives_as_it_was_written():
    async with MailServer().open() as server:
        text = "First line.\n.\n.dots first\nPaket für Ángel\n"

        assert await sent(server, text=text) == Taken("250 2.0.0 queued as 4711")

    (letter,) = server.letters
    assert letter["To"] == ADDRESS
    assert letter["From"] == "The Shop <orders@shop.example>"
    assert letter["Message-ID"] == "<msg_1@shop.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert b"\r\n..dots first" in server.taken[0]
    assert b"=C3=BC" in server.taken[0]


@pytest.mark.parametrize(
    ("answers", "meaning"),
    [
        ({"CONNECT": "421 later"}, Declined),
        ({"CONNECT": "HANG_UP"}, Declined),
        ({"EHLO": "HANG_UP"}, Declined),
        ({"MAIL": "451 later"}, Declined),
        ({"MAIL": "550 not from you"}, Declined),
        ({"RCPT": "450 later"}, Declined),
        ({"RCPT": "550 no such mailbox"}, Rejected),
        ({"RCPT": "HANG_UP"}, Declined),
        ({"DATA": "451 later"}, Declined),
        ({"DATA": "554 spam"}, Rejected),
        ({"DATA": "HANG_UP"}, Declined),
        ({"END": "554 spam"}, Rejected),
        ({"END": "451 later, or is it there already?"}, Unanswered),
        ({"END": "HANG_UP"}, Unanswered),
        ({"END": "LOSE"}, Unanswered),
    ],
)
async def test_what_a_server_does_at_each_step_means(answers, meaning):
    async with MailServer(answers=answers).open() as server:
        assert type(await sent(server)) is meaning


async def test_a_server_that_is_not_there_has_taken_nothing():
    async with MailServer().open() as server:
        pass

    assert type(await sent(server)) is Declined


async def test_the_address_is_in_no_answer():
    answers = {"RCPT": f"550 5.1.1 <{ADDRESS.upper()}>: maria.lopez is unknown"}
    async with MailServer(answers=answers).open() as server:
        answer = str(await sent(server))

    assert "lopez" not in answer.casefold()
    assert "5.1.1" in answer


@pytest.mark.parametrize(
    "address",
    ["", "nobody", "a@b@c", "a b@c.de", "a@c.de\r\nBcc: x@y.z", "<a@c.de>", "-a@c.de", "ä@c.de"],
)
async def test_what_is_no_address_is_not_written_to(address):
    assert not is_address(address)
    async with MailServer().open() as server:
        assert type(await sent(server, mail=address)) is Rejected
        assert server.spoken == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    key, own = folder / "key.pem", folder / "own.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run(
        [*make, *subject, "-keyout", str(key), "-out", str(own)], check=True, capture_output=True
    )
    return key, own


def guarded(certificate: tuple[Path, Path]) -> MailServer:
    key, own = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own, key)
    return MailServer(tls=context)


async def test_the_line_is_encrypted_before_anything_is_said(certificate):
    trust = ssl.create_default_context(cafile=str(certificate[1]))
    account = MailAccount(user="accord", password="secret-1")
    async with guarded(certificate).open() as server:
        answer = await sent(server, Encryption.STARTTLS, trust, account)

    assert type(answer) is Taken
    steps = [line.split(" ")[0] for line in server.spoken]
    assert steps[:4] == ["ehlo", "STARTTLS", "ehlo", "AUTH"]


async def test_a_server_nobody_vouches_for_gets_nothing(certificate):
    async with guarded(certificate).open() as server:
        assert type(await sent(server, Encryption.STARTTLS)) is Declined

    assert server.taken == []


async def test_a_server_that_offers_no_encryption_gets_nothing():
    account = MailAccount(user="accord", password="secret-1")
    async with MailServer().open() as server:
        assert type(await sent(server, Encryption.STARTTLS, account=account)) is Declined

    assert not [line for line in server.spoken if line.startswith(("MAIL", "AUTH"))]


def test_a_password_is_not_printed():
    assert "secret-1" not in repr(MailAccount(user="accord", password="secret-1"))
