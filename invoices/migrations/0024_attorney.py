"""Who acts for the customer, where the firm knows him: what asks for no money goes to him."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("invoices", "0023_payment_plans")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="customer",
            name="attorney_name",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
        migrations.AddField(
            model_name="customer",
            name="attorney_email",
            field=models.EmailField(blank=True, db_default="", default="", max_length=254),
        ),
    ]
