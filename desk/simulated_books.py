"""The six vendors of books in the sandbox's one process, each with this installation's own keys and addresses.

A vendor's books are made when somebody first asks for them, so that a start costs nothing.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from starlette.applications import Starlette

from integrations.models import Provider

BOOKS = tuple(provider.value for provider in Provider if provider is not Provider.FILE)
# A company of believable size; the pages of the sandbox are for people.
INVOICES = 400


def create_apps(origin: str) -> dict[str, Starlette]:
    """By the path under which each is found."""
    return {f"/{name}": _MADE[name](origin) for name in BOOKS}


def _shared(origin: str, name: str) -> dict[str, Any]:
    kept = Path(settings.SIMULATORS_FILE)
    own = kept if name == "quickbooks" else kept.with_name(f"{kept.stem}-{name}{kept.suffix}")
    return {
        "client_id": getattr(settings, f"{name.upper()}_CLIENT_ID"),
        "client_secret": getattr(settings, f"{name.upper()}_CLIENT_SECRET"),
        "redirect_uris": (f"{settings.PUBLIC_URL}/connections/{name}/callback",),
        "public_url": f"{origin}/{name}",
        "state_file": str(own),
    }


def _rings_at(name: str) -> str:
    return f"{settings.PUBLIC_URL}/webhooks/{name}"


def _quickbooks(origin: str) -> Starlette:
    from integrations.quickbooks.simulator import QuickBooksSimConfig, create_app

    verifier = settings.QUICKBOOKS_WEBHOOK_VERIFIER
    shared = _shared(origin, "quickbooks")
    return create_app(QuickBooksSimConfig(**shared, webhook_url=_rings_at("quickbooks"), verifier_token=verifier))


def _xero(origin: str) -> Starlette:
    from integrations.xero.simulator import XeroSimConfig, create_app

    hooks = {"webhook_url": _rings_at("xero"), "webhook_key": settings.XERO_WEBHOOK_KEY}
    return create_app(XeroSimConfig(**_shared(origin, "xero"), **hooks, invoices=INVOICES))


def _freshbooks(origin: str) -> Starlette:
    from integrations.freshbooks.simulator import FreshBooksSimConfig, create_app

    return create_app(FreshBooksSimConfig(**_shared(origin, "freshbooks"), invoices=INVOICES))


def _square(origin: str) -> Starlette:
    from integrations.square.simulator import SquareSimConfig, create_app

    hooks = {"webhook_url": _rings_at("square"), "webhook_key": settings.SQUARE_WEBHOOK_KEY}
    return create_app(SquareSimConfig(**_shared(origin, "square"), **hooks, invoices=INVOICES))


def _zoho(origin: str) -> Starlette:
    from integrations.zoho.simulator import ZohoSimConfig, create_app

    return create_app(ZohoSimConfig(**_shared(origin, "zoho"), invoices=INVOICES))


def _jobber(origin: str) -> Starlette:
    from integrations.jobber.simulator import JobberSimConfig, create_app

    return create_app(JobberSimConfig(**_shared(origin, "jobber"), webhook_url=_rings_at("jobber"), invoices=INVOICES))


_MADE: dict[str, Callable[[str], Starlette]] = {
    "quickbooks": _quickbooks,
    "xero": _xero,
    "freshbooks": _freshbooks,
    "square": _square,
    "zoho": _zoho,
    "jobber": _jobber,
}
