"""The English catalogue holds what people read, so that a translator has one file to work from."""

import ast
import re
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
APPS = (
    "accounts",
    "integrations",
    "compliance",
    "notifications",
    "invoices",
    "disputes",
    "calls",
    "billing",
    "desk",
    "syntharra",
)
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop"}


def catalogue() -> set[str]:
    with (ROOT / "syntharra" / "locale" / "en" / "LC_MESSAGES" / "django.po").open("rb") as file:
        return {
            str(part).replace("%%", "%")
            for message in read_po(file)
            for part in (message.id if isinstance(message.id, tuple) else (message.id,))
        }


def said_in_code() -> set[str]:
    found = set()
    for file in (file for app in APPS for file in (ROOT / app).rglob("*.py") if "build" not in file.parts):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.add(first.value)
    return found


def said_in_templates() -> set[str]:
    found = set()
    for file in (ROOT / "templates").rglob("*"):
        if file.suffix in (".html", ".txt"):
            text = file.read_text(encoding="utf-8")
            found |= set(re.findall(r'{%\s*translate "([^"]+)"', text)) | set(
                re.findall(r"{%\s*translate '([^']+)'", text)
            )
    return found


def test_every_word_of_the_code_is_in_the_catalogue() -> None:
    """When this fails (GNU gettext is needed; words inside f-strings are not found by it):

    bin/manage makemessages -l en --no-location --no-obsolete -i '.venv/*' -i '.stack/*' -i 'tests/*' -i '*/build/*'
    """
    assert {words.replace("%%", "%") for words in said_in_code()} - catalogue() == set()


def test_every_word_of_the_templates_is_in_the_catalogue() -> None:
    assert said_in_templates() - catalogue() == set()
