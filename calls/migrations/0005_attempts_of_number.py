from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("calls", "0004_outcome_of_an_attempt")]
    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    'CREATE INDEX CONCURRENTLY attempts_of_number ON calls_attempt (business_id, "to")',
                    "DROP INDEX CONCURRENTLY attempts_of_number",
                )
            ],
            state_operations=[
                migrations.AddIndex("attempt", models.Index(fields=["business", "to"], name="attempts_of_number"))
            ],
        ),
    ]
