"""Mail by SMTP: one message to one customer, and for sure whether the server took it.

A server has taken a message when it answers to the end of its text (RFC 5321, 4.1.1.4 and 6.1). A
line that breaks before that answer leaves nobody knowing, and mail has no key by which a second
copy would be told from the first: what had no answer is never sent again from here.
"""

import asyncio
import contextlib
import re
import smtplib
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from msgspec.structs import replace

from accord.domain.notice_rules import Encryption, MailRules
from accord.engine.notice_channel import Answered, Declined, Outgoing, Rejected, Taken, Unanswered

# All of it, the wait for the last answer included; the engine waits somewhat longer.
TALK_WITHIN = timedelta(seconds=35)
STEP_WITHIN = timedelta(seconds=10)
# What is wrong with our own account is put right by people.
ACCOUNT_WAIT = timedelta(minutes=10)
AT_ONCE = 4
LONGEST_ADDRESS = 254

OK, LATER, NEVER, GO_AHEAD = 2, 4, 5, 354
_ADDRESS = re.compile(r"[!-?A-~]+@[A-Za-z0-9.-]+")
_UNWANTED = re.compile(r"[\s<>,;:\"\\()\[\]]")
_LIKE_AN_ADDRESS = re.compile(r"\S*@\S*")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailAccount:
    """How we sign in to the mail server; without a user we do not."""

    user: str = ""
    password: str = field(default="", repr=False)


class MailChannel:
    """A ``Channel`` to one mail server."""

    needs_contact = True

    def __init__(
        self, rules: MailRules, account: MailAccount, trust: ssl.SSLContext | None = None
    ) -> None:
        """Open nothing yet. ``trust`` has the authorities; by default those of the system."""
        self._rules = rules
        self._account = account
        self._trust = trust or ssl.create_default_context()
        # Threads of its own: a server that hangs must not take those of others.
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="mail")

    async def send(self, message: Outgoing) -> Answered:
        """Give one message to the server."""
        address = message.contact.mail if message.contact else ""
        if not is_address(address):
            return Rejected("the customer's address cannot be written to")
        letter = self._letter(message, address)
        loop = asyncio.get_running_loop()
        answered = await loop.run_in_executor(self._threads, self._talk, address, letter)
        return replace(answered, answer=without(address, answered.answer))

    async def close(self) -> None:
        """Let go of the threads; one that still talks ends by its deadline."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _letter(self, message: Outgoing, address: str) -> bytes:
        letter = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
        letter["From"] = self._rules.sender
        letter["To"] = address
        if self._rules.reply_to:
            letter["Reply-To"] = self._rules.reply_to
        letter["Subject"] = message.content.subject
        letter["Date"] = format_datetime(message.at)
        domain = parseaddr(self._rules.sender)[1].rpartition("@")[2]
        letter["Message-ID"] = f"<{message.key}@{domain}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(message.content.text)
        return letter.as_bytes()

    def _talk(self, address: str, letter: bytes) -> Answered:
        ends = time.monotonic() + TALK_WITHIN.total_seconds()
        try:
            server = self._connected()
        except OSError as error:  # every fault of smtplib is one too
            wait = ACCOUNT_WAIT if isinstance(error, smtplib.SMTPAuthenticationError) else None
            return Declined(f"not connected: {_plain(error)}", wait)
        try:
            refused = self._announce(server, address, ends)
            return refused or self._hand_over(server, letter, ends)
        finally:
            server.close()

    def _connected(self) -> smtplib.SMTP:
        rules, within = self._rules, STEP_WITHIN.total_seconds()
        server: smtplib.SMTP
        if rules.encryption is Encryption.IMPLICIT:
            server = smtplib.SMTP_SSL(rules.host, rules.port, timeout=within, context=self._trust)
        else:
            server = smtplib.SMTP(rules.host, rules.port, timeout=within)
        try:
            server.ehlo_or_helo_if_needed()
            if rules.encryption is Encryption.STARTTLS:
                server.starttls(context=self._trust)
                server.ehlo()
            if self._account.user:
                server.login(self._account.user, self._account.password)
        except BaseException:
            server.close()
            raise
        return server

    def _announce(self, server: smtplib.SMTP, address: str, ends: float) -> Answered | None:
        """Ask whether the server takes a message; whatever it says here, nothing is sent yet."""
        try:
            code, text = server.mail(parseaddr(self._rules.sender)[1])
            if code // 100 != OK:
                return Declined(_said(code, text), ACCOUNT_WAIT)
            code, text = server.rcpt(address)
            if code // 100 != OK:
                return _refusal(code, text)
            if time.monotonic() > ends - STEP_WITHIN.total_seconds():
                return Declined("the server was too slow to begin with")
            code, text = server.docmd("DATA")
            return None if code == GO_AHEAD else _refusal(code, text)
        except OSError as error:
            return Declined(f"the line broke before anything was sent: {_plain(error)}")

    @staticmethod
    def _hand_over(server: smtplib.SMTP, letter: bytes, ends: float) -> Answered:
        try:
            if server.sock is not None:
                server.sock.settimeout(max(ends - time.monotonic(), 1))
            server.send(_dotted(letter))
            code, text = server.getreply()
        except OSError as error:
            return Unanswered(f"the line broke after the message was sent: {_plain(error)}")
        if code // 100 == OK:
            with contextlib.suppress(OSError):
                server.docmd("QUIT")
            return Taken(_said(code, text))
        return (
            Rejected(_said(code, text)) if code // 100 == NEVER else Unanswered(_said(code, text))
        )


def is_address(text: str) -> bool:
    """Return whether ``text`` is one plain mail address, fit to stand in a header."""
    fits = 0 < len(text) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(text)
    return bool(fits) and not _UNWANTED.search(text) and not text.startswith("-")


def without(address: str, answer: str) -> str:
    """Return a server's answer without the address, which it likes to repeat."""
    local = address.partition("@")[0]
    scrubbed = _LIKE_AN_ADDRESS.sub("…", answer)
    return re.sub(re.escape(local), "…", scrubbed, flags=re.IGNORECASE) if local else scrubbed


def _refusal(code: int, text: bytes) -> Answered:
    """Return what a refusal before the message means: not now, or never to this address."""
    return Rejected(_said(code, text)) if code // 100 == NEVER else Declined(_said(code, text))


def _said(code: int, text: bytes) -> str:
    return f"{code} {text.decode('ascii', 'replace')}"


def _plain(error: OSError) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        return _said(error.smtp_code, text if isinstance(text, bytes) else text.encode())
    return f"{type(error).__name__} {error.strerror or ''}".strip()


def _dotted(letter: bytes) -> bytes:
    """Return the text as it goes over the line: dots doubled, its end marked (RFC 5321, 4.5.2)."""
    body = re.sub(rb"(?m)^\.", b"..", letter)
    return body + (b"" if body.endswith(b"\r\n") else b"\r\n") + b".\r\n"
