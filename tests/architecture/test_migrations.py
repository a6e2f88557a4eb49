"""Migrations are safe on a live table: their SQL is read, not trusted."""

import re

import pytest
from django.core.management import call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader

OURS = (
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
CREATED = re.compile(r'CREATE TABLE "?(\w+)"?', re.IGNORECASE)


def migrations() -> list[tuple[str, str]]:
    return sorted(key for key in MigrationLoader(None, ignore_no_migrations=True).disk_migrations if key[0] in OURS)


def dangers(sql: str) -> list[str]:
    """What would block or break a running installation, unless the table was made in the same migration."""
    new = set(CREATED.findall(sql))
    found = []
    for statement in re.split(r";\s*\n", re.sub(r"--[^\n]*", "", sql)):
        flat = " ".join(statement.split())
        table = re.search(r'(?:ALTER TABLE|ON) (?:ONLY )?"?(\w+)"?', flat, re.IGNORECASE)
        if not table or table.group(1) in new:
            continue
        if re.match(r"CREATE (UNIQUE )?INDEX (?!CONCURRENTLY)", flat, re.IGNORECASE):
            found.append(f"index without CONCURRENTLY: {flat[:100]}")
        if re.search(r"ADD CONSTRAINT .*(FOREIGN KEY|CHECK)", flat, re.IGNORECASE) and "NOT VALID" not in flat.upper():
            found.append(f"constraint without NOT VALID: {flat[:100]}")
        if re.search(r"ADD CONSTRAINT .*UNIQUE", flat, re.IGNORECASE) and "USING INDEX" not in flat.upper():
            found.append(f"unique constraint that builds its index under a lock: {flat[:100]}")
        if re.search(r"ALTER COLUMN \S+ TYPE|RENAME (COLUMN|TO)|DROP COLUMN", flat, re.IGNORECASE):
            found.append(f"change that running code does not know: {flat[:100]}")
        if re.search(r"ADD COLUMN .*NOT NULL", flat, re.IGNORECASE) and "DEFAULT" not in flat.upper():
            found.append(f"new column without a default: {flat[:100]}")
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("key", migrations(), ids=".".join)
def test_a_migration_is_safe_on_a_live_table(key: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("sqlmigrate", *key, database="default", no_color=True)

    assert dangers(capsys.readouterr().out) == []


def test_the_reader_sees_what_would_hurt() -> None:
    assert dangers("ALTER TABLE a ADD CONSTRAINT c FOREIGN KEY (b) REFERENCES d (id);\n") != []
    assert dangers("CREATE INDEX i ON a (b);\n") != []
    assert dangers('CREATE TABLE "a" (b int);\nCREATE INDEX i ON "a" (b);\n') == []
    assert dangers("ALTER TABLE a ADD CONSTRAINT c FOREIGN KEY (b) REFERENCES d (id) NOT VALID;\n") == []


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)

    assert connections["default"].alias == "default"
