from typing import ClassVar

from django.db import migrations

from syntharra.tenancy import isolate, same_business


class Migration(migrations.Migration):
    dependencies: ClassVar = [("compliance", "0001_initial"), ("invoices", "0001_initial")]
    operations: ClassVar = [
        *isolate(
            "compliance_suppression",
            "compliance_consent",
            "compliance_decision",
        ),
        same_business("compliance_suppression", "customer_id", "invoices_customer"),
        same_business("compliance_consent", "customer_id", "invoices_customer"),
        same_business("compliance_decision", "customer_id", "invoices_customer"),
    ]
