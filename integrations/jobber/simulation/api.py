"""The one endpoint: who asks, how often, on which version, at what cost; then the query itself."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    execute_sync,
    get_operation_ast,
    get_variable_values,
    parse,
    validate,
)
from graphql.language import FieldNode

from integrations.jobber.simulation import cost, errors, mutations, queries, versions
from integrations.jobber.simulation.asking import Asking
from integrations.jobber.simulation.schema import schema
from integrations.jobber.simulation.world import JobberWorld
from integrations.simulation.call import JSON_TYPE, Answer, Call, Json, VendorRefusal, json_answer
from integrations.simulation.tokens import Grant, TokenError

BODY = {"query", "variables", "operationName", "extensions"}


@contextmanager
def admitted(world: JobberWorld, call: Call) -> Iterator[None]:
    """Before anything is read: the method, the form of the body, the token, and the guard against too many calls."""
    if call.method != "POST":
        raise errors.refused("Not found", 404)
    if call.content_type != JSON_TYPE:
        raise errors.refused(f"{call.content_type or 'No content type'} is not accepted, send {JSON_TYPE}", 415)
    grant = _grant(world, call)
    if grant is not None:
        call.extra["grant"] = grant
        call.account = grant.accounts[0]
        if world.window.take(call.account) is not None:
            raise VendorRefusal(errors.too_many())
    yield


def _grant(world: JobberWorld, call: Call) -> Grant | None:
    """Whose token this is; None without one. Raises Jobber's refusal of a bad one."""
    if "authorization" not in call.headers:
        return None
    try:
        return world.tokens.grant_of(call.bearer)
    except TokenError as problem:
        match problem.reason:
            case "expired":
                raise VendorRefusal(errors.expired()) from None
            case "revoked":
                as_errors = world.settings.disconnected_as == "errors"
                raise VendorRefusal(errors.disconnected(as_errors=as_errors)) from None
        raise VendorRefusal(errors.unknown_token()) from None


def graphql(world: JobberWorld, call: Call) -> Answer:
    """Answer one document."""
    version = versions.of(world.settings, call)
    text, variables, name = _body(call)
    if version.warning:
        call.notes.append(version.warning)
    said = _Answering(world, call, {"versioning": version.shown()})
    try:
        document = parse(text)
    except GraphQLSyntaxError as error:
        return said.errors([{**errors.rendered(error), "extensions": {"code": "parseError"}}])
    if wrong := validate(schema(), document):
        return said.errors(errors.of_validation(document, wrong))
    operation = get_operation_ast(document, name)
    if operation is None:
        problem = f"No operation named {json.dumps(name)}" if name else "An operation name is required"
        return said.errors([{"message": problem}])
    values = get_variable_values(schema(), operation.variable_definitions or (), dict(variables))
    if isinstance(values, list):
        return said.errors(errors.of_variables(values))
    return said.run(document, operation, variables)


class _Answering:
    """One request on its way through limits and execution to its answer."""

    def __init__(self, world: JobberWorld, call: Call, extensions: Json) -> None:
        self._world, self._call, self._extensions = world, call, extensions

    def run(self, document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> Answer:
        """Execute where it may be, and take the points it really cost."""
        grant: Grant | None = self._call.extra.get("grant")
        if grant is None:
            if not _is_introspection(operation):
                return json_answer({"errors": [errors.AUTH_REQUIRED]})
            return self._answer(execute_sync(schema(), document, operation_name=_name(operation)))
        world, account = self._world, self._call.account
        price = cost.Price(document, variables).of(operation)
        self._call.extra["cost"] = price
        if price > world.points.available(account) or price > world.points.capacity:
            return self._throttled(price)
        root = mutations.ROOT if operation.operation is OperationType.MUTATION else queries.ROOT
        result = execute_sync(
            schema(),
            document,
            root_value=root,
            context_value=Asking(world, world.books(account), grant),
            variable_values=dict(variables),
            operation_name=_name(operation),
        )
        spent = cost.actual(result.data)
        world.points.take(account, spent)
        self._extensions = {"cost": self._cost(price, spent), **self._extensions}
        return self._answer(result)

    def errors(self, found: list[Json]) -> Answer:
        """Nothing was executed."""
        return json_answer({"errors": found, "extensions": self._extensions})

    def _throttled(self, price: int) -> Answer:
        answer: Json = {"errors": [errors.THROTTLED]}
        if self._world.settings.throttled_tells_cost:
            answer["extensions"] = {"cost": self._cost(price, 0), **self._extensions}
        return json_answer(answer)

    def _cost(self, price: int, spent: int) -> Json:
        points = self._world.points
        return {
            "requestedQueryCost": price,
            "actualQueryCost": spent,
            "throttleStatus": {
                "maximumAvailable": points.capacity,
                "currentlyAvailable": int(points.available(self._call.account)),
                "restoreRate": points.per_second,
            },
        }

    def _answer(self, result: ExecutionResult) -> Answer:
        answer: Json = {}
        if result.errors:
            answer["errors"] = [errors.rendered(_plain(self._call, error)) for error in result.errors]
        return json_answer({**answer, "data": result.data, "extensions": self._extensions})


def _plain(call: Call, error: GraphQLError) -> GraphQLError:
    """Our own mistakes are told to the journal as well, not only to who asked."""
    if error.original_error is not None and not isinstance(error.original_error, GraphQLError):
        call.notes.append(f"{type(error.original_error).__name__}: {error.original_error}")
    return error


def _body(call: Call) -> tuple[str, dict[str, Any], str | None]:
    try:
        found = json.loads(call.body)
    except (ValueError, RecursionError):
        raise errors.refused("The request body is not JSON", 400) from None
    if not isinstance(found, dict):
        raise errors.refused("The request body must be a JSON object", 400)
    if unknown := sorted(set(found) - BODY):
        call.notes.append(f"not known in a request: {', '.join(unknown)}")
    text, variables, name = found.get("query"), found.get("variables") or {}, found.get("operationName")
    if not isinstance(text, str) or not text.strip():
        raise VendorRefusal(json_answer({"errors": [{"message": "No query string was present"}]}))
    if not isinstance(variables, dict) or not isinstance(name, str | None):
        raise errors.refused("variables must be an object and operationName a string", 400)
    return text, variables, name


def _name(operation: OperationDefinitionNode) -> str | None:
    return operation.name.value if operation.name else None


def _is_introspection(operation: OperationDefinitionNode) -> bool:
    """Whether it asks for the schema only: that needs no token."""
    asked = operation.selection_set.selections
    return all(isinstance(one, FieldNode) and one.name.value.startswith("__") for one in asked)
