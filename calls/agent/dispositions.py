"""The words for how a call ended and for what may follow from it."""

from enum import StrEnum


class Disposition(StrEnum):
    """The result of a call: a label of what was said where one fits, else a word for what happened."""

    ATTORNEY_REPRESENTED = "attorney_represented"
    BANKRUPTCY = "bankruptcy"
    DECEASED = "deceased"
    OPT_OUT = "opt_out"
    DISPUTE = "dispute"
    ALREADY_PAID = "already_paid"
    WRONG_NUMBER = "wrong_number"
    NOT_RIGHT_PARTY = "not_right_party"
    REQUEST_HUMAN = "request_human"
    PROMISE_TO_PAY = "promise_to_pay"
    PAY_NOW = "pay_now"
    NEEDS_TIME_OR_PLAN = "needs_time_or_plan"
    CALLBACK_REQUEST = "callback_request"
    QUESTION_ABOUT_INVOICE = "question_about_invoice"
    ABUSIVE = "abusive"
    VOICEMAIL_GREETING = "voicemail_greeting"
    OTHER = "other"
    PAUSED_UNSURE = "paused_unsure"
    COPY_WANTED = "copy_wanted"
    PAPERWORK_FIRST = "paperwork_first"
    WAITING_FOR_PAYER = "waiting_for_payer"
    OTHER_CONTACT = "other_contact"
    DISTRUSTS_CALL = "distrusts_call"
    WRITTEN_ONLY = "written_only"
    OTHER_JOB = "other_job"
    IDENTITY_UNCONFIRMED = "identity_unconfirmed"
    VULNERABLE = "vulnerable"
    LANGUAGE = "language"
    RECORDING_REFUSED = "recording_refused"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"
    HUNG_UP = "hung_up"


class Hold(StrEnum):
    """Why nothing is asked of the customer for now; ``none``: the cadence goes on."""

    NONE = "none"
    FROZEN = "frozen"
    PAUSED = "paused"
    PAID_CHECK = "paid_check"
    PROMISE = "promise"
    DAYS = "days"
    UNTIL_DONE = "until_done"  # until the owner says it is done, and for the days of the row after that
    OWNER = "owner"


class NextAttempt(StrEnum):
    CADENCE = "cadence"
    NAMED_TIME = "named_time"
    AFTER_HOLD = "after_hold"
    OWNER_DECIDES = "owner_decides"
    NEVER = "never"


class Message(StrEnum):
    """What is owed in writing to the customer afterwards."""

    NONE = ""
    ACKNOWLEDGEMENT = "acknowledgement"
    UNSURE_LETTER = "unsure_letter"
    STOP_CONFIRMATION = "stop_confirmation"
    PAID_PAGE = "paid_page"
    PROMISE_CONFIRMATION = "promise_confirmation"
    PAYMENT_LINK = "payment_link"
    COPY = "copy"
