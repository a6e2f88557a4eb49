"""The vendor's filter language: a small C#-like expression over the fields of one resource."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

from integrations.xero.simulation.forms import is_guid

type FieldKind = Literal["String", "Guid", "Decimal", "DateTime", "Boolean", "null"]
type Fields = Mapping[str, tuple[FieldKind, Callable[[Any], Any]]]
type Test = Callable[[Any], bool]

TOKEN = re.compile(
    r"""\s*(?:
    (?P<string>"(?:[^"\\]|\\.)*")
  | (?P<single>'[^']*')
  | (?P<number>-?\d+(?:\.\d+)?[mMdDfF]?)
  | (?P<name>[A-Za-z_][A-Za-z_0-9]*)
  | (?P<mark>==|!=|<>|>=|<=|&&|\|\||[=<>().,!])
    )""",
    re.VERBOSE,
)
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
}
SAME = {"=": "==", "<>": "!="}
WORDS: dict[str, Callable[[str, str], bool]] = {
    "Contains": lambda text, part: part in text,
    "StartsWith": lambda text, part: text.startswith(part),
    "EndsWith": lambda text, part: text.endswith(part),
}


CHANGES: dict[str, Callable[[str], str]] = {"ToLower": str.lower, "ToUpper": str.upper, "ToString": str}


class BadQuery(ValueError):
    """The expression cannot be read; the message is the vendor's."""


@dataclass(frozen=True)
class Value:
    """One operand: its kind and how to find it in a record."""

    kind: FieldKind
    of: Callable[[Any], Any]


def parse(text: str, fields: Fields, type_name: str) -> Test:
    """What a record must fulfil. Raises BadQuery."""
    return _Reader(_tokens(text), fields, type_name).whole()


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    text = text.strip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise BadQuery("Syntax error")
        kind = str(match.lastgroup)
        if kind == "single":
            raise BadQuery("Character literal must contain exactly one character")
        found.append((kind, match.group(kind)))
        at = match.end()
    return found


class _Reader:
    def __init__(self, tokens: list[tuple[str, str]], fields: Fields, type_name: str) -> None:
        self.tokens, self.at, self.fields, self.type_name = tokens, 0, fields, type_name

    def whole(self) -> Test:
        test = self.either()
        if self.at < len(self.tokens):
            raise BadQuery("Syntax error")
        return test

    def either(self) -> Test:
        tests = [self.both()]
        while self.accept("||", "or"):
            tests.append(self.both())
        return tests[0] if len(tests) == 1 else lambda record: any(test(record) for test in tests)

    def both(self) -> Test:
        tests = [self.single()]
        while self.accept("&&", "and"):
            tests.append(self.single())
        return tests[0] if len(tests) == 1 else lambda record: all(test(record) for test in tests)

    def single(self) -> Test:
        if self.accept("!", "not"):
            denied = self.single()
            return lambda record: not denied(record)
        if self.accept("("):
            test = self.either()
            self.need(")")
            return test
        left = self.operand()
        for mark in ("==", "!=", ">=", "<=", ">", "<", "=", "<>"):
            if self.accept(mark):
                return _comparison(left, SAME.get(mark, mark), self.operand())
        if left.kind != "Boolean":
            raise BadQuery("Expression of type 'Boolean' expected")
        return lambda record: left.of(record) is True

    def operand(self) -> Value:
        kind, text = self.take()
        if kind == "string":
            literal = re.sub(r"\\(.)", r"\1", text[1:-1])
            return Value("String", lambda _record: literal)
        if kind == "number":
            number = Decimal(text.rstrip("mMdDfF"))
            return Value("Decimal", lambda _record: number)
        if kind == "name":
            return self.named(text)
        raise BadQuery("Expression expected")

    def named(self, name: str) -> Value:
        match name.lower():
            case "true" | "false":
                truth = name.lower() == "true"
                return Value("Boolean", lambda _record: truth)
            case "null":
                return Value("null", lambda _record: None)
            case "guid":
                return self.guid()
            case "datetime":
                return self.moment()
        path = name
        while self.peek(".") and not self.method_follows():
            self.accept(".")
            path += f".{self.take()[1]}"
        if path not in self.fields:
            missing = path.rpartition(".")[2]
            raise BadQuery(f"No property or field '{missing}' exists in type '{self.type_name}'")
        field_kind, getter = self.fields[path]
        return self.methods(Value(field_kind, getter))

    def methods(self, value: Value) -> Value:
        while self.accept("."):
            name = self.take()[1]
            self.need("(")
            value = _tested(value, WORDS[name], self.text()) if name in WORDS else _changed(value, CHANGES[name])
            self.need(")")
        return value

    def method_follows(self) -> bool:
        names = {*WORDS, *CHANGES}
        return self.at + 1 < len(self.tokens) and self.tokens[self.at + 1][1] in names

    def guid(self) -> Value:
        self.accept(".") and self.take()  # Guid.Parse("…") is the same
        self.need("(")
        text = self.text()
        self.need(")")
        if not is_guid(text):
            raise BadQuery("Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx).")
        return Value("Guid", lambda _record: text.lower())

    def moment(self) -> Value:
        parse_text = bool(self.accept(".")) and self.take()[1] == "Parse"
        self.need("(")
        try:
            found = _aware(datetime.fromisoformat(self.text())) if parse_text else self.parts()
        except BadQuery:
            raise
        except ValueError:
            raise BadQuery("String was not recognized as a valid DateTime.") from None
        self.need(")")
        return Value("DateTime", lambda _record: found)

    def parts(self) -> datetime:
        numbers = [int(self.number())]
        while self.accept(","):
            numbers.append(int(self.number()))
        if not 3 <= len(numbers) <= 6:
            raise BadQuery("No applicable constructor exists in type 'DateTime'")
        return datetime(*numbers, tzinfo=UTC)  # type: ignore[arg-type,misc]

    def number(self) -> str:
        kind, text = self.take()
        if kind != "number":
            raise BadQuery("Expression expected")
        return text

    def text(self) -> str:
        kind, text = self.take()
        if kind != "string":
            raise BadQuery("Expression expected")
        return re.sub(r"\\(.)", r"\1", text[1:-1])

    def peek(self, mark: str) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at][1] == mark

    def accept(self, *marks: str) -> str:
        if self.at < len(self.tokens) and self.tokens[self.at][0] in ("mark", "name"):
            text = self.tokens[self.at][1]
            if text.lower() in marks:
                self.at += 1
                return text
        return ""

    def need(self, mark: str) -> None:
        if not self.accept(mark):
            raise BadQuery(f"'{mark}' expected")

    def take(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise BadQuery("Expression expected")
        self.at += 1
        return self.tokens[self.at - 1]


def _tested(value: Value, test: Callable[[str, str], bool], part: str) -> Value:
    return Value("Boolean", lambda record: test(value.of(record) or "", part))


def _changed(value: Value, change: Callable[[str], str]) -> Value:
    return Value("String", lambda record: change(value.of(record) or ""))


def _comparison(left: Value, mark: str, right: Value) -> Test:
    kinds = {left.kind, right.kind}
    if len(kinds) == 2 and "null" not in kinds:
        raise BadQuery(f"Operator '{mark}' incompatible with operand types '{left.kind}' and '{right.kind}'")
    compare = COMPARISONS[mark]

    def test(record: Any) -> bool:
        one, other = left.of(record), right.of(record)
        if (one is None or other is None) and mark not in ("==", "!="):
            return False
        return compare(one, other)

    return test


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def parse_order(text: str, fields: Fields, type_name: str) -> list[tuple[Callable[[Any], Any], bool]]:
    """Each part of an order: how to find its value, and whether the highest comes first. Raises BadQuery."""
    found = []
    for part in text.split(","):
        name, _, direction = part.strip().partition(" ")
        if name not in fields:
            raise BadQuery(f"No property or field '{name}' exists in type '{type_name}'")
        if direction.strip().upper() not in ("", "ASC", "DESC", "ASCENDING", "DESCENDING"):
            raise BadQuery("Syntax error")
        found.append((fields[name][1], direction.strip().upper().startswith("DESC")))
    return found
