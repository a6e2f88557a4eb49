"""Remembers under which keys numbers were hashed; stops that are there already stand under the present one."""

from typing import Any, ClassVar

from django.db import migrations, models


def note(apps: Any, schema_editor: Any) -> None:
    from compliance.number_keys import fingerprint, keys
    from syntharra import clock

    alias = schema_editor.connection.alias
    written = ("StopEntry", "StopRequest")
    if any(apps.get_model("compliance", name).objects.using(alias).exists() for name in written):
        keep = apps.get_model("compliance", "NumberKey").objects.using(alias)
        keep.get_or_create(fingerprint=fingerprint(keys()[0]), defaults={"since": clock.machine_now()})


class Migration(migrations.Migration):
    dependencies: ClassVar = [("compliance", "0008_texts")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="NumberKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fingerprint", models.CharField(max_length=16, unique=True)),
                ("since", models.DateTimeField()),
            ],
        ),
        migrations.RunPython(note, migrations.RunPython.noop),
    ]
