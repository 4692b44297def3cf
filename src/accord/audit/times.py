"""Times as exports write them, read as instants."""

from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

import polars as pl

INSTANT = pl.Datetime("us", "UTC")
UTC_ZONE = "UTC"

# Exact formats first; of day-first and month-first the one that reads every value is taken.
_ZONED = (
    "%Y-%m-%d %H:%M:%S %z",
    "%Y-%m-%dT%H:%M:%S%z",
    "%Y-%m-%dT%H:%M:%S%.f%z",
    "%Y-%m-%d %H:%M:%S%.f%z",
    "%Y-%m-%d %H:%M:%S UTC",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%dT%H:%M:%S%.fZ",
    "%Y-%m-%d %H:%M:%SZ",
)
_LOCAL = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%m/%d/%Y %I:%M %p",
    "%d/%m/%Y %I:%M %p",
    "%m/%d/%Y %I:%M:%S %p",
    "%d/%m/%Y %I:%M:%S %p",
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%d-%b-%Y %H:%M",
    "%b %d, %Y %I:%M %p",
)
_DAYS = (
    "%Y-%m-%d",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%m/%d/%y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%d-%b-%Y",
    "%d %b %Y",
    "%b %d, %Y",
    "%Y/%m/%d",
)
# So many values show how a column is written, and whether its day or month comes first.
_LOOKED_AT = 400
# Days to the minute: the part before the blank, which is always as long, and the part after it.
_DAY_LONG = 10
_MINUTES = {
    f"{day} {hour}": (day, hour)
    for day in ("%Y-%m-%d", "%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y")
    for hour in ("%H:%M", "%I:%M %p")
}
# Formats of so many letters followed by a zone, and the part before it.
_SECONDS_LONG = 19
_SECONDS = {
    "%Y-%m-%d %H:%M:%S %z": "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S%z": "%Y-%m-%dT%H:%M:%S",
}
# A column is one of times if nearly all its values are read by one format.
_NEARLY_ALL = 0.9


class TimeColumn(NamedTuple):
    """A column of times and the format it is in. ``days`` marks dates without a time of day.

    ``zone`` is where the clock stood that wrote times without a zone of their own.
    """

    name: str
    format: str
    days: bool
    zone: str = UTC_ZONE

    @property
    def zoned(self) -> bool:
        """Return whether every value carries its own time zone."""
        return self.format in _ZONED

    def read(self, frame: pl.DataFrame) -> pl.Series:
        """Return the values of a frame as instants; what cannot be read is null."""
        read = self._as_written(frame)
        return read if self.zoned or self.zone == UTC_ZONE else _from_clock(read, self.zone)

    def _as_written(self, frame: pl.DataFrame) -> pl.Series:
        """Return the values as if every clock stood in UTC."""
        text = frame.get_column(self.name)
        if "%S" not in self.format:  # days and minutes repeat, so each is read once
            return _read_in_parts(text, self.format)
        if self.format not in _SECONDS or text.null_count() == text.len():
            return _read(text, self.format)
        # A zone that is the same in every row is read once, which halves the time of it all.
        first = text.drop_nulls().head(1)
        if not _same_zone(text, first.item()):
            return _read(text, self.format)
        local = _read(text.str.slice(0, _SECONDS_LONG), _SECONDS[self.format])
        apart = _read(first.str.slice(0, _SECONDS_LONG), _SECONDS[self.format])
        shift = (apart - _read(first, self.format)).item()
        return local if shift is None else local - shift

    def ambiguous(self) -> bool:
        """Return whether day and month could be the other way round."""
        return "%m/%d" in self.format


def is_zone(name: str) -> bool:
    """Return whether this is the IANA name of a time zone, such as ``Europe/Berlin``."""
    try:
        pl.Series([datetime(2026, 1, 1)]).dt.replace_time_zone(name)  # noqa: DTZ001 - a clock's
    except pl.exceptions.PolarsError:
        return False
    return True


def _from_clock(read: pl.Series, zone: str) -> pl.Series:
    """Return instants from what a clock in ``zone`` showed.

    An hour shown twice is its first; one that the clock skipped is the hour after.
    """
    shown = read.dt.replace_time_zone(None)
    found = _there(shown, zone)
    if found.null_count() > shown.null_count():
        found = found.zip_with(found.is_not_null(), _there(shown + timedelta(hours=1), zone))
    return found.dt.convert_time_zone(UTC_ZONE).alias(read.name)


def _there(shown: pl.Series, zone: str) -> pl.Series:
    return shown.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")


def time_column(sample: pl.DataFrame, name: str) -> TimeColumn | None:
    """Return how the times of a column are written, or None where it holds none."""
    told = sample.get_column(name).drop_nulls()
    values = told.gather_every(max(1, told.len() // _LOOKED_AT)).str.strip_chars()
    found = _format(tuple(values)) if told.len() else None
    return None if found is None else TimeColumn(name, *found)


@lru_cache(maxsize=256)  # every kind of export asks about the same columns
def _format(told: tuple[str, ...]) -> tuple[str, bool] | None:
    """Return the format of these values and whether they are days, or None where it is none."""
    values, name = pl.DataFrame({"told": told}, schema={"told": pl.String}), "told"
    for formats in (_ZONED, _LOCAL, _DAYS):
        for one in formats:
            read = values.select(_parsed(pl.col(name), one).is_not_null().mean()).item()
            if read >= _NEARLY_ALL and _full_years(values, name, one):
                kept = _kept(values, name, one, formats)
                return kept, formats is _DAYS or _at_midnight(values, kept)
    return None


def _at_midnight(values: pl.DataFrame, form: str) -> bool:
    """Return whether these are days to which a spreadsheet has added a time."""
    read = values.select(_parsed(pl.first(), form).dt.time() == time()).to_series().drop_nulls()
    return form not in _ZONED and bool(read.all())


def _full_years(values: pl.DataFrame, name: str, form: str) -> bool:
    years = values.select(_parsed(pl.col(name), form).dt.year().is_between(1990, 2100).all())
    return bool(years.item())


def _kept(values: pl.DataFrame, name: str, form: str, formats: tuple[str, ...]) -> str:
    """Return the day-first twin of a month-first format where only that reads everything."""
    twin = form.replace("%m/%d", "%d/%m")
    if twin == form or twin not in formats:
        return form
    read = values.select(
        one=_parsed(pl.col(name), form).is_not_null().sum(),
        other=_parsed(pl.col(name), twin).is_not_null().sum(),
    ).row(0)
    return twin if read[1] > read[0] else form


def _same_zone(text: pl.Series, like: str) -> bool:
    """Return whether every value is as long as ``like`` and ends with its zone."""
    same = text.str.ends_with(like[_SECONDS_LONG:]) & (text.str.len_bytes() == len(like.encode()))
    return bool(same.all())


def _read_in_parts(text: pl.Series, form: str) -> pl.Series:
    """Return days, or days and minutes; of both there are few, so each is read once."""
    if form in _DAYS:
        return _read(text, form)
    if form not in _MINUTES:
        return _read_once_each(text, form)
    day, hour = _MINUTES[form]
    days = _read(text.str.slice(0, _DAY_LONG), day)
    hours = text.str.slice(_DAY_LONG + 1)
    different = hours.unique().drop_nulls()
    start = datetime(2000, 1, 1, tzinfo=UTC)
    since = _read("2000-01-01 " + different, f"%Y-%m-%d {hour}") - start
    found = days + hours.replace_strict(different, since, default=None, return_dtype=since.dtype)
    # Where a day is written shorter than others, the parts are not where they were looked for.
    return found if found.null_count() == text.null_count() else _read_once_each(text, form)


def _read_once_each(text: pl.Series, form: str) -> pl.Series:
    coded = text.cast(pl.Categorical)
    different = coded.unique()
    table = pl.DataFrame(
        {
            "code": different.to_physical(),
            text.name: _read(different.cast(pl.String).alias("text"), form),
        }
    )
    codes = coded.to_physical().alias("code").to_frame()
    joined = codes.join(table, on="code", how="left", nulls_equal=True, maintain_order="left")
    return joined.get_column(text.name)


def _read(text: pl.Series, form: str) -> pl.Series:
    return text.to_frame().select(_parsed(pl.col(text.name), form)).to_series()


def _parsed(text: pl.Expr, form: str) -> pl.Expr:
    often = "%S" not in form  # times to the second hardly repeat: remembering them costs more
    if form in _ZONED and "%z" in form:
        read = text.str.to_datetime(form, time_unit="us", strict=False, cache=often)
        return read.cast(INSTANT)
    plain = text.str.to_datetime(
        form, time_unit="us", strict=False, ambiguous="earliest", cache=often
    )
    if form in _DAYS:
        plain = text.str.to_date(form, strict=False).cast(pl.Datetime("us"))
    return plain.dt.replace_time_zone("UTC")
