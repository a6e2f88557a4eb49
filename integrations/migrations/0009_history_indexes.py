"""A connection's history and what its vendor rang, found without reading them all; made while the product runs."""

from typing import ClassVar

from django.db import migrations, models

RUNS = models.Index(fields=["business", "connection", "-started_at"], name="runs_of_connection")
RANG = models.Index(fields=["source", "account", "-received_at"], name="inbox_by_account")


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("integrations", "0008_write_memory_isolation")]
    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "CREATE INDEX CONCURRENTLY runs_of_connection "
                    "ON integrations_syncrun (business_id, connection_id, started_at DESC)",
                    "DROP INDEX CONCURRENTLY runs_of_connection",
                ),
                migrations.RunSQL(
                    "CREATE INDEX CONCURRENTLY inbox_by_account "
                    "ON integrations_inboxevent (source, account, received_at DESC)",
                    "DROP INDEX CONCURRENTLY inbox_by_account",
                ),
            ],
            state_operations=[
                migrations.AddIndex("syncrun", RUNS),
                migrations.AddIndex("inboxevent", RANG),
            ],
        ),
    ]
