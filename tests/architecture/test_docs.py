"""The documents keep up with the code."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_setting_has_its_line() -> None:
    settings = (ROOT / "syntharra" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r"""env\.\w+\(\s*["']([A-Z_]+)["']""", settings)) | {"DATABASE_URL", "DATABASE_OWNER_URL"}
    documented = set(
        re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8"), re.MULTILINE)
    )

    assert documented == read


def test_every_decision_record_is_listed() -> None:
    folder = ROOT / "docs" / "adr"
    listed = set(re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8")))

    assert listed == {file.name for file in folder.glob("[0-9]*.md")}


def test_links_between_documents_lead_somewhere() -> None:
    dead = []
    for page in [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
            if not target.startswith(("http://", "https://", "mailto:")) and not (page.parent / target).exists():
                dead.append(f"{page.relative_to(ROOT)} -> {target}")

    assert dead == []
