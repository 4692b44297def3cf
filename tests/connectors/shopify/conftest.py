"""A pretend store with a client of it, fresh for every test."""

import pytest

from tests.connectors.shopify.shop import Shop, open_shop


@pytest.fixture
def shop() -> Shop:
    return open_shop()
