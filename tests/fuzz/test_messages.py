"""What comes out of a broker is a delivery of ours or is kept as nobody's."""

import asyncio
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.domain.errors import UnreadableError
from accord.engine.envelope import Incoming
from accord.ingress.message import read_message, unreadable, write_message
from tests.fuzz.spoiling import ODD, Draw, mangled, spoiled
from tests.fuzz.stack import NOW, ends
from tests.ingress.examples import incoming

FUZZ = settings.get_profile("fuzz")
PLAIN = [msgspec.msgpack.decode(write_message(incoming(1, b'{"id": 1}')))]


def message(draw: Draw) -> bytes:
    """Return a spoiled message: by its structure, or by its bytes."""
    if draw(st.booleans()):
        return mangled(draw, write_message(incoming(1, b'{"id": 1}')))
    return msgspec.msgpack.encode(_packable(spoiled(draw, PLAIN[0])))


def _packable(value: Any) -> Any:
    """Return a value as MessagePack can hold it."""
    match value:
        case dict():
            return {str(key): _packable(inner) for key, inner in value.items()}
        case list():
            return [_packable(inner) for inner in value]
        case str():
            return value.encode("utf-8", "replace").decode()
    return value


def read(raw: bytes) -> Incoming:
    try:
        return read_message(raw)
    except UnreadableError:
        return unreadable(raw, NOW)


@FUZZ
@given(data=st.data())
def test_any_message_is_kept_and_ends_in_one_standing(data: st.DataObject) -> None:
    landed = [read(message(data.draw)) for _ in range(data.draw(st.integers(1, 4)))]

    assert sum(asyncio.run(ends(landed)).values()) == len({(o.system, o.identity) for o in landed})


@pytest.mark.parametrize("value", [each for each in ODD if each is not None], ids=repr)
def test_a_delivery_of_an_odd_time_is_no_delivery(value: Any) -> None:
    tag, fields = PLAIN[0]
    raw = msgspec.msgpack.encode([tag, {**fields, "received_at": value}])

    landed = read(raw)

    assert landed.received_at.tzinfo is not None


@pytest.mark.parametrize("time", ["2026-11-02T12:00:00", "0001-01-01T00:00:00"])
def test_a_time_without_a_zone_is_no_time_of_ours(time: str) -> None:
    tag, fields = PLAIN[0]

    with pytest.raises(UnreadableError, match="zone"):
        read_message(msgspec.msgpack.encode([tag, {**fields, "received_at": time}]))
