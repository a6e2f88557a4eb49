"""What needs the owner today, as lines of a letter: the sharpest clock first."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Business
from calls import final
from calls.firm_choices import backlog
from calls.models import Attempt
from desk import asks, book_entries, card_payments, check_first
from desk.clocks import decision_clock
from desk.promised import asked_about
from desk.replaced import title_of
from desk.standing import invoice_url
from desk.wording.entries import what_of
from desk.wording.replies import title_of as reply_title
from disputes import posting
from disputes.acknowledging import to_post
from disputes.deadlines import ACKNOWLEDGE_WITHIN
from disputes.mail_models import InboundMail
from disputes.models import ClaimOn
from disputes.replies import waiting
from integrations import reminders
from invoices.families import kin_among
from invoices.models import BookEntry, Installment, Invoice
from syntharra import clock, money
from syntharra.templatetags.syntharra import day_words, moment_words, soon_words

MOST_ENTRIES = 4
MOST_REPLIES = 20  # oldest first: those that hold collecting the longest


@dataclass(frozen=True)
class Need:
    tone: str
    icon: str
    what: str
    url: str
    action: str
    said: str = ""
    by: str = ""
    done_url: str = ""  # where a task without a page of its own is ticked


def needs(business: Business) -> list[Need]:
    """Everything that waits for the firm."""
    return [
        *_consent(business),
        *_disputes(business),
        *_replies(business),
        *_letters(business),
        *_more_letters(business),
        *_plans(business),
        *_promises(business),
        *_replacements(business),
        *_paused(business),
        *_approvals(business),
        *_others(business),
        *_entries(business),
        *_card_payments(business),
        *_check_first(business),
        *_tasks(business),
        *_decisions(business),
        *_backlog(business),
        *_reminders(business),
    ]


def title(found: list[Need]) -> str:
    """``Three things need you``: small numbers in words."""
    small = [_("Nothing"), _("One thing"), _("Two things"), _("Three things"), _("Four things"), _("Five things")]
    if len(found) == 1:
        return _("One thing needs you")
    things = small[len(found)] if len(found) < len(small) else _("%(count)d things") % {"count": len(found)}
    return _("%(things)s need you") % {"things": things} if found else _("Nothing needs you")


def _consent(business: Business) -> Iterator[Need]:
    """Without it every call would be refused: no number has a consent on record."""
    if business.consent_attested_at is None and business.connections.exists() and not business.consents.exists():
        what = _("Say why your customers may be called")
        said = _("Nobody is called before it is on record.")
        yield Need("clock", "shield-check", what, reverse("consent"), _("Say it"), said)


def _reminders(business: Business) -> Iterator[Need]:
    """Two voices asking for one debt is one too many; no vendor tells us all of it."""
    for connection in business.connections.order_by("connected_at", "pk"):
        if reminders.is_to_be_asked(connection, at=clock.now()):
            vendor = {"vendor": connection.get_provider_display()}
            again = connection.reminders_said == reminders.ON
            what = _("Are the reminders of %(vendor)s still on?") if again else _("Does %(vendor)s send reminders too?")
            said = _("Turn them off, so that your customers hear one voice.")
            url = f"{reverse('connection', args=[connection.pk])}#reminders"
            yield Need("clock", "mail", what % vendor, url, _("Answer"), said)


def _disputes(business: Business) -> Iterator[Need]:
    live = business.disputes.live().select_related("invoice", "customer").order_by("opened_at")
    links = ClaimOn.objects.filter(dispute__in=live, first=True).select_related("claim")
    claims = {link.dispute_id: link.claim for link in links}
    for dispute in live:
        claim = claims.get(dispute.pk)
        what = _("%(customer)s disputes %(number)s · %(amount)s · %(kind)s") % {
            "customer": dispute.customer.name,
            "number": dispute.invoice.number,
            "amount": money.shown(money.of(dispute.balance_at_opening, dispute.currency)),
            "kind": claim.get_reason_display() if claim else _("not said yet"),
        }
        running = decision_clock(dispute)
        by = _("decide %(by)s") % {"by": running.words} if running.state == "running" else running.words
        tone = "late" if running.state == "late" or (claim and claim.urgent) else "frozen"
        said = f"“{claim.words}”" if claim and claim.words else ""
        if claim and claim.evidence.get("wants_person"):
            said = " ".join(part for part in (said, _("Asked to be called by a person.")) if part)
        yield Need(tone, "snowflake", what, dispute.get_absolute_url(), _("Open"), said, by)


def _letters(business: Business) -> Iterator[Need]:
    """Acknowledgements that no e-mail can carry: somebody posts them, within a day."""
    for message in to_post().filter(business=business)[:MOST_ENTRIES]:
        what = _("Post the letter to %(customer)s") % {"customer": message.customer}
        limit = message.owed_at + ACKNOWLEDGE_WITHIN
        late = limit < clock.now()
        by = _("should be in the mail by now") if late else _("by %(when)s") % {"when": soon_words(limit)}
        said = _("They disagree with a bill and have no e-mail address we can use.")
        url = reverse("letter", args=[message.pk])
        yield Need("late" if late else "clock", "mail", what, url, _("Print"), said, by)


def _more_letters(business: Business) -> Iterator[Need]:
    """Everything else that no e-mail can carry."""
    count = posting.waiting().filter(business=business).count()
    if count:
        what = ngettext("%(n)d letter is to be posted", "%(n)d letters are to be posted", count) % {"n": count}
        said = _("There is no e-mail address. It counts once you have ticked it.")
        yield Need("clock", "mail", what, reverse("letters_to_post"), _("Print"), said)


def _plans(business: Business) -> Iterator[Need]:
    """Installments that were missed: told and running out, or not told because nothing may be sent to them."""
    missed = business.installments.filter(status=Installment.Status.MISSED, plan__status="running")
    for row in missed.select_related("plan__customer").order_by("due_on", "pk")[:MOST_ENTRIES]:
        what = _("%(customer)s missed an installment of %(amount)s") % {
            "customer": row.plan.customer.name,
            "amount": money.shown(row.amount_money),
        }
        if row.cure_by is not None:
            said, by = _("They were told. After that day the plan ends by itself."), day_words(row.cure_by)
        else:
            said, by = _("The notice has not left. Ring them, or end the plan."), ""
        yield Need("clock", "calendar-clock", what, reverse("plan", args=[row.plan_id]), _("Look"), said, by)


def _promises(business: Business) -> Iterator[Need]:
    """Whose day has passed without the money in the books: only the firm knows whether it came."""
    for promise in asked_about(business):
        what = _("%(customer)s promised %(amount)s for %(day)s: did it come?") % {
            "customer": promise.customer.name,
            "amount": money.shown(money.of(promise.amount, promise.currency)),
            "day": day_words(promise.promised_for),
        }
        by = day_words(promise.answer_by) if promise.answer_by else ""
        said = _("Nobody calls until you have answered, or your books decide.")
        yield Need("clock", "handshake", what, f"{invoice_url(promise.invoice)}#promise", _("Answer"), said, by)


def _replies(business: Business) -> Iterator[Need]:
    """Mail somebody has to read: collecting on its customer waits for it."""
    for row in waiting().filter(business=business)[:MOST_REPLIES]:
        words = " ".join(row.words.split())
        said = f"“{Truncator(words).chars(160)}”" if words else row.subject
        icon = "messages-square" if row.channel == InboundMail.Channel.SMS else "mail"
        yield Need("frozen", icon, reply_title(row), reverse("reply", args=[row.pk]), _("Read"), said)


def _replacements(business: Business) -> Iterator[Need]:
    """Bills that look like an older one written anew: nobody but the firm can tell."""
    asked = business.replacements.filter(answer=None).select_related("invoice__customer", "older").order_by("asked_at")
    for one in asked:
        what = f"{title_of(one)} · {one.invoice.customer.name}"
        said = _("The new one is on hold until you say.")
        yield Need("clock", "split", what, f"{invoice_url(one.invoice)}#replaces", _("Answer"), said)


def _entries(business: Business) -> Iterator[Need]:
    """What the firm writes into its books itself, or what they refused; one line when there is a lot of it."""
    mine = list(book_entries.yours(business)[: MOST_ENTRIES + 1])
    if len(mine) > MOST_ENTRIES:
        count = book_entries.yours(business).count()
        what = ngettext("%(n)d thing waits for you in your books", "%(n)d things wait for you in your books", count)
        yield Need("clock", "pencil", what % {"n": count}, reverse("book_entries"), _("Look"))
        return
    for entry in mine:
        refused = entry.status == BookEntry.Status.REFUSED
        said = _("Your books refused it.") if refused else _("Your books let no program do it: the steps are there.")
        what = f"{what_of(entry)} · {entry.invoice.customer.name}"
        url = f"{invoice_url(entry.invoice)}#books"
        yield Need("late" if refused else "clock", "pencil", what, url, _("Look") if refused else _("Do it"), said)


def _card_payments(business: Business) -> Iterator[Need]:
    """Money that came by card and that nobody but the firm can enter or give back."""
    for paid in card_payments.to_look_at(business)[:MOST_ENTRIES]:
        facts = {"customer": paid.customer, "amount": money.shown(paid.amount)}
        what = _("%(customer)s paid %(amount)s by card") % facts
        yield Need("late", "banknote", what, reverse("paying"), _("Look"), paid.words)


def _check_first(business: Business) -> Iterator[Need]:
    waits, undated = check_first.waiting(business)
    invoices = [*(one.invoice for one in waits), *undated]
    if invoices:
        said = ngettext(
            "%(n)d invoice waits for a look first · %(sum)s",
            "%(n)d invoices wait for a look first · %(sum)s",
            len(invoices),
        ) % {"n": len(invoices), "sum": check_first.sum_of(invoices, business.currency)}
        yield Need(
            "clock", "eye", said, reverse("check_first"), _("Look"), _("Nobody is called about them until you have.")
        )


def _paused(business: Business) -> Iterator[Need]:
    paused = business.invoices.open().exclude(paused_reason="").select_related("customer").order_by("paused_at")
    for invoice in paused:
        names = {"customer": invoice.customer.name, "number": invoice.number}
        if invoice.paused_reason == Invoice.Paused.ALREADY_PAID:
            what = _("%(customer)s says that %(number)s is paid") % names
            said, action = _("Look for it in your books; nobody asks them until you have."), _("Check")
        else:
            what = _("We were not sure whether %(customer)s disagrees with %(number)s") % names
            said, action = _("It is as quiet as a dispute until you say."), _("Listen")
        yield Need("clock", "circle-pause", what, invoice_url(invoice), action, said)


def _approvals(business: Business) -> Iterator[Need]:
    if not business.reviews_calls:
        return
    waiting = business.attempts.filter(status=Attempt.Status.PLANNED, approved_at=None)
    count = waiting.count()
    if count:
        what = ngettext("%(count)d planned call waits for your yes", "%(count)d planned calls wait for your yes", count)
        first = waiting.order_by("planned_for").values_list("planned_for", flat=True)[0]
        by = _("first %(when)s") % {"when": moment_words(first)}
        on = timezone.localtime(first).date()
        url = f"{reverse('tomorrow')}?day={on}"
        yield Need("accent", "phone", what % {"count": count}, url, _("Look"), by=by)


def _others(business: Business) -> Iterator[Need]:
    """The customer of a live dispute owes on other invoices too: go on with those?"""
    asked = business.disputes.live().filter(go_on_with_others=None).select_related("customer").order_by("opened_at")
    mine = list(asked)
    kin = kin_among({dispute.customer_id for dispute in mine}) if mine else {}
    by_customer = {one: dispute for dispute in mine for one in kin[dispute.customer_id]}
    overdue = business.invoices.collectable(on=clock.now().date()).filter(
        customer__in=by_customer, due_on__lt=clock.now().date()
    )
    grouped = overdue.order_by().values("customer", "currency").annotate(count=Count("pk"), sum=Sum("balance"))
    for group in grouped:
        dispute = by_customer[group["customer"]]
        what = ngettext(
            "Go on with the other invoice of %(customer)s, %(amount)s?",
            "Go on with the other %(count)d invoices of %(customer)s, %(amount)s?",
            group["count"],
        ) % {
            "customer": dispute.customer.name,
            "count": group["count"],
            "amount": money.shown(money.of(group["sum"], group["currency"])),
        }
        yield Need("clock", "circle-question-mark", what, f"{dispute.get_absolute_url()}#others", _("Answer"))


def _tasks(business: Business) -> Iterator[Need]:
    tasks = asks.waiting(business)
    names = dict(business.customers.filter(pk__in={task.customer for task in tasks}).values_list("pk", "name"))
    for task in tasks:
        name = names.get(task.customer, "") if task.customer else ""
        what = f"{name}: {task.words}" if name else task.words
        yield Need("clock", "flag", what, task.url, _("Done"), moment_words(task.asked_at), done_url=task.done_url)


def _decisions(business: Business) -> Iterator[Need]:
    left = final.undecided(business).filter(currency=business.currency)
    found = left.aggregate(count=Count("pk"), sum=Sum("balance"))
    if found["count"]:
        what = ngettext(
            "%(count)d invoice was called about for the last time: %(amount)s. What now?",
            "%(count)d invoices were called about for the last time: %(amount)s. What now?",
            found["count"],
        ) % {"count": found["count"], "amount": money.shown(money.of(found["sum"], business.currency))}
        yield Need("clock", "flag", what, reverse("your_decision"), _("Decide"))


def _backlog(business: Business) -> Iterator[Need]:
    """What was old when the books were connected: only the firm knows whether it is still owed."""
    waiting = backlog(business).filter(backlog_choice="", currency=business.currency)
    found = waiting.order_by().aggregate(count=Count("pk"), sum=Sum("balance"))
    if found["count"]:
        what = ngettext(
            "%(count)d invoice was old when you connected your books: %(amount)s",
            "%(count)d invoices were old when you connected your books: %(amount)s",
            found["count"],
        ) % {"count": found["count"], "amount": money.shown(money.of(found["sum"], business.currency))}
        said = _("Nobody is called about them until you choose.")
        yield Need("clock", "history", what, reverse("backlog"), _("Choose"), said)
