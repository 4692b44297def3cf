"""One milestone of one order over one channel, as the ledger of notices has it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from accord.domain.notice_rules import ChannelKind


class NoticeState(StrEnum):
    """How far a notice has come. The model in ``model/notices.pml`` uses the same words."""

    WAITING = "waiting"
    INTENT = "intent"
    SENT = "sent"
    AMBIGUOUS = "ambiguous"
    SUPPRESSED = "suppressed"
    REFUSED = "refused"


class Why(StrEnum):
    """Why a notice is not sent. A closed set; ``why_meanings`` has the sentences."""

    OVERTAKEN = "overtaken"
    SHOP_TELLS = "shop_tells"
    TOO_OLD = "too_old"
    BEFORE_NOTICES = "before_notices"
    UNDATED = "undated"
    NO_CONTACT = "no_contact"
    NOT_TOLD = "not_told"
    BY_HAND = "by_hand"


_STATES: Mapping[NoticeState, str] = {
    NoticeState.WAITING: "Noticed; sent once it has stood for the settle window.",
    NoticeState.INTENT: "About to be sent, or being sent; written down before the call.",
    NoticeState.SENT: "The provider took it.",
    NoticeState.AMBIGUOUS: "No answer came, so it may have been sent; never sent twice blindly.",
    NoticeState.SUPPRESSED: "Not sent, for the reason that stands beside it.",
    NoticeState.REFUSED: "The provider will not take it; trying again would not help.",
}

_WHYS: Mapping[Why, str] = {
    Why.OVERTAKEN: "The order was further already when it was to be told.",
    Why.SHOP_TELLS: "The shop itself tells its customers of this stage.",
    Why.TOO_OLD: "It came about longer ago than max_age.",
    Why.BEFORE_NOTICES: "It came about before the notices of it began, or before they were "
    "resumed after a restore.",
    Why.UNDATED: "It was so already when it was first heard of, and nobody told since when.",
    Why.NO_CONTACT: "The order has no address to send it to.",
    Why.NOT_TOLD: "The accord no longer tells customers of this stage, or on this channel.",
    Why.BY_HAND: "A person decided so.",
}


def state_meanings() -> Mapping[NoticeState, str]:
    """Return what each state means, one sentence each."""
    return _STATES


def why_meanings() -> Mapping[Why, str]:
    """Return why a notice may not be sent, one sentence each."""
    return _WHYS


class Notice(Struct, frozen=True, kw_only=True):
    """One row of the ledger: a milestone of an order, or of one parcel of it, on one channel.

    ``subject`` is a parcel's id, empty for the order as a whole; ``names`` are all the names
    under which systems know that parcel. ``message`` is the key given to the provider: rows told
    in one message share it. ``token`` is that of the hand which sent it last. ``content`` is the
    message as it was rendered, without any address. ``who`` decided by hand, if anybody did.
    """

    id: int = 0
    order: str
    channel: ChannelKind
    stage: str
    subject: str = ""
    names: tuple[str, ...] = ()
    state: NoticeState = NoticeState.WAITING
    why: Why | None = None
    came_about: datetime
    noticed_at: datetime
    message: str = ""
    token: int = 0
    tries: int = 0
    first_called_at: datetime | None = None
    called_at: datetime | None = None
    not_before: datetime | None = None
    answer: str = ""
    content: str = ""
    who: str = ""

    @property
    def key(self) -> tuple[ChannelKind, str, str]:
        """Return what tells it from every other notice of its order."""
        return (self.channel, self.stage, self.subject)
