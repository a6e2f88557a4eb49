"""Jobber's ways to say no, at the level of HTTP and in the `errors` of a GraphQL answer."""

import re
from collections.abc import Sequence
from typing import Any

from graphql import DocumentNode, FieldNode, GraphQLError, Node, Visitor, visit

from integrations.simulation.call import Answer, Json, VendorRefusal, json_answer

DISCONNECTED = "User has disconnected this app from their account. Please delete this token"
UNAVAILABLE = "Service temporarily unavailable"
LIMITS_PAGE = "https://developer.getjobber.com/docs/using_jobbers_api/api_rate_limits"
THROTTLED: Json = {"message": "Throttled", "extensions": {"code": "THROTTLED", "documentation": LIMITS_PAGE}}
AUTH_REQUIRED: Json = {"message": "Auth required", "extensions": {"code": "UNAUTHENTICATED"}}


def too_many() -> Answer:
    """The guard before the API: plain text, no word of when to come back."""
    return Answer(429, b"Too Many Requests", "text/plain; charset=utf-8")


def expired() -> Answer:
    """The access token ran out."""
    return json_answer({"message": "Access token expired"}, 401)


def unknown_token() -> Answer:
    """A token Jobber never gave out."""
    return json_answer({"error": "invalid_request", "message": "The access token is invalid"}, 401)


def disconnected(*, as_errors: bool) -> Answer:
    """The owner took the app away."""
    if as_errors:
        return json_answer({"errors": [{"message": DISCONNECTED}]})
    return json_answer({"message": DISCONNECTED}, 401)


def unavailable() -> Answer:
    """Jobber is down."""
    return json_answer({"message": UNAVAILABLE}, 503)


def refused(message: str, status: int) -> VendorRefusal:
    """A request that never reached GraphQL."""
    return VendorRefusal(json_answer({"message": message}, status), message)


def rendered(error: GraphQLError) -> Json:
    """An error of execution as Jobber writes it."""
    found: Json = {"message": error.message}
    if error.locations:
        found["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    if error.path:
        found["path"] = list(error.path)
    if error.extensions:
        found["extensions"] = dict(error.extensions)
    return found


CHECKS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    (
        r"Cannot query field '(\w+)' on type '(\w+)'",
        "Field '{0}' doesn't exist on type '{1}'",
        "undefinedField",
        ("fieldName", "typeName"),
    ),
    (
        r"Unknown argument '(\w+)' on field '(?:\w+\.)?(\w+)'",
        "Field '{1}' doesn't accept argument '{0}'",
        "argumentNotAccepted",
        ("argumentName", "name"),
    ),
    (
        r"Argument '\w+\.(\w+)\((\w+):\)' of type .* is required",
        "Field '{0}' is missing required arguments: {1}",
        "missingRequiredArguments",
        ("name", "arguments"),
    ),
    (
        r"Expected value of type '(\w+)!?' not to include unknown field '(\w+)'",
        "InputObject '{0}' doesn't accept argument '{1}'",
        "argumentNotAccepted",
        ("name", "argumentName"),
    ),
    (r"Unknown type '(\w+)'", "{0} isn't a defined input type (on $variable)", "undefinedType", ("typeName",)),
    (
        r"Variable '\$(\w+)' of type '(\S+)' used in position expecting type '(\S+)'",
        "Type mismatch on variable ${0} ({1} / {2})",
        "variableMismatch",
        ("variableName", "typeName", "expected"),
    ),
    (
        r"Variable '\$(\w+)' is never used",
        "Variable ${0} is declared by the operation but not used",
        "variableNotUsed",
        ("variableName",),
    ),
    (
        r"Field '(\w+)' of type '(\S+)' must have a selection of subfields",
        "Field must have selections (field '{0}' returns {1} but has no selections. Did you mean '{0} {{ ... }}'?)",
        "selectionMismatch",
        ("nodeName", "typeName"),
    ),
)


def of_validation(document: DocumentNode, errors: Sequence[GraphQLError]) -> list[Json]:
    """Errors of a document that does not fit the schema, in the words and codes of Jobber's GraphQL server."""
    return [_of_check(document, error) for error in errors]


def _of_check(document: DocumentNode, error: GraphQLError) -> Json:
    message, extensions = error.message, {"code": "argumentLiteralsIncompatible"}
    for pattern, words, code, names in CHECKS:
        if found := re.search(pattern, error.message):
            message = words.format(*found.groups())
            extensions = {"code": code, **dict(zip(names, found.groups(), strict=True))}
            break
    extensions.pop("expected", None)
    answer: Json = {
        "message": message,
        "locations": [{"line": at.line, "column": at.column} for at in error.locations or ()],
    }
    if error.nodes and (path := _path(document, error.nodes[0])):
        answer["path"] = path
    return {**answer, "extensions": extensions}


def _path(document: DocumentNode, wanted: Node) -> list[str]:
    """From the operation down to a node: `["query Invoices", "invoices", "nodes", "foo"]`."""
    found: list[str] = []

    class Finder(Visitor):
        def enter(self, node: Node, _key: Any, _parent: Any, _path: Any, ancestors: list[Any]) -> Any:
            if node is not wanted:
                return None
            chain = [one for one in (*ancestors, node) if isinstance(one, Node)]
            found.extend(name for one in chain if (name := _step(one)))
            return self.BREAK

    visit(document, Finder())
    return found


def _step(node: Node) -> str:
    match node.kind:
        case "operation_definition":
            name = getattr(node, "name", None)
            kind: str = node.operation.value  # type: ignore[attr-defined]
            return f"{kind} {name.value}" if name else kind
        case "fragment_definition":
            return f"fragment {node.name.value}"  # type: ignore[attr-defined]
    if isinstance(node, FieldNode):
        return node.alias.value if node.alias else node.name.value
    return ""


def of_variables(errors: Sequence[GraphQLError]) -> list[Json]:
    """Errors of variables: each names the variable and what is wrong with its value."""
    return [_of_variable(error) for error in errors]


def _of_variable(error: GraphQLError) -> Json:
    found = re.search(r"\$(\w+)", error.message)
    name = found.group(1) if found else "?"
    why = "Expected value to not be null" if "to be provided" in error.message else error.message
    return {
        "message": f"Variable ${name} was provided invalid value",
        "locations": [{"line": at.line, "column": at.column} for at in error.locations or ()],
        "extensions": {"problems": [{"path": [], "explanation": why}]},
    }
