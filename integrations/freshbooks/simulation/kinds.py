"""Faults on demand: every way in which this vendor fails, by name."""

from integrations.freshbooks.simulation import errors
from integrations.freshbooks.simulation.config import AGENCY
from integrations.freshbooks.simulation.errors import ACCESS_DENIED, Refused, accounting
from integrations.simulation.call import Answer, html_answer
from integrations.simulation.trouble import Rule

KINDS = {
    "unauthenticated": "401 in the shape of authorization: the token is no good.",
    "invalid-token": "401 in the shape of webhooks.",
    "access-denied": "401 in the newer shape, code 16 with reason 1003.",
    "insufficient-scope": "403 in the shape of authorization: the token lacks a scope.",
    "forbidden": "403 in the newer shape, code 7: the role may not do this.",
    "not-found": "404 in the old shape, errno 1012.",
    "not-found-new": "404 in the newer shape, reason 1012.",
    "not-found-projects": "404 in the shape of projects.",
    "validation": "422 in the old shape, errno 1004.",
    "validation-new": "422 in the newer shape, code 3 with fieldViolations.",
    "error-as-ok": "An error of the old shape with HTTP 200.",
    "throttled": "429; with Retry-After where `retry_after` is given.",
    "throttled-html": "429 as a page of the gateway in front.",
    "conflict": "409 in the old shape: somebody else changes it at this moment.",
    "server-error": "500 in the old shape, errno 500.",
    "server-error-new": "500 in the newer shape, code 13.",
    "html-500": "500 as a page.",
    "html-502": "502 as a page of the gateway in front.",
    "invalid-grant": "401 of the token endpoint; give it the path /auth/oauth/token.",
    "invalid-client": "401 of the token endpoint for wrong credentials of the app.",
}
GONE = Refused(1012, "Invoice not found.", "invoice", "invoiceid", "9", 404)
WRONG = Refused(1004, "Value is not valid.", "invoice", "amount", "x")
BROKEN = Refused(500, "The ORM encountered an unexpected error.", "invoice", status=500)
BUSY = Refused(409, "The resource is being modified by another request.", "invoice", "invoiceid", "9", 409)
PAGE = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"


def answer(kind: str, rule: Rule) -> Answer:
    """What the caller gets instead of an answer."""
    found = _answer(kind, rule)
    found.headers |= rule.headers
    return found


def _answer(kind: str, rule: Rule) -> Answer:
    match kind:
        case "unauthenticated":
            return errors.unauthenticated()
        case "invalid-token":
            return errors.events_unauthenticated()
        case "access-denied":
            return denied(AGENCY)
        case "insufficient-scope":
            return errors.missing_scope("user:invoices:read")
        case "forbidden":
            return role_denied(AGENCY)
        case "not-found":
            return accounting(GONE, "old")
        case "not-found-new":
            return accounting(GONE, "new")
        case "not-found-projects":
            return errors.projects_not_found()
        case "validation":
            return accounting(WRONG, "old")
        case "validation-new":
            return accounting(WRONG, "new")
        case "error-as-ok":
            return accounting(GONE, "old", as_ok=True)
        case "throttled":
            return errors.throttled(rule.retry_after)
        case "throttled-html":
            return html_answer(PAGE.format("429 Too Many Requests"), 429)
        case "conflict":
            return accounting(BUSY, "old")
        case "server-error":
            return accounting(BROKEN, "old")
        case "server-error-new":
            return accounting(BROKEN, "new")
        case "html-500":
            return html_answer(PAGE.format("500 Internal Server Error"), 500)
        case "html-502":
            return html_answer(PAGE.format("502 Bad Gateway"), 502)
        case "invalid-grant":
            return errors.invalid_grant()
        case "invalid-client":
            return errors.invalid_client()
    raise ValueError(kind)


def denied(account: str) -> Answer:
    """The token is good, and knows nothing of this account."""
    why = "The server could not verify that you are authorized to access the URL requested."
    return accounting(Refused(ACCESS_DENIED, why, "account", "accountid", account, 401), "new")


def role_denied(account: str) -> Answer:
    """The identity works there, and may not see this."""
    why = "You do not have access to perform the action requested."
    return accounting(Refused(ACCESS_DENIED, why, "account", "accountid", account, 403), "new")
