"""The organizations of the user who consented, in the data center that was asked."""

from integrations.simulation.call import Answer, Json
from integrations.zoho.simulation import forms
from integrations.zoho.simulation.answers import success
from integrations.zoho.simulation.organizations import BY_ID, Organization, of_user
from integrations.zoho.simulation.visit import Visit


def index(visit: Visit) -> Answer:
    """GET /organizations: those the user still belongs to."""
    left = visit.world.settings.left_organizations
    found = [_rendered(one) for one in of_user(visit.grant.user) if one.id not in left]
    return success(organizations=found)


def read(visit: Visit) -> Answer:
    """GET /organizations/{organization_id}"""
    return success(organization=_rendered(BY_ID[visit.ids["organization_id"]]))


def _rendered(one: Organization) -> Json:
    return {
        "organization_id": one.id,
        "name": one.name,
        "contact_name": one.contact,
        "email": one.user,
        "is_default_org": one.is_default,
        "is_org_active": True,
        "plan_type": 1,
        "plan_name": "STANDARD",
        "plan_period": "monthly",
        "language_code": "en",
        "account_created_date": "2023-01-09",
        "time_zone": one.zone,
        "date_format": "dd MMM yyyy",
        "field_separator": " ",
        "fiscal_year_start_month": "april" if one.country in ("IN", "JP") else "january",
        "country": forms.country(one.country),
        "country_code": one.country,
        "currency_id": forms.derived_id(one.data_center, "currency", one.id, one.currency),
        "currency_code": one.currency,
        "currency_symbol": forms.SYMBOLS[one.currency],
        "price_precision": forms.precision(one.currency),
    }
