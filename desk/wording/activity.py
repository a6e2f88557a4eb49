"""The record of acts in sentences: what was done, with a shape, and the facts a reader wants of it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from desk.wording.abilities import ACTS as BOOK_ACTS
from desk.wording.checks import reason_words
from desk.wording.gate import against
from desk.wording.outcomes import not_placed, short
from desk.wording.tasks import task_words
from desk.wording.track import TRACK as WITH_TONE
from disputes.models import Claim
from integrations import problems
from invoices.models import Contact
from syntharra import money
from syntharra.templatetags.syntharra import phone


class Act(NamedTuple):
    icon: str
    words: Promise | str
    tone: str = ""


ACTS: dict[str, Act] = {
    "started": Act("building-2", _("Started this business")),
    "switched_to_automatic": Act("phone", _("Let calls go out without asking each time")),
    "attested_consent": Act("shield-check", _("Stated why these customers may be called")),
    "consent_recorded": Act("shield-check", _("Recorded a consent")),
    "consent_confirmed": Act("shield-check", _("Confirmed a consent: the number is still theirs")),
    "stated": Act("quote", _("Recorded when or where they are not to be called"), "clock"),
    "statement_ended": Act("undo-2", _("Recorded that this no longer holds")),
    "link_closed": Act("shield-check", _("Closed a page after five wrong answers to its question"), "clock"),
    "link_renewed": Act("mail", _("Ended the link to their page and sent a new one")),
    "stop_lifted": Act("undo-2", _("Lifted a stop, as they asked themselves"), "clock"),
    "set_calling_rules": Act(
        "calendar-clock", _("Changed when and how often is called, and what is left on voicemail")
    ),
    "consumers_go_live": Act("phone", _("Let private persons be called")),
    "consumers_off": Act("octagon-x", _("Calls to private persons stop"), "late"),
    "connected": Act("plug", _("Connected the books")),
    "reconnected": Act("plug", _("Connected the books again")),
    "disconnected": Act("unplug", _("Disconnected the books"), "late"),
    "imported": Act("download", _("Confirmed a list of invoices from a file")),
    "synced": Act("refresh-cw", _("Read the books")),
    "sync_failed": Act("circle-alert", _("Could not read the books"), "late"),
    "became_reconnect": Act("unplug", _("The books must be connected again"), "late"),
    "became_paused": Act("unplug", _("The books were paused by their vendor"), "clock"),
    "became_connected": Act("plug", _("The books are readable again")),
    "said_reminders": Act("mail", _("Said whether the books send reminders of their own")),
    "balance_changed": Act("receipt-text", _("A balance changed in the books")),
    "stopped_all_calls": Act("octagon-x", _("Stopped all calls"), "late"),
    "let_calls_go_on": Act("play", _("Let calls go on")),
    "switched_to_review": Act("eye", _("Wants to say yes to each call first")),
    "set_minimum": Act("banknote", _("Changed the smallest balance to call about")),
    "switched_polite_emails": Act("mail", _("Changed whether polite e-mails go out")),
    "switched_preview": Act("mail", _("Changed whether the evening preview comes by e-mail")),
    "planned_call": Act("calendar-clock", _("Planned a call")),
    "approved_call": Act("check", _("Approved a call")),
    "called_off": Act("x", _("Called off a planned call")),
    "not_called": Act("ban", _("Did not place a planned call")),
    "not_placed": Act("circle-alert", _("The carrier did not place a call"), "late"),
    "dialed": Act("phone-call", _("Dialed")),
    "called": Act("phone", _("Called")),
    "could_not_call": Act("phone", _("Tried to call")),
    "lost_call": Act("circle-question-mark", _("Lost track of a call; it is never dialed again"), "clock"),
    "posted_notice": Act("mail", _("Posted the notice the law requires")),
    "asks_owner": Act("flag", _("Asked something of you"), "clock"),
    "task_done": Act("check", _("Did what a call asked for")),
    "noted": Act("quote", _("Noted what they said")),
    "said_trade": Act("phone", _("Said what the firm does")),
    "named_work": Act("phone", _("Said how the agent calls a kind of work")),
    "unnamed_work": Act("phone", _("Took back how the agent calls a kind of work")),
    "speaks": Act("quote", _("Spoke another language; letters are in it from now on")),
    "proposed_contact": Act("users", _("Named somebody else to ask; nobody is called before you confirm it")),
    "wants_copy": Act("file-text", _("Asked for a copy")),
    "promised": Act("handshake", _("Promised to pay"), "accent"),
    "promise_kept": Act("check", _("Kept a promise to pay"), "recovered"),
    "promise_broken": Act("ban", _("Broke a promise to pay"), "late"),
    "promise_withdrawn": Act("undo-2", _("A promise to pay no longer stands")),
    "promise_asked": Act("handshake", _("Asked you whether promised money came"), "clock"),
    "promise_came": Act("check", _("Said that promised money came")),
    "wants_callback": Act("phone-call", _("Asked to be called at another time")),
    "says_paid": Act("circle-pause", _("Says it is paid"), "frozen"),
    "was_called": Act("phone", _("Called you")),
    "asked_for_person": Act("user", _("Asked for a person")),
    "rang_person": Act("phone-call", _("Rang your telephone to put them through")),
    "put_through": Act("phone", _("Put them through to you")),
    "carrier_account_set": Act("plug", _("Set the account calls go through")),
    "carrier_account_wanted": Act("plug", _("Asked the carrier for an account of its own")),
    "carrier_account_closed": Act("plug", _("Closed the account at the carrier, with its numbers")),
    "number_wanted": Act("phone", _("Asked the carrier for a number")),
    "number_added": Act("phone", _("Added a number to call from")),
    "number_released": Act("phone", _("Let go of a number"), "late"),
    "main_number_set": Act("phone", _("Chose the number new customers see")),
    "person_phone_set": Act("user", _("Said whom to ring when a customer asks for a person")),
    "exported": Act("download", _("Took a list away as a file")),
    "listened": Act("play", _("Listened to the recording of a call")),
    "forgot_recording": Act("trash-2", _("Deleted the recording of a call: its time was over")),
    "ended_call": Act("octagon-x", _("Ended a call that was under way"), "late"),
    "refused_recording": Act("ban", _("Did not want to be recorded")),
    "froze": Act("snowflake", _("Froze an invoice: they disagree"), "frozen"),
    "claim_added": Act("quote", _("Added to a dispute"), "frozen"),
    "said_more": Act("quote", _("Said more about a dispute"), "frozen"),
    "answered_for_others": Act("circle-question-mark", _("Answered about the other invoices")),
    "labeled_hearing": Act("quote", _("Said what these words really meant")),
    "released": Act("check", _("Ended a dispute as a false alarm")),
    "paused_unsure": Act("circle-pause", _("Paused an invoice: not sure whether they disagree"), "frozen"),
    "paused_already_paid": Act("circle-pause", _("Paused an invoice: they say it is paid"), "frozen"),
    "pause_ended": Act("play", _("Ended a pause")),
    "put_on_hold": Act("hourglass", _("Put on hold"), "clock"),
    "mail_came": Act("mail", _("An e-mail came in"), "clock"),
    "mail_understood": Act("mail", _("Understood an e-mail")),
    "mail_read": Act("check", _("Read an e-mail")),
    "never_calls": Act("ban", _("Put a customer on the list of those never called"), "clock"),
    "calls_again": Act("play", _("Took a customer off the list of those never called")),
    "chose_for_backlog": Act("history", _("Decided about an invoice that was old when the books were connected")),
    "wants_last_letter": Act("mail", _("Asked for a last letter"), "clock"),
    "posted_last_letter": Act("mail", _("Posted a last letter")),
    "leaves_it": Act("flag", _("Leaves an invoice as it is after three calls")),
    "writes_off": Act("scissors", _("Writes an invoice off"), "clock"),
    "handed_to_agency": Act("flag", _("Handed an invoice to a collection agency"), "clock"),
    "agency_file_made": Act("file-text", _("Made the file for a collection agency")),
    "agency_file_taken": Act("download", _("Took the file for a collection agency away")),
    "goes_to_court": Act("flag", _("Goes on at the small claims court")),
    "plan_agreed": Act("calendar-clock", _("Agreed on a payment plan"), "accent"),
    "plan_installment_paid": Act("banknote", _("An installment of a plan was paid"), "recovered"),
    "plan_installment_reversed": Act("undo-2", _("The payment of an installment was taken back"), "clock"),
    "plan_missed": Act("hourglass", _("An installment of a plan was missed"), "clock"),
    "plan_paid_off": Act("check", _("A payment plan was paid off"), "recovered"),
    "plan_ended": Act("flag", _("A payment plan ended"), "clock"),
    "lifted_hold": Act("play", _("Lifted a hold")),
    "left_to_your_decision": Act("flag", _("Left an invoice to your decision after three calls"), "clock"),
    "checked_first": Act("eye", _("Looked first: this no longer keeps them from being called")),
    "checks_again": Act("undo-2", _("Looks first again")),
    "set_terms": Act("calendar-clock", _("Said when an invoice without a due date is due")),
    "set_check_words": Act("pencil", _("Changed the words that ask for a look first")),
    "attested_late_fees": Act("receipt-text", _("Stated that late fees are in the terms")),
    "took_back_late_fees": Act("undo-2", _("Took back that late fees are in the terms")),
    "may_replace": Act("split", _("Asked whether a new invoice replaces an older one"), "clock"),
    "replaces": Act("split", _("Said that a new invoice replaces an older one")),
    "does_not_replace": Act("split", _("Said that both invoices are owed")),
    "asked_of_books": Act("pencil", _("Asked for something to be written into the books")),
    "did_in_books": Act("check", _("Wrote something into the books by hand")),
    "written_to_books": Act("pencil", _("Wrote something into the books")),
    "refused_by_books": Act("circle-alert", _("The books refused what was to be written"), "late"),
    "not_written_to_books": Act("circle-alert", _("Nothing was written: the bill has changed"), "late"),
    "decided_role": Act("user", _("Said what somebody is there for")),
    "opened_again": Act("refresh-cw", _("Opened a page again")),
    "entered_attorney": Act("user", _("Entered the lawyer who acts for this customer"), "late"),
    "stopped": Act("octagon-x", _("Recorded a stop: this customer is not contacted"), "late"),
    "connected_cards": Act("plug", _("Connected an account that takes cards")),
    "reconnected_cards": Act("plug", _("Connected the account that takes cards again")),
    "disconnected_cards": Act("unplug", _("Disconnected the account that takes cards"), "late"),
    "set_paying": Act("banknote", _("Changed how customers may pay")),
    "asked_to_pay": Act("banknote", _("Went to pay by card")),
    "page_not_made": Act("circle-alert", _("No page to pay by card could be made"), "late"),
    "paid_by_card": Act("banknote", _("Paid by card"), "recovered"),
    "card_arrived": Act("banknote", _("A payment by bank has arrived"), "recovered"),
    "card_failed": Act("circle-alert", _("A payment by bank did not arrive"), "late"),
    "card_bounced": Act("circle-alert", _("The bank did not pay"), "late"),
    "card_taken_back": Act("undo-2", _("A card payment was taken back before it stood in the books"), "late"),
    "card_money_back": Act("undo-2", _("Money of a card payment went back"), "clock"),
    "card_in_books": Act("check", _("A card payment stands in the books")),
    "card_share_withheld": Act("snowflake", _("Part of a payment was not applied to a disputed invoice"), "frozen"),
    "chargeback_won": Act("check", _("The bank decided for you"), "recovered"),
    "chargeback_lost": Act("circle-alert", _("The bank decided against you"), "late"),
    "chargeback_warning_closed": Act("check", _("The bank closed its question")),
    "chargeback_charge_refunded": Act("undo-2", _("You gave the money back before the bank decided")),
    "recovered": Act("banknote", _("Recovered money"), "recovered"),
    "recovery_changed": Act("undo-2", _("Changed a recovery: the books changed"), "clock"),
    **{verb: Act(icon, words, tone) for verb, (icon, words, tone) in WITH_TONE.items()},
}

LETTERS: dict[str, Promise] = {
    "dispute_alert": _("told you about a dispute"),
    "dispute_acknowledgement": _("acknowledged a dispute to the customer"),
    "dispute_digest": _("the day's disputes, to you"),
    "pause_alert": _("told you about a pause"),
    "unsure_letter": _("asked the customer whether something is wrong"),
    "paid_check": _("asked the customer how it was paid"),
    "pay_link": _("the link to pay"),
    "promise_confirmation": _("confirmed a promise"),
    "invoice_copy": _("the copy they asked for"),
    "stop_confirmation": _("confirmed that we stop"),
    "evening_preview": _("tomorrow's calls, to you"),
    "polite_reminder": _("a friendly reminder"),
    "card_receipt": _("thanks for a payment by card, to the customer"),
    "card_payment_told": _("told you about a payment by card"),
    "last_letter": _("the last letter"),
    "verification": _("the proof of a debt they disputed in writing"),
    "number_check": _("asked whether a number is still theirs"),
    "validation_notice": _("the notice the law requires after a first conversation"),
    "books_stale": _("told you that your books cannot be read"),
    "dispute_closed_agreed": _("what was agreed, to the customer"),
    "dispute_closed_zero": _("nothing more to pay, to the customer"),
    "dispute_closed_paid": _("thanks for the payment, to the customer"),
    "settlement_offer": _("the offer, to the customer"),
    "bill_stands": _("the firm's answer, to the customer"),
    "plain_question": _("asked the customer once more whether the bill is right"),
    "closing_statement": _("the closing statement, to the customer"),
    "last_offer": _("the last offer, to the customer"),
    "rework_agreed": _("when somebody comes again, to the customer"),
    "rework_asked": _("asked the customer whether it is right now"),
    "decision_extended": _("told the customer that it takes longer"),
    "decision_late": _("told the customer that the answer is late"),
    "specification_reminder": _("asked the customer again what exactly is wrong"),
    "agreed_reminder": _("the one reminder of what was agreed"),
    "resolution_to_confirm": _("asked an owner to confirm"),
    "books_moved": _("told you what the books changed"),
    "specified": _("told you what exactly is wrong"),
    "customer_wrote": _("told you what the customer wrote"),
    "firm_wrote": _("the firm's answer, to the customer"),
    "plan_confirmation": _("confirmed a payment plan"),
    "plan_missed": _("the notice of a missed installment"),
    "promise_due": _("asked you whether promised money came"),
    "plan_ended": _("told you that a payment plan has ended"),
    "your_turn": _("told you that it is your decision"),
}


def act(verb: str) -> Act:
    """The act of a verb; letters share one sentence; a verb without one is shown in its own words."""
    if verb in ACTS:
        return ACTS[verb]
    for start, words, tone in (("sent_", gettext("Letter"), ""), ("failed_", gettext("Letter not sent"), "late")):
        if verb.startswith(start):
            letter = verb.removeprefix(start)
            return Act("mail", f"{words}: {LETTERS.get(letter, letter.replace('_', ' '))}", tone)
    return Act("circle", verb.replace("_", " ").capitalize())


def detail(verb: str, facts: Mapping[str, Any]) -> str:
    """What a reader wants of the facts, in one line."""
    found = [_of_verb(verb, facts), _numbers(facts), *(facts.get(name) for name in ("wording", "company", "outcome"))]
    if words := facts.get("words"):
        found.append(f"“{words}”")
    return " · ".join(str(part) for part in found if part)


def _numbers(facts: Mapping[str, Any]) -> str:
    several = facts.get("invoices")
    if isinstance(several, list):
        return ", ".join(str(number) for number in several)
    return str(facts.get("invoice") or "")


def _of_verb(verb: str, facts: Mapping[str, Any]) -> str:
    match verb:
        case "number_added" | "number_wanted" | "number_released" | "main_number_set" | "person_phone_set":
            return phone(str(facts.get("number", "")))
        case "called" | "could_not_call" | "was_called":
            return short(str(facts.get("result", ""))) or against(str(facts.get("result", "")))
        case "asks_owner" | "task_done":
            return task_words(str(facts.get("task", "")))
        case "exported":
            rows = int(facts.get("rows", 0))
            file = {"csv": "CSV", "xlsx": "Excel"}.get(str(facts.get("file")), "")
            return f"{ngettext('%(n)d row', '%(n)d rows', rows) % {'n': rows}} · {file}"
        case "not_called":
            return not_placed(str(facts.get("reason", "")))
        case "froze" | "claim_added" | "said_more":
            return str(dict(Claim.Reason.choices).get(str(facts.get("reason")), ""))
        case "labeled_hearing":
            return gettext("a dispute") if facts.get("was_dispute") else gettext("no dispute")
        case "synced":
            return gettext("%(seen)s records, %(written)s new or changed") % ({"seen": 0, "written": 0} | dict(facts))
        case "checked_first" | "checks_again":
            return reason_words(str(facts.get("reason", "")), str(facts.get("about", "")))
        case "set_terms":
            return _terms(facts.get("days"))
        case "set_check_words":
            return ", ".join(str(word) for word in facts.get("check_words") or ())
        case "may_replace" | "replaces" | "does_not_replace":
            return gettext("%(number)s and %(older)s") % ({"number": "", "older": ""} | dict(facts))
        case "asked_of_books" | "did_in_books" | "written_to_books" | "refused_by_books" | "not_written_to_books":
            return _of_books(facts)
        case "decided_role":
            roles = dict(Contact.Role.choices)
            return f"{facts.get('person')}: {roles.get(str(facts.get('role')), '')}"
        case "imported":
            return gettext("%(file)s: %(invoices)s invoices, %(new)s of them new") % ({"new": 0} | dict(facts))
        case "sync_failed" | "became_reconnect" | "became_paused":
            return problems.about(str(facts.get("problem", ""))).title
        case "balance_changed":
            was, now = (_amount(facts.get(name), facts.get("currency")) for name in ("was", "now"))
            return gettext("%(number)s: %(was)s is now %(now)s") % {
                "number": facts.get("number"),
                "was": was,
                "now": now,
            }
        case "recovered" | "promise_kept" | "promise_broken" | "promise_withdrawn":
            return _amount(facts.get("amount"), facts.get("currency"))
        case "released" | "called_off" | "pause_ended" | "put_on_hold" | "never_calls" | "calls_again":
            return str(facts.get("reason") or "")
    return ""


def _terms(days: Any) -> str:
    if days is None:
        return gettext("never: nobody is called about one")
    return ngettext("%(n)d day after its date", "%(n)d days after its date", int(days)) % {"n": int(days)}


def _of_books(facts: Mapping[str, Any]) -> str:
    """``Lower an invoice · 100.00 · CM-12``."""
    word = next((str(words) for one, words in BOOK_ACTS.items() if one == facts.get("act")), "")
    amount = str(facts["amount"]) if facts.get("amount") is not None else ""
    return " · ".join(part for part in (word, amount, str(facts.get("number") or "")) if part)


def _amount(value: Any, currency: Any) -> str:
    return money.shown(money.of(Decimal(str(value)), str(currency))) if value is not None and currency else ""
