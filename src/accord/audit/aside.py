"""The orders that were not judged, by name and with the reason."""

import polars as pl

from accord.audit.compare import Judged
from accord.audit.outcome import SetAside
from accord.audit.stack import Stack


def set_aside(stack: Stack, judged: Judged) -> tuple[SetAside, ...]:
    """Return every order that was not judged, reason by reason, as its own list writes it."""
    shops = [name for name, _ in stack.shops]
    told = [
        SetAside(number, shops[shop], why)
        for number, shop, why in judged.aside.select("number", "shop", "why").rows()
    ]
    if judged.extra_aside.height:
        number = pl.coalesce("number", pl.col("own").cast(pl.String), pl.lit(""))
        columns = (number, "follower", "why")
        told += [
            SetAside(number, stack.followers[at].name, why)
            for number, at, why in judged.extra_aside.select(*columns).rows()
        ]
    return tuple(sorted(told, key=lambda one: one.reason))
