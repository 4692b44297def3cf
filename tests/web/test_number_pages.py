"""Programs read how it stands: as metrics and as one object, with units and without names."""

import json
from datetime import timedelta

import httpx2
from prometheus_client.parser import text_string_to_metric_families

from accord.connector_kit.http import in_process
from accord.domain.agreement import Agreed
from accord.domain.case import Case, CaseKind
from accord.domain.outcome import Unavailable
from accord.domain.report import order_number
from accord.domain.tracks import Track
from accord.engine.desk import EVERYWHERE, Deed
from accord.engine.ports import Change
from accord.engine.receive import Receipt
from accord.storage.memory import MemoryStore
from accord.web.app import pages_app
from tests.domain.stack import stack
from tests.storage.examples import MINUTE, NOW, PROPAGATE, cell, incoming, matrix, own, write

LEFT = Case(CaseKind.SHIPPED_AFTER_CANCEL, "depot", "depot:1", "It left all the same.")


async def busy() -> MemoryStore:
    store = MemoryStore()
    told = matrix(own("820"), order_number("#1001"), cells=[cell()])
    agreed = (Agreed("books", Track.ORDER, timedelta(seconds=4)),)
    await write(store, Change(order=None, matrix=told, agreed=agreed, cases=(LEFT,)))
    await store.keep([incoming("1")])
    await store.ask(PROPAGATE, "books", ["1"], NOW - 10 * MINUTE)
    await store.instruments.count({("shop", Receipt.KEPT): 99, ("shop", Receipt.BUSY): 1}, NOW)
    for _ in range(20):
        await store.reckon("books", lambda state: state.heard(Unavailable("503"), NOW))
    await store.desk.pause(EVERYWHERE, Deed(what="paused", who="Ana", why="stocktaking", at=NOW))
    return store


async def ask(store: MemoryStore, path: str) -> httpx2.Response:
    app = pages_app(store, stack(), clock=lambda: NOW + MINUTE)
    async with httpx2.AsyncClient(transport=in_process(app), base_url="http://accord") as client:
        return await client.get(path)


async def test_a_monitor_reads_the_figures_as_metrics():
    answer = await ask(await busy(), "/metrics")
    found = {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }

    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert found["accord_time_to_agreement_seconds", "0.99", "books", "order"] == 5
    assert found["accord_orders_late", "books"] == 1
    assert found["accord_deliveries_refused", "shop"] == 1
    assert found["accord_queue_oldest_seconds",] == 60
    assert found["accord_link_up", "books"] == 0
    assert found["accord_cases_open",] == 1
    assert found["accord_envelopes", "waiting", "shop"] == 1
    assert "1001" not in answer.text


async def test_a_program_reads_the_same_as_one_object():
    told = json.loads((await ask(await busy(), "/status.json")).text)

    (books,) = (one for one in told["systems"] if one["system"] == "books")
    assert (told["is_well"], told["needs"]["cases"], told["exceptions_a_day"]) == (False, 1, 1)
    assert (books["answers"], books["why"], books["behind"], books["late"]) == (False, "503", 1, 1)
    assert told["agreement"][0] | {"p50_s": 5.0} == told["agreement"][0]
    assert told["queue_oldest_s"] == 60


async def test_an_empty_accord_is_well():
    told = json.loads((await ask(MemoryStore(), "/status.json")).text)

    assert told["is_well"]
    assert (await ask(MemoryStore(), "/metrics")).status_code == 200
