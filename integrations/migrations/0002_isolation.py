from typing import ClassVar

from django.db import migrations

from syntharra.tenancy import isolate, same_business


class Migration(migrations.Migration):
    dependencies: ClassVar = [("integrations", "0001_initial")]
    operations: ClassVar = [
        *isolate(
            "integrations_connection",
            "integrations_syncrun",
            "integrations_setaside",
            "integrations_phoneline",
        ),
        same_business("integrations_syncrun", "connection_id", "integrations_connection"),
        same_business("integrations_setaside", "connection_id", "integrations_connection"),
    ]
