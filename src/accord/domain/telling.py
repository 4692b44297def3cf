"""Which notices of an order are due, and which are not to be sent and why. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from accord.domain.accord import Accord, Notify
from accord.domain.case import Case, CaseKind
from accord.domain.matrix import Matrix
from accord.domain.milestones import Milestone, fingerprint, milestones
from accord.domain.notice import Notice, NoticeState, Why
from accord.domain.notice_rules import ChannelKind, NoticeRules

# The name under which telling customers is paused, and its tasks and cases are kept.
NOTICES = "notices"
# However much happens to an order meanwhile, nobody waits for longer than so many settle windows.
MOST_WINDOWS = 3
# A key is taken for known for so much less than the provider says: clocks differ, calls last.
MARGIN = 0.1
CALL_LASTS = timedelta(minutes=1)


class Since(Struct, frozen=True):
    """From when on customers are told.

    ``notices`` is when notices began, or were resumed after a restore; ``things`` has the same
    for each system, channel and stage (under ``system NAME``, ``channel NAME`` and its
    fingerprint): what was so before somebody asked to tell of it is no news.
    """

    notices: datetime
    things: Mapping[str, datetime] = {}

    def of(self, names: Sequence[str]) -> datetime:
        """Return from when on all of ``names`` are told of; what nobody began is not."""
        never = datetime.max.replace(tzinfo=UTC)
        return max([self.notices, *(self.things.get(name, never) for name in names)])


class Book(Struct, frozen=True):
    """The rows of the ledger about one order, and from when on customers are told."""

    order: str
    rows: Sequence[Notice]
    since: Since


class Due(Struct, frozen=True):
    """One message to send now: its rows of the ledger, and what they are about."""

    channel: ChannelKind
    rows: tuple[Notice, ...]
    told: tuple[Milestone, ...]


class Judgement(Struct, frozen=True):
    """What is to become of an order's notices.

    ``new`` are rows the ledger lacks; ``dropped`` are waiting rows that will not be sent, with
    the reason in them. Only when both are empty and stored may ``due`` be sent and ``again`` be
    repeated: rows of unknown outcome, under the same key. ``look_at`` is when time alone changes
    something. ``cases`` are the messages that only a person can settle.
    """

    new: tuple[Notice, ...] = ()
    dropped: tuple[Notice, ...] = ()
    due: tuple[Due, ...] = ()
    again: tuple[tuple[Notice, ...], ...] = ()
    look_at: datetime | None = None
    cases: tuple[Case, ...] = ()


class _Order(Struct, frozen=True):
    """One order as it stands now, with its rows of the ledger."""

    id: str
    held: tuple[Milestone, ...]
    accord: Accord
    rules: NoticeRules
    ledger: Sequence[Notice]
    since: Since
    now: datetime

    def stage_key(self, name: str) -> str:
        return next((fingerprint(s) for s in self.accord.stages if s.name == name), "")

    def is_told(self, name: str) -> bool:
        return any(
            s.name == name and s.notify is not Notify.NEVER and s.customer_facing
            for s in self.accord.stages
        )


def judge(matrix: Matrix, accord: Accord, book: Book, now: datetime) -> Judgement:
    """Return what is to become of an order's notices, given its rows of the ledger.

    Doing what it says and asking again ends in a judgement with nothing in it: a milestone has
    one row for ever, whatever became of it.
    """
    rules = accord.notices
    if rules is None:
        return Judgement()
    held = milestones(matrix, accord)
    ledger = book.rows
    case = _Order(book.order, held, accord, rules, ledger, book.since, now)
    new = tuple(row for channel in rules.channels for row in _unknown(channel, case))
    waiting = [row for row in ledger if row.state is NoticeState.WAITING]
    dropped = tuple(row for row in (_judged(one, case) for one in waiting) if row.why)
    gone = {row.id for row in dropped}
    left = [row for row in waiting if row.id not in gone]
    due: list[Due] = []
    times: list[datetime | None] = []
    for channel in rules.channels:
        ready = [row for row in left if row.channel is channel and _milestone(row, held)]
        moment = _due_at(ready, rules)
        if moment is not None and moment <= now:
            told = tuple(m for row in ready for m in [_milestone(row, held)] if m)
            due.append(Due(channel, tuple(ready), told))
        elif moment is not None:
            times.append(moment)
    times += [row.came_about + rules.max_age for row in left]
    times += [row.not_before for row in ledger if _is_put_off(row, now)]
    return Judgement(
        new=new,
        dropped=dropped,
        due=tuple(due),
        again=tuple(_again(case)),
        look_at=min((time for time in times if time is not None), default=None),
        cases=tuple(_case(row) for row in ledger if _is_for_a_person(row, case)),
    )


def knows_it_until(first_call: datetime, window: timedelta) -> datetime:
    """Return until when a provider is relied on to take a second call for the first."""
    return first_call + window - max(window * MARGIN, CALL_LASTS)


def _unknown(channel: ChannelKind, case: _Order) -> Iterator[Notice]:
    """Yield rows for milestones that the ledger does not know on this channel."""
    rows = [row for row in case.ledger if row.channel is channel]
    for one in case.held:
        if any(_is_of(row, one) for row in rows):
            continue
        row = Notice(
            order=case.id,
            channel=channel,
            stage=one.stage,
            subject=one.subject,
            names=one.names,
            came_about=min(one.came_about, case.now),
            noticed_at=case.now,
        )
        yield _dropped(row, _no_news(one, channel, case) or _why_not(row, case))


def _is_of(row: Notice, one: Milestone) -> bool:
    """Return whether a row tells of a milestone, under whatever name the parcel had then."""
    if row.stage != one.stage:
        return False
    return row.subject == one.subject or not set(row.names).isdisjoint(one.names)


def _no_news(one: Milestone, channel: ChannelKind, case: _Order) -> Why | None:
    """Return why a milestone first seen now is no news.

    What nobody dates is taken for news only of an order known for longer than its system, its
    channel and its stage: whatever was so before them would look the same.
    """
    names = [
        f"channel {channel}",
        case.stage_key(one.stage),
        *(f"system {system}" for system in sorted(one.systems)),
    ]
    began = case.since.of(names)
    if one.came_about < began:
        return Why.BEFORE_NOTICES
    known_since = min((row.noticed_at for row in case.ledger), default=None)
    if not one.is_dated and (known_since is None or known_since < began):
        return Why.UNDATED
    return None


def _why_not(row: Notice, case: _Order) -> Why | None:
    """Return why a waiting row will never be sent."""
    if row.channel not in case.rules.channels or not case.is_told(row.stage):
        return Why.NOT_TOLD
    if row.stage in case.rules.shop_sends:
        return Why.SHOP_TELLS
    if row.came_about < case.since.notices:
        return Why.BEFORE_NOTICES
    if case.now - row.came_about >= case.rules.max_age:
        return Why.TOO_OLD
    if any(_is_of(row, one) and not one.is_current for one in case.held):
        return Why.OVERTAKEN
    return None


def _judged(row: Notice, case: _Order) -> Notice:
    return _dropped(row, _why_not(row, case))


def _dropped(row: Notice, why: Why | None) -> Notice:
    return row if why is None else replace(row, state=NoticeState.SUPPRESSED, why=why)


def _milestone(row: Notice, held: Sequence[Milestone]) -> Milestone | None:
    """Return what a row tells of, if it is so now: nobody is told of what the order has left."""
    return next((one for one in held if one.is_current and _is_of(row, one)), None)


def _due_at(ready: Sequence[Notice], rules: NoticeRules) -> datetime | None:
    """Return when what stands ready is told in one message."""
    if not ready:
        return None
    noticed = [row.noticed_at for row in ready]
    settled = min(max(noticed) + rules.settle_for, min(noticed) + MOST_WINDOWS * rules.settle_for)
    return max([settled, *(row.not_before for row in ready if row.not_before)])


def _again(case: _Order) -> Iterator[tuple[Notice, ...]]:
    """Yield the messages of unknown outcome that may be repeated under their key."""
    keys = {row.message for row in case.ledger if row.state is NoticeState.AMBIGUOUS}
    for key in sorted(keys):
        rows = tuple(row for row in case.ledger if row.message == key)
        if all(_may_repeat(row, case) for row in rows):
            yield rows


def _is_put_off(row: Notice, now: datetime) -> bool:
    put_off = row.not_before is not None and row.not_before > now
    return put_off and row.state is NoticeState.AMBIGUOUS


def _is_for_a_person(row: Notice, case: _Order) -> bool:
    """Return whether nothing but a person can tell what became of a message."""
    return row.state is NoticeState.AMBIGUOUS and not _is_known_still(row, case)


def _case(row: Notice) -> Case:
    about = f"{row.channel} {row.stage} {row.subject}".strip()
    parcel = f" of parcel {row.subject.partition(':')[2]}" if row.subject else ""
    what = f"Whether the {row.channel} about {row.stage}{parcel} was sent is not known."
    return Case(CaseKind.NOTICE_AMBIGUOUS, NOTICES, about, what)


def _may_repeat(row: Notice, case: _Order) -> bool:
    ready = row.not_before is None or row.not_before <= case.now
    return ready and _is_known_still(row, case)


def _is_known_still(row: Notice, case: _Order) -> bool:
    """Return whether the provider is relied on to know the message's key."""
    window = case.rules.idempotent_for(row.channel)
    first = row.first_called_at
    if window is None or first is None or first < case.since.notices:
        return False
    return case.now < knows_it_until(first, window)
