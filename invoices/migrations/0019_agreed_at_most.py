"""What the end of a dispute left to be owed: the database refuses to ask for more than that."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("invoices", "0018_served_on")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="invoice",
            name="agreed_at_most",
            field=models.DecimalField(decimal_places=2, max_digits=14, null=True),
        ),
    ]
