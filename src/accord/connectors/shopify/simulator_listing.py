"""How a pretend store searches its orders by when they were updated, and counts them."""

import operator
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from accord.connectors.shopify.simulator_answers import Answers, Shape
from accord.connectors.shopify.simulator_state import OrderRecord
from accord.connectors.shopify.simulator_store import Store

COMPARED: Mapping[str, Callable[[datetime, datetime], bool]] = {
    ">=": operator.ge,
    "<": operator.lt,
}


class Listings:
    """Answers searches; ``counts_up_to`` is where counting ends in "at least"."""

    def __init__(self, store: Store, answers: Answers) -> None:
        self._store = store
        self._answers = answers
        self.counts_up_to = 10_000

    def orders_changed(self, variables: Mapping[str, Any]) -> Shape:
        """Return a page of orders."""
        found = self._found(variables["query"])
        shown = self._answers.light_order
        return {"orders": self._answers.page(found, 100, shown, variables["after"])}

    def count_orders(self, variables: Mapping[str, Any]) -> Shape:
        """Return how many orders there are, and whether that is exact."""
        found = len(self._found(variables["query"]))
        if found > self.counts_up_to:
            return {"ordersCount": {"count": self.counts_up_to, "precision": "AT_LEAST"}}
        return {"ordersCount": {"count": found, "precision": "EXACT"}}

    def _found(self, query: str) -> list[OrderRecord]:
        found = list(self._store.orders.values())
        for compare, text in re.findall(r"updated_at:(>=|<)'([^']+)'", query):
            at, holds = datetime.fromisoformat(text), COMPARED[compare]
            found = [order for order in found if holds(order.updated_at, at)]
        return sorted(found, key=lambda order: (order.updated_at, order.id))
