"""Weekdays a person does not want to be called on. The old guarantees stay until the new ones stand."""

from typing import Any, ClassVar

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models

KINDS = [
    ("not_between", "not at this time of day"),
    ("not_on", "not on this weekday"),
    ("not_at_work", "not at work"),
    ("zone", "is in this time zone"),
    ("workplace", "this number is at work"),
    ("not_workplace", "this number is not at work"),
]
Q = models.Q
NO_TIMES: dict[str, Any] = {"start": None, "end": None}
IN_FULL = (
    Q(kind="not_between", start__isnull=False, end__isnull=False, zone="", weekday=None)
    | Q(kind="not_on", **NO_TIMES, zone="", weekday__gte=0, weekday__lte=6)
    | (Q(kind="zone", **NO_TIMES, weekday=None) & ~Q(zone=""))
    | Q(kind="not_at_work", **NO_TIMES, zone="", weekday=None)
    | (Q(kind__in=("workplace", "not_workplace"), **NO_TIMES, zone="", weekday=None) & ~Q(number=""))
)
ONCE = models.UniqueConstraint(
    fields=["business", "customer", "kind", "number", "start", "end", "zone", "weekday"],
    condition=Q(ended_at=None),
    nulls_distinct=False,
    name="stated_once_a_day",
)


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("compliance", "0005_no_emails")]
    operations: ClassVar = [
        migrations.AddField("statement", "weekday", models.PositiveSmallIntegerField(null=True)),
        migrations.AlterField("statement", "kind", models.CharField(max_length=16, choices=KINDS)),
        AddConstraintNotValid("statement", models.CheckConstraint(condition=IN_FULL, name="stated_in_full")),
        ValidateConstraint("statement", "stated_in_full"),
        migrations.RemoveConstraint("statement", "stated_whole"),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "CREATE UNIQUE INDEX CONCURRENTLY stated_once_a_day ON compliance_statement"
                    ' (business_id, customer_id, kind, number, "start", "end", zone, weekday)'
                    " NULLS NOT DISTINCT WHERE ended_at IS NULL",
                    "DROP INDEX stated_once_a_day",
                )
            ],
            state_operations=[migrations.AddConstraint("statement", ONCE)],
        ),
        migrations.RemoveConstraint("statement", "stated_once"),
    ]
