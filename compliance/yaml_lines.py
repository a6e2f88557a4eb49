"""YAML read strictly, with the line in every complaint: unknown, missing and doubled names are errors."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NoReturn

import yaml

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NULL = "tag:yaml.org,2002:null"
BOOL = "tag:yaml.org,2002:bool"
CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DataError(ValueError):
    """A data file that cannot be used; the text says which line is wrong and what belongs there."""


@dataclass(frozen=True)
class Entry:
    """One value of a YAML file that knows where it stands."""

    node: yaml.Node
    file: str

    def fail(self, problem: str) -> NoReturn:
        raise DataError(f"{self.file}, line {self.node.start_mark.line + 1}: {problem}")

    def names(self) -> dict[str, "Entry"]:
        """The mapping under its names, each once."""
        if not isinstance(self.node, yaml.MappingNode):
            self.fail("names with values belong here (name: value)")
        found: dict[str, Entry] = {}
        for key, value in self.node.value:
            if not isinstance(key, yaml.ScalarNode):
                Entry(key, self.file).fail("a name must be plain text")
            if key.value in found:
                Entry(key, self.file).fail(f"{key.value!r} stands here twice; keep one")
            found[key.value] = Entry(value, self.file)
        return found

    def fields(self, required: str = "", optional: str = "") -> dict[str, "Entry"]:
        """The mapping, holding exactly these names; an optional one that is null counts as absent."""
        found = self.names()
        wanted, allowed = required.split(), optional.split()
        for name in found:
            if name not in wanted and name not in allowed:
                self._key(name).fail(f"unknown field {name!r}; allowed here: {', '.join([*wanted, *allowed])}")
        for name in wanted:
            if name not in found:
                self.fail(f"{name!r} is missing")
        return {name: entry for name, entry in found.items() if name in wanted or not entry.is_null}

    def _key(self, name: str) -> "Entry":
        return next(Entry(key, self.file) for key, _ in self.node.value if key.value == name)

    def items(self) -> list["Entry"]:
        if not isinstance(self.node, yaml.SequenceNode):
            self.fail("a list belongs here ([a, b] or lines starting with -)")
        return [Entry(value, self.file) for value in self.node.value]

    @property
    def is_null(self) -> bool:
        return self.node.tag == NULL

    @property
    def is_text(self) -> bool:
        return isinstance(self.node, yaml.ScalarNode) and not self.is_null

    def text(self) -> str:
        if not self.is_text:
            self.fail("text belongs here")
        return str(self.node.value)

    def text_or_none(self) -> str | None:
        return None if self.is_null else self.text()

    def texts(self) -> tuple[str, ...]:
        return tuple(entry.text() for entry in self.items())

    def number(self, lowest: int = 1) -> int:
        value = self.text()
        if not value.isascii() or not value.isdigit() or int(value) < lowest:
            self.fail(f"a whole number of at least {lowest} belongs here, not {value!r}")
        return int(value)

    def boolean(self) -> bool:
        if self.node.tag != BOOL:
            self.fail(f"true or false belongs here, not {self.node.value!r}")
        return self.text().lower() in ("true", "yes", "on")

    def one_of[T](self, choices: Callable[[str], T], names: str) -> T:
        """What `choices` makes of the text; `names` says what would have been right."""
        try:
            return choices(self.text())
        except (ValueError, KeyError):
            self.fail(f"{self.text()!r} is not one of: {names}")

    def instant(self) -> datetime:
        """An aware moment in UTC."""
        try:
            moment = datetime.fromisoformat(self.text())
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self.fail(f"a moment with its zone belongs here ('2026-12-01T15:00:00Z'), not {self.text()!r}")
        return moment.astimezone(UTC)

    def day(self) -> date:
        try:
            return date.fromisoformat(self.text())
        except ValueError:
            self.fail(f"a date belongs here ('2026-11-20'), not {self.text()!r}")

    def minute(self) -> int:
        """A clock time as minutes after midnight; 24:00 is the day's end."""
        value = self.text()
        if not CLOCK.fullmatch(value):
            self.fail(f"a clock time belongs here ('09:00'), not {value!r}")
        return int(value[:2]) * 60 + int(value[3:])


def read(path: Path) -> Entry:
    """The whole file as one entry."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise DataError(f"{path}: cannot be read: {problem}. Give the path of a UTF-8 YAML file.") from problem
    return parse(text, path.name)


def parse(text: str, file: str) -> Entry:
    """The text as one entry; `file` names it in complaints."""
    try:
        node = yaml.compose(text, Loader=LOADER)
    except RecursionError as problem:
        raise DataError(f"{file}: nested too deeply to be read") from problem
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        what = getattr(problem, "problem", None) or str(problem)
        raise DataError(f"{file}{line}: this is not YAML: {what}") from problem
    if node is None:
        raise DataError(f"{file}: the file is empty")
    return Entry(node, file)


def days(text: str) -> range:
    """'mon-fri' or 'sat' as weekday numbers, Monday 0; raises ValueError otherwise."""
    first, _, last = text.partition("-")
    found = range(WEEKDAYS.index(first), WEEKDAYS.index(last or first) + 1)
    if not found:
        raise ValueError(f"{text} runs backwards")
    return found
