"""What a query costs: a point a field, none for nodes, edges and node, and a connection's rows count as often as they may come."""

from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)

ROWS = ("nodes", "edges")
FREE = (*ROWS, "node")
ROWS_WHEN_UNSAID = 100


class Price:
    """The requested cost of an operation, before it runs."""

    def __init__(self, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self._variables = variables
        self._fragments = {
            one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
        }

    def of(self, operation: OperationDefinitionNode) -> int:
        """The points of the whole operation."""
        return self._selection(operation.selection_set, rows=1)

    def _selection(self, selections: SelectionSetNode | None, *, rows: int) -> int:
        total = 0
        for one in selections.selections if selections else ():
            match one:
                case FieldNode():
                    total += self._field(one, rows=rows)
                case InlineFragmentNode():
                    total += self._selection(one.selection_set, rows=rows)
                case FragmentSpreadNode() if found := self._fragments.get(one.name.value):
                    total += self._selection(found.selection_set, rows=rows)
        return total

    def _field(self, field: FieldNode, *, rows: int) -> int:
        inside = self._selection(field.selection_set, rows=self._rows(field))
        if field.name.value in ROWS:
            return rows * inside
        return inside if field.name.value in FREE else 1 + inside

    def _rows(self, field: FieldNode) -> int:
        """How many rows a connection may bring; 100 where it was not said."""
        given = {argument.name.value: argument.value for argument in field.arguments or ()}
        for name in ("first", "last"):
            match given.get(name):
                case IntValueNode(value=text):
                    return max(0, int(text))
                case VariableNode() as variable:
                    value = self._variables.get(variable.name.value)
                    if isinstance(value, int):
                        return max(0, value)
        return ROWS_WHEN_UNSAID


def actual(data: Any) -> int:
    """The points of what really came: rows as many as there are; a plain list counts as one."""
    match data:
        case Mapping():
            return sum(_came(name, value) for name, value in data.items())
        case [first, *_]:
            return actual(first)
    return 0


def _came(name: str, value: Any) -> int:
    if name in ROWS and isinstance(value, list):
        return sum(actual(row) for row in value)
    return actual(value) + (0 if name in FREE else 1)
