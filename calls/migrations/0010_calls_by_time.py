"""The list of calls by their time: made while the product runs."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("calls", "0009_more_final_choices")]
    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "CREATE INDEX CONCURRENTLY calls_by_time ON calls_call (business_id, placed_at, id)",
                    "DROP INDEX CONCURRENTLY calls_by_time",
                )
            ],
            state_operations=[
                migrations.AddIndex("call", models.Index(fields=["business", "placed_at", "id"], name="calls_by_time"))
            ],
        ),
    ]
