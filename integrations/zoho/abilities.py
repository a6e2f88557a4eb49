"""What Zoho Books can have written into it, and how the owner has it ring for us. Data."""

from django.utils.translation import gettext_lazy as _

from integrations.abilities import Abilities, Ability, Act, Facts, Way

ABILITIES = Abilities(
    acts={
        Act.LOWER: Ability(
            Way.API,
            _("We make a credit note over the amount and apply it to this invoice."),
        ),
        Act.WRITE_OFF: Ability(
            Way.API,
            _("We write the whole balance off as a bad debt. In Zoho Books you can cancel the write-off."),
        ),
        Act.NOTE: Ability(
            Way.API,
            _("We add a comment to the invoice that only your staff sees."),
        ),
        Act.REMINDERS: Ability(
            Way.API,
            _(
                "We switch Zoho Books' own reminders for this invoice off, and on again afterwards if they were on. "
                "A comment on the invoice, for your staff, says so."
            ),
        ),
        Act.RECEIVE: Ability(
            Way.TASK,
            _("You enter a payment a customer made by card: we write no payments into Zoho Books."),
            (
                _("Open the invoice in Zoho Books."),
                _("Choose Record payment and enter the amount and the day."),
                _("Choose credit card as the mode and the account your card payments go to, then save."),
            ),
        ),
    },
    every_minutes=15,  # a free plan has 1,000 questions a day, of which a reading takes at least four
    facts=Facts(sent=True, estimates=True, credit_memos=True, reminders=True, webhooks=True, contacts=True),
)
