from typing import ClassVar

from django.db import migrations

from syntharra.tenancy import isolate, same_business


class Migration(migrations.Migration):
    dependencies: ClassVar = [("invoices", "0008_imports_of_files")]
    operations: ClassVar = [
        *isolate("invoices_importbatch", "invoices_importmapping"),
        same_business("invoices_importbatch", "connection_id", "integrations_connection"),
    ]
