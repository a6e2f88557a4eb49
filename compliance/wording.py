"""Each reason in plain words, for an owner who has never heard of any statute."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from compliance.law import Layer

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

REASONS: dict[str, "_StrPromise"] = {
    "OK": _("Nothing speaks against it"),
    "JURISDICTION_DISABLED": _("We only contact customers in the 50 states and Washington, D.C."),
    "NOT_COLLECTIBLE": _("Your books do not show this invoice as open, or it has left collection"),
    "DISPUTE_OPEN": _("The customer disputes this invoice"),
    "BANKRUPTCY": _("The customer is in bankruptcy: the law stops all collecting"),
    "DECEASED": _("The customer has died: a person has to look at this first"),
    "ATTORNEY_REPRESENTED": _("The customer has a lawyer: only the lawyer may be contacted"),
    "CEASE_REQUESTED": _("The customer asked for no further contact"),
    "WRONG_NUMBER": _("This number is not the customer's"),
    "CONSENT_REVOKED": _("The customer asked us to stop using this number or address"),
    "TIME_BARRED": _("The debt is too old to be collected by phone"),
    "INCONVENIENT_PLACE": _("The customer does not want to be contacted at work"),
    "CONSENT_MISSING": _("There is no record that the customer agreed to be contacted this way"),
    "LICENCE_MISSING": _("A license to collect in this state is not on record"),
    "LOCATION_UNKNOWN": _("We cannot tell where the customer is, so we cannot tell what time it is there"),
    "HOURS_LAW": _("The law does not allow it at this hour where the customer is"),
    "HOURS_AUTOMATED_LAW": _("The state does not allow calls by an automated voice at this hour"),
    "INCONVENIENT_TIME": _("The customer asked not to be contacted at this time of day"),
    "FREQ_TCPA_RES_3IN30": _("This home line was called three times in 30 days"),
    "FREQ_MA_2IN7": _("Massachusetts allows two contacts in seven days"),
    "FREQ_NYC_3IN7": _("New York City allows three contacts in seven days"),
    "FREQ_WA_3PERWEEK": _("Washington allows three contacts a week, and one at work"),
    "FREQ_DC_4IN7": _("Washington, D.C. limits contacts about one account in seven days"),
    "FREQ_WV_30PERWEEK": _("West Virginia's limit for one week is used up"),
    "FREQ_OR_WORK_1PERWEEK": _("Oregon allows one call a week at work"),
    "FREQ_REGF_7IN7": _("There were seven calls about this invoice in seven days"),
    "FREQ_REGF_CONVERSATION": _("We spoke with the customer less than seven days ago"),
    "TOO_EARLY_HOUSE": _("The invoice is not far enough past due yet"),
    "HOLIDAY_FEDERAL_HOUSE": _("It is a federal holiday"),
    "WEEKEND_HOUSE": _("It is not one of your calling days"),
    "HOURS_HOUSE": _("It is outside calling hours where the customer is"),
    "STATE_CLOSED_DAY_OVERLAY": _("The state keeps this day free of sales calls, and we keep to it"),
    "HOURS_OVERLAY": _("The state keeps this hour free of sales calls, and we keep to it"),
    "MAX_ATTEMPTS_HOUSE": _("All attempts for this invoice are used up"),
    "MIN_GAP_HOUSE": _("The last attempt was too few days ago"),
    "BUSINESS_STOPPED": _("All calls of your business are stopped"),
    "BOOKS_STALE": _("We could not read the invoice from your books in the last minutes"),
    "INVOICE_FROZEN": _("The invoice is frozen by a dispute"),
    "INVOICE_PAUSED": _("The invoice is paused: something the customer said needs your eyes"),
    "OWNER_DECIDES": _("What happens next with this invoice is your decision"),
    "ON_HOLD": _("Somebody put this on hold"),
    "NOT_APPROVED": _("You have not approved this call yet"),
    "CREDIT_ON_ACCOUNT": _("The customer has a credit or an unapplied payment with you"),
    "PAYMENT_IN_FLIGHT": _("A payment is on its way"),
    "NOT_SENT": _("There is no record that the invoice was ever sent"),
    "NO_TERMS": _("The invoice has no due date"),
    "CHECK_FIRST": _("Something on this invoice asks for your eyes before anybody calls"),
    "CONSUMER_CALLS_OFF": _("Calls to private persons are not switched on"),
    "VALIDATION_NOTICE_MISSING": _("The notice the law requires has not reached the customer"),
    "VERIFICATION_MISSING": _("The customer asked for proof of the debt and has not been sent it"),
    "BELOW_MINIMUM": _("The balance is below your minimum"),
    "BACKLOG": _("The invoice was long overdue when you connected: you choose whether to call"),
    "PROMISE_RUNNING": _("A promise or a payment plan is running"),
    "CALL_LIVE": _("A call with this customer is going on right now"),
    "NUMBER_CONTACTED_RECENTLY": _("This number was contacted recently"),
    "INSTALLATION_NOT_READY": _("This installation may not place live calls yet: its operator knows what is missing"),
    "NOT_A_MEMBER": _("The addressee is not a member of your business"),
}

LAYERS: dict[Layer, "_StrPromise"] = {
    Layer.LAW: _("the law"),
    Layer.OVERLAY: _("sales-call rules we keep by choice"),
    Layer.HOUSE: _("our own rules"),
}

VERIFIED: dict[str, "_StrPromise"] = {
    "seen": _("seen in the source"),
    "memory": _("to be checked by counsel"),
    "ours": _("our own policy"),
}


def in_words(code: str) -> "_StrPromise":
    """What the owner reads for a reason code; raises KeyError for a code nobody knows."""
    return REASONS[code]
