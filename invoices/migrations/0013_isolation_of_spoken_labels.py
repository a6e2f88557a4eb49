from typing import ClassVar

from django.db import migrations

from syntharra.tenancy import isolate


class Migration(migrations.Migration):
    dependencies: ClassVar = [("invoices", "0012_spoken_labels")]
    operations: ClassVar = [*isolate("invoices_spokenlabel")]
