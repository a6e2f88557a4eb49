"""Row level security for carrier accounts, and one main number a business; made while the product runs."""

from typing import ClassVar

from django.db import migrations, models

from syntharra.tenancy import isolate

MAIN = models.UniqueConstraint(
    fields=["business"], condition=models.Q(is_main=True, released_at=None), name="one_main_number"
)


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("integrations", "0010_carrier_accounts")]
    operations: ClassVar = [
        *isolate("integrations_carrieraccount"),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "CREATE UNIQUE INDEX CONCURRENTLY one_main_number "
                    "ON integrations_phoneline (business_id) WHERE is_main AND released_at IS NULL",
                    "DROP INDEX CONCURRENTLY one_main_number",
                )
            ],
            state_operations=[migrations.AddConstraint("phoneline", MAIN)],
        ),
    ]
