"""Reading [notices]: by which channels customers are told, and what the shop tells by itself."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from accord.domain.errors import UnusableInputError
from accord.domain.finding import Code
from accord.domain.notice_rules import Encryption, MailRules, NoticeRules, WebhookRules, Words
from accord.settings.credentials import PREVIOUS, secret, variable
from accord.settings.tables import Table

HIGHEST_PORT = 65535
DEFAULT_PORT = 587  # where mail is handed in (RFC 6409)
# The names that channels have in variables; no system may be called so.
MAIL, WEBHOOK = "mail", "webhook"
SETTLE_FOR = timedelta(minutes=2)
MAX_AGE = timedelta(days=1)
SHORTEST_KEY, LONGEST_KEY = 24, 64


@dataclass(frozen=True, slots=True)
class StageWords:
    """What stages say of telling customers: the words, and which of them the shop tells."""

    words: dict[str, Words] = field(default_factory=dict)
    shop_tells: set[str] = field(default_factory=set)

    def read(self, name: str, entry: Table) -> None:
        """Take in what one stage's table says of it."""
        subject, text = entry.text("subject"), entry.text("text")
        if subject is not None or text is not None:
            given = Words()
            self.words[name] = Words(
                given.subject if subject is None else subject, given.text if text is None else text
            )
        if entry.choice("told_by", ["shop", "accord"]) == "shop":
            self.shop_tells.add(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSecrets:
    """What opens the channels. Printing it shows nothing of it."""

    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    webhook: tuple[str, ...] = field(default=(), repr=False)


def read_notices(root: Table, said: StageWords) -> NoticeRules | None:
    """Return how customers are told, None where the file does not speak of it."""
    if "notices" not in root:
        return None
    table = root.table("notices")
    shop_sends = table.texts("shop_sends")
    table.missing(
        "shop_sends",
        "It is not said of which stages the shop itself tells its customers.",
        'List them: shop_sends = ["ordered"]. Shopify confirms every order by itself; shop_sends '
        "= [] if it is switched off there.",
    )
    rules = NoticeRules(
        settle_for=table.length("settle_for") or SETTLE_FOR,
        max_age=table.length("max_age") or MAX_AGE,
        shop_sends=frozenset({*(shop_sends or ()), *said.shop_tells}),
        words=said.words,
        mail=_mail(table.table(MAIL)) if MAIL in table else None,
        webhook=_webhook(table.table(WEBHOOK)) if WEBHOOK in table else None,
    )
    table.finish()
    return rules


def _mail(table: Table) -> MailRules:
    _refuse_secrets(table, MAIL, ("user", "password"))
    host, sender = table.text("host"), table.text("from")
    table.missing("host", "It is not said which server takes our mail.", 'Add host = "smtp…".')
    table.missing(
        "from",
        "It is not said whom the mail is from.",
        'Add from = "The Shop <orders@example.com>".',
    )
    encryption = table.choice("encryption", list(Encryption))
    port = table.number("port", 1, HIGHEST_PORT)
    reply_to = table.text("reply_to")
    table.finish()
    return MailRules(
        host=host or "localhost",
        sender=sender or "",
        port=port or DEFAULT_PORT,
        encryption=Encryption(encryption) if encryption else Encryption.STARTTLS,
        reply_to=reply_to or "",
    )


def _webhook(table: Table) -> WebhookRules:
    _refuse_secrets(table, WEBHOOK, ("secret",))
    url, window = table.text("url"), table.length("idempotent_for")
    table.missing("url", "It is not said where notices are sent.", 'Add url = "https://…".')
    table.finish()
    return WebhookRules(url=url or "", idempotent_for=window)


def _refuse_secrets(table: Table, channel: str, names: tuple[str, ...]) -> None:
    for name in names:
        if name in table:
            table.raw(name)
            named = variable(channel, name)
            table.notes.add(
                Code.SECRET_IN_FILE,
                (*table.path, name),
                f"{name} opens a channel, and the accord file is made to be shared and kept.",
                f"Take it out, renew it, and set {named} in the environment or {named}_FILE to a "
                "file only Accord may read.",
            )


def channel_secrets(rules: NoticeRules, environment: Mapping[str, str]) -> ChannelSecrets:
    """Return what opens the channels of ``rules``.

    Raises ``UnusableInputError`` where something is missing or guards nothing.
    """
    user, password = (secret(MAIL, name, environment) for name in ("user", "password"))
    if rules.mail is not None and bool(user) != bool(password):
        message = f"Set both {variable(MAIL, 'user')} and {variable(MAIL, 'password')}, or neither."
        raise UnusableInputError(message)
    given = [secret(WEBHOOK, name, environment) for name in ("secret", f"secret{PREVIOUS}")]
    signing = tuple(each for each in given if each)
    named = variable(WEBHOOK, "secret")
    if rules.webhook is not None and not given[0]:
        message = f"Set {named}, or {named}_FILE: whsec_ and 24 to 64 random bytes in base64."
        raise UnusableInputError(message)
    for each in signing:
        fault = secret_fault(each)
        if fault:
            message = f"{named} cannot be used: {fault}."
            raise UnusableInputError(message)
    return ChannelSecrets(user=user or "", password=password or "", webhook=signing)


def secret_fault(text: str) -> str:
    """Return why a webhook's secret guards nothing; empty if it does."""
    try:
        key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return "it is not base64"
    if not SHORTEST_KEY <= len(key) <= LONGEST_KEY:
        return f"it holds {len(key)} bytes, and {SHORTEST_KEY} to {LONGEST_KEY} are needed"
    return ""
