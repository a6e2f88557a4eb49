"""``migrate`` as the owner of the schema, and the app's role let in to what it makes."""

from typing import Any

from django.conf import settings
from django.core.management.commands import migrate
from django.db import connections


class Command(migrate.Command):
    help = "Migrates as the owner of the schema (DATABASE_OWNER_URL) and lets the app's role use the new tables."

    def add_arguments(self, parser: Any) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["database"] == "owner":
            let_the_app_in()
        super().handle(*args, **options)


def let_the_app_in() -> None:
    """The app's role may read and write rows of every table to come; it owns none and can alter none."""
    app, owner = settings.DATABASES["default"]["USER"], settings.DATABASES["owner"]["USER"]
    if not app or app == owner:
        return
    connection = connections["owner"]
    with connection.cursor() as cursor:
        role = connection.ops.quote_name(app)
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        cursor.execute(
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}"
        )
        cursor.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}")
