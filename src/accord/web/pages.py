"""The first pages: the list of orders, and one order's matrix with what was said and done."""

from datetime import UTC, datetime
from enum import Enum
from http import HTTPStatus
from pathlib import Path
from typing import Any

import jinja2
from litestar import Response, get
from litestar.enums import MediaType
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery
from msgspec import Struct

from accord.domain.accord import Accord
from accord.domain.action import action_name
from accord.domain.comparison import compare
from accord.domain.matrix import Matrix
from accord.domain.sheet import sheet
from accord.domain.tracks import State
from accord.domain.truth import truth
from accord.domain.view import view
from accord.storage.overview import OrderFile, OrderLine, Overview

ORDERS_A_PAGE = 50
# Rows are counted in 64 bits.
LARGEST_NUMBER = 2**63 - 1
TEMPLATES = Path(__file__).parent / "templates"


class OrderRow(Struct, frozen=True, kw_only=True):
    """One order in the list."""

    id: str
    number: str
    stage: str
    order: State | None
    payment: State | None
    progress: State | None
    agreeing: int
    compared: int
    updated_at: datetime


def order_pages(overview: Overview, accord: Accord, refresh: int | None) -> list[HTTPRouteHandler]:
    """Return the page handlers. ``refresh`` is after how many seconds a page loads itself again."""
    given = templates()

    @get("/", media_type=MediaType.HTML, sync_to_thread=None)
    async def orders(
        number: FromQuery[str] = "", before: FromQuery[str | None] = None
    ) -> Response[str]:
        if before is not None and not is_number(before):
            before = None
        # No name holds a NUL, and PostgreSQL takes no text with one.
        lines = await overview.orders(number.replace("\0", ""), before, ORDERS_A_PAGE)
        counts = await overview.counts()
        rows = [_row(line, accord) for line in lines]
        more = len(lines) == ORDERS_A_PAGE
        return page(
            given,
            "orders.html",
            rows=rows,
            total=counts.orders,
            systems=list(accord.systems),
            number=number,
            older=rows[-1].id if more else None,
            first=before is not None,
            refresh=refresh,
        )

    @get("/orders/{order_id:str}", media_type=MediaType.HTML, sync_to_thread=None)
    async def order(order_id: FromPath[str]) -> Response[str]:
        file = await overview.order(order_id) if is_number(order_id) else None
        if file is None:
            missing = page(given, "missing.html", refresh=None)
            return Response(
                missing.content, status_code=HTTPStatus.NOT_FOUND, media_type=MediaType.HTML
            )
        return page(given, "order.html", refresh=refresh, **_order(file, accord))

    return [orders, order]


def is_number(text: str) -> bool:
    """Return whether a part of an address may be the number of a row of ours."""
    return text.isascii() and text.isdigit() and len(text) < len(str(LARGEST_NUMBER))


def _row(line: OrderLine, accord: Accord) -> OrderRow:
    so = truth(line.matrix, accord)
    compared = compare(line.matrix, accord, so)
    return OrderRow(
        id=line.order,
        number=_number(line.matrix),
        stage=view(line.matrix, accord).stage,
        order=so.order,
        payment=so.payment,
        progress=so.progress,
        agreeing=sum(comparison.agrees for comparison in compared),
        compared=len(compared),
        updated_at=line.updated_at,
    )


def _order(file: OrderFile, accord: Accord) -> dict[str, Any]:
    matrix = file.line.matrix
    return {
        "number": _number(matrix),
        "stage": view(matrix, accord).definition,
        "systems": list(accord.systems),
        "lines": sheet(matrix, accord),
        "attempts": file.attempts,
        "history": [told.cell for told in reversed(file.history)],
        "pending": file.pending,
    }


def _number(matrix: Matrix) -> str:
    return matrix.number or "?"


def page(templates: jinja2.Environment, name: str, **given: Any) -> Response[str]:
    """Return a template filled in."""
    return Response(templates.get_template(name).render(**given), media_type=MediaType.HTML)


def templates() -> jinja2.Environment:
    """Return the templates, which say so where they lack a value."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plain"] = plain
    environment.filters["moment"] = moment
    return environment


def plain(value: object) -> str:
    """Return a state, an action or an outcome as a person reads it."""
    if value is None:
        return "not known"
    if isinstance(value, Enum):
        return str(value.value).replace("_", " ")
    if isinstance(value, Struct):
        return action_name(type(value)).replace("_", " ")
    return str(value)


def moment(value: datetime | None) -> str:
    """Return a time to the minute, in UTC and saying so."""
    return "" if value is None else f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
