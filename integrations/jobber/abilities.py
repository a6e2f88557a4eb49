"""What can be written into Jobber, and what the owner does there himself."""

from django.utils.translation import gettext_lazy as _

from integrations.abilities import Abilities, Ability, Act, Facts, Way

ABILITIES = Abilities(
    acts={
        Act.LOWER: Ability(
            Way.NEAREST,
            _(
                "Jobber has no credit notes. We raise the invoice's discount until exactly this much less is owed; tax "
                "falls with it where Jobber taxes after the discount. A discount in percent becomes a fixed one. Your "
                "client sees the discount on the invoice."
            ),
        ),
        Act.WRITE_OFF: Ability(
            Way.API,
            _("We close the invoice as a bad debt. You can undo that in Jobber, in the invoice's menu."),
        ),
        Act.NOTE: Ability(
            Way.API,
            _("We pin a note to the invoice. Only your own team sees it, never the client."),
        ),
        Act.REMINDERS: Ability(
            Way.TASK,
            _("Jobber lets no program turn its invoice follow-ups off or on. You do it for this client yourself."),
            (
                _("Open the client in Jobber and choose Edit."),
                _("Open the client's settings for automated notifications."),
                _("Turn Invoice follow-ups off (or on again) and save the client."),
            ),
        ),
        Act.RECEIVE: Ability(
            Way.TASK,
            _("You enter a payment a customer made by card: we write no payments into Jobber."),
            (
                _("Open the invoice in Jobber."),
                _("Choose Collect payment, then enter the amount and the day."),
                _("Choose Other as the method and save it."),
            ),
        ),
    },
    facts=Facts(sent=False, estimates=False, credit_memos=False, reminders=True, webhooks=True, contacts=True),
)
