from typing import ClassVar

from django.db import migrations

from syntharra.tenancy import isolate, same_business


class Migration(migrations.Migration):
    dependencies: ClassVar = [("integrations", "0004_choosing_and_hooks")]
    operations: ClassVar = [
        *isolate("integrations_pendingsignin", "integrations_registration", "integrations_hint"),
        same_business("integrations_registration", "connection_id", "integrations_connection"),
        same_business("integrations_hint", "connection_id", "integrations_connection"),
    ]
