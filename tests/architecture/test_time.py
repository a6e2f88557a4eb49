"""Two times and no third: business time and machine time come from syntharra.clock and from nowhere else."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = (
    "syntharra",
    "accounts",
    "integrations",
    "compliance",
    "notifications",
    "invoices",
    "disputes",
    "calls",
    "billing",
    "desk",
)
# The clock itself; and simulators, whose world has a clock of its own beside the machine's.
ALLOWED = {
    "syntharra/clock.py",
    "notifications/mailbox.py",
    "integrations/quickbooks/simulation/clock.py",
    "integrations/twilio/simulation/clock.py",
}
BARE = {
    ("timezone", "now"),
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("date", "today"),
    ("timezone", "localdate"),
    ("timezone", "localtime"),
}


def sources() -> list[Path]:
    return [file for app in APPS for file in sorted((ROOT / app).rglob("*.py")) if "migrations" not in file.parts]


def _called(call: ast.Call) -> tuple[str, str]:
    """``("datetime", "now")`` for ``datetime.now(...)``; empty words for other calls."""
    function = call.func
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return function.value.id, function.attr
    return "", ""


@pytest.mark.parametrize("file", sources(), ids=lambda file: str(file.relative_to(ROOT)))
def test_nobody_reads_a_clock_of_his_own(file: Path) -> None:
    if str(file.relative_to(ROOT)) in ALLOWED:
        return
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and (name := _called(node)) in BARE
            and not (name[1] == "localtime" and node.args)
        ):
            found.append(f"{node.lineno}: {'.'.join(name)}()")
        if isinstance(node, ast.keyword) and node.arg in ("auto_now", "auto_now_add"):
            found.append(f"{node.value.lineno}: {node.arg}")
        if isinstance(node, ast.ImportFrom) and node.module == "django.db.models.functions":
            found += [f"{node.lineno}: Now" for name in node.names if name.name == "Now"]

    assert found == []
