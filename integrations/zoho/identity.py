"""Whose organizations a sign-in opens, by their list of them. Pure."""

from integrations import fields, places
from integrations.fields import Json
from integrations.ledger import Home, Organisation
from integrations.sign_in import Company
from integrations.zoho import refs


def companies(said: Json) -> list[Company]:
    """All of them: which one is meant, only the owner can say. Raises Bad."""
    found = [Company(_account(raw), fields.text(raw, "name", most=200)) for raw in refs.items(said, "organizations")]
    return list({company.account: company for company in found if company.account}.values())


def organisation(said: Json, account: str, home: Home) -> Organisation | None:
    """Whose books these are, None where the sign-in does not open them. Raises Bad."""
    for raw in refs.items(said, "organizations"):
        if _account(raw) == account:
            country = places.country(fields.text(raw, "country_code")) or places.country(fields.text(raw, "country"))
            return Organisation(
                account=account,
                name=fields.text(raw, "name", most=200) or account,
                currency=fields.text(raw, "currency_code").upper()[:3] or home.currency,
                country=country or home.country,
                time_zone=fields.text(raw, "time_zone", most=64),
            )
    return None


def _account(raw: Json) -> str:
    found = fields.identifier(raw.get("organization_id"), "organization_id")
    return found if found.isascii() and found.isalnum() else ""
