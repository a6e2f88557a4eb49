"""Tomorrow's calls, before they are made: for a member at the desk, and by the signed link of the evening's e-mail."""

from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.middleware import MemberRequest
from accounts.models import Business, Membership
from calls import preview
from calls.approval import review_calls
from calls.models import Attempt
from desk.doors import AT_WORK, IN_CHARGE, members_page, only_for
from desk.tomorrow import Refused, act, day_of, let_all_go, next_day, tomorrow
from desk.views.invoices import Empty
from syntharra import links
from syntharra.models import Link
from syntharra.signed import signed


@require_GET
@members_page
def calls_of_a_day(request: MemberRequest) -> HttpResponse:
    """Who is called tomorrow, or on another day: hold any, say yes to any, say that somebody complained."""
    business, role = request.business, request.membership.role
    wanted = _date(request.GET.get("day"))
    on = wanted or next_day(business, tomorrow())
    day = day_of(business, on)
    return render(
        request,
        "desk/tomorrow.html",
        {
            "day": day,
            "away": (on - tomorrow()).days,
            "before": on - timedelta(days=1),
            "after": on + timedelta(days=1),
            "answers_url": reverse("tomorrow_answers"),
            "may_approve": role in AT_WORK,
            "in_charge": role in IN_CHARGE,
            "reviews": business.reviews_calls,
            "preview_email": request.membership.preview_email,
            "summary": _summary(day.waiting, len(day.calls) + day.more),
            "empty": _empty(settled=day.settled),
        },
    )


@require_POST
@members_page
def answer(request: MemberRequest) -> HttpResponse:
    """One word about one planned call, or a yes to all of a day that wait for one."""
    on = _date(request.POST.get("day")) or tomorrow()
    try:
        messages.success(request, _say(request.business, request.membership, request.POST, on))
    except Refused as refused:
        messages.warning(request, str(refused))
    return redirect(f"{reverse('tomorrow')}?day={on}")


@require_POST
@members_page
def review(request: MemberRequest) -> HttpResponse:
    """Each call waits for a yes, or goes out by itself: an owner or manager says."""
    only_for(request, *IN_CHARGE)
    on = request.POST.get("review") == "yes"
    review_calls(request.business, on=on, by=request.user)
    said = _("From now on each call waits for your yes.") if on else _("From now on calls go out by themselves.")
    messages.success(request, said)
    return redirect("tomorrow")


@require_POST
@members_page
def preview_email(request: MemberRequest) -> HttpResponse:
    """Whether this member gets tomorrow's calls by e-mail."""
    wanted = request.POST.get("email") == "yes"
    Membership.objects.filter(pk=request.membership.pk).update(preview_email=wanted)
    said = _("Tomorrow's calls come to you by e-mail.") if wanted else _("Tomorrow's calls no longer come by e-mail.")
    messages.success(request, said)
    return redirect("tomorrow")


@signed
@require_http_methods(["GET", "POST"])
def signed_preview(request: HttpRequest, token: str) -> HttpResponse:
    """The evening's e-mail leads here: GET shows that day's calls, POST says one word about one. Until the day is over."""
    with links.opened(token, purpose=preview.LINK) as link:
        return _signed(request, link)


def _signed(request: HttpRequest, link: Link) -> HttpResponse:
    """For the member it was sent to, as long as he is one; his role of today counts."""
    mine = Membership.objects.filter(business_id=link.subject, user_id=link.scope["member"], user__is_active=True)
    membership = mine.select_related("business", "user").first()
    if membership is None:
        raise links.DeadLink("revoked")
    business, on = membership.business, date.fromisoformat(link.scope["on"])
    said, refused = "", ""
    with timezone.override(ZoneInfo(business.time_zone)):
        if request.method == "POST":
            try:
                said = _say(business, membership, request.POST, on)
            except Refused as error:
                refused = str(error)
        day = day_of(business, on)
        page = {
            "firm": business,
            "day": day,
            "away": (on - tomorrow()).days,
            "answers_url": request.path,
            "may_approve": membership.role in AT_WORK,
            "said": said,
            "refused": refused,
            "summary": _summary(day.waiting, len(day.calls) + day.more),
        }
        return render(request, "desk/tomorrow_signed.html", page)


def _say(business: Business, membership: Membership, posted: QueryDict, on: date) -> str:
    """What was done, in words. Raises Refused; a call that is not of that day is not there."""
    word, user, role = posted.get("word", ""), membership.user, membership.role
    if word == "approve_all":
        count = let_all_go(business, on, role=role, by=user)
        return ngettext("%(n)d call goes out as planned.", "%(n)d calls go out as planned.", count) % {"n": count}
    try:
        wanted = UUID(posted.get("call", ""))
    except ValueError as problem:
        raise Http404 from problem
    begins, ends = preview.bounds(business, on)
    of_day = Attempt.objects.filter(business=business, planned_for__gte=begins, planned_for__lt=ends)
    attempt = get_object_or_404(of_day.select_related("customer"), pk=wanted)
    return act(attempt, word, role=role, by=user)


def _date(text: str | None) -> date | None:
    """What is no date is left out, never an error."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _summary(waiting: int, count: int) -> str:
    words = ngettext("%(n)d call", "%(n)d calls", count) % {"n": count}
    if not waiting:
        return words
    wait = ngettext("%(n)d waits for your yes", "%(n)d wait for your yes", waiting) % {"n": waiting}
    return f"{words} · {wait}"


def _empty(*, settled: bool) -> Empty:
    if settled:
        words = _("No late invoice may be called about that day. What waits for a look first is on Today.")
        return Empty(_("Nobody is called"), words, reverse("today"), _("Look at Today"))
    return Empty(_("Nothing is planned yet"), _("The day's calls are planned the evening before, at 5 pm."), "", "")
