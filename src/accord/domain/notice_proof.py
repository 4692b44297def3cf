"""Whether customers can be told as the accord says: by some channel, safely, in known words."""

from collections.abc import Iterator
from email.utils import getaddresses
from urllib.parse import urlsplit

from accord.domain.accord import Accord, Notify
from accord.domain.finding import Code, Finding, did_you_mean, listed
from accord.domain.notice_rules import Encryption, MailRules, NoticeRules, WebhookRules
from accord.domain.notice_text import placeholders, unknown_placeholders

# Only what does not leave the machine may go unencrypted.
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


def prove_notices(accord: Accord) -> Iterator[Finding]:
    """Yield everything missing or contradictory in how customers are told."""
    rules = accord.notices
    if rules is None:
        return
    if not rules.channels:
        yield Finding(
            code=Code.NO_CHANNEL,
            where=("notices",),
            what="Customers are to be told, and no channel is named.",
            remedy="Add [notices.mail] or [notices.webhook], or take [notices] out.",
        )
    yield from _stages(accord, rules)
    yield from _words(rules)
    if rules.mail is not None:
        yield from _mail(rules.mail)
    if rules.webhook is not None:
        yield from _webhook(rules.webhook)


def _stages(accord: Accord, rules: NoticeRules) -> Iterator[Finding]:
    told = [stage.name for stage in accord.stages if stage.notify is not Notify.NEVER]
    for name in sorted(rules.shop_sends - set(told)):
        yield Finding(
            code=Code.UNKNOWN_STAGE,
            where=("notices", "shop_sends"),
            what=f"The shop is said to tell of {name!r}, which is no stage anybody is told of.",
            remedy=f"{did_you_mean(name, told)}Stages that are told are {listed(told)}.",
        )


def _words(rules: NoticeRules) -> Iterator[Finding]:
    for name, words in rules.words.items():
        for key, text in (("subject", words.subject), ("text", words.text)):
            for found in dict.fromkeys(unknown_placeholders(text)):
                yield Finding(
                    code=Code.UNKNOWN_PLACEHOLDER,
                    where=("stages", name, key),
                    what=f"{{{found}}} stands in a message and means nothing.",
                    remedy=f"{did_you_mean(found, placeholders())}There are "
                    f"{listed(f'{{{each}}}' for each in placeholders())}.",
                )
        for key, text in (("subject", words.subject), ("text", words.text)):
            if not text.strip():
                yield Finding(
                    code=Code.EMPTY_MESSAGE,
                    where=("stages", name, key),
                    what=f"The message about {name} has no {key}.",
                    remedy="Write one, or take the key out to use the usual words.",
                )


def _mail(rules: MailRules) -> Iterator[Finding]:
    for key, text in (("from", rules.sender), ("reply_to", rules.reply_to)):
        addresses = [address for _, address in getaddresses([text]) if "@" in address]
        if (text or key == "from") and (len(addresses) != 1 or not text.isprintable()):
            yield Finding(
                code=Code.NO_SENDER,
                where=("notices", "mail", key),
                what=f"{text!r} is not one mail address.",
                remedy=f'Write one: {key} = "The Shop <orders@example.com>".',
            )
    if rules.encryption is Encryption.NONE and rules.host not in THIS_MACHINE:
        yield Finding(
            code=Code.UNSAFE_CHANNEL,
            where=("notices", "mail", "encryption"),
            what="Addresses and messages would cross the network for anybody to read.",
            remedy='Set encryption = "starttls" or "implicit"; "none" is for this machine only.',
        )


def _webhook(rules: WebhookRules) -> Iterator[Finding]:
    try:
        url = urlsplit(rules.url)
        host = url.hostname
    except ValueError:
        url, host = urlsplit(""), None
    safe = url.scheme == "https" or (url.scheme == "http" and host in THIS_MACHINE)
    if not host or not safe or url.username or url.password:
        yield Finding(
            code=Code.UNSAFE_CHANNEL,
            where=("notices", "webhook", "url"),
            what="This is no address that messages can safely be sent to.",
            remedy='Write url = "https://…", without a user or a password in it.',
        )
