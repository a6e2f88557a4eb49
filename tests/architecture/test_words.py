"""Every string a person reads can be translated: bare words in templates are found, and letters come in two parts."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html")) + sorted((ROOT / "templates").rglob("*.txt"))
# What may stand bare: the product's name, punctuation and signs.
BARE_WORDS = {"Syntharra", "kbd", "Esc"}


def bare(template: str) -> list[str]:
    """Words outside tags of the template language and of HTML."""
    text = re.sub(r"{%\s*comment\s*%}.*?{%\s*endcomment\s*%}|{#.*?#}", " ", template, flags=re.DOTALL)
    text = re.sub(r"{%\s*blocktrans(late)?\b.*?{%\s*endblocktrans(late)?\s*%}", " ", text, flags=re.DOTALL)
    text = re.sub(r"<(style|script|svg)\b.*?</\1>", " ", text, flags=re.DOTALL | re.IGNORECASE)
    attributes = re.findall(r'\b(?:alt|title|placeholder|aria-label)="([^"{]*)"', text)
    text = re.sub(r"{%.*?%}|{{.*?}}", " ", text, flags=re.DOTALL)
    text = re.sub(r"<[^>]*>|&\w+;|&#\d+;", " ", text, flags=re.DOTALL)
    words = re.findall(r"[^\W\d_]{2,}", " ".join([text, *attributes]))
    return [word for word in words if word not in BARE_WORDS]


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_template_has_no_bare_words(file: Path) -> None:
    assert bare(file.read_text(encoding="utf-8")) == []


def test_the_reader_finds_bare_words() -> None:
    assert bare("<p>Pay now</p>") == ["Pay", "now"]
    assert bare('<input placeholder="Your name">') == ["Your", "name"]
    assert bare('{% translate "Pay" %}<p title="{% translate "x" %}">{{ amount }}</p>') == []


def test_every_letter_has_both_parts() -> None:
    letters = ROOT / "templates" / "letters"
    texts = set(letters.glob("*.sms.txt"))  # by telephone: one part, which says all of it
    mails = [file for file in letters.iterdir() if not file.name.startswith("_") and file not in texts]
    named = {file.stem for file in mails}

    assert {file.stem for file in mails if file.suffix == ".txt"} == named
    assert {file.stem for file in letters.glob("*.html") if not file.name.startswith("_")} == named
