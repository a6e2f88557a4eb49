"""What only a sandbox installation can do: move business time, speak to the simulators, make the cast."""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

import httpx2
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts import timeline
from accounts.models import Business, User
from accounts.services import start_business
from accounts.trades import Trade
from disputes.letters import absolute
from integrations.models import NumberDoor, PhoneLine, Provider
from invoices.consents import attest, usual_wording
from syntharra import clock, due, links, logs
from syntharra.models import SandboxClock
from syntharra.tenancy import acting_for

log = logs.get(__name__)
SIMULATORS = (
    *(provider.value for provider in Provider if provider is not Provider.FILE),
    "twilio",
    "stripe",
    "mailbox",
)
FURTHEST = timedelta(days=3650)


class NotASandbox(Exception):
    """This installation, or one of its businesses, is live: its clock is not moved."""


class ClockGoesForward(Exception):
    """Business time never goes back, nor further than ten years: promises and deadlines would lose their order."""


def ask(vendor: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Speak to a simulator's control door; GET without a body. Raises httpx2.HTTPError when it is not there."""
    url = f"{settings.SIMULATORS_URL}/{vendor}/_sim/{path}"
    with httpx2.Client(timeout=10, trust_env=False) as client:
        answer = client.get(url) if body is None else client.post(url, json=body)
        answer.raise_for_status()
        return answer.json()


def move_clock(by: timedelta, *, actor: str) -> datetime:
    """Move business time forward for the whole installation and its simulated vendors; the new business time.

    Refused outside a sandbox and while a live business exists. What became due is taken up by the next sweeps.
    """
    if not settings.SANDBOX or Business.objects.filter(sandbox=False).exists():
        raise NotASandbox("business time moves in a sandbox installation only")
    with transaction.atomic():
        row, _ = SandboxClock.objects.select_for_update().get_or_create(pk=1)
        if by < timedelta(0) or row.shift + by > FURTHEST:
            raise ClockGoesForward(f"cannot move business time by {by}")
        row.shift += by
        row.save(update_fields=["shift"])
    clock.reread()
    tell_simulators()
    log.info("clock_moved", by=str(by), shift=str(row.shift), actor=actor)
    return clock.now()


def tell_simulators() -> None:
    """Give the simulated world our business time. One that is not there is told by the next move."""
    for vendor in SIMULATORS:
        try:
            ask(vendor, "clock", {"offset_seconds": clock.shift().total_seconds()})
        except httpx2.HTTPError as error:
            log.warning("simulator_not_told", vendor=vendor, error=type(error).__name__)


AVA = {
    "email": "ava@avasplumbing.example",
    "first_name": "Ava",
    "last_name": "Brooks",
    "business": "Ava's Plumbing",
    "number": "+16145550199",
}
REX = {
    "email": "rex@rivalrooter.example",
    "first_name": "Rex",
    "last_name": "Tanner",
    "business": "Rival Rooter",
    "number": "+12165550199",
}


def password() -> str:
    """The sandbox people's password: made from this installation's secret, so that it is stored nowhere."""
    return hmac.digest(settings.SECRET_KEY.encode(), b"sandbox password", hashlib.sha256).hex()[:16]


def make_cast() -> list[Business]:
    """Ava's Plumbing and a rival who must never see her rows, each ready to connect its books. Safe to repeat."""
    return [_firm(**AVA), _firm(**REX)]


@transaction.atomic
def _firm(*, email: str, first_name: str, last_name: str, business: str, number: str) -> Business:
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, password(), first_name=first_name, last_name=last_name)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    firm = Business.objects.filter(name=business, sandbox=True, memberships__user=user).first()
    if firm is not None:
        return firm
    firm = start_business(
        user,
        name=business,
        sandbox=True,
        callback_number=number,
        dispute_contact=f"{first_name} {last_name}",
        dispute_phone=number,
        dispute_hours="Mon-Fri 8-5",
        trade=Trade.HOME,
        reviews_calls=False,
    )
    with acting_for(firm.pk):
        line = PhoneLine.objects.create(number=number, sandbox=True, created_at=clock.now())
        NumberDoor.objects.create(number=number, business_id=firm.pk, line_id=line.pk)
        attest(firm, by=user, wording=usual_wording())
        timeline.record(firm, "switched_to_automatic", by=user.email)
        due.note("plan", firm.pk, at=clock.now())
    return firm


def sign_in_link(business: Business) -> str:
    """A link for one sign-in as the business's owner: a button to press, once, within the hour. Sandbox only."""
    if not settings.SANDBOX:
        raise NotASandbox("sign-in links exist in a sandbox installation only")
    with acting_for(business.pk):
        owner = business.memberships.get(role="owner")
        token = links.make("sign_in", business.pk, lasts=timedelta(hours=1), scope={"user": owner.user_id})
    return absolute(reverse("sandbox_sign_in", args=[token]))
