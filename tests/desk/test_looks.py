"""The look holds together: icons exist and are used, nothing is inline, figures and dates read as they should."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.utils import timezone, translation

from syntharra import money
from syntharra.templatetags import charts
from syntharra.templatetags import syntharra as words

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = [file for file in (ROOT / "templates").rglob("*.html") if "letters" not in file.parts]
PYTHON = [ROOT / "syntharra" / "templatetags" / "syntharra.py", *(ROOT / "desk").rglob("*.py")]
SPRITE = (ROOT / "static" / "icons" / "sprite.svg").read_text(encoding="utf-8")


def test_every_icon_of_a_template_is_in_the_sprite() -> None:
    there = set(re.findall(r'<symbol id="([\w-]+)"', SPRITE))
    named = {name for file in TEMPLATES for name in re.findall(r'{% icon "([\w-]+)"', file.read_text(encoding="utf-8"))}

    assert named - there == set()


def test_every_icon_of_the_sprite_is_used() -> None:
    there = set(re.findall(r'<symbol id="([\w-]+)"', SPRITE))
    everything = "".join(file.read_text(encoding="utf-8") for file in (*TEMPLATES, *PYTHON))

    assert {name for name in there if f'"{name}"' not in everything} == set()


def test_every_look_has_its_icon() -> None:
    there = set(re.findall(r'<symbol id="([\w-]+)"', SPRITE))

    assert {look.icon for look in words.LOOKS.values()} - there == set()


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(ROOT / "templates")))
def test_no_template_has_inline_style_or_script(file: Path) -> None:
    source = file.read_text(encoding="utf-8")

    assert re.findall(r"\sstyle=|<style|\son\w+=|javascript:", source) == []
    assert re.findall(r"<script(?![^>]*(?:src=|application/json))", source) == []


def test_every_stylesheet_is_imported_once() -> None:
    folder = ROOT / "static" / "css"
    imported = re.findall(r'@import url\("([^"]+)"\)', (folder / "app.css").read_text(encoding="utf-8"))

    there = {str(file.relative_to(folder)) for file in folder.rglob("*.css")} - {"app.css"}
    assert sorted(imported) == sorted(there)


def test_what_is_not_ours_carries_its_license() -> None:
    static = ROOT / "static"

    assert "SIL Open Font License" in (static / "fonts" / "FIGTREE-LICENSE.txt").read_text(encoding="utf-8")
    assert "Zero-Clause BSD" in (static / "js" / "HTMX-LICENSE.txt").read_text(encoding="utf-8")
    assert "ISC License" in (static / "icons" / "LUCIDE-LICENSE.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500])
def test_an_error_page_needs_nothing_to_be_shown(status: int) -> None:
    assert "<h1>" in render_to_string(f"{status}.html")


@pytest.mark.parametrize(
    ("amount", "plain", "large", "whole"),
    [
        ("1240", "$1,240.00", '$1,240<span class="cents">.00</span>', "$1,240"),
        ("0.5", "$0.50", '$0<span class="cents">.50</span>', "$0"),
        ("-33.33", "-$33.33", '-$33<span class="cents">.33</span>', "-$33"),
    ],
)
def test_money_reads_the_same_everywhere(amount: str, plain: str, large: str, whole: str) -> None:
    value = money.of(amount, "USD")

    assert (words.money(value), words.large(value), words.whole(value)) == (plain, large, whole)


def test_yen_have_no_cents() -> None:
    value = money.of("1240", "JPY")

    assert (words.money(value), words.amount(value), words.large(value)) == ("¥1,240", "1,240", "¥1,240")


def test_a_column_names_its_currency_once() -> None:
    assert words.amount(money.of("1240.5", "USD"), "USD") == "1,240.50"
    assert words.amount(money.of("1240.5", "EUR"), "USD") == "€1,240.50"


@pytest.mark.parametrize(
    ("days", "shown"),
    [
        (0, "Tue, Nov 24"),
        (-1, "Mon, Nov 23"),
        (6, "Mon, Nov 30"),
        (7, "Dec 1"),
        (60, "Jan 23, 2027"),
        (-400, "Oct 20, 2025"),
    ],
)
def test_a_day_has_its_weekday_when_it_is_near(tuesday: None, live: None, days: int, shown: str) -> None:
    day = date(2026, 11, 24) + timedelta(days=days)

    assert f">{shown}<" in words.day(day)


@pytest.mark.parametrize(
    ("days", "shown"), [(0, "due today"), (1, "1 day past due"), (6, "6 days past due"), (-1, "due in 1 day")]
)
def test_lateness_is_counted_in_days(tuesday: None, live: None, days: int, shown: str) -> None:
    assert words.past_due(date(2026, 11, 24) - timedelta(days=days)) == shown


def test_a_moment_of_today_shows_the_hour_alone(tuesday: None, live: None) -> None:
    at = datetime(2026, 11, 24, 14, 5, tzinfo=UTC)

    with timezone.override("America/New_York"):
        assert words.moment_words(at) == "9:05\u00a0am"
        assert words.moment_words(at - timedelta(days=1)) == "Mon, Nov 23, 9:05\u00a0am"
        assert words.soon_words(at + timedelta(days=1)) == "Wed, 9:05\u00a0am"


def test_words_follow_the_language(tuesday: None, live: None) -> None:
    with translation.override("es"):
        assert words.money(money.of("1240", "USD")) == "1.240,00\u00a0US$"
        assert words.day(date(2026, 11, 24)).endswith(">mar, 24 nov</time>")


def test_a_state_never_speaks_by_color_alone() -> None:
    shown = words.status("frozen")

    assert 'class="status tone-frozen"' in shown
    assert "#snowflake" in shown
    assert shown.endswith("Frozen</span>")


def test_a_sparkline_starts_at_zero_and_says_what_it_shows() -> None:
    drawn = charts.spark([0, 50, 100], "Recovered by day")

    assert 'aria-label="Recovered by day"' in drawn
    assert re.findall(r'height="(\d+)"/>', drawn) == ["1", "12", "24"]


def test_a_browser_is_named_in_words() -> None:
    assert (
        words.browser("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140 Safari/537.36")
        == "Chrome on Linux"
    )
    assert words.browser("") == "A browser"
