"""What is read a column at a time says what each of its values says alone."""

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.audit.keys import compact
from accord.audit.times import INSTANT, TimeColumn

TIMES = st.datetimes(datetime(1991, 1, 1), datetime(2099, 12, 31))  # noqa: DTZ001 - a clock's


def written(times: list[datetime], form: str, *, short: list[bool]) -> list[str]:
    """Write times in a format, some of them without the zeros that pad day and month."""
    texts = [time.strftime(form) for time in times]
    return [text.lstrip("0") if cut else text for text, cut in zip(texts, short, strict=True)]


@pytest.mark.parametrize(
    "form", ["%Y-%m-%d %H:%M", "%m/%d/%Y %I:%M %p", "%d/%m/%Y %H:%M", "%d.%m.%Y", "%m/%d/%Y"]
)
@given(data=st.data())
def test_days_and_minutes_are_read_as_each_alone(form: str, data: st.DataObject) -> None:
    times = data.draw(st.lists(TIMES, min_size=1, max_size=8))
    short = data.draw(st.lists(st.booleans(), min_size=len(times), max_size=len(times)))
    texts = [*written(times, form, short=short), None, "no time"]
    column = TimeColumn("when", form, days=False)
    alone = [
        pl.Series("when", [text], pl.String).str.to_datetime(form, time_unit="us", strict=False)
        if "%M" in form
        else pl.Series("when", [text], pl.String).str.to_date(form, strict=False)
        for text in texts
    ]
    expected = pl.concat(alone).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    assert column.read(pl.DataFrame({"when": texts})).to_list() == expected.to_list()


@given(
    st.lists(TIMES, min_size=1, max_size=8),
    st.lists(st.sampled_from(["+0000", "-0500", "+0530"]), min_size=8, max_size=8),
)
def test_every_time_keeps_its_own_zone(times: list[datetime], zones: list[str]) -> None:
    form = "%Y-%m-%d %H:%M:%S %z"
    texts = [f"{t:%Y-%m-%d %H:%M:%S} {zone}" for t, zone in zip(times, zones, strict=False)]
    read = TimeColumn("when", form, days=False).read(pl.DataFrame({"when": texts}))
    assert read.dtype == INSTANT
    assert read.to_list() == [datetime.strptime(text, form).astimezone(UTC) for text in texts]


def test_a_fraction_of_a_second_is_no_zone() -> None:
    texts = ["2026-01-01 00:00:00 +0000", "2026-01-01 00:00:00.5 +0000"]
    column = TimeColumn("when", "%Y-%m-%d %H:%M:%S %z", days=False)
    read = column.read(pl.DataFrame({"when": texts})).to_list()
    assert read == [datetime(2026, 1, 1, tzinfo=UTC), None]


@given(st.lists(st.text("+017", min_size=1, max_size=3), unique=True, min_size=2, max_size=8))
def test_keys_that_differ_stay_apart_however_they_are_held(keys: list[str]) -> None:
    held, _ = compact(pl.Series("key", keys), pl.Series("key", ["1"]))
    assert held.n_unique() == len(keys)
