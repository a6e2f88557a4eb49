from typing import ClassVar

from django.db import migrations

from syntharra.tenancy import isolate, same_business


class Migration(migrations.Migration):
    dependencies: ClassVar = [("integrations", "0007_write_memory")]
    operations: ClassVar = [
        *isolate("integrations_writememory"),
        same_business("integrations_writememory", "connection_id", "integrations_connection"),
    ]
