"""The gate's answer in words: may this customer be called about this invoice now, why, and when next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from compliance.clearance import Clearance
from syntharra.templatetags.syntharra import hour_words, moment_words


@dataclass(frozen=True)
class Rule:
    passed: bool
    words: str
    citation: str = ""


@dataclass(frozen=True)
class Gate:
    """``tone``: recovered when allowed, frozen for a disagreement, clock when waiting cures it, late for the rest."""

    allowed: bool
    tone: str
    answer: str
    rules: list[Rule]
    version: str = ""


_AGAINST: dict[str, Promise] = {
    "JURISDICTION_DISABLED": _("They are in a place where we do not call."),
    "NOT_COLLECTIBLE": _(
        "There is nothing to ask for: the invoice is not open in your books, or was taken out of collection."
    ),
    "DISPUTE_OPEN": _("A dispute about it is open. Collecting stops until it is settled."),
    "BANKRUPTCY": _("They are in bankruptcy. Nobody may ask them for money."),
    "DECEASED": _("The customer has died."),
    "ATTORNEY_REPRESENTED": _("A lawyer acts for them. Only the lawyer may be written to."),
    "CEASE_REQUESTED": _("They asked for no contact at all."),
    "WRONG_NUMBER": _("This number belongs to somebody else."),
    "CONSENT_REVOKED": _("They asked not to be called at this number."),
    "TIME_BARRED": _("The invoice is too old to be sued for."),
    "INCONVENIENT_PLACE": _("They asked not to be called at work."),
    "CONSENT_MISSING": _("There is no consent on record for calls with an artificial voice to this number."),
    "LICENCE_MISSING": _("This installation has no license on record for their state."),
    "LOCATION_UNKNOWN": _("There is no phone number we can use, or we cannot tell what time it is where they are."),
    "HOURS_LAW": _("The law allows no such call at this hour."),
    "HOURS_AUTOMATED_LAW": _("Their state allows no automated voice at this hour."),
    "INCONVENIENT_TIME": _("They asked not to be called at this time of day."),
    "TOO_EARLY_HOUSE": _("The first call comes three days after the due date, not before."),
    "HOLIDAY_FEDERAL_HOUSE": _("It is a federal holiday."),
    "WEEKEND_HOUSE": _("Calls go out Monday to Friday."),
    "HOURS_HOUSE": _("It is outside your calling hours."),
    "STATE_CLOSED_DAY_OVERLAY": _("Their state closes this day to such calls."),
    "HOURS_OVERLAY": _("It is outside the hours their state sets for sales calls; we keep them too."),
    "MAX_ATTEMPTS_HOUSE": _("All three attempts were made. What happens next is your decision."),
    "MIN_GAP_HOUSE": _("The last attempt was less than three days ago."),
    "BUSINESS_STOPPED": _("You stopped all calls."),
    "BOOKS_STALE": _("Your books were not read lately enough. Nobody is called on old figures."),
    "INVOICE_FROZEN": _("The invoice is frozen."),
    "INVOICE_PAUSED": _("The invoice is paused until you have looked at it."),
    "OWNER_DECIDES": _("It waits for your decision."),
    "ON_HOLD": _("It is on hold."),
    "NOT_APPROVED": _("You approve each call, and this one is not approved yet."),
    "CREDIT_ON_ACCOUNT": _("They have an open credit or an unapplied payment. Look at it first."),
    "PAYMENT_IN_FLIGHT": _("A payment is on its way."),
    "NOT_SENT": _("There is no record that the invoice was ever sent."),
    "NO_TERMS": _("The invoice has no due date."),
    "CHECK_FIRST": _("Something in it asks for a look first."),
    "CONSUMER_CALLS_OFF": _(
        "This is a private person, and calls to private persons are not switched on. A letter is possible."
    ),
    "VALIDATION_NOTICE_MISSING": _("The notice the law requires has not reached them yet."),
    "VERIFICATION_MISSING": _("They disputed in writing; the proof the law requires has not been sent yet."),
    "BELOW_MINIMUM": _("The balance is below the smallest you call about."),
    "BACKLOG": _("It was overdue long before you connected. Old invoices are called only when you choose them."),
    "PROMISE_RUNNING": _("A promise to pay is running."),
    "CALL_LIVE": _("A call with them is under way."),
    "INSTALLATION_NOT_READY": _("Live calls are not open on this installation. Its operator can say what is missing."),
    "TEXTS_OFF": _("Texts are off: the operator has not registered your business with the carriers."),
    "NOT_A_MEMBER": _("They are not a member of this business."),
    "NUMBER_CONTACTED_RECENTLY": _("This number was contacted recently."),
}
_CALM = ("DISPUTE_OPEN", "INVOICE_FROZEN", "INVOICE_PAUSED")


def gate_of(clearance: Clearance, *, name: str) -> Gate:
    """What stands for the customer ``name``, to be read beside the invoice."""
    against = [_rule(finding, clearance) for finding in clearance.inputs["findings"]]
    if clearance.is_allowed:
        answer = gettext("%(name)s may be called about it now.") % {"name": name}
        return Gate(True, "recovered", answer, _kept(clearance), clearance.rules_version)
    if clearance.next_allowed_at:
        answer = gettext("Not now. The next permitted moment is %(when)s.") % {
            "when": moment_words(clearance.next_allowed_at)
        }
        tone = "clock"
    else:
        answer = gettext("We do not call %(name)s about it.") % {"name": name}
        tone = "frozen" if clearance.reason in _CALM else "late"
    return Gate(False, tone, answer, [*against, *_kept(clearance)], clearance.rules_version)


def was_allowed(clearance: Clearance, at: datetime) -> Gate:
    """The answer a call was placed on."""
    if not clearance.is_allowed:
        against = [_rule(finding, clearance) for finding in clearance.inputs["findings"]]
        answer = gettext("Refused: %(when)s") % {"when": moment_words(at)}
        return Gate(False, "late", answer, against, clearance.rules_version)
    answer = gettext("Permitted: %(when)s") % {"when": moment_words(at)}
    return Gate(True, "recovered", answer, _kept(clearance), clearance.rules_version)


def against(code: str) -> str:
    """One reason of the gate as a sentence. A code without one would be a gap of ours: it is shown as it is."""
    if code.startswith("FREQ_"):
        return gettext("They were contacted as often as is permitted for now.")
    return str(_AGAINST.get(code, code))


def _rule(finding: Mapping[str, Any], clearance: Clearance) -> Rule:
    source = next((item.source.text for item in clearance.citations if item.code == finding["code"]), "")
    return Rule(False, against(finding["code"]), source)


def _kept(clearance: Clearance) -> list[Rule]:
    """The figures that speak for the call."""
    inputs = clearance.inputs
    broken = {finding["code"].partition("_")[0] for finding in inputs["findings"]}
    kept = []
    clocks = _wall_clocks(inputs)
    if clocks and not broken & {"HOURS", "WEEKEND", "HOLIDAY"}:
        kept.append(Rule(True, gettext("%(clock)s: within the permitted hours.") % {"clock": clocks}))
    made = inputs.get("attempts")
    if isinstance(made, int) and "MAX" not in broken:
        words = ngettext("%(count)d attempt so far, of three.", "%(count)d attempts so far, of three.", made)
        kept.append(Rule(True, words % {"count": made} if made else gettext("No attempt so far, of three.")))
    if inputs.get("consent") == "express" and "CONSENT" not in broken:
        kept.append(Rule(True, gettext("Their consent for this number is on record.")))
    return kept


def _wall_clocks(inputs: Mapping[str, Any]) -> str:
    """What the clocks showed where they may be: ``9:05 am in New York``."""
    at = datetime.fromisoformat(inputs["at"])
    places = {zone.rpartition("/")[2].replace("_", " "): ZoneInfo(zone) for zone in inputs.get("local_times") or {}}
    return ", ".join(
        gettext("%(time)s in %(place)s") % {"time": hour_words(at.astimezone(zone)), "place": place}
        for place, zone in places.items()
    )
