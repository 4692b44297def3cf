"""A pretend store with a client of it, fresh for every test, and Shopify's own schema."""

import os
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema

from accord.connectors import shopify
from accord.connectors.shopify.session import document
from tests.connectors.shopify.shop import Shop, open_shop

ROOT = Path(__file__).parents[3]
CORPUS = Path(os.environ.get("ACCORD_CORPUS", ROOT.parent / "shared" / "corpus")) / "shopify"


@pytest.fixture
def shop() -> Shop:
    return open_shop()


@pytest.fixture
def operations() -> list[str]:
    folder = Path(shopify.__file__).parent / "operations"
    return [document(path.stem) for path in sorted(folder.glob("*.graphql"))]


@pytest.fixture(scope="session")
def schema() -> GraphQLSchema:
    path = CORPUS / "admin_2026-10.graphql"
    if not path.exists():
        pytest.skip(f"the schema is not at {path}: set ACCORD_CORPUS to check the documents")
    return build_schema(path.read_text(encoding="utf-8"), assume_valid=True)
