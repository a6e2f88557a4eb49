"""The vendor's query language, read strictly: one SELECT on one entity, conditions joined by AND only."""

import re
from dataclasses import dataclass
from typing import NoReturn

from integrations.quickbooks.simulation.answers import ApiFault

DEFAULT_RESULTS = 100
MOST_RESULTS = 1000

TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^'\\]|\\.)*')"
    r"|(?P<number>-?\d+(?:\.\d+)?)(?![\w.])"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)"
    r"|(?P<sign><=|>=|=|<|>|\(|\)|,|\*))"
)
OPERATORS = ("=", "<", ">", "<=", ">=")


@dataclass(frozen=True)
class Condition:
    """`field operator value`, with all values of an IN list."""

    field: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Order:
    """One field to sort by."""

    field: str
    descending: bool = False


@dataclass(frozen=True)
class Statement:
    """A query as it was asked; names are still as written."""

    entity: str
    columns: tuple[str, ...] = ()
    count: bool = False
    where: tuple[Condition, ...] = ()
    order: tuple[Order, ...] = ()
    start: int = 1
    limit: int = DEFAULT_RESULTS


@dataclass(frozen=True)
class Token:
    kind: str
    text: str


def refuse(detail: str) -> NoReturn:
    """The vendor's fault for a query it cannot answer."""
    raise ApiFault("4001", "Invalid query", f"QueryParserError: {detail}")


def parse(text: str) -> Statement:
    """The statement in a text. Raises the vendor's fault 4001 on anything else."""
    return _Reader(_tokens(text)).statement()


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    rest = text.strip().rstrip(";")
    position = 0
    while position < len(rest):
        match = TOKEN.match(rest, position)
        if match is None:
            refuse(f"Encountered {rest[position : position + 20]!r} at column {position + 1}")
        found.append(Token(str(match.lastgroup), match.group().strip()))
        position = match.end()
    return found


class _Reader:
    """Reads tokens from left to right; `take` moves on, `next_is` only looks."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.position = 0

    def statement(self) -> Statement:
        self.expect("SELECT")
        columns, count = self.columns()
        self.expect("FROM")
        entity = self.name("entity")
        where = self.conditions() if self.skip("WHERE") else ()
        order = self.orders() if self.order_by() else ()
        start = self.whole("STARTPOSITION") if self.skip("STARTPOSITION") else 1
        limit = self.whole("MAXRESULTS") if self.skip("MAXRESULTS") else DEFAULT_RESULTS
        if self.position < len(self.tokens):
            refuse(f"Encountered {self.tokens[self.position].text!r} where the statement should end")
        return Statement(entity, columns, count, where, order, start, min(limit, MOST_RESULTS))

    def columns(self) -> tuple[tuple[str, ...], bool]:
        if self.skip("COUNT"):
            for sign in "(*)":
                self.expect(sign)
            return (), True
        if self.skip("*"):
            return (), False
        names = [self.name("field")]
        while self.skip(","):
            names.append(self.name("field"))
        return tuple(names), False

    def conditions(self) -> tuple[Condition, ...]:
        found = [self.condition()]
        while self.skip("AND"):
            found.append(self.condition())
        if self.next_is("OR"):
            refuse("Encountered 'OR': conditions can only be joined by AND")
        return tuple(found)

    def condition(self) -> Condition:
        field = self.name("field")
        if self.skip("IN"):
            self.expect("(")
            values = [self.value()]
            while self.skip(","):
                values.append(self.value())
            self.expect(")")
            return Condition(field, "IN", tuple(values))
        if self.skip("LIKE"):
            return Condition(field, "LIKE", (self.value(),))
        operator = self.take().text
        if operator not in OPERATORS:
            refuse(f"Encountered {operator!r} where an operator should stand")
        return Condition(field, operator, (self.value(),))

    def value(self) -> str:
        token = self.take()
        if token.kind == "string":
            return re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL)
        if token.kind == "number" or token.text.lower() in ("true", "false"):
            return token.text
        refuse(f"Encountered {token.text!r} where a value should stand; text goes in single quotes")

    def order_by(self) -> bool:
        if self.skip("ORDERBY"):
            return True
        if not self.skip("ORDER"):
            return False
        self.expect("BY")
        return True

    def orders(self) -> tuple[Order, ...]:
        found = [self.one_order()]
        while self.skip(","):
            found.append(self.one_order())
        return tuple(found)

    def one_order(self) -> Order:
        field = self.name("field")
        if self.skip("DESC"):
            return Order(field, descending=True)
        self.skip("ASC")
        return Order(field)

    def whole(self, what: str) -> int:
        token = self.take()
        if token.kind != "number" or not token.text.lstrip("-").isdigit():
            refuse(f"{what} needs a whole number, not {token.text!r}")
        number = int(token.text)
        if number < 1:
            raise ApiFault("4001", "Invalid query", f"QueryValidationError: value {number} is too small")
        return number

    def name(self, what: str) -> str:
        token = self.take()
        if token.kind != "word":
            refuse(f"Encountered {token.text!r} where a {what} should stand")
        return token.text

    def take(self) -> Token:
        if self.position >= len(self.tokens):
            refuse("the statement ends too early")
        self.position += 1
        return self.tokens[self.position - 1]

    def next_is(self, word: str) -> bool:
        if self.position >= len(self.tokens):
            return False
        token = self.tokens[self.position]
        return token.kind in ("word", "sign") and token.text.upper() == word

    def skip(self, word: str) -> bool:
        found = self.next_is(word)
        self.position += found
        return found

    def expect(self, word: str) -> None:
        if not self.skip(word):
            seen = self.tokens[self.position].text if self.position < len(self.tokens) else "the end"
            refuse(f"Encountered {seen!r} where {word} should stand")
