import django.db.models.deletion
from django.db import migrations, models

import syntharra.acting
import syntharra.identifiers
from syntharra.tenancy import isolate, same_business


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_person_phone"),
        ("compliance", "0007_stop_requests"),
        ("invoices", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="MessagingRegistration",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=syntharra.identifiers.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reference", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=254)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, max_length=254)),
                (
                    "business",
                    models.ForeignKey(
                        default=syntharra.acting.current_business,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="accounts.business",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "id"), name="compliance_messagingregistration_in_business"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("business",), name="messaging_registered_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TextConsent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=syntharra.identifiers.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.CharField(max_length=16)),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("all", "any text of the firm's"),
                            ("answers", "answers to what they texted, never asking for money"),
                        ],
                        default="all",
                        max_length=8,
                    ),
                ),
                ("basis", models.CharField(max_length=300)),
                ("given_by", models.CharField(max_length=120)),
                ("given_on", models.DateField()),
                ("source", models.CharField(max_length=80)),
                ("attested_by", models.CharField(max_length=254)),
                ("lifts_stop", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "business",
                    models.ForeignKey(
                        default=syntharra.acting.current_business,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="accounts.business",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="text_consents",
                        to="invoices.customer",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("business", "id"), name="compliance_textconsent_in_business"),
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)),
                        fields=("business", "customer", "number", "scope"),
                        name="text_consent_once",
                    ),
                ],
            },
        ),
        *isolate("compliance_messagingregistration", "compliance_textconsent"),
        same_business("compliance_textconsent", "customer_id", "invoices_customer"),
    ]
