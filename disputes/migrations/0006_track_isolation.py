from typing import ClassVar

from django.db import migrations

from syntharra.tenancy import isolate, same_business

OF_DISPUTE = ("specification", "post", "disputefile", "resolution", "booksmoved", "invoiceversion", "evidencepack")


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("disputes", "0005_track"),
        ("invoices", "0010_holds_of_numbers_and_backlog"),
        ("notifications", "0002_isolation"),
    ]
    operations: ClassVar = [
        *isolate(*(f"disputes_{name}" for name in OF_DISPUTE), "disputes_legaldate"),
        *(same_business(f"disputes_{name}", "dispute_id", "disputes_dispute") for name in OF_DISPUTE),
        same_business("disputes_dispute", "reopens_id", "disputes_dispute"),
        same_business("disputes_post", "message_id", "notifications_message"),
        same_business("disputes_disputefile", "post_id", "disputes_post"),
        same_business("disputes_resolution", "entry_id", "invoices_bookentry"),
        same_business("disputes_resolution", "replaced_by_id", "invoices_invoice"),
        same_business("disputes_invoiceversion", "invoice_id", "invoices_invoice"),
        same_business("disputes_legaldate", "invoice_id", "invoices_invoice"),
    ]
