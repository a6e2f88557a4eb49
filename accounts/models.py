"""Who uses Syntharra: people, their businesses, their roles there, and the record of who did what."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.trades import Trade
from syntharra.clock import machine_now
from syntharra.identifiers import uuid7
from syntharra.tenancy import TenantModel


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person who signs in with this address."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractUser):
    """A person. May belong to several businesses; signs in by e-mail."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail"), unique=True)
    date_joined = models.DateTimeField(default=machine_now)
    language = models.CharField(max_length=10, default="en-us")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.get_full_name() or self.email


class Business(models.Model):
    """A firm that collects through us: our tenant. Whether it is a sandbox is decided at birth and never changes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=120)
    sandbox = models.BooleanField(default=False)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    country = models.CharField(_("country"), max_length=2, default="US")
    time_zone = models.CharField(_("time zone"), max_length=64, default="America/New_York")
    trade = models.CharField(  # "": not said yet
        _("trade"), max_length=12, choices=Trade.choices, blank=True, default="", db_default=""
    )
    language = models.CharField(max_length=10, default="en-us")
    callback_number = models.CharField(_("call-back number"), max_length=16, blank=True)
    # Rung when a customer on the line asks for a person; "": the dispute contact's.
    person_phone = models.CharField(
        _("phone of a person who answers"), max_length=16, blank=True, default="", db_default=""
    )
    dispute_contact = models.CharField(_("dispute contact"), max_length=120, blank=True)
    dispute_phone = models.CharField(_("dispute contact's phone"), max_length=16, blank=True)
    dispute_hours = models.CharField(_("dispute contact's hours"), max_length=120, blank=True)
    call_from = models.TimeField(_("calls from"), default="09:00")
    call_until = models.TimeField(_("calls until"), default="17:00")
    minimum_balance = models.DecimalField(
        _("smallest balance to call about"), max_digits=14, decimal_places=2, default=50
    )
    # Days after its date an invoice without a due date is due; null: such an invoice is never called about.
    default_terms_days = models.PositiveSmallIntegerField(_("default terms"), null=True, blank=True)
    # Words in an invoice that ask for a look first; null: the usual ones of ``invoices.checks``.
    check_words = models.JSONField(_("words to look at first"), null=True, blank=True)
    late_fees_attested = models.BooleanField(default=False, db_default=False)
    reviews_calls = models.BooleanField(_("approves each call"), default=True)
    # A short message on the answering machine of a business; a private person's never gets one.
    leaves_messages = models.BooleanField(default=True, db_default=True)
    # A friendly e-mail on the first and the seventh day past due, before and beside the calls.
    polite_emails = models.BooleanField(default=False, db_default=False)
    # Disputes: how many business days the firm gives itself to decide, and by how much a role may lower a bill on its own.
    decision_days = models.PositiveSmallIntegerField(_("business days to decide"), default=5, db_default=5)
    manager_limit = models.DecimalField(
        _("a manager may give up on his own"), max_digits=14, decimal_places=2, default=500, db_default=500
    )
    contributor_limit = models.DecimalField(
        _("a contributor may give up on his own"), max_digits=14, decimal_places=2, default=0, db_default=0
    )
    # Paying: whether a customer may choose to pay a part, how little at a time, and how to pay where no card is taken.
    takes_parts = models.BooleanField(default=False, db_default=False)
    smallest_part = models.DecimalField(_("smallest part"), max_digits=14, decimal_places=2, default=25, db_default=25)
    how_to_pay = models.CharField(max_length=600, blank=True, default="", db_default="")
    consumer_calls = models.BooleanField(default=False)
    # How the firm came by its customers' numbers, in the words it attested (FCC 07-232); "" until it did.
    consent_wording = models.CharField(max_length=300, blank=True)
    consent_attested_at = models.DateTimeField(null=True)
    consent_attested_by = models.CharField(max_length=254, blank=True)
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.CharField(max_length=254, blank=True)
    live_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=machine_now)
    dispute_numbers = models.PositiveIntegerField(default=1000)

    objects: ClassVar[models.Manager["Business"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(call_from__lt=models.F("call_until")), name="business_calls_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Manager")
    CONTRIBUTOR = "contributor", _("Contributor")
    ACCOUNTANT = "accountant", _("Accountant")
    READ_ONLY = "read_only", _("Read only")


class Membership(models.Model):
    """A person's place in a business."""

    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    preview_email = models.BooleanField(default=True, db_default=True)  # tomorrow's calls, the evening before
    created_at = models.DateTimeField(default=machine_now)

    objects: ClassVar[models.Manager["Membership"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["business", "user"], name="member_once")]


class AlertPhone(models.Model):
    """A person's own telephone for texts about disputes, once he has shown that it is his. One a person."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="alert_phone")
    number = models.CharField(max_length=16)
    verified_at = models.DateTimeField(null=True)
    at_once = models.BooleanField(default=False)  # a text beside the e-mail; else only where no e-mail arrives
    # Asked for at sign-up here or by START: a STOP sent to anybody later binds. Business time, as stops are.
    wanted_at = models.DateTimeField(null=True)
    code_nonce = models.CharField(max_length=32, blank=True)
    code_until = models.DateTimeField(null=True)  # machine time
    code_tries = models.PositiveSmallIntegerField(default=0)
    codes_sent = models.PositiveSmallIntegerField(default=0)  # since ``codes_since``
    codes_since = models.DateTimeField(null=True)  # machine time

    objects: ClassVar[models.Manager["AlertPhone"]] = models.Manager()


class ActivityLine(TenantModel):
    """One act: who did what to which row, when. Written with the act; numbered and hashed by the sealer; never changed."""

    at = models.DateTimeField()  # business time
    recorded_at = models.DateTimeField(default=machine_now)
    actor = models.CharField(max_length=254)
    verb = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    customer_id = models.UUIDField(null=True)
    details_hash = models.BinaryField(max_length=32)
    number = models.BigIntegerField(null=True)
    previous_hash = models.BinaryField(max_length=32, null=True)
    hash = models.BinaryField(max_length=32, null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "number"], name="activity_number_once"),
            models.CheckConstraint(
                condition=models.Q(number=None, hash=None) | models.Q(number__isnull=False, hash__isnull=False),
                name="activity_sealed_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["business", "subject_kind", "subject_id"], name="activity_of_subject"),
            models.Index(fields=["business", "customer_id"], name="activity_of_customer"),
            models.Index(fields=["business", "recorded_at"], name="activity_by_time"),
        ]


class ActivityDetail(TenantModel):
    """What an activity line says in full. Erasable: the chain covers its digest, so it can go without breaking proof."""

    line = models.OneToOneField(ActivityLine, on_delete=models.CASCADE, related_name="detail", db_constraint=False)
    facts = models.JSONField()

    class Meta(TenantModel.Meta):
        pass
