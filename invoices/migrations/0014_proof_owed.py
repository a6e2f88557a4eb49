"""Who disputed in writing and was not sent the proof is not asked for money: a fact of the invoice, for the database to go by."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("invoices", "0013_isolation_of_spoken_labels")]
    operations: ClassVar = [
        migrations.AddField(model_name="invoice", name="proof_owed_at", field=models.DateTimeField(null=True)),
    ]
