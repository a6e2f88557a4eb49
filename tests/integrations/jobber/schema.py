"""Jobber's own schema, as published, and what a document of ours costs by its rule."""

import os
from pathlib import Path
from typing import Any

import pytest
from graphql import FieldNode, GraphQLSchema, OperationDefinitionNode, build_schema, parse

_FREE = ("nodes", "edges", "node")


def schema() -> GraphQLSchema:
    """The subset the vendor publishes for this; the test is skipped aloud without it."""
    folder = os.environ.get("VENDOR_SPECS", "")
    path = Path(folder) / "jobber" / "jobber_subset_current.graphql"
    if not folder or not path.exists():
        pytest.skip("VENDOR_SPECS does not lead to Jobber's schema: our documents were NOT compared with it")
    return build_schema(path.read_text())


def operation(text: str) -> OperationDefinitionNode:
    [found] = parse(text).definitions
    assert isinstance(found, OperationDefinitionNode)
    return found


def cost(node: Any, first: int, rows: int = 1) -> int:
    """One point a field; ``nodes`` is free, and what is inside counts as often as the connection has rows."""
    total = 0
    for field in node.selection_set.selections:
        assert isinstance(field, FieldNode)
        name = field.name.value
        inside = 0
        if field.selection_set is not None:
            size = _size(field, first)
            inside = cost(field, first, size or 1) * (rows if name in _FREE else 1)
        total += inside + (0 if name in _FREE else 1)
    return total


def _size(field: FieldNode, first: int) -> int | None:
    """How many rows are asked of a connection; None where it is none."""
    assert field.selection_set is not None
    if not any(
        isinstance(inner, FieldNode) and inner.name.value == "nodes" for inner in field.selection_set.selections
    ):
        return None
    said = next((one.value for one in field.arguments or () if one.name.value == "first"), None)
    assert said is not None, f"{field.name.value} without first counts as a hundred"
    return int(getattr(said, "value", first))
