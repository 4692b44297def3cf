"""What the words of each record mean, worked out once for each combination of words."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import polars as pl

from accord.audit.exports import Kind, StatusColumn
from accord.audit.listing import LINES, Listing
from accord.audit.words import Said
from accord.domain.patterns import CAPTURED, Standing
from accord.domain.tracks import State, Track

# The words that a date or a number of a parcel stands for.
_PARCEL = "export_shipment"
_NOTHING_SHIPPED, _ALL_SHIPPED = {State.NONE}, {State.COMPLETE}


class Spoken(NamedTuple):
    """One combination of words: what it means, the words by column, those no table knows."""

    standing: Standing
    words: tuple[tuple[str, Track, str], ...]
    unknown: tuple[tuple[str, Track, str], ...]
    bare: bool
    silent: bool


class Coded(NamedTuple):
    """A listing whose records each carry the ``code`` of their combination of words."""

    listing: Listing
    frame: pl.DataFrame
    spoken: tuple[Spoken, ...]


def coded(listing: Listing) -> Coded:
    """Return the listing with every combination of words translated once."""
    columns = [*listing.words, LINES, "refunded", "record_type"]
    distinct = listing.frame.select(columns).unique(maintain_order=True).with_row_index("code")
    spoken = tuple(_spoken(listing, row) for row in distinct.iter_rows(named=True))
    informative = [c for c in columns if distinct.get_column(c).n_unique() > 1]
    if not informative:
        frame = listing.frame.with_columns(code=pl.lit(0, pl.UInt32))
        return Coded(listing, frame, spoken or (_NOTHING_SAID,))
    # Only what tells records apart goes through the join; the other columns stay where they are.
    codes = listing.frame.select(informative).join(
        distinct.select("code", *informative),
        on=informative,
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    return Coded(listing, listing.frame.with_columns(codes.get_column("code")), spoken)


_NOTHING_SAID = Spoken(Standing(), (), (), bare=True, silent=True)


def _spoken(listing: Listing, row: dict[str, object]) -> Spoken:
    source = listing.source
    said: list[tuple[StatusColumn, str, Said]] = []
    lines: list[Said] = []
    specs = [status.spec for status in source.statuses]
    record = str(row["record_type"] or "")
    bare = any(not spec.line for spec in specs)
    for at, status in enumerate(source.statuses):
        text = str(row[f"word{at}"] or "").strip()
        if status.spec.line:
            texts = str(row[LINES] or text or "").split("\x1f")
            lines = [source.words.read(status.spec.kinds, t) for t in texts if t]
            continue
        bare = bare and not text
        if text:
            word = source.words.read(status.spec.kinds, text, record)
            said.append((status.spec, status.column, word))
    unknown = tuple((c, spec.track, word.text) for spec, c, word in said if not word.known)
    silent = not unknown and not any(word.meaning for _, _, word in said)
    filled = _filled(listing, row, alone=silent)
    standing = _standing([word for _, _, word in said] + filled, bool(row["refunded"]))
    if standing.progress is None and not bare:
        standing = _from_lines(standing, lines, specs, row, listing)
    words = [(column, spec.track, word.text) for spec, column, word in said]
    words += [("", Track.ORDER, word.text) for word in filled if word.text == "cancelled"]
    words += [("", Track.FULFILLMENT, word.text) for word in filled if word.kind == _PARCEL][:1]
    silent = silent and bool(said) and not standing.parcels
    return Spoken(standing, tuple(words), unknown, bare=bare, silent=silent)


def _filled(listing: Listing, row: dict[str, object], *, alone: bool) -> list[Said]:
    """Return what columns say by being filled or empty, such as the time of a cancellation.

    ``alone`` tells whether no status of the record says anything.
    """
    export, words = listing.source.export, listing.source.words
    told = [
        (presence, presence.filled if row[name] else presence.empty)
        for presence in export.presence
        if (name := f"filled_{presence.name}") in row and (alone or not presence.alone)
    ]
    return [words.read((presence.kind,), word) for presence, word in told if word]


def _standing(said: Sequence[Said], refunded: bool) -> Standing:  # noqa: FBT001 - a cell's value
    meanings = [word.meaning for word in said if word.meaning]
    states = [(track, state) for meaning in meanings for track, state in meaning.states.items()]
    payments = [state for track, state in states if track is Track.PAYMENT]
    captured = bool(payments) and all(state in CAPTURED for state in payments)
    return Standing(
        order=_one(states, Track.ORDER),
        payment=_one(states, Track.PAYMENT),
        progress=next((m.progress for m in meanings if m.progress), None),
        parcels=frozenset(state for track, state in states if track is Track.FULFILLMENT),
        returns=frozenset(state for track, state in states if track is Track.RETURN),
        refunded=refunded,
        captured=captured,
    )


def _one(states: Iterable[tuple[Track, State]], track: Track) -> State | None:
    """Return the state on a track; cancelled wins, for no other word takes it back."""
    found = [state for on, state in states if on is track]
    if track is Track.ORDER and State.CANCELLED in found:
        return State.CANCELLED
    return found[-1] if found else None


def _from_lines(
    standing: Standing,
    lines: Sequence[Said],
    specs: Sequence[StatusColumn],
    row: dict[str, object],
    listing: Listing,
) -> Standing:
    """Return how far the order has come by its lines, or by what an empty cell stands for."""
    told = {line.meaning.progress for line in lines if line.meaning and line.meaning.progress}
    if told:
        progress: State | None = State.PARTIAL
        if told in (_NOTHING_SHIPPED, _ALL_SHIPPED):
            progress = next(iter(told))
    else:
        empties = [
            spec.empty
            for at, spec in enumerate(specs)
            if spec.empty and not row[f"word{at}"] and not spec.line
        ]
        read = [listing.source.words.read(_kinds(specs, e), e).meaning for e in empties]
        progress = next((m.progress for m in read if m and m.progress), None)
    blank = any(not spec.line and spec.empty and row[f"word{at}"] for at, spec in enumerate(specs))
    if progress is None or blank:  # a word that is there and says nothing is not overruled
        return standing
    return _with_progress(standing, progress)


def _kinds(specs: Sequence[StatusColumn], empty: str) -> tuple[str, ...]:
    return next(spec.kinds for spec in specs if spec.empty == empty)


def _with_progress(standing: Standing, progress: State) -> Standing:
    return Standing(
        order=standing.order,
        payment=standing.payment,
        progress=progress,
        parcels=standing.parcels,
        returns=standing.returns,
        refunded=standing.refunded,
        captured=standing.captured,
    )


def together(spoken: Sequence[Spoken]) -> Spoken:
    """Return what several records of one order say between them: parcels, returns, payments."""
    standings = [one.standing for one in spoken]
    gone_back = any(s.payment is State.REFUNDED for s in standings)
    whole = Standing(
        payment=next((s.payment for s in reversed(standings) if s.payment), None),
        parcels=frozenset().union(*(s.parcels for s in standings)),
        returns=frozenset().union(*(s.returns for s in standings)),
        refunded=gone_back or any(s.refunded for s in standings),
        captured=any(s.captured for s in standings) and not gone_back,
    )
    return Spoken(
        whole,
        tuple(dict.fromkeys(word for one in spoken for word in one.words)),
        tuple(dict.fromkeys(word for one in spoken for word in one.unknown)),
        bare=all(one.bare for one in spoken),
        silent=all(one.silent for one in spoken),
    )


def is_many(kind: Kind) -> bool:
    """Return whether one order may have several records in a list of this kind."""
    return kind is not Kind.ORDERS
