"""What people call about notices, on a real database."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from accord.cli.app import app
from accord.cli.surroundings import Surroundings
from accord.domain.notice import Notice, NoticeState
from accord.domain.notice_rules import ChannelKind
from accord.engine.notice_ledger import Ending, Epoch, Mark, Sending
from accord.storage.postgres import PostgresStore, postgres_store
from tests.storage.databases import Databases
from tests.storage.examples import own, place_order

Call = Callable[..., Result]
BY_ANA = ("--who", "Ana", "--why", "asked the provider")


@pytest.fixture
def url(embedded_databases: Databases) -> Iterator[str]:
    with embedded_databases.fresh() as url:
        yield url


@pytest.fixture
def call(url: str, tmp_path: Path) -> Call:
    given = {"ACCORD_DATABASE_URL": url, "ACCORD_SEND_MARK": str(tmp_path / "mark.json")}
    return lambda *words: CliRunner().invoke(
        app, ["notices", *words], obj=Surroundings(environment=given)
    )


def at(url: str, work: Callable[[PostgresStore], Awaitable[object]]) -> None:
    async def done() -> None:
        async with postgres_store(url) as store:
            await work(store)

    asyncio.run(done())


@pytest.fixture
def unknown(url: str) -> None:
    """One mail of an hour ago that had no answer."""
    then = datetime.now(UTC) - timedelta(hours=1)

    async def work(store: PostgresStore) -> None:
        order = await place_order(store, own("1"))
        notices = store.notices
        await notices.begin(Epoch(id="e1", since=then, sends=0, cluster=await notices.cluster()))
        row = Notice(
            order=order,
            channel=ChannelKind.MAIL,
            stage="ordered",
            came_about=then,
            noticed_at=then,
        )
        await notices.note([row])
        (kept,) = await notices.of_order(order)
        sending = Sending(rows=(kept.id,), message="msg_1", content="{}", token=1, at=then)
        await notices.intend(sending, Mark("e1", 0))
        await notices.end(
            Ending(
                message="msg_1",
                token=1,
                state=NoticeState.AMBIGUOUS,
                answer="the line broke\x1b[2J",
                at=then,
            )
        )

    at(url, work)


def told(result: Result) -> Any:
    return json.loads(result.stdout)


def test_without_notices_there_is_nothing_to_look_at(call: Call) -> None:
    result = call("list")

    assert result.exit_code == 0
    assert "no notices" in result.stdout


@pytest.mark.usefixtures("unknown")
def test_a_message_of_unknown_outcome_is_listed_and_shown(call: Call) -> None:
    result = call("list")
    assert result.exit_code == 1
    assert "ambiguous" in result.stdout
    assert "\x1b" not in result.stdout

    (one,) = told(call("list", "--json"))["notices"]
    shown = call("show", str(one["id"]))
    assert shown.exit_code == 0
    assert "msg_1" in shown.stdout


@pytest.mark.usefixtures("unknown")
@pytest.mark.parametrize(
    ("flag", "state"), [("--sent", "sent"), ("--again", "waiting"), ("--never", "suppressed")]
)
def test_a_person_says_what_became_of_it_once(call: Call, flag: str, state: str) -> None:
    (one,) = told(call("list", "--json"))["notices"]
    number = str(one["id"])
    assert call("resolve", number, flag).exit_code == 2
    assert call("resolve", number, flag, "--dry-run", *BY_ANA).exit_code == 0

    assert call("resolve", number, flag, *BY_ANA).exit_code == 0
    assert call("resolve", number, flag, *BY_ANA).exit_code == 1

    after = told(call("show", number, "--json"))
    assert (after["state"], after["who"]) == (state, "Ana")


@pytest.mark.usefixtures("unknown")
def test_nothing_is_sent_again_while_somebody_may_still_be_at_it(call: Call, url: str) -> None:
    async def lately(store: PostgresStore) -> None:
        (row,) = await store.notices.of_order("1")
        again = Sending(
            rows=(row.id,),
            message=row.message,
            content="{}",
            token=2,
            at=datetime.now(UTC),
            again=True,
        )
        assert await store.notices.intend(again, Mark("e1", 0))
        await store.notices.recover("1", 3, datetime.now(UTC))

    at(url, lately)

    result = call("resolve", "1", "--again", *BY_ANA)
    assert result.exit_code == 2
    assert "may still be sending" in result.stderr


def test_a_number_that_is_none_is_said_to_be(call: Call) -> None:
    assert call("show", "7").exit_code == 1
    assert call("resolve", "7", "--sent", *BY_ANA).exit_code == 1


def test_a_pause_is_lifted_by_resuming(call: Call) -> None:
    assert call("pause", *BY_ANA).exit_code == 0
    assert "asked the provider" in told(call("list", "--json"))["stopped"]
    assert call("list").exit_code == 1

    assert call("resume", *BY_ANA).exit_code == 0
    assert call("resume", *BY_ANA).exit_code == 1
    assert told(call("list", "--json"))["stopped"] == ""


@pytest.mark.usefixtures("unknown")
def test_a_restored_database_is_resumed_with_a_new_epoch(
    call: Call, url: str, tmp_path: Path
) -> None:
    at(url, lambda store: store.notices.stop("it is an older copy"))
    before = told(call("resume", "--dry-run", "--json", *BY_ANA))
    assert before["stopped"] == "it is an older copy"

    assert call("resume", *BY_ANA).exit_code == 0

    mark = json.loads((tmp_path / "mark.json").read_text())
    assert mark["epoch"] != "e1"
    assert mark["sends"] == 1
    assert told(call("list", "--json"))["stopped"] == ""
