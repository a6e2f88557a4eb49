"""Everything that can be wrong with connected books: a code, what it means in plain words, and what to do next.

Connections, runs and set-aside objects hold the code; pages and letters show the words. ``{vendor}`` is its name.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem as a person reads it."""

    code: str
    title: str
    words: str
    next_step: str


def about(code: str, *, vendor: str = "QuickBooks Online") -> Problem:
    """The words for a code. A code this table does not know is shown as it is, with a way on."""
    title, words, next_step = _ALL.get(code, _UNKNOWN)
    return Problem(code, *(str(text).format(vendor=vendor) for text in (title, words, next_step)))


def is_known(code: str) -> bool:
    return code in _ALL


_UNKNOWN: tuple[Any, Any, Any] = (
    _("Something is wrong with your books"),
    _("{vendor} answered in a way we have no words for yet."),
    _("We try again by ourselves. If it stays, reconnect, or write to us."),
)

# What stops a whole sync: on connections and runs.
CONNECTION: dict[str, tuple[Any, Any, Any]] = {
    "reconnect_needed": (
        _("Reconnect needed"),
        _("{vendor} no longer lets us read your books: access was revoked or ran out. No calls until it is back."),
        _("Press Reconnect and sign in to {vendor} as an administrator of the company."),
    ),
    "access_removed": (
        _("Access to this company was removed"),
        _("{vendor} says this connection may not read this company. No calls until it may again."),
        _("Press Reconnect and choose the same company, signed in as one of its administrators."),
    ),
    "subscription_ended": (
        _("Your {vendor} subscription has ended"),
        _("{vendor} keeps these books closed because the company's subscription has ended. No calls meanwhile."),
        _("Renew the subscription at {vendor}. We look again every hour and go on by ourselves."),
    ),
    "vendor_down": (
        _("{vendor} does not answer"),
        _("{vendor} is down or too slow right now. No invoice is called that we cannot read first."),
        _("Nothing to do: we try again by ourselves."),
    ),
    "answer_cut": (
        _("{vendor} broke off in the middle of an answer"),
        _("An answer ended before it was complete, so we used none of it."),
        _("Nothing to do: we ask again for the same page by ourselves."),
    ),
    "answer_garbled": (
        _("{vendor} sent something we cannot read"),
        _("The answer was not in the form {vendor} promises, so we used none of it."),
        _("Nothing to do: we ask again by ourselves. If it stays for a day, write to us."),
    ),
    "rate_limited": (
        _("{vendor} asks us to slow down"),
        _("We asked more often than {vendor} allows; other programs connected to your books count too."),
        _("Nothing to do: we wait as long as {vendor} asks and go on where we stopped."),
    ),
    "vendor_refused": (
        _("{vendor} refused a question of ours"),
        _("{vendor} understood what we asked and said no."),
        _("We were told and look into it. Sync now tries once more."),
    ),
    "not_in_books": (
        _("No longer in your books"),
        _("{vendor} does not know this object any more: it was deleted or merged."),
        _("Nothing to do: it is shown as deleted."),
    ),
    "app_refused": (
        _("{vendor} refused this installation"),
        _("{vendor} does not accept the key of this installation. Your books themselves are fine."),
        _("Nothing for you to do: whoever runs this installation has to check its {vendor} key and secret."),
    ),
    "wrong_world": (
        _("This installation is set up wrong"),
        _(
            "Its settings would send a sandbox business to the real {vendor}, or a live one to a simulator. We ask neither."
        ),
        _("Nothing for you to do: whoever runs this installation has to check its addresses."),
    ),
    "secrets_unreadable": (
        _("Reconnect needed"),
        _("The stored access to your books cannot be opened with the keys of this installation."),
        _("Press Reconnect. Whoever runs this installation should check FIELD_KEYS."),
    ),
    "books_busy": (
        _("Somebody else is at work on the same customers"),
        _("A few customers were in use for so long that we left them for the next sync."),
        _("Nothing to do: we try again by ourselves."),
    ),
    "disconnected": (
        _("Disconnected meanwhile"),
        _("The books were disconnected while we were reading them. What was read so far is kept."),
        _("Connect them again to go on."),
    ),
    "write_unanswered": (
        _("Not sure whether it was written"),
        _("{vendor} gave no answer when we wrote to your books, so it may have happened."),
        _("Nothing to do: we look it up first and write only what is missing."),
    ),
    "not_able": (
        _("{vendor} cannot do this for us"),
        _("{vendor} has no way for a program to do this."),
        _("Do it in {vendor}; the steps are beside the task."),
    ),
    "scope_missing": (
        _("A permission is missing"),
        _("{vendor} says that you did not allow us something we need, so we stopped."),
        _("Press Reconnect and leave every permission ticked on {vendor}'s page."),
    ),
    "daily_limit": (
        _("{vendor}'s daily limit is used up"),
        _("{vendor} allows only so many questions a day for these books; other connected programs count too."),
        _("Nothing to do: we go on after midnight. {vendor}'s support can raise the limit."),
    ),
    "file_old": (
        _("Your list of invoices is too old"),
        _("Your invoices came as a file, and the last one is so old that we call nobody from it."),
        _("Bring in a new file: export the list again where you keep your books."),
    ),
    "unexpected": (
        _("The sync stopped on our side"),
        _("Something we did not foresee stopped the sync. Nothing of your books was changed."),
        _("We were told and try again by ourselves; Sync now tries at once."),
    ),
}

# One object that could not be read or used; the rest of the sync went on.
SET_ASIDE: dict[str, tuple[Any, Any, Any]] = {
    "not_an_object": (
        _("Not readable"),
        _("{vendor} sent something here that is no record at all."),
        _("Open it in {vendor} and save it again; the next sync reads it anew."),
    ),
    "no_id": (
        _("Without an id"),
        _("{vendor} sent a record without its id, so we cannot tell which one it is."),
        _("Nothing to do: the next sync asks again."),
    ),
    "field_missing": (
        _("Something is missing"),
        _("A field we cannot do without is missing in {vendor}'s answer."),
        _("Open it in {vendor}, fill the field and save; the next sync reads it anew."),
    ),
    "field_wrong": (
        _("A field has the wrong form"),
        _("A field holds something of another kind than {vendor} promises."),
        _("Open it in {vendor} and save it again; the next sync reads it anew."),
    ),
    "amount_unreadable": (
        _("An amount is no number"),
        _("An amount could not be read, so nobody is called about it."),
        _("Correct the amount in {vendor}; the next sync reads it anew."),
    ),
    "amount_decimals": (
        _("An amount has parts of a cent"),
        _("An amount has more decimals than its currency knows. We never round what somebody owes."),
        _("Round the amount in {vendor} to whole cents; the next sync reads it anew."),
    ),
    "amount_too_large": (
        _("An amount is too large"),
        _("An amount is larger than we can book."),
        _("Check the amount in {vendor}; the next sync reads it anew."),
    ),
    "amount_negative": (
        _("A balance below zero"),
        _("The balance is negative, which an invoice cannot have."),
        _("Check the invoice in {vendor}: a credit memo says the same in a readable way."),
    ),
    "currency_unknown": (
        _("An unknown currency"),
        _("The currency code is none we know."),
        _("Correct the currency in {vendor}; the next sync reads it anew."),
    ),
    "date_unreadable": (
        _("A date is not readable"),
        _("A date is not one of the calendar, so we cannot tell when it is due."),
        _("Correct the date in {vendor}; the next sync reads it anew."),
    ),
    "customer_unknown": (
        _("Its customer is missing"),
        _("It belongs to a customer that {vendor} does not show us."),
        _("Check in {vendor} that the customer exists; we look again with every sync."),
    ),
    "invoice_unknown": (
        _("One of its invoices is missing"),
        _("A payment was applied to an invoice we could not read. The rest of the payment is booked."),
        _("See to the invoice; we look again with every sync."),
    ),
    "allocation_unclear": (
        _("Not clear what it paid"),
        _("One line pays several invoices with one amount, so we cannot tell how much went to each."),
        _("Split the line in {vendor}; the next sync reads it anew."),
    ),
    "phone_missing": (
        _("No phone number"),
        _("This customer has no phone number, so nobody is called."),
        _("Add a phone number to the customer in {vendor}."),
    ),
    "phone_unreadable": (
        _("The phone number is no number"),
        _("What stands in the phone field cannot be dialed, so nobody is called."),
        _("Write just the number, with area code, into the customer's phone field in {vendor}."),
    ),
    "phone_foreign": (
        _("A phone number of another country"),
        _("We call numbers of your own country only."),
        _("Add a number of your own country to the customer in {vendor}, or write to them instead."),
    ),
}

# What can go wrong while connecting: said once, on the page the owner comes back to.
CONNECTING: dict[str, tuple[Any, Any, Any]] = {
    "connect_denied": (
        _("Not connected"),
        _("You, or {vendor}, said no to the connection. Nothing was connected."),
        _("Start again whenever you like."),
    ),
    "connect_state": (
        _("Not connected"),
        _("This answer of {vendor} was not asked for in this browser, or it was used before. Nothing was connected."),
        _("Start again from this page."),
    ),
    "connect_expired": (
        _("Not connected"),
        _("Too much time passed between starting and finishing. Nothing was connected."),
        _("Start again from this page; you have ten minutes."),
    ),
    "connect_someone_else": (
        _("Not connected"),
        _("The connection was started by another person or for another business. Nothing was connected."),
        _("Choose the business you want to connect and start again."),
    ),
    "connect_code": (
        _("Not connected"),
        _("{vendor} did not accept its own sign-in code: it was used before or has run out. Nothing was connected."),
        _("Start again from this page."),
    ),
    "connect_company_missing": (
        _("Not connected"),
        _("{vendor} did not say which company to connect."),
        _("Start again and choose a company."),
    ),
    "connect_company_refused": (
        _("Not connected"),
        _("{vendor} does not let this sign-in read that company's books."),
        _("Start again, signed in to {vendor} as an administrator of the company, and allow access to accounting."),
    ),
    "connect_elsewhere": (
        _("These books are connected already"),
        _("This company's books are connected to another business here. The same books cannot be collected on twice."),
        _("Disconnect them there first, or choose another company."),
    ),
    "connect_another_company": (
        _("Another company is connected already"),
        _("This business is connected to another company at {vendor}."),
        _("Disconnect that one first, or add a second business for this company."),
    ),
    "connect_unreachable": (
        _("Not connected"),
        _("{vendor} did not answer while we were finishing the connection. Nothing was connected."),
        _("Try again in a few minutes."),
    ),
    "connect_not_set_up": (
        _("Not set up yet"),
        _("This installation has no key for {vendor}."),
        _("Whoever runs this installation has to set its client id and secret, see docs/configuration.md."),
    ),
}

_ALL = CONNECTION | SET_ASIDE | CONNECTING
