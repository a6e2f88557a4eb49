from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("invoices", "0025_promises_end"),
    ]

    operations = [
        migrations.AddField(
            model_name="invoice",
            name="turned_up_at",
            field=models.DateTimeField(null=True),
        ),
    ]
