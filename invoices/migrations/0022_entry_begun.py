"""What is written into the books is looked at once more just before: on what balance it was agreed, and when it was begun."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("invoices", "0021_paused_where")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="bookentry",
            name="expects",
            field=models.DecimalField(decimal_places=2, max_digits=14, null=True),
        ),
        migrations.AddField(model_name="bookentry", name="begun_at", field=models.DateTimeField(null=True)),
    ]
