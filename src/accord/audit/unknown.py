"""Words that no table knows: on which orders they stand, and in which column."""

from collections import Counter

import polars as pl

from accord.audit.compare import Judged
from accord.audit.outcome import UnknownWord
from accord.audit.stack import Stack
from accord.audit.standings import Coded

# The system, the column and the word.
UnknownKey = tuple[str, str, str]


def with_unknown(stack: Stack) -> list[pl.Expr]:
    """Return for each list whether an order has a word there that no table knows."""
    expressions = [
        pl.col(f"code_{at}").is_in(_codes(f.coded)) for at, f in enumerate(stack.followers)
    ]
    shops = [
        (pl.col("shop") == at) & pl.col("code").is_in(_codes(shop))
        for at, (_, shop) in enumerate(stack.shops)
    ]
    return [expression.fill_null(value=False) for expression in (*expressions, *shops)]


def _codes(listing: Coded) -> list[int]:
    return [code for code, spoken in enumerate(listing.spoken) if spoken.unknown]


def unknown_words(
    stack: Stack, judged: Judged, counted: Counter[UnknownKey]
) -> tuple[UnknownWord, ...]:
    """Return every word that no table knows; ``counted`` are those on judged orders.

    An order that is set aside is not judged, but a new word on it is news all the same.
    """
    aside = _on_set_aside(stack, judged)
    ranked = sorted({*counted, *aside}, key=lambda key: (-counted[key], -aside[key], key))
    return tuple(UnknownWord(*key, counted[key], aside[key]) for key in ranked)


def _on_set_aside(stack: Stack, judged: Judged) -> Counter[UnknownKey]:
    counts: Counter[UnknownKey] = Counter()
    for at, (name, shop) in enumerate(stack.shops):
        of_shop = judged.aside.filter(pl.col("shop") == at)
        counts += _words(name, shop, of_shop.get_column("code"))
    for at, follower in enumerate(stack.followers):
        codes = [judged.aside.get_column(f"code_{at}")]
        if not judged.extra_aside.is_empty():
            of_list = judged.extra_aside.filter(pl.col("follower") == at)
            codes.append(of_list.get_column("code").alias(f"code_{at}"))
        counts += _words(follower.name, follower.coded, pl.concat(codes))
    return counts


def _words(name: str, listing: Coded, codes: pl.Series) -> Counter[UnknownKey]:
    """Return how often each unknown word occurs, looking once at each combination of words."""
    counts: Counter[UnknownKey] = Counter()
    strange = codes.filter(codes.is_in(_codes(listing)).fill_null(value=False))
    for code, number in strange.value_counts().rows():
        for column, _, text in listing.spoken[code].unknown:
            counts[(name, column, text)] += number
    return counts
