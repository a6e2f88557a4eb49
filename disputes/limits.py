"""Who may give up how much of a bill on his own. Pure."""

from decimal import Decimal

from accounts.models import Business, Role

DECIDES = (Role.OWNER, Role.MANAGER, Role.CONTRIBUTOR)


def limit_of(business: Business, role: str) -> Decimal | None:
    """In the business's own currency; None: no limit. Roles that may not end a dispute have 0."""
    match role:
        case Role.OWNER:
            return None
        case Role.MANAGER:
            return business.manager_limit
        case Role.CONTRIBUTOR:
            return business.contributor_limit
    return Decimal(0)


def is_within(business: Business, role: str, given_up: Decimal, currency: str) -> bool:
    """Whether this role needs no owner for it. Another currency than the firm's own is an owner's to decide."""
    limit = limit_of(business, role)
    if limit is None:
        return True
    return role in DECIDES and (given_up == 0 or (currency == business.currency and given_up <= limit))
