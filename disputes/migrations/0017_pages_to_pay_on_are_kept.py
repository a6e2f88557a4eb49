"""A page to pay on and what it is for are never deleted by the application: a link cut away would pass the guard."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("disputes", "0016_plan_of_a_resolution"), ("invoices", "0017_paying_by_card_isolation")]
    operations: ClassVar = [
        migrations.RunSQL(
            f"CREATE TRIGGER proof_is_kept BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION proof_is_kept()",
            f"DROP TRIGGER proof_is_kept ON {table}",
        )
        for table in ("invoices_checkout", "invoices_checkoutinvoice")
    ]
