"""Whether a bill is right is asked once a dispute."""

from typing import ClassVar

from django.db import migrations, models

ONCE = models.UniqueConstraint(
    fields=["business", "dispute"], condition=models.Q(kind="plain_question"), name="plain_question_once"
)


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("disputes", "0013_last_steps")]
    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "CREATE UNIQUE INDEX CONCURRENTLY plain_question_once ON disputes_resolution"
                    " (business_id, dispute_id) WHERE kind = 'plain_question'",
                    "DROP INDEX plain_question_once",
                )
            ],
            state_operations=[migrations.AddConstraint("resolution", ONCE)],
        ),
    ]
