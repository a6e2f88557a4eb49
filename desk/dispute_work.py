"""The working half of a dispute's page: what is under way, what the books ask, the thread, and what this member may do."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership, Role
from desk.dispute_rows import Rows
from desk.doors import AT_WORK, IN_CHARGE
from desk.forms import ReasonForm
from desk.resolve_forms import MoreTimeForm, WordsForm
from desk.wording.answers import answers_for
from desk.wording.guidance import guidance_for
from desk.wording.resolutions import chosen_words, moved_words, step_words
from disputes.models import BooksMoved, Dispute, InvoiceVersion, Post, Resolution, Side
from disputes.specifying import evidence_of
from syntharra import money
from syntharra.templatetags.syntharra import moment_words


@dataclass(frozen=True)
class Card:
    words: str
    url: str
    yes: str
    no: str
    may: bool


@dataclass(frozen=True)
class Running:
    words: str
    step: str
    confirm_url: str
    visit_url: str
    take_back_url: str


@dataclass(frozen=True)
class Entry:
    look: str
    who: str
    words: str


@dataclass(frozen=True)
class Version:
    """The bill as the books had it at a moment; ``lines`` are what it is for, and how much."""

    when: str
    because: str
    total: str
    balance: str
    lines: list[tuple[str, str]]


def work_of(dispute: Dispute, membership: Membership, found: Rows, *, start: str = "") -> dict[str, Any]:
    """From rows gathered already: the running way, the open card, the thread, the files, the bill as it was, the packs.

    ``start`` names the words to begin an answer with (``desk.wording.answers``).
    """
    live = dispute.closed_at is None
    running = found.running if live else None
    reason = found.claims[0].reason if found.claims else ""
    works = membership.role in AT_WORK

    def url(name: str) -> str:
        return reverse(name, args=[dispute.number])

    answers = answers_for(dispute.kind, reason)
    undecided = live and dispute.decided_at is None and not dispute.extended_because
    return {
        "running": _running(dispute, running, membership) if running else None,
        "card": _card(dispute, membership, found.card) if live else None,
        "resolve_url": url("resolution") if live and works and running is None else "",
        "last_steps_url": url("last_steps")
        if dispute.closed_as == "unresolved" and membership.role == Role.OWNER
        else "",
        "court_url": reverse("small_claims", args=[dispute.invoice_id])
        if dispute.closed_as in ("unresolved", "small_claims")
        else "",
        "thread": [_entry(post) for post in found.posts.rows],
        "talk": found.posts,
        "guidance": guidance_for(dispute.kind, reason) if live and works else (),
        "proofs": " · ".join(evidence_of(dispute.kind or reason)),
        "files": [(file, reverse("dispute_file", args=[dispute.number, file.pk])) for file in found.files],
        "packs": [(pack, reverse("evidence_pack", args=[dispute.number, pack.pk])) for pack in found.packs],
        "evidence_url": url("new_evidence"),
        "legal_hold": dispute.legal_hold,
        "legal_hold_url": url("legal_hold") if membership.role in IN_CHARGE else "",
        "posts_url": url("dispute_posts") if live else "",
        "may_answer": works,
        "words_form": WordsForm(initial={"words": answers[start][1]} if start in answers else None),
        "answers": [(name, title) for name, (title, _words) in answers.items()] if live and works else [],
        "versions": [_version(version) for version in found.versions],
        "reason_form": ReasonForm(auto_id="take_back_%s"),
        "more_time": MoreTimeForm() if undecided and membership.role in IN_CHARGE else None,
        "more_time_url": url("dispute_more_time"),
    }


def _running(dispute: Dispute, running: Resolution, membership: Membership) -> Running:
    def url(name: str, holds: bool) -> str:
        return reverse(name, args=[dispute.number]) if holds else ""

    step = running.step
    if running.step == Resolution.Step.CUSTOMER and running.expires_at is not None:
        words = _("%(what)s They have until %(when)s.") % {
            "what": step_words(step),
            "when": moment_words(running.expires_at),
        }
    else:
        words = step_words(step)
    to_confirm = running.status == Resolution.Status.TO_CONFIRM
    return Running(
        words=chosen_words(running),
        step=words,
        confirm_url=url("confirm_resolution", to_confirm and membership.role == Role.OWNER),
        visit_url=url("dispute_visit", step == Resolution.Step.VISIT and membership.role in AT_WORK),
        take_back_url=url("take_back_resolution", membership.role in AT_WORK),
    )


_ANSWERS: dict[str, tuple[Any, Any]] = {
    BooksMoved.What.LOWERED: (gettext_lazy("Yes, that is agreed"), gettext_lazy("No, it stays frozen")),
    BooksMoved.What.REPLACED: (gettext_lazy("Yes, that is agreed"), gettext_lazy("No, it stays quiet")),
    BooksMoved.What.CLEARED: (gettext_lazy("Close it now"), gettext_lazy("No, keep it open")),
    BooksMoved.What.PAID: (gettext_lazy("Yes, it is settled"), gettext_lazy("No, the question is open")),
}


def _card(dispute: Dispute, membership: Membership, card: BooksMoved | None) -> Card | None:
    if card is None:
        return None
    yes, no = _ANSWERS.get(BooksMoved.What(card.what), (_("I have seen it"), ""))
    number = dispute.invoice.number
    return Card(
        words=moved_words(card, number=number, who=dispute.customer.name),
        url=reverse("books_answer", args=[dispute.number, card.pk]),
        yes=str(yes),
        no=str(no),
        may=membership.role in IN_CHARGE,
    )


_BECAUSE: dict[str, Any] = {
    "opened": gettext_lazy("when they disagreed"),
    "books_changed": gettext_lazy("after the books changed"),
    "resolved": gettext_lazy("when it ended"),
}


def _version(version: InvoiceVersion) -> Version:
    facts = version.facts

    def shown(amount: str) -> str:
        return money.shown(money.of(amount, facts["currency"]))

    return Version(
        when=moment_words(version.taken_at),
        because=str(_BECAUSE.get(version.because, "")),
        total=shown(facts["total"]),
        balance=shown(facts["balance"]),
        lines=[(line["item"] or line["description"], shown(line["amount"])) for line in facts["lines"]],
    )


def _entry(post: Post) -> Entry:
    look = "note" if post.channel == Post.Channel.NOTE else "theirs" if post.side == Side.CUSTOMER else "ours"
    who = _("%(who)s, %(where)s, %(when)s") % {
        "who": post.by,
        "where": post.get_channel_display(),
        "when": moment_words(post.at),
    }
    return Entry(look, who, post.words)
