"""What the frame of every signed-in page shows. Looked up when a template asks, not before."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Business, Membership
from desk.wording.problems import Trouble, banner_of
from disputes.models import Dispute
from syntharra import clock
from syntharra.templatetags.syntharra import moment

THEME_COOKIE = "theme"
THEMES = ("light", "dark")


@dataclass(frozen=True)
class Link:
    url: str
    word: str
    icon: str
    here: bool
    count: int = 0
    count_words: str = ""


def frame(request: HttpRequest) -> dict[str, Any]:
    """The frame, the business, and the chosen theme (empty: as the system has it)."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return {
        "frame": Frame(request),
        "business": getattr(request, "business", None),
        "membership": getattr(request, "membership", None),
        "sandbox": settings.SANDBOX,
        "theme": theme if theme in THEMES else "",
    }


class Frame:
    """Links, businesses, the books' trouble and the sandbox's clock."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.sandbox: bool = settings.SANDBOX
        self.business: Business | None = getattr(request, "business", None)

    @cached_property
    def main_links(self) -> list[Link]:
        """The five of the rail and of the phone's bottom bar."""
        live = Dispute.objects.live().count() if self.business else 0
        return [
            self._link("today", _("Today"), "sunrise"),
            self._link("invoices", _("Invoices"), "receipt-text", "invoice", "freeze_invoice"),
            self._link("calls", _("Calls"), "phone", "call", "spoken_labels", "tomorrow"),
            self._link(
                "disputes",
                _("Disputes"),
                "messages-square",
                "dispute",
                "acknowledgement",
                "dispute_insights",
                count=live,
                words=_("open"),
            ),
            self._link("money", _("Money"), "banknote"),
        ]

    @cached_property
    def more_links(self) -> list[Link]:
        links = [
            self._link("customers", _("Customers"), "users", "customer"),
            self._link(
                "holds", _("Holds"), "hourglass", "new_hold", "backlog", "your_decision", "decide_final", "last_letter"
            ),
            self._link("plans", _("Payment plans"), "calendar-clock", "plan", "new_plan"),
            self._link(
                "rules",
                _("Rules"),
                "shield-check",
                "calling_rules",
                "private_persons",
                "invoice_rules",
                "stops",
                "lifting",
            ),
            self._link("activity", _("Activity"), "history"),
            self._link("numbers", _("Numbers"), "phone-call"),
            self._link("paying", _("Getting paid"), "banknote"),
            self._link(
                "connections", _("Your books"), "plug", "connect", "connection", "disconnection", "choose_books"
            ),
        ]
        return [*links, self._link("sandbox", _("Sandbox"), "flask-conical")] if settings.SANDBOX else links

    @cached_property
    def businesses(self) -> list[Business]:
        """All the person belongs to."""
        mine: list[Membership] = getattr(self.request, "memberships", [])
        return sorted((one.business for one in mine), key=lambda one: (one.name, one.pk))

    @cached_property
    def books_trouble(self) -> Trouble | None:
        """What keeps us from reading the books; None when all is well, and on the page that says it at length."""
        match = self.request.resolver_match
        if self.business is None or (match and match.url_name in ("connections", "connection")):
            return None
        return banner_of(self.business.connections.order_by("connected_at", "pk"))

    @cached_property
    def now(self) -> datetime:
        """Business time, to be shown in the zone of the page."""
        return clock.now()

    @cached_property
    def clock_words(self) -> str:
        """The sandbox's clock as the business's wall has it, also on pages outside its zone."""
        zone = self.business.time_zone if self.business else settings.TIME_ZONE
        with timezone.override(ZoneInfo(zone)):
            return moment(self.now)

    def _link(self, name: str, word: str, icon: str, *inner: str, count: int = 0, words: str = "") -> Link:
        match = self.request.resolver_match
        here = bool(match and match.url_name in (name, *inner))
        return Link(reverse(name), word, icon, here, count, words)
