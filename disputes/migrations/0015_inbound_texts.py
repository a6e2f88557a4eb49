from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("disputes", "0014_plain_question_once"),
    ]

    operations = [
        migrations.AddField(
            model_name="inboundmail",
            name="channel",
            field=models.CharField(
                choices=[("email", "by e-mail"), ("sms", "by text")], db_default="email", default="email", max_length=8
            ),
        ),
        migrations.AddField(
            model_name="inboundmail",
            name="line",
            field=models.CharField(blank=True, db_default="", default="", max_length=16),
        ),
        migrations.AlterField(
            model_name="inboundmail",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("dispute", "They disagree"),
                    ("thread", "Written on the dispute"),
                    ("stopped", "They asked for a stop"),
                    ("already_paid", "They say it is paid"),
                    ("promise", "They say they will pay"),
                    ("to_read", "To be read"),
                    ("to_choose", "Which invoice is it about?"),
                    ("bounce", "A letter came back"),
                    ("automatic", "Sent by a machine"),
                    ("nothing", "Nothing to stop"),
                    ("help", "They asked who we are"),
                    ("resumed", "They want texts again"),
                ],
                max_length=16,
            ),
        ),
    ]
