from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_texts"),
    ]

    operations = [
        migrations.AddField(
            model_name="business",
            name="leaves_messages",
            field=models.BooleanField(db_default=True, default=True),
        ),
    ]
