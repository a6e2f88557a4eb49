"""Why we may call the numbers in the firm's books: the firm attests it once, and every number gets its own record."""

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts import timeline
from accounts.models import Business, User
from compliance.models import Consent
from invoices.models import Contact
from syntharra import clock
from syntharra.tenancy import current_business

BATCH = 500


def usual_wording() -> str:
    """What a firm attests when its customers gave it their numbers for the work it did for them (FCC 07-232)."""
    return _(
        "Our customers gave us these numbers themselves, in connection with the work or the invoice, "
        "and our terms say that automated or AI calls may be made to them about it."
    )


@transaction.atomic
def attest(business: Business, *, by: User, wording: str) -> int:
    """Put the firm's attestation on record and give every callable number its consent; how many numbers got one."""
    Business.objects.filter(pk=business.pk).update(
        consent_wording=wording[:300], consent_attested_at=clock.now(), consent_attested_by=by.email
    )
    business.refresh_from_db()
    timeline.record(business, "attested_consent", by=by.email, wording=wording)
    return record_consents()


def record_consents() -> int:
    """Consents for numbers that came into the books since the firm attested; none where it has not. Safe to repeat.

    Of the day on which we first saw the number there: the customer gave it no later, and it has not grown old since.
    """
    business = Business.objects.get(pk=current_business())
    if business.consent_attested_at is None:
        return 0
    given_on = clock.today(business.time_zone)
    mine = Consent.objects.filter(customer=OuterRef("customer"), number=OuterRef("phone"), revoked_at=None)
    missing = Contact.objects.filter(~Exists(mine), role=Contact.Role.BILLING).exclude(phone="")
    rows = [
        Consent(
            customer_id=contact.customer_id,
            number=contact.phone,
            basis=business.consent_wording,
            given_by=contact.name or contact.customer.name,
            given_on=given_on,
            attested_by=business.consent_attested_by,
        )
        for contact in missing.select_related("customer")
    ]
    Consent.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return len(rows)
