from typing import ClassVar

from django.db import migrations

from syntharra.tenancy import isolate, same_business


class Migration(migrations.Migration):
    dependencies: ClassVar = [("disputes", "0001_initial"), ("invoices", "0001_initial")]
    operations: ClassVar = [
        *isolate(
            "disputes_claim",
            "disputes_dispute",
            "disputes_claimon",
        ),
        same_business("disputes_claim", "customer_id", "invoices_customer"),
        same_business("disputes_dispute", "invoice_id", "invoices_invoice"),
        same_business("disputes_dispute", "customer_id", "invoices_customer"),
        same_business("disputes_claimon", "dispute_id", "disputes_dispute"),
        same_business("disputes_claimon", "claim_id", "disputes_claim"),
    ]
