"""What can be written into Square, and what the owner does there himself."""

from django.utils.translation import gettext_lazy as _

from integrations.abilities import Abilities, Ability, Act, Facts, Way

ABILITIES = Abilities(
    acts={
        Act.LOWER: Ability(
            Way.NEAREST,
            _(
                "Square has no credit memos, and the amount of an invoice cannot be changed. We cancel the invoice and "
                "send a new one over what is left, due today at the earliest, with one line and no tax shown "
                "separately. In Square you find two invoices: the old one canceled (what was paid on it stays there) "
                "and the new one with its own number. Square tells the customer about both by e-mail."
            ),
        ),
        Act.WRITE_OFF: Ability(
            Way.NEAREST,
            _(
                "Square has no write-off. We cancel the invoice: nothing more can be paid on it, what was paid stays, "
                "and Square may tell the customer by e-mail that it was canceled. This cannot be undone."
            ),
        ),
        Act.NOTE: Ability(
            Way.TASK,
            _(
                "Square's invoices have no notes that the customer does not see. You can add one to the customer's profile."
            ),
            steps=(
                _("Open Customers in your Square Dashboard and choose the customer."),
                _("Choose Add note, paste the text we show you, and save. Only your own staff sees it."),
            ),
        ),
        Act.REMINDERS: Ability(
            Way.TASK,
            _("You switch Square's reminders for an invoice off and on yourself."),
            steps=(
                _("Open the invoice in your Square Dashboard and choose Edit."),
                _("Under Communication, open Reminders and remove them (or add them again)."),
                _("Choose Update invoice. If Square asks, do not send the update to the customer."),
            ),
        ),
        Act.RECEIVE: Ability(
            Way.TASK,
            _("You enter a payment a customer made by card: we write no payments into Square."),
            (
                _("Open the invoice in your Square Dashboard."),
                _("Choose Add payment, then Other, and enter the amount."),
                _("Write “card” as the note and save it."),
            ),
        ),
    },
    facts=Facts(sent=True, credit_memos=False, reminders=True),
    invoice_page="https://app.squareup.com/dashboard/invoices/{id}",
    reminders_page="https://app.squareup.com/dashboard/invoices/settings",
)
