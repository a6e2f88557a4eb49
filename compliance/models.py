"""What the gate has to go by and what it said: stops, consents, contacts, decisions."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from compliance.number_key_models import NumberKey as NumberKey
from compliance.stop_request_models import StopRequest as StopRequest
from compliance.text_models import MessagingRegistration as MessagingRegistration
from compliance.text_models import TextConsent as TextConsent
from syntharra.clock import machine_now
from syntharra.tenancy import TenantModel


class Purpose(models.TextChoices):
    """Why somebody is contacted: fixed when the message or attempt is made, never relabeled."""

    COLLECT = "collect", _("collecting")
    DISPUTE = "dispute", _("a dispute")
    SERVICE = "service", _("service")
    LEGAL = "legal", _("a notice the law requires")
    ACCOUNT = "account", _("the firm's own people")


class Channel(models.TextChoices):
    CALL = "call", _("call")
    SMS = "sms", _("text")
    EMAIL = "email", _("e-mail")
    LETTER = "letter", _("letter")


class StopKind(models.TextChoices):
    OPT_OUT = "opt_out", _("asked not to be called")
    CEASE = "cease", _("asked for no contact at all")
    ATTORNEY = "attorney_represented", _("has a lawyer")
    BANKRUPTCY = "bankruptcy", _("is in bankruptcy")
    DECEASED = "deceased", _("has died")
    WRONG_NUMBER = "wrong_number", _("is not at this number")
    NO_EMAIL = "no_email", _("asked for no e-mails about money")


class StopEntry(models.Model):
    """A number nobody of this installation may call or text again. A keyed hash: whose it is cannot be read here."""

    number_hash = models.BinaryField(max_length=32)
    kind = models.CharField(max_length=24, choices=StopKind.choices)
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["number_hash", "kind"], condition=models.Q(lifted_at=None), name="stopped_once"
            )
        ]


class Suppression(TenantModel):
    """A stop of one customer of a business: what he said or we learned, from which words, until lifted with a reason."""

    customer = models.ForeignKey(
        "invoices.Customer", on_delete=models.CASCADE, related_name="suppressions", db_constraint=False
    )
    kind = models.CharField(max_length=24, choices=StopKind.choices)
    number = models.CharField(max_length=16, blank=True)
    words = models.TextField(blank=True)
    source = models.CharField(max_length=80)
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=254, blank=True)
    lifted_reason = models.CharField(max_length=300, blank=True)
    # How the customer asked for it himself: by which way, on which day, and the paper if there is one.
    lifted_how = models.CharField(max_length=12, blank=True, default="", db_default="")
    lifted_asked_on = models.DateField(null=True)
    lifted_file = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["business", "customer", "kind", "number"],
                condition=models.Q(lifted_at=None),
                name="suppressed_once",
            ),
        ]


class Consent(TenantModel):
    """Why we may call this number with an artificial voice (47 CFR 64.1200(a)(1); FCC 07-232, FCC 24-17)."""

    customer = models.ForeignKey(
        "invoices.Customer", on_delete=models.CASCADE, related_name="consents", db_constraint=False
    )
    number = models.CharField(max_length=16)
    basis = models.CharField(max_length=300)  # the document or field of the books, and its wording
    given_by = models.CharField(max_length=120)
    given_on = models.DateField()
    attested_by = models.CharField(max_length=254)
    line_type = models.CharField(max_length=12, default="unknown")
    revoked_at = models.DateTimeField(null=True)
    # That the number is still his: said by the customer, later than the consent (47 CFR 64.1200(m)).
    confirmed_on = models.DateField(null=True)
    confirmed_how = models.CharField(max_length=300, blank=True, default="", db_default="")
    confirmed_by = models.CharField(max_length=254, blank=True, default="", db_default="")

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["business", "customer", "number"], condition=models.Q(revoked_at=None), name="consent_once"
            ),
        ]


class PhoneContact(models.Model):
    """That this number was contacted, for budgets across businesses. No business, no customer: nobody learns who."""

    number_hash = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    on = models.DateField()
    channel = models.CharField(max_length=8, choices=Channel.choices)
    result = models.CharField(max_length=20)
    source_key = models.BinaryField(max_length=32, unique=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["number_hash", "at"], name="contacts_of_number")]


class Decision(TenantModel):
    """What the gate said about one contact, with everything it went by: recomputable, and shown to the owner."""

    subject_kind = models.CharField(max_length=20)  # attempt, message, call
    subject_id = models.UUIDField()
    customer = models.ForeignKey(
        "invoices.Customer", on_delete=models.CASCADE, related_name="decisions", db_constraint=False, null=True
    )
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    moment = models.CharField(max_length=12)  # planned, dialing, answered, sending, asked
    at = models.DateTimeField()
    decision = models.CharField(max_length=10)
    reason = models.CharField(max_length=40)
    layer = models.CharField(max_length=10, blank=True)
    clearance = models.JSONField()
    facts = models.JSONField()
    rules_version = models.CharField(max_length=40)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["business", "subject_id"], name="decisions_of_subject"),
            models.Index(fields=["business", "customer", "at"], name="decisions_of_customer"),
        ]


class RefusalTally(models.Model):
    """Refusals of the gate by day and reason, for the operator's metrics: rows are only added, and summed when read."""

    on = models.DateField()
    purpose = models.CharField(max_length=10)
    reason = models.CharField(max_length=40)
    count = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(default=machine_now)


class Statement(TenantModel):
    """What a person said about when and where he may be reached (12 CFR 1006.6(b)(1), (3)). It only ever narrows.

    Times are the person's own wall clock. ``number`` "" speaks of the person, whatever number rings.
    """

    class Kind(models.TextChoices):
        NOT_BETWEEN = "not_between", _("not at this time of day")
        NOT_ON = "not_on", _("not on this weekday")
        NOT_AT_WORK = "not_at_work", _("not at work")
        ZONE = "zone", _("is in this time zone")
        WORKPLACE = "workplace", _("this number is at work")
        NOT_WORKPLACE = "not_workplace", _("this number is not at work")

    customer = models.ForeignKey(
        "invoices.Customer", on_delete=models.CASCADE, related_name="statements", db_constraint=False
    )
    kind = models.CharField(max_length=16, choices=Kind.choices)
    number = models.CharField(max_length=16, blank=True)
    start = models.TimeField(null=True)
    end = models.TimeField(null=True)
    weekday = models.PositiveSmallIntegerField(null=True)  # Monday is 0
    zone = models.CharField(max_length=64, blank=True)
    words = models.TextField(blank=True)
    source = models.CharField(max_length=80)
    by = models.CharField(max_length=254)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=254, blank=True)
    ended_reason = models.CharField(max_length=300, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["business", "customer", "kind", "number", "start", "end", "zone", "weekday"],
                condition=models.Q(ended_at=None),
                nulls_distinct=False,
                name="stated_once_a_day",
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(kind="not_between", start__isnull=False, end__isnull=False, zone="", weekday=None)
                    | models.Q(kind="not_on", start=None, end=None, zone="", weekday__gte=0, weekday__lte=6)
                    | (models.Q(kind="zone", start=None, end=None, weekday=None) & ~models.Q(zone=""))
                    | models.Q(kind="not_at_work", start=None, end=None, zone="", weekday=None)
                    | (
                        models.Q(kind__in=("workplace", "not_workplace"), start=None, end=None, zone="", weekday=None)
                        & ~models.Q(number="")
                    )
                ),
                name="stated_in_full",
            ),
        ]


class FirmRules(TenantModel):
    """What a firm set for itself beside its hours. The database too lets nothing in that is looser than the house."""

    weekdays = models.CharField(max_length=5, default="01234")  # Monday is 0
    max_attempts = models.PositiveSmallIntegerField(default=3)
    min_gap_days = models.PositiveSmallIntegerField(default=3)
    first_attempt_day = models.PositiveSmallIntegerField(default=3)
    consumer_from = models.TimeField(default="09:00")  # private persons; business contacts have the firm's hours
    consumer_until = models.TimeField(default="20:00")
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=254)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business"], name="firm_rules_once"),
            models.CheckConstraint(
                condition=models.Q(
                    max_attempts__gte=1,
                    max_attempts__lte=3,
                    min_gap_days__gte=3,
                    first_attempt_day__gte=3,
                    weekdays__regex="^0?1?2?3?4?$",
                    consumer_from__gte="09:00",
                    consumer_until__lte="20:00",
                    consumer_from__lt=models.F("consumer_until"),
                )
                & ~models.Q(weekdays=""),
                name="firm_rules_only_stricter",
            ),
        ]


class ConsumerGoLive(TenantModel):
    """That private persons may be called for this business: what it stood on, who said so and when, and when it ended."""

    counsel = models.CharField(max_length=200)  # who looked at it
    counsel_on = models.DateField()
    counsel_reference = models.CharField(max_length=300)  # the letter or opinion, and where it is kept
    role = models.CharField(max_length=12)
    licensed_in = models.JSONField(default=list)
    consent_wording = models.CharField(max_length=300)
    notice_version = models.CharField(max_length=64)  # of the validation notice's text
    rules_version = models.CharField(max_length=40)
    at = models.DateTimeField()
    by = models.CharField(max_length=254)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=254, blank=True)
    ended_reason = models.CharField(max_length=300, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["business"], condition=models.Q(ended_at=None), name="consumers_go_live_once"
            ),
        ]


class Declaration(models.Model):
    """How the operator runs this installation, and who he is to the law. The latest one counts; none is ever changed."""

    role = models.CharField(max_length=12, choices=[("own_books", _("own books")), ("for_others", _("for others"))])
    name = models.CharField(max_length=200)  # registered name: notices and openings name it
    address = models.CharField(max_length=300)  # where disputes by post arrive (12 CFR 1006.34(c)(2)(i))
    at = models.DateTimeField()
    by = models.CharField(max_length=254)


class License(models.Model):
    """A collection license of the operator in one state, or counsel's opinion that none is needed there."""

    class Kind(models.TextChoices):
        LICENSE = "license", _("license")
        OPINION = "opinion", _("counsel's opinion")

    state = models.CharField(max_length=8)  # US-OH
    kind = models.CharField(max_length=8, choices=Kind.choices)
    reference = models.CharField(max_length=200)  # the license's number, or who gave the opinion and when
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)  # the last day it holds
    at = models.DateTimeField()
    by = models.CharField(max_length=254)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=254, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state"], name="licenses_of_state")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(valid_until=None) | models.Q(valid_until__gte=models.F("valid_from")),
                name="license_days_in_order",
            ),
        ]


class StateBlackout(models.Model):
    """Days on which the operator lets nobody be called in a state, such as during a declared emergency."""

    state = models.CharField(max_length=8)
    first = models.DateField()
    last = models.DateField()
    why = models.CharField(max_length=300)
    at = models.DateTimeField()
    by = models.CharField(max_length=254)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=254, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(last__gte=models.F("first")), name="blackout_days_in_order"),
        ]
