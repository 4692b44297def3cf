"""What was judged, as findings a person can act on: named, worded, grouped by cause."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

import polars as pl
from msgspec import structs

from accord.audit.compare import Judged, situation_of, tells_apart
from accord.audit.outcome import AGREEING, Finding, Tally, UnknownWord
from accord.audit.stack import Stack
from accord.audit.standings import Spoken
from accord.audit.unknown import UnknownKey, unknown_words, with_unknown
from accord.audit.worth import Amounts, Row, costliest_first
from accord.domain.patterns import Found, Pattern, patterns
from accord.domain.tracks import Track

# The words a pattern is about, by the track they are on; the others are left out of a finding.
_ABOUT = {
    Pattern.GHOST_FULFILLMENT: {Track.ORDER, Track.FULFILLMENT},
    Pattern.STALE_SHIPPING_STATUS: {Track.ORDER, Track.FULFILLMENT},
    Pattern.OPEN_PARTIAL_SHIPMENT: {Track.ORDER, Track.FULFILLMENT},
}
_SINCE_CREATION = {
    Pattern.ORPHANED_PAYMENT,
    Pattern.UNACKNOWLEDGED_ORDER,
    Pattern.OPEN_PARTIAL_SHIPMENT,
    Pattern.NO_COUNTERPART,
}


class _Case(NamedTuple):
    """One order with what each system says of it; None for a system without a record."""

    shop: str | None
    spoken: Mapping[str, Spoken | None]
    order: str
    since: datetime | None
    created: datetime | None
    row: Row


class Told(NamedTuple):
    """Every finding, the costliest first, the words no table knows, and the orders counted."""

    findings: tuple[Finding, ...]
    unknown: tuple[UnknownWord, ...]
    tally: Tally


def findings(stack: Stack, judged: Judged) -> Told:
    """Return what is told of the orders that were judged."""
    rows: list[Finding] = []
    unknown: Counter[UnknownKey] = Counter()
    sorts: Counter[str] = Counter()
    amounts = Amounts(stack)
    for case, found in (*_of_orders(stack, judged, amounts), *_of_extras(stack, judged, amounts)):
        of_case = [_finding(case, one, amounts) for one in found]
        for finding, key in _unknown(case, amounts):
            of_case.append(finding)
            unknown[key] += 1
        rows += of_case
        sorts.update(_sorts({finding.pattern for finding in of_case}))
    tally = Tally(
        compared=judged.cases.height + judged.extra.height,
        disagreeing=sorts["disagreeing"],
        overdue=sorts["overdue"],
        unread=sorts["unread"],
    )
    return Told(costliest_first(_with_causes(rows)), unknown_words(stack, judged, unknown), tally)


def _sorts(found: set[Pattern]) -> Iterator[str]:
    """Yield what an order with these findings is counted as."""
    if found - AGREEING:
        yield "disagreeing"
        return
    if Pattern.OPEN_PARTIAL_SHIPMENT in found:
        yield "overdue"
    if Pattern.UNKNOWN_WORD in found:
        yield "unread"


def _of_orders(
    stack: Stack, judged: Judged, amounts: Amounts
) -> Iterable[tuple[_Case, list[Found]]]:
    """Yield the orders whose combination of words says something is wrong."""
    telling = [at for at, found in judged.outcomes.items() if found]
    strange = pl.any_horizontal(with_unknown(stack) or [pl.lit(value=False)])
    picked = judged.cases.filter(pl.col("combination").is_in(telling) | strange)
    for row in amounts.beside(picked).iter_rows(named=True):
        yield _case(stack, row), judged.outcomes[row["combination"]]


def _case(stack: Stack, row: Row) -> _Case:
    name, shop = stack.shops[int(str(row["shop"]))]
    spoken: dict[str, Spoken | None] = {name: shop.spoken[int(str(row["code"]))]}
    touched = [row["touched"]]
    for at, follower in enumerate(stack.followers):
        code = row[f"code_{at}"]
        said = None if code is None else follower.coded.spoken[int(str(code))]
        before = spoken.get(follower.name)
        spoken[follower.name] = _both(before, said)
        touched.append(row[f"touched_{at}"])
    times = [time for time in touched if isinstance(time, datetime)]
    created = row["created"] if isinstance(row["created"], datetime) else None
    return _Case(
        shop=name,
        spoken=spoken,
        order=str(row["number"]),
        since=max(times, default=created),
        created=created,
        row=row,
    )


def _both(one: Spoken | None, other: Spoken | None) -> Spoken | None:
    """Return what two lists of one system say together."""
    if one is None or other is None:
        return one or other
    return one._replace(words=(*one.words, *other.words), unknown=(*one.unknown, *other.unknown))


def _of_extras(
    stack: Stack, judged: Judged, amounts: Amounts
) -> Iterable[tuple[_Case, list[Found]]]:
    """Yield the records that are in the books, or in a list of payments, and not in the shop."""
    for row in amounts.beside_extra(judged.extra).iter_rows(named=True):
        at = row["follower"]
        follower = stack.followers[at]
        spoken = follower.coded.spoken[row["code"]]
        situation = situation_of(stack, None, {f"code_{at}": row["code"]})
        shops: dict[str, Spoken | None] = dict.fromkeys(name for name, _ in stack.shops)
        case = _Case(
            shop=None,
            spoken={**shops, follower.name: spoken},
            order=str(row["number"] or row["own"] or ""),
            since=row["touched"] or row["created"],
            created=row["created"],
            row=row,
        )
        yield case, patterns(situation, tells_apart(stack))


def _finding(case: _Case, found: Found, amounts: Amounts) -> Finding:
    about = _ABOUT.get(found.pattern) or _tracks(found)
    concerned = [name for name in case.spoken if name == case.shop or name in found.systems]
    if case.shop is None:
        concerned = list(case.spoken)
    words = {name: _words(case.spoken[name], about) for name in concerned}
    others = {n: w for n, w in words.items() if n != case.shop}
    since = case.created if found.pattern in _SINCE_CREATION else case.since
    return Finding(
        pattern=found.pattern,
        track=found.track,
        order=case.order,
        words=words,
        cause=_cause(found.pattern, words, others, case.shop),
        since=since or case.created,
        worth=amounts.worth(found.pattern, case.row),
    )


def _tracks(found: Found) -> set[Track]:
    return set(Track) if found.track is Track.ORDER else {found.track, Track.ORDER}


def _words(spoken: Spoken | None, about: set[Track]) -> str | None:
    if spoken is None:
        return None
    told = [text for _, track, text in spoken.words if track in about]
    told = told or [text for _, _, text in spoken.words]
    return ", ".join(dict.fromkeys(told)) or "(empty)"


def _cause(
    pattern: Pattern,
    words: Mapping[str, str | None],
    others: Mapping[str, str | None],
    shop: str | None,
) -> str:
    """Return what findings are grouped by; the number of orders is added when all are known."""
    if pattern is Pattern.NO_COUNTERPART:
        named = next((f"word `{w}` in {n}" for n, w in words.items() if w is not None), "")
        return f"{named}, no order in the shop"
    missing = [name for name, word in others.items() if word is None]
    said = [f"word `{word}` in {name}" for name, word in others.items() if word is not None]
    own = words.get(shop) if shop else None
    absent = [f"no record in {name}" for name in missing]
    beside = [f"beside `{own}` in {shop}"] if own else []
    return " ".join([*(", ".join([*said, *absent]),), *beside])


def _unknown(case: _Case, amounts: Amounts) -> Iterable[tuple[Finding, UnknownKey]]:
    for name, spoken in case.spoken.items():
        for column, track, text in spoken.unknown if spoken else ():
            finding = Finding(
                pattern=Pattern.UNKNOWN_WORD,
                track=track,
                order=case.order,
                words={name: text},
                cause=f"unknown word `{text}` in {name}, column {column}",
                since=case.since,
                worth=amounts.worth(Pattern.UNKNOWN_WORD, case.row),
            )
            yield finding, (name, column, text)


def _with_causes(rows: list[Finding]) -> list[Finding]:
    """Add to every cause on how many orders it is."""
    counts = Counter((finding.pattern, finding.cause) for finding in rows)

    def told(finding: Finding) -> str:
        count = counts[(finding.pattern, finding.cause)]
        return f"{finding.cause}, on {count:,} order{'' if count == 1 else 's'}"

    return [structs.replace(finding, cause=told(finding)) for finding in rows]
