"""One harmless fact before a person's signed page shows what is owed: whoever was forwarded the link does not know it.

Asked of everybody the books do not call a company. Five wrong answers close the link, for good; the firm can send a new
one. A browser that answered right is not asked again for a day, on any page of the same customer. GET only asks.

Used by every page of a customer that shows amounts, lines or files::

    with links.opened(token, purpose=...) as link:
        if (first := fact_check.stands_before(request, link, customer)) is not None:
            return first
        ... and where nothing can be asked: fact_check.may_show(request, customer) says whether amounts may be shown
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from accounts import timeline
from invoices.models import Customer
from syntharra.models import Link

TRIES = 5
KNOWN_FOR = 24 * 3600  # seconds of machine time
FIELD = "fact"
_SALT = "a harmless fact"


@dataclass(frozen=True)
class Fact:
    """What is asked, what helps to answer it, and which digits of an answer count."""

    question: Any
    help: Any
    answer: str
    counts: Callable[[str], str]

    def is_met_by(self, said: str) -> bool:
        return self.counts(said) == self.answer


def fact_of(customer: Customer) -> Fact | None:
    """The first of ZIP code, telephone and house number that the books have; None where they have none of them."""
    if len(zip_code := _first_five(customer.zip)) == 5:
        help_text = _("Five digits, of the address the firm has for you.")
        return Fact(_("What is your ZIP code?"), help_text, zip_code, _first_five)
    contacts = customer.contacts.exclude(phone="").order_by("rank", "pk")
    if (contact := contacts.first()) is not None and len(ending := _last_four(contact.phone)) == 4:
        question = _("What are the last four digits of your telephone number?")
        return Fact(question, _("Of the number the firm has for you."), ending, _last_four)
    if house := _house_number(customer.street):
        question = _("What is the number of your house?")
        return Fact(question, _("Of the address the firm has for you."), house, _house_number)
    return None


def _first_five(said: str) -> str:
    return re.sub(r"\D", "", said)[:5]


def _last_four(said: str) -> str:
    return re.sub(r"\D", "", said)[-4:]


def _house_number(said: str) -> str:
    found = re.match(r"\D{0,4}(\d+)", said.strip())
    return found[1].lstrip("0") if found else ""


def is_asked(customer: Customer) -> bool:
    """A company's post is read by whoever opens it there; anybody else is a person, also where the books do not say."""
    return customer.kind != Customer.Kind.BUSINESS


def may_show(request: HttpRequest, customer: Customer) -> bool:
    """Amounts, lines and files may be shown to this browser: a company's page, or he has said the fact."""
    return not is_asked(customer) or _is_known(request, customer)


def stands_before(request: HttpRequest, link: Link, customer: Customer) -> HttpResponse | None:
    """The answer to give instead of the page: the question, its refusal, or the closed page. None: go on.

    None as well where the books have nothing to ask: then ``may_show`` is False, and the page keeps amounts to itself.
    Call it inside ``links.opened`` and before anything of the request is acted on.
    """
    if may_show(request, customer):
        return None
    fact = fact_of(customer)
    if fact is None:
        return None
    if link.tries >= TRIES:
        return _closed(request, customer)
    said = request.POST.get(FIELD, "").strip() if request.method == "POST" else ""
    if not said:
        return _asked(request, customer, fact, link, status=200 if request.method in ("GET", "HEAD") else 403)
    # Counted before it is looked at: many at once are no more than five.
    if Link.objects.filter(pk=link.pk, tries__lt=TRIES).update(tries=F("tries") + 1) != 1:
        return _closed(request, customer)
    if not fact.is_met_by(said):
        link.refresh_from_db(fields=["tries"])
        if link.tries >= TRIES:
            timeline.record(customer, "link_closed", by="syntharra", customer=customer.pk, purpose=link.purpose)
            return _closed(request, customer)
        return _asked(request, customer, fact, link, status=422, wrong=True)
    Link.objects.filter(pk=link.pk).update(tries=0)
    return _let_in(request, customer)


def _is_known(request: HttpRequest, customer: Customer) -> bool:
    kept = request.get_signed_cookie(_cookie(customer), default=None, salt=_SALT, max_age=KNOWN_FOR)
    return kept == str(customer.pk)


def _let_in(request: HttpRequest, customer: Customer) -> HttpResponse:
    response = HttpResponseRedirect(request.get_full_path())
    response.set_signed_cookie(
        _cookie(customer),
        str(customer.pk),
        salt=_SALT,
        max_age=KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _cookie(customer: Customer) -> str:
    return f"fact_{hashlib.sha256(customer.pk.bytes).hexdigest()[:16]}"


def _asked(
    request: HttpRequest, customer: Customer, fact: Fact, link: Link, *, status: int, wrong: bool = False
) -> HttpResponse:
    context = {
        "firm": customer.business,
        "fact": fact,
        "field": FIELD,
        "wrong": wrong,
        "left": TRIES - link.tries,
        "lost": status == 403,
    }
    return render(request, "signed_fact.html", context, status=status)


def _closed(request: HttpRequest, customer: Customer) -> HttpResponse:
    return render(request, "signed_closed.html", {"firm": customer.business}, status=403)
