"""What the accord says about messages to customers: when, by which channel, in which words."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from msgspec import Struct


class ChannelKind(StrEnum):
    """A way by which a notice reaches the customer."""

    MAIL = "mail"
    WEBHOOK = "webhook"


class Encryption(StrEnum):
    """How the line to a mail server is kept from being read. Certificates are always checked."""

    STARTTLS = "starttls"
    IMPLICIT = "implicit"
    NONE = "none"  # on the same machine only


class MailRules(Struct, frozen=True, kw_only=True):
    """The server that takes our mail, and whom it is from. Its password is not here."""

    host: str
    sender: str
    port: int = 587
    encryption: Encryption = Encryption.STARTTLS
    reply_to: str = ""


class WebhookRules(Struct, frozen=True, kw_only=True):
    """The address that takes notices, and how long it knows the id of one again.

    ``idempotent_for`` None: it promises nothing, so what had no answer is never sent again.
    """

    url: str
    idempotent_for: timedelta | None = None


class Words(Struct, frozen=True):
    """What a message about a stage says, with placeholders."""

    subject: str = "Your order {order}"
    text: str = "{definition}\n{parcels}\n{tracking}"


class NoticeRules(Struct, frozen=True, kw_only=True):
    """How customers are told of milestones.

    A milestone is told once it has stood for ``settle_for``, and never once it is older than
    ``max_age``. ``shop_sends`` names the stages of which the shop itself tells: we never do.
    ``words`` has, by stage, what is said.
    """

    settle_for: timedelta = timedelta(minutes=2)
    max_age: timedelta = timedelta(days=1)
    shop_sends: frozenset[str] = frozenset()
    words: Mapping[str, Words] = {}
    mail: MailRules | None = None
    webhook: WebhookRules | None = None

    @property
    def channels(self) -> tuple[ChannelKind, ...]:
        """Return the channels by which customers are told."""
        given = {ChannelKind.MAIL: self.mail, ChannelKind.WEBHOOK: self.webhook}
        return tuple(kind for kind, rules in given.items() if rules is not None)

    def words_of(self, stage: str) -> Words:
        """Return what a message about a stage says."""
        return self.words.get(stage, Words())

    def idempotent_for(self, channel: ChannelKind) -> timedelta | None:
        """Return how long a channel takes the same message under the same key for the same.

        Mail has no such thing: two are two.
        """
        if channel is ChannelKind.WEBHOOK and self.webhook is not None:
            return self.webhook.idempotent_for
        return None
