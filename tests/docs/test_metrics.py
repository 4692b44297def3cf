"""The page of metrics tells of every metric, and of every key of the object."""

import re
from datetime import UTC, datetime, timedelta

from msgspec.structs import fields

from accord.engine.health import health
from accord.storage.memory import MemoryStore
from accord.telemetry.metrics import exposition
from accord.telemetry.summary import AgreementLine, Summary, SystemLine
from tests.docs.pages import rows, section, text

PAGE = text("reference/metrics.md")
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


async def test_every_metric_is_listed():
    told = exposition(await health(MemoryStore(), {}, timedelta(minutes=5), NOW)).decode()
    listed = {row[0].strip("`") for row in rows(section(PAGE, "## `/metrics`"))[1:]}

    assert listed == set(re.findall(r"^# TYPE (\S+) gauge$", told, re.MULTILINE))


def test_every_key_is_listed():
    told = re.findall(r"`([^`]+)`", section(PAGE, "## `/status.json`"))
    keys = {field.name for kind in (Summary, SystemLine, AgreementLine) for field in fields(kind)}

    assert keys - {"system", "track"} <= set(told)
