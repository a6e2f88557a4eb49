"""The locks a call is decided under: the customer first, then the number, which two businesses may share."""

from uuid import UUID

from django.db import connection

from calls.models import Attempt
from invoices.services import hold_customer


def hold_attempt(attempt_id: UUID) -> Attempt:
    """This attempt, fresh, with its customer locked until the transaction ends."""
    hold_customer(Attempt.objects.values_list("customer_id", flat=True).get(pk=attempt_id))
    return Attempt.objects.select_related("customer", "business").get(pk=attempt_id)


def hold_number(number: str) -> None:
    """Nobody else of the installation decides about this number until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"number {number}"])
