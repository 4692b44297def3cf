"""Every document we send is valid, cheap enough, and answered by the simulator as asked."""

from pathlib import Path
from typing import Any

import pytest
from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
    validate,
)

from accord.connectors.shopify.session import document, operation_name

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "src" / "accord" / "connectors" / "shopify" / "operations"
OPERATIONS = sorted(path.stem for path in FOLDER.glob("*.graphql"))
# No single query may ask for more, whatever the plan of the store.
DEAREST = 1000


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_document_is_valid_in_the_schema_of_the_version_we_call(
    schema: GraphQLSchema, operation: str
) -> None:
    errors = validate(schema, parse(document(operation)))

    assert [error.message for error in errors] == []


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_document_is_named_like_its_file(operation: str) -> None:
    assert _root(parse(document(operation))).name.value == operation_name(operation)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_document_asks_for_less_than_a_store_ever_grants(operation: str) -> None:
    assert _cost(_root(parse(document(operation))).selection_set) < DEAREST


def _root(read: DocumentNode) -> Any:
    (root,) = read.definitions
    assert isinstance(root, OperationDefinitionNode)
    return root


def _cost(selection: SelectionSetNode) -> int:
    """Return an upper bound: each object one point, each listing two more, times its size."""
    return sum(_field_cost(node) for node in selection.selections)


def _field_cost(node: object) -> int:
    if isinstance(node, InlineFragmentNode):
        return _cost(node.selection_set)
    assert isinstance(node, FieldNode)
    if node.selection_set is None:
        return 0
    sizes = [int(a.value.value) for a in node.arguments or () if a.name.value == "first"]  # type: ignore[attr-defined]
    inner = _cost(node.selection_set)
    return sizes[0] * inner + 2 if sizes else inner + 1
