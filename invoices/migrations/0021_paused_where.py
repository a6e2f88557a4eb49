"""Where the words were said that paused an invoice: a call is not ended by what was said on it."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("invoices", "0020_no_more_than_agreed")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="invoice",
            name="paused_source",
            field=models.CharField(blank=True, db_default="", default="", max_length=160),
        ),
    ]
