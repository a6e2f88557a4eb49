"""The ways of ending a dispute in plain words: what each is called, what it does, and what it waits for."""

from typing import Any

from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from disputes.models import BooksMoved, LastStep, Resolution
from syntharra import money

Kind, Step = Resolution.Kind, Resolution.Step

TITLES: dict[str, Any] = {
    Kind.CREDIT_MEMO: _("Take something off the bill"),
    Kind.REVISED_INVOICE: _("Revise the bill in your books"),
    Kind.SETTLEMENT: _("Offer to settle for less"),
    Kind.REWORK: _("Come and put it right"),
    Kind.PLAN: _("Agree on a payment plan"),
    Kind.BILL_STANDS: _("Say why the bill stands"),
    Kind.PLAIN_QUESTION: _("Ask once more whether the bill is right"),
    Kind.MEDIATION: _("Go to mediation"),
    Kind.SMALL_CLAIMS: _("Go to small claims court"),
    Kind.WRITE_OFF: _("Write it off"),
}
WORDS: dict[str, Any] = {
    Kind.CREDIT_MEMO: _(
        "A credit is written into your books. When they show the new balance the customer is told, and three days later it may be asked for again."
    ),
    Kind.REVISED_INVOICE: _(
        "You change the invoice in your books yourself. We wait until they show this balance; then the customer is told."
    ),
    Kind.SETTLEMENT: _(
        "They get the offer by letter with a page to accept it. Accepted, the rest is credited in your books. Said no to or left alone, it stays frozen."
    ),
    Kind.REWORK: _(
        "They are told the day. After you tick the visit they are asked, twice, whether it is right now. Only their yes leads back to collection."
    ),
    Kind.PLAN: _(
        "They pay what your books show in installments that you agreed on. The dispute ends; they get the days and amounts in writing, and nobody calls while they keep to it. A missed one gets one notice and three business days."
    ),
    Kind.BILL_STANDS: _(
        "They get your answer. If they agree, it goes back to collection. If they do not, or say nothing for ten days, we never call or remind about it again."
    ),
    Kind.PLAIN_QUESTION: _(
        "They never said what is wrong. They get the invoice once more with its lines and your papers, and one question: is it right? Their yes ends it. Anything else, or ten days of silence, leaves you to say why the bill stands. It can be asked once."
    ),
    Kind.MEDIATION: _("It leaves collection for good. You go on with a mediator."),
    Kind.SMALL_CLAIMS: _("It leaves collection for good. You go on at the court; it needs your own papers."),
    Kind.WRITE_OFF: _("Nothing more is owed. Your books get the write-off."),
}
LAST_TITLES: dict[str, Any] = {
    LastStep.Kind.STATEMENT: _("Say your last word, once"),
    LastStep.Kind.OFFER: _("Make an offer"),
    LastStep.Kind.MEDIATION: _("Go to mediation"),
    LastStep.Kind.SMALL_CLAIMS: _("Go to small claims court"),
    LastStep.Kind.WRITE_OFF: _("Write it off"),
    LastStep.Kind.LEAVE: _("Leave it"),
}
LAST_WORDS: dict[str, Any] = {
    LastStep.Kind.STATEMENT: _(
        "One letter in your own words, as it stands. There is no second one, and it asks for nothing."
    ),
    LastStep.Kind.OFFER: _(
        "They get it with a page to accept it or to say no, for two weeks. Accepted, the rest is credited in your books; they pay by coming themselves."
    ),
    LastStep.Kind.MEDIATION: _("It leaves collection for good. You go on with a mediator."),
    LastStep.Kind.SMALL_CLAIMS: _("It leaves collection for good. You go on at the court; it needs your own papers."),
    LastStep.Kind.WRITE_OFF: _("Nothing more is owed. Your books get the write-off."),
    LastStep.Kind.LEAVE: _("It stays open in your books, and nobody asks for it."),
}
_STEPS: dict[str, Any] = {
    Step.OWNER: _("An owner has to confirm it. Nothing has happened yet."),
    Step.WRITING: _("It is being written into your books."),
    Step.BY_HAND: _("It is yours to do in your books; the steps are on the right."),
    Step.BOOKS: _("We wait until your books show it."),
    Step.CUSTOMER: _("We wait for the customer's answer."),
    Step.VISIT: _("Somebody comes on the day agreed. Tick it when it is done."),
    Step.MONEY: _("We wait for the payment."),
}
_MOVED: dict[str, Any] = {
    BooksMoved.What.LOWERED: _(
        "%(number)s is now %(now)s (was %(was)s%(proof)s). Is that what you agreed with %(who)s?"
    ),
    BooksMoved.What.CLEARED: _(
        "Nothing is owed on %(number)s any more (was %(was)s%(proof)s). Close the dispute and tell %(who)s? It happens by itself in 20 hours."
    ),
    BooksMoved.What.PAID: _(
        "%(number)s was paid (was %(was)s%(proof)s). Is the question of %(who)s settled with that? Without an answer it closes as paid after 14 days."
    ),
    BooksMoved.What.PART_PAID: _(
        "A part of %(number)s was paid: now %(now)s (was %(was)s). The rest stays frozen. Does the check say “paid in full”? Then do not cash it before you have decided."
    ),
    BooksMoved.What.ROSE: _("%(number)s rose to %(now)s (was %(was)s). It stays frozen. Was that meant?"),
    BooksMoved.What.REPLACED: _(
        "%(number)s (%(was)s) was replaced in your books by %(new)s over %(now)s. Is that what you agreed with %(who)s?"
    ),
}


def step_words(step: str) -> str:
    return str(_STEPS.get(step, ""))


def moved_words(card: BooksMoved, *, number: str, who: str) -> str:
    """The question of a card, with what the books said before and say now."""
    return str(_MOVED[card.what]) % {
        "number": number,
        "who": who,
        "now": money.shown(money.of(card.now, card.currency)),
        "was": money.shown(money.of(card.was, card.currency)),
        "proof": f", {card.proof}" if card.proof else "",
        "new": card.proof,
    }


def chosen_words(resolution: Resolution) -> str:
    """One running way in a sentence: what, for how much, by whom."""
    parts = [str(TITLES.get(resolution.kind, resolution.get_kind_display()))]
    if resolution.lowered_by is not None:
        parts.append(
            now_("%(amount)s less") % {"amount": money.shown(money.of(resolution.lowered_by, resolution.currency))}
        )
    if resolution.agreed_balance is not None:
        parts.append(
            now_("%(amount)s stays owed")
            % {"amount": money.shown(money.of(resolution.agreed_balance, resolution.currency))}
        )
    return " · ".join(parts)
