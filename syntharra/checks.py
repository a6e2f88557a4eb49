"""Start-up checks: what must hold before the first request is answered or the first job is taken."""

from collections.abc import Sequence
from typing import Any

from cryptography.fernet import Fernet
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections


@register()
def secrets_are_set(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if not settings.SECRET_KEY:
        found.append(
            Error("SECRET_KEY is not set.", hint="Set it to 50 or more random characters.", id="syntharra.E001")
        )
    if not settings.FIELD_KEYS:
        found.append(
            Error(
                "FIELD_KEYS is not set.", hint="Set it to one or more Fernet keys, newest first.", id="syntharra.E002"
            )
        )
    for number, key in enumerate(settings.FIELD_KEYS, start=1):
        try:
            Fernet(key)
        except ValueError:
            found.append(Error(f"FIELD_KEYS: key {number} is not a Fernet key.", id="syntharra.E003"))
    if settings.ROLE not in ("own_books", "for_others"):
        found.append(Error("ROLE must be own_books or for_others.", id="syntharra.E004"))
    return found


@register(Tags.database)
def app_is_a_plain_role(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """Row level security binds neither superusers nor BYPASSRLS: as such a role every business would see all rows."""
    if not databases or "default" not in databases:
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone()[0]:
            return [
                Error(
                    "The app connects as a role that row level security does not bind.",
                    hint="Point DATABASE_URL at a plain role (no SUPERUSER, no BYPASSRLS); see docs/configuration.md.",
                    id="syntharra.E010",
                )
            ]
        cursor.execute(
            """SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p')
                 AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"""
        )
        from syntharra.tenancy import OPEN

        bare = sorted(name for (name,) in cursor.fetchall() if name not in OPEN)
    return [
        Error(
            f"Table {name} is neither isolated by row level security nor listed in tenancy.OPEN.", id="syntharra.E011"
        )
        for name in bare
    ]
