"""Whatever bytes a system sends end in exactly one standing, and no reader fails over them."""

import asyncio
from collections.abc import Sequence
from copy import deepcopy
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.connector_kit.connector import Connector
from accord.connector_kit.discovery import connectors
from accord.engine.envelope import Incoming, Standing
from tests.contracts.folder import samples_of
from tests.fuzz.spoiling import TEXTS, Draw, document, one_of, places, written
from tests.fuzz.stack import ends, incoming

FUZZ = settings.get_profile("fuzz")
Said = tuple[str, bytes, dict[str, str]]


@pytest.mark.parametrize("name", sorted(connectors()))
@FUZZ
@given(data=st.data())
def test_any_bytes_of_a_system_end_in_one_standing(name: str, data: st.DataObject) -> None:
    sent = [said(data.draw, connectors()[name]) for _ in range(data.draw(st.integers(1, 6)))]

    standings = asyncio.run(ends(numbered(name, sent)))

    assert set(standings) <= set(Standing)


@pytest.mark.parametrize("time", [text for text in TEXTS if text[4:5] == "-"])
@pytest.mark.parametrize("name", sorted(connectors()))
def test_an_odd_time_in_the_place_of_any_is_no_failure(name: str, time: str) -> None:
    samples = list(samples_of(connectors()[name]).values())
    sent = [(each.topic, written(with_times(each.body, time)), each.headers) for each in samples]

    asyncio.run(ends(numbered(name, sent)))


def with_times(document: Any, time: str) -> Any:
    """Return a document in which every time is ``time``."""
    root = [deepcopy(document)]
    for holder, key in list(places(root)):
        if isinstance(holder[key], str) and is_time(holder[key]):
            holder[key] = time
    return root[0]


def is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def said(draw: Draw, connector: Connector) -> Said:
    """Return how a spoiled sample comes: at its own address or, now and then, at another."""
    samples = list(samples_of(connector).values())
    sample = one_of(draw, samples)
    topics = sorted({*connector.topics, *(each.topic for each in samples), "", "no/such"})
    topic = sample.topic if draw(st.integers(0, 4)) else one_of(draw, topics)
    headers = dict(sample.headers)
    for name in headers:
        if not draw(st.integers(0, 4)):
            headers[name] = draw(st.sampled_from(TEXTS))
    return topic, document(draw, sample.body), headers


def numbered(system: str, sent: Sequence[Said]) -> list[Incoming]:
    return [incoming(system, *one, number) for number, one in enumerate(sent)]
