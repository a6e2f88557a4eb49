"""What a small claims court hears and for how long one may go there, state by state: figures with their dates and sources.

Pure: a state, a date and today in, facts out. Never advice, and never a form filled in: the collector may not sue, and
whether the firm does is the firm's to decide.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from compliance import yaml_lines
from compliance.law import Source
from compliance.rulebook import RuleBook
from compliance.yaml_lines import Entry

FILE = Path(__file__).parent / "data" / "courts.yaml"
MARKS = ("seen", "memory")
_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
_URL = re.compile(r"https://[\w.-]+/\S*")


@dataclass(frozen=True, slots=True)
class Court:
    """One state's small claims court. ``limit`` in US dollars, for a company as plaintiff; ``as_of`` a month (2026-11)."""

    state: str
    limit: Decimal
    as_of: str
    source: Source
    conflicting: bool
    note: str
    url: str
    url_verified: str

    @property
    def is_certain(self) -> bool:
        """Seen in a source, and no other source says otherwise."""
        return self.source.verified == "seen" and not self.conflicting


@dataclass(frozen=True, slots=True)
class Term:
    """How long a debt may be sued for, counted from ``starts_on``; the last day itself still counts."""

    years: int
    starts_on: date
    last_day: date
    days_left: int
    source: Source
    note: str = ""

    @property
    def is_over(self) -> bool:
        return self.days_left < 0


@dataclass(frozen=True, slots=True)
class Terms:
    """The term of a written contract, and that of goods sold (UCC 2-725)."""

    written: Term
    goods: Term


def courts(path: Path | None = None) -> Mapping[str, Court]:
    """By ISO 3166-2 code (US-OH). Raises DataError, which names the line, when the file is not exactly what it should be."""
    return _load(path or FILE)


def terms(rules: RuleBook, state: str, *, starts_on: date, today: date) -> Terms | None:
    """None for a place whose rules we do not have."""
    found = rules.state(state)
    if found is None:
        return None
    federal = rules.file.federal
    goods = federal.goods_exceptions.get(state, federal.goods_years)
    written = found.limitation
    return Terms(
        _term(written.years, starts_on, today, written.source, written.note),
        _term(goods, starts_on, today, federal.goods_source),
    )


def _term(years: int, starts_on: date, today: date, source: Source, note: str = "") -> Term:
    day = min(starts_on.day, 28) if starts_on.month == 2 else starts_on.day
    last = date(min(starts_on.year + years, date.max.year), starts_on.month, day)
    return Term(years, starts_on, last, (last - today).days, source, note)


@lru_cache(maxsize=4)
def _load(path: Path) -> Mapping[str, Court]:
    top = yaml_lines.read(path).fields("version court_verified states sources")
    sources = {name: entry.text() for name, entry in top["sources"].names().items()}
    mark = _mark(top["court_verified"])
    found = {code: _court(code, entry, sources, mark) for code, entry in top["states"].names().items()}
    used = {court.source.text for court in found.values()}
    for name, entry in top["sources"].names().items():
        if sources[name] not in used:
            entry.fail(f"nothing refers to the source {name!r}; remove it or refer to it")
    return found


def _court(code: str, entry: Entry, sources: Mapping[str, str], url_verified: str) -> Court:
    if not re.fullmatch(r"US-[A-Z]{2}", code):
        entry.fail(f"{code!r} is no state; write US-OH")
    fields = entry.fields("limit as_of source verified court", "conflicting note")
    name, month, url = fields["source"].text(), fields["as_of"].text(), fields["court"].text()
    if name not in sources:
        fields["source"].fail(f"no source is called {name!r}; add it under sources: at the end of the file")
    if not _MONTH.fullmatch(month):
        fields["as_of"].fail(f"a month belongs here ('2026-11'), not {month!r}")
    if not _URL.fullmatch(url):
        fields["court"].fail(f"an address belongs here ('https://court.example/'), not {url!r}")
    return Court(
        state=code,
        limit=Decimal(fields["limit"].number()),
        as_of=month,
        source=Source(sources[name], _mark(fields["verified"])),
        conflicting="conflicting" in fields and fields["conflicting"].boolean(),
        note=fields["note"].text() if "note" in fields else "",
        url=url,
        url_verified=url_verified,
    )


def _mark(entry: Entry) -> str:
    return entry.one_of(lambda text: MARKS[MARKS.index(text)], ", ".join(MARKS))
