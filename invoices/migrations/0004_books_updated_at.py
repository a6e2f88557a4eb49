"""When the books last changed a payment or a credit memo: an older version that arrives later is told from a newer."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("invoices", "0003_guard")]
    operations: ClassVar = [
        migrations.AddField("payment", "books_updated_at", models.DateTimeField(null=True)),
        migrations.AddField("creditmemo", "books_updated_at", models.DateTimeField(null=True)),
    ]
