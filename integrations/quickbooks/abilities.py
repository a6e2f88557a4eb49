"""What a program can write into QuickBooks Online, and what the owner does by hand there."""

from django.utils.translation import gettext_lazy as _

from integrations.abilities import Abilities, Ability, Act, Facts, Way

ABILITIES = Abilities(
    acts={
        Act.LOWER: Ability(
            Way.API,
            _("We write a credit memo and apply it to the invoice. You find both in QuickBooks."),
        ),
        Act.WRITE_OFF: Ability(
            Way.NEAREST,
            _("We write a credit memo named “Bad debt” over what is owed and apply it: QuickBooks has no write-off."),
        ),
        Act.NOTE: Ability(
            Way.TASK,
            _("QuickBooks prints an invoice's memo on statements, so we write no note there."),
            (
                _("Open the customer in QuickBooks and choose the Notes tab."),
                _("Write the note there: customers never see it."),
            ),
        ),
        Act.REMINDERS: Ability(
            Way.TASK,
            _("QuickBooks lets no program turn its reminders off for one invoice."),
            (
                _("Open Settings, Account and settings, Sales, Reminders and see whether automatic reminders are on."),
                _("If they are, turn them off, or take this customer out of them while the question is open."),
            ),
        ),
        Act.RECEIVE: Ability(
            Way.API,
            _(
                "We enter a payment a customer made by card and set it against the invoice. You match it to your deposit."
            ),
        ),
    },
    facts=Facts(sent=True, estimates=True),
    invoice_page="https://app.qbo.intuit.com/app/invoice?txnId={id}",
    reminders_page="https://app.qbo.intuit.com/app/settings?panel=sales",
)
