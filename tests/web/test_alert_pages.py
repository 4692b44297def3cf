"""What is wrong is on a page, with what to do first, and what could not be told."""

from datetime import timedelta

import httpx2
from msgspec.structs import replace

from accord.connector_kit.http import in_process
from accord.domain.alert import Condition, follow
from accord.domain.alert_rules import USUAL, AlertRules, RuleName
from accord.domain.alert_text import Message
from accord.storage.memory import MemoryStore
from accord.web.app import pages_app
from tests.domain.stack import stack
from tests.storage.examples import LEASE, NOW

RULES = AlertRules(rules=USUAL, channels=("ops",))
WORD = Condition(rule=RuleName.UNKNOWN_WORD, key="shop", figure=3, what="<script>alert(1)</script>")


async def shown(store: MemoryStore) -> str:
    app = pages_app(store, replace(stack(), alerts=RULES), clock=lambda: NOW)
    async with httpx2.AsyncClient(transport=in_process(app), base_url="http://accord") as client:
        return (await client.get("/alerts")).text


async def test_an_empty_page_says_so():
    assert "Nothing is wrong" in await shown(MemoryStore())


async def test_what_is_wrong_stands_with_what_to_do_and_what_was_not_told():
    store = MemoryStore()
    told = Message(key="1", channel="ops", title="Accord: a word", text="x")
    await store.alerts.follow(follow([], [WORD], RULES, NOW), [told], NOW)
    (letter,) = await store.alerts.letters(1, LEASE, NOW)
    await store.alerts.put_off(letter, NOW + timedelta(hours=1), "nobody answers")
    text = await shown(store)

    assert "&lt;script&gt;" in text
    assert WORD.what not in text
    assert "Find out what it means" in text
    assert "nobody answers" in text
