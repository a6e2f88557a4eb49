"""What can be written into Xero, and what the owner does there himself."""

from django.utils.translation import gettext_lazy as _

from integrations.abilities import Abilities, Ability, Act, Facts, Way

ABILITIES = Abilities(
    acts={
        Act.LOWER: Ability(
            Way.API,
            _(
                "We make a credit note over exactly this amount and apply it to the invoice. It is booked to the account "
                "and tax rate of the invoice's largest line. Xero does not e-mail it by itself."
            ),
        ),
        Act.WRITE_OFF: Ability(
            Way.NEAREST,
            _(
                "Xero has no write-off of its own. We make a credit note over the whole balance, named a bad debt, and "
                "apply it: the invoice then shows as paid by credit. It is booked to the account of the invoice's "
                "largest line; move it to your bad debts account if you keep one."
            ),
        ),
        Act.NOTE: Ability(
            Way.API, _("We add a note to the invoice's history and notes. Only people with access to your Xero see it.")
        ),
        Act.REMINDERS: Ability(
            Way.TASK,
            _("A program cannot stop Xero's invoice reminders. You switch them off for one invoice yourself."),
            steps=(
                _("Open the invoice in Xero."),
                _("Open the menu with the three dots and choose Turn off reminders (or Turn on reminders)."),
                _(
                    "To stop them for every invoice of this customer, open the contact and choose Turn off reminders there."
                ),
            ),
        ),
        Act.RECEIVE: Ability(
            Way.TASK,
            _("You enter a payment a customer made by card: we write no payments into Xero."),
            (
                _("Open the invoice in Xero."),
                _("Under Receive a payment, enter the amount, the day and the account your card payments go to."),
                _("Choose Add payment."),
            ),
        ),
    },
    facts=Facts(sent=True, contacts=True),
    invoice_page="https://go.xero.com/AccountsReceivable/View.aspx?InvoiceID={id}",
    reminders_page="https://go.xero.com/Settings/InvoiceReminders",
    every_minutes=10,  # 5,000 questions a day, of which some are kept for the look before each call
)
