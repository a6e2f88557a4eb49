"""What FreshBooks' books can have written into them. Data."""

from django.utils.translation import gettext_lazy as _

from integrations.abilities import Abilities, Ability, Act, Facts, Way

ABILITIES = Abilities(
    acts={
        Act.LOWER: Ability(
            Way.API,
            _("We give the client a goodwill credit over the amount and apply it to this invoice."),
        ),
        Act.WRITE_OFF: Ability(
            Way.NEAREST,
            _(
                "FreshBooks has no write-off. We give a goodwill credit over all that is owed and apply it: the invoice "
                "shows as paid by credit, and your accountant may want to book it as a bad debt."
            ),
        ),
        Act.NOTE: Ability(
            Way.API,
            _(
                "We add a line to the private notes on the client. Notes on the invoice itself would be seen by the client."
            ),
        ),
        Act.REMINDERS: Ability(
            Way.TASK,
            _("FreshBooks lets no program switch its own reminders off or on."),
            (
                _("Open the invoice in FreshBooks and choose Edit."),
                _("In Settings, beside the invoice, open Send Reminders."),
                _("Untick every reminder, or tick them again, and choose Done."),
                _("Save the invoice without sending it."),
                _("If late fees are on, set them aside in the same place."),
            ),
        ),
        Act.RECEIVE: Ability(
            Way.TASK,
            _("You enter a payment a customer made by card: we write no payments into FreshBooks."),
            (
                _("Open the invoice in FreshBooks."),
                _("Choose More actions, Add a payment, and enter the amount and the day."),
                _("Choose credit card as the method and save it without sending a receipt."),
            ),
        ),
    },
    facts=Facts(sent=True, estimates=True, credit_memos=True, reminders=False, webhooks=True, contacts=False),
)
