"""One business never sees another's rows.

Lookups start at ``request.business``. Beneath them the database itself holds the line: every tenant table has forced row
level security on the setting ``syntharra.business``, and the connection (``syntharra.postgres``) keeps that setting equal
to the business being acted for before every statement. Without a business the ORM raises ``NoBusiness`` and raw SQL sees
no rows. The app connects as a plain role that owns nothing; ``owner`` migrates and backs up.
"""

from collections.abc import Iterable
from typing import Any, ClassVar, Self
from uuid import UUID

from django.db import migrations, models
from django.db.models.sql import Query

from syntharra.acting import NoBusiness, acting_for, acting_for_none, business_or_none, current_business
from syntharra.identifiers import uuid7

__all__ = [
    "OPEN",
    "NoBusiness",
    "TenantModel",
    "TenantQuerySet",
    "acting_for",
    "acting_for_none",
    "business_or_none",
    "current_business",
    "isolate",
    "same_business",
]

# Tables without row level security, each with the reason why it must be readable before the business is known (or has
# no business at all), and holding no more than that look-up needs. A test holds this list against the database.
OPEN: dict[str, str] = {
    "accounts_user": "a person signs in before a business is chosen, and may belong to several",
    "accounts_business": "the tenant itself: found through a membership, a webhook or a sweep",
    "accounts_membership": "which businesses may this person enter",
    "accounts_alertphone": "a person's own telephone, whichever business he works in at the moment",
    "integrations_connectiondoor": "a vendor's webhook names a company; which business is it",
    "integrations_hookdoor": "a vendor rings at an address with a token; whose is it. Holds a hash of the token",
    "integrations_carrierdoor": "an account at the carrier belongs to one business; which",
    "integrations_carddoor": "an account at the card processor belongs to one business; which",
    "integrations_numberdoor": "a call or text comes in on a number; which business is it",
    "integrations_inboxevent": "webhooks are stored before anybody knows whose they are",
    "compliance_stopentry": "a stop binds every business of the installation; holds a keyed hash, never the number",
    "compliance_numberkey": "under which keys numbers are hashed; fingerprints, nothing of any business",
    "compliance_stoprequest": "a stranger asks that a number is not called, before anybody knows whose; a keyed hash, the number sealed",
    "compliance_phonecontact": "budgets of a number across businesses; keyed hash and date, no business, no customer",
    "compliance_declaration": "how the operator runs the installation; no business, no customer",
    "compliance_license": "licenses and opinions by state bind the whole installation; no business, no customer",
    "compliance_stateblackout": "days on which nobody in a state is called, for every business; no business, no customer",
    "compliance_refusaltally": "counts of refusals by reason for the operator; no business",
    "notifications_replyaddress": "an e-mail answers a letter; which one, of whom. Holds a hash of the address it came to",
    "disputes_straymail": "mail to an address of ours that nobody has; sealed, in no business, read by no page",
    "calls_calldoor": "a carrier's webhook or socket names an attempt; which business is it",
    "syntharra_linkdoor": "a signed link is opened by someone without an account; holds a hash of its token",
    "syntharra_due": "sweeps must know whom to enter",
    "syntharra_sandboxclock": "one row for the installation",
    # Django's, allauth's and the session's own tables: people and sign-in, never a business's data.
    "account_emailaddress": "sign-in",
    "account_emailconfirmation": "sign-in",
    "auth_group": "sign-in",
    "auth_group_permissions": "sign-in",
    "auth_permission": "sign-in",
    "accounts_user_groups": "sign-in",
    "accounts_user_user_permissions": "sign-in",
    "django_content_type": "the framework's list of models",
    "django_migrations": "the framework's list of migrations",
    "django_session": "sign-in",
    "mfa_authenticator": "sign-in",
    "socialaccount_socialaccount": "sign-in",
    "socialaccount_socialapp": "sign-in",
    "socialaccount_socialtoken": "sign-in",
    "usersessions_usersession": "sign-in",
}


class TenantQuery(Query):
    """Refuses to become SQL outside a business: silence (no rows) would look like an empty ledger."""

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        current_business()
        return super().get_compiler(*args, **kwargs)


class TenantQuerySet[M: models.Model](models.QuerySet[M]):
    def __init__(self, model: Any = None, query: Any = None, using: Any = None, hints: Any = None) -> None:
        super().__init__(model, query if query is not None or model is None else TenantQuery(model), using, hints)

    def update(self, **values: Any) -> int:
        current_business()
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        current_business()
        return super().delete()

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        current_business()
        return super().bulk_create(objs, *args, **kwargs)


class TenantModel(models.Model):
    """A row of one business, invisible to every other."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    business = models.ForeignKey(
        "accounts.Business", on_delete=models.PROTECT, related_name="%(class)ss", default=current_business
    )

    business_id: UUID

    objects: ClassVar[models.Manager[Self]] = models.Manager.from_queryset(TenantQuerySet)()

    class Meta:
        abstract = True
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["business", "id"], name="%(app_label)s_%(class)s_in_business")]


def isolate(*tables: str) -> list[migrations.RunSQL]:
    """Forced row level security for these tables, in the migration that makes them.

    ``owner_all`` lets the owner of the schema backfill and back up: without it a migration's UPDATE touches 0 rows in
    silence and pg_dump fails.
    """
    mine = "business_id = nullif(current_setting('syntharra.business', true), '')::uuid"
    return [
        migrations.RunSQL(
            sql=[
                f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
                f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
                f"CREATE POLICY of_business ON {table} USING ({mine}) WITH CHECK ({mine})",
                f"CREATE POLICY owner_all ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)",
            ],
            reverse_sql=[
                f"DROP POLICY owner_all ON {table}",
                f"DROP POLICY of_business ON {table}",
                f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
                f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
            ],
        )
        for table in tables
    ]


def same_business(table: str, column: str, to: str) -> migrations.RunSQL:
    """A key to another tenant table that cannot leave the business: row level security does not look at foreign keys."""
    name = f"{table}_{column}_same_business"[:63]
    key = f"FOREIGN KEY (business_id, {column}) REFERENCES {to} (business_id, id)"
    return migrations.RunSQL(
        sql=[
            f"ALTER TABLE {table} ADD CONSTRAINT {name} {key} NOT VALID",
            f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}",
        ],
        reverse_sql=[f"ALTER TABLE {table} DROP CONSTRAINT {name}"],
    )
