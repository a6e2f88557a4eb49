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
    "TEXTS_OFF": _("Texts of this business are not registered with the carriers yet: its operator does that"),
    "NOT_A_MEMBER": _("The addressee is not a member of your business"),
}

# What each rule is, for the page that lists them and for those that are kept.
RULES: dict[str, "_StrPromise"] = {
    "JURISDICTION_DISABLED": _("Only customers in the 50 states and Washington, D.C. are contacted"),
    "NOT_COLLECTIBLE": _("Only what is open in the books, is owed and has not left collection is asked for"),
    "DISPUTE_OPEN": _("Nobody is asked for money he disputes"),
    "BANKRUPTCY": _("Nobody in bankruptcy is contacted"),
    "DECEASED": _("When a customer has died, a person looks first"),
    "ATTORNEY_REPRESENTED": _("Who has a lawyer is reached only through the lawyer"),
    "CEASE_REQUESTED": _("Who asked for no further contact gets none"),
    "WRONG_NUMBER": _("A number that is not the customer's is never used again"),
    "CONSENT_REVOKED": _("Who asked us to stop is not called or texted, by any business of this installation"),
    "TIME_BARRED": _("Nobody is called about a debt too old to be sued for"),
    "INCONVENIENT_PLACE": _("Who does not want to be contacted at work is not"),
    "CONSENT_MISSING": _(
        "A call with an artificial voice needs a recorded consent, given or confirmed within 180 days"
    ),
    "LICENCE_MISSING": _("Who collects for others needs a license or counsel's opinion where the state asks for one"),
    "LOCATION_UNKNOWN": _("Nobody is called while we cannot tell what time it is where he is"),
    "HOURS_LAW": _("The law's hours are kept on every clock that may be the customer's"),
    "HOURS_AUTOMATED_LAW": _("A state's own hours for automated voices are kept"),
    "INCONVENIENT_TIME": _("Days and times of day a customer does not want are kept free"),
    "FREQ_TCPA_RES_3IN30": _("A home line without consent is called at most three times in 30 days"),
    "FREQ_MA_2IN7": _("Massachusetts: at most two contacts in seven days about one debt"),
    "FREQ_NYC_3IN7": _("New York City: at most three contacts in seven days, by whatever way"),
    "FREQ_WA_3PERWEEK": _("Washington: at most three contacts a week, one of them at work"),
    "FREQ_DC_4IN7": _("Washington, D.C.: at most four calls in seven days about one account"),
    "FREQ_WV_30PERWEEK": _("West Virginia: at most 30 calls or ten conversations a week"),
    "FREQ_OR_WORK_1PERWEEK": _("Oregon: at most one call a week at work"),
    "FREQ_REGF_7IN7": _("At most seven calls in seven days about one debt"),
    "FREQ_REGF_CONVERSATION": _("After a conversation nobody is called for seven days about that debt"),
    "TOO_EARLY_HOUSE": _("The first call comes three days after the due date or later"),
    "HOLIDAY_FEDERAL_HOUSE": _("No calls on federal holidays, observed days too"),
    "WEEKEND_HOUSE": _("Calls go out Monday to Friday, on the days the firm chose"),
    "HOURS_HOUSE": _("Calls go out between 9 am and 8 pm on every clock, in the firm's narrower hours"),
    "STATE_CLOSED_DAY_OVERLAY": _("Days a state keeps free of sales calls are kept free"),
    "HOURS_OVERLAY": _("Hours a state sets for sales calls are kept"),
    "MAX_ATTEMPTS_HOUSE": _("At most three attempts for each invoice"),
    "MIN_GAP_HOUSE": _("At least three days between two attempts, for the person and for the number"),
    "BUSINESS_STOPPED": _("When the firm stops all calls, none goes out"),
    "BOOKS_STALE": _("Nobody is called on figures older than 15 minutes"),
    "INVOICE_FROZEN": _("A frozen invoice is left alone"),
    "INVOICE_PAUSED": _("A paused invoice waits until somebody has looked"),
    "OWNER_DECIDES": _("What waits for the owner's decision waits"),
    "ON_HOLD": _("What somebody put on hold waits"),
    "NOT_APPROVED": _("Where the firm approves each call, only approved ones go out"),
    "CREDIT_ON_ACCOUNT": _("A customer with an open credit or an unapplied payment is looked at first"),
    "PAYMENT_IN_FLIGHT": _("Nobody is asked for money that is on its way"),
    "NOT_SENT": _("Nobody is called about an invoice without a record of being sent"),
    "NO_TERMS": _("Nobody is called about an invoice without a due date"),
    "CHECK_FIRST": _("What asks for a look is looked at first"),
    "CONSUMER_CALLS_OFF": _("Private persons are called only after a go-live of their own"),
    "VALIDATION_NOTICE_MISSING": _("After the first conversation no second call comes before the notice was sent"),
    "VERIFICATION_MISSING": _("Who disputed in writing is asked again only after he was sent the proof"),
    "BELOW_MINIMUM": _("Small balances are not called about"),
    "BACKLOG": _("What was old when the books were connected is called about only when the owner chose it"),
    "PROMISE_RUNNING": _("While a promise or a plan runs, nobody asks"),
    "CALL_LIVE": _("One call with a person at a time"),
    "NUMBER_CONTACTED_RECENTLY": _(
        "A number rests for three days after anybody of this installation had it called or was called from it"
    ),
    "INSTALLATION_NOT_READY": _("Live calls need a declaration on record and rules that counsel saw lately"),
    "TEXTS_OFF": _("No text leaves before the operator has registered the business with the carriers"),
    "NOT_A_MEMBER": _("Mail about the firm's business goes to its members only"),
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


def rule_in_words(code: str) -> "_StrPromise":
    """What the rule of this code is; raises KeyError for a code nobody knows."""
    return RULES[code]


def in_words(code: str) -> "_StrPromise":
    """What the owner reads for a reason code; raises KeyError for a code nobody knows."""
    return REASONS[code]
