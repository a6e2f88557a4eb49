"""Whose businesses a sign-in opens, by their answer about the person who signed in. Pure."""

from babel.numbers import get_territory_currencies

from integrations import fields, places
from integrations.fields import Json
from integrations.ledger import Home, Organisation
from integrations.sign_in import Company

_MAY_CONNECT = ("owner", "admin")


def companies(said: Json) -> list[Company]:
    """Those he owns or administers; where he is a client or on the staff, he may not speak for the books. Raises Bad."""
    identity = _identity(said)
    found: dict[str, Company] = {}
    for business in _businesses(said):
        details = {"business_id": fields.identifier(business.get("id"), "business.id"), "identity_id": identity}
        company = Company(_account(business), fields.text(business, "name", most=200), details)
        found.setdefault(company.account, company)
    return list(found.values())


def organisation(said: Json, account: str, home: Home) -> Organisation | None:
    """Whose books these are, None where the sign-in does not open them. Raises Bad.

    They name no currency and no zone here: the country's own currency stands in for books that say none on an object.
    """
    for business in _businesses(said):
        if _account(business) == account:
            country = places.country(fields.text(fields.inner(business, "address"), "country")) or home.country
            return Organisation(
                account=account,
                name=fields.text(business, "name", most=200) or account,
                currency=_currency(country) or home.currency,
                country=country,
            )
    return None


def _businesses(said: Json) -> list[Json]:
    memberships = fields.items(fields.inner(said, "response"), "business_memberships")
    allowed = [one for one in memberships if fields.text(one, "role").casefold() in _MAY_CONNECT]
    return [business for one in allowed if _account(business := fields.inner(one, "business"))]


def _account(business: Json) -> str:
    """Short and alphanumeric; it goes into addresses, so nothing else passes."""
    found = fields.text(business, "account_id")
    return found if found.isascii() and found.isalnum() and len(found) <= fields.LONGEST_ID else ""


def _identity(said: Json) -> str:
    person = fields.inner(said, "response")
    named = person.get("identity_id") if person.get("identity_id") is not None else person.get("id")
    return fields.identifier(named, "identity_id")


def _currency(country: str) -> str:
    codes: list[str] = get_territory_currencies(country) if country else []
    return codes[-1] if codes else ""
