"""The small stack with notices switched on, and the ledger as a test plays it."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from accord.domain.accord import Accord, Notify, Stage
from accord.domain.matrix import Matrix
from accord.domain.milestones import fingerprint
from accord.domain.notice import Notice, NoticeState
from accord.domain.notice_rules import ChannelKind, MailRules, NoticeRules, WebhookRules
from accord.domain.report import Report
from accord.domain.telling import Book as Page
from accord.domain.telling import Judgement, Since, judge
from accord.domain.tracks import State
from tests.domain.stack import NOON, after, ordered, said, stack
from tests.domain.test_plan import work

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LONG_SINCE = NOON - DAY

MAIL = MailRules(host="localhost", sender="Shop <orders@shop.example>")
HOOK = WebhookRules(url="https://messages.shop.example/notices", idempotent_for=DAY)
CANCELLED = Stage(
    name="cancelled",
    definition="The order is cancelled.",
    when={"order": (State.CANCELLED,)},
    customer_facing=True,
    notify=Notify.ONCE,
    stall_after=None,
    person="Ana Lima",
)


def telling(**rules: object) -> Accord:
    """Return the small stack, which tells customers by mail and of cancellations too."""
    accord = stack()
    given: dict[str, object] = {"mail": MAIL, **rules}
    return replace(
        accord,
        stages=(*accord.stages, CANCELLED),
        notices=NoticeRules(**given),  # type: ignore[arg-type]
    )


def began(accord: Accord, at: datetime = LONG_SINCE) -> Since:
    """Return that everything is told of since ``at``."""
    things = [
        *(f"system {name}" for name in accord.systems),
        *(f"channel {kind}" for kind in ChannelKind),
        *(fingerprint(stage) for stage in accord.stages),
    ]
    return Since(at, dict.fromkeys(things, at))


def dated(*reports: Report) -> list[Report]:
    """Return the reports as those of systems that tell when a thing came about."""
    return [replace(report, happened_at=report.said_at) for report in reports]


def placed(minute: int = 0) -> list[Report]:
    return [replace(r, happened_at=NOON + minute * MINUTE) for r in ordered(A=1)]


def shipped(minute: int = 1, own: str = "se-8"):
    return work(own, "IT", {"A": 1}, minute)


def delivered(minute: int = 2, own: str = "se-8"):
    return work(own, "DE", {"A": 1}, minute)


def cancelled(minute: int = 1) -> Report:
    return said("shop", "order", "cancelled", minute=minute)


class Book:
    """The ledger of one order in a test's hand; ``told`` is what was sent, in order."""

    def __init__(self, accord: Accord, since: Since | None = None) -> None:
        self.accord = accord
        self.since = since or began(accord)
        self.rows: list[Notice] = []
        self.told: list[tuple[str, ...]] = []

    def at(self, minute: float, *reports: Report) -> Judgement:
        """Do everything that is due ``minute`` minutes after noon, and return the last word."""
        return self.look(after(*reports, accord=self.accord), NOON + minute * MINUTE)

    def look(self, matrix: Matrix, now: datetime) -> Judgement:
        found = judge(matrix, self.accord, Page("1", self.rows, self.since), now)
        if found.new or found.dropped:
            self.rows = [row for row in self.rows if row.id not in {d.id for d in found.dropped}]
            self.rows += found.dropped
            for row in found.new:
                self.rows.append(replace(row, id=len(self.rows) + 1))
            return self.look(matrix, now)
        for due in found.due:
            self.told.append(tuple(m.stage for m in due.told))
            gone = {row.id for row in due.rows}
            self.rows = [
                replace(row, state=NoticeState.SENT) if row.id in gone else row for row in self.rows
            ]
        return found

    def why(self, stage: str) -> str | None:
        return next((row.why for row in self.rows if row.stage == stage), None)
