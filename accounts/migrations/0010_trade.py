from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0009_paying")]
    operations: ClassVar = [
        migrations.AddField(
            "business",
            "trade",
            models.CharField(
                blank=True,
                choices=[
                    ("home", "Home services: plumbing, electric, roofing, landscaping, cleaning …"),
                    ("building", "Building and contracting"),
                    ("agency", "Agency, studio or consulting"),
                    ("software", "Software"),
                    ("supply", "Goods and supplies"),
                    ("medical", "Medical practice"),
                    ("dental", "Dental practice"),
                    ("legal", "Law office"),
                    ("counseling", "Counseling or therapy"),
                    ("funeral", "Funeral home"),
                    ("other", "Something else"),
                ],
                db_default="",
                default="",
                max_length=12,
                verbose_name="trade",
            ),
        ),
    ]
