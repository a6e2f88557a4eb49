"""A spreadsheet can have nothing written into it: everything is the owner's to do where he keeps his books."""

from django.utils.translation import gettext_lazy as _

from integrations.abilities import Abilities, Ability, Act, Facts, Way

_AGAIN = _("Bring in a new file afterwards, so that we see it.")

ABILITIES = Abilities(
    acts={
        Act.LOWER: Ability(
            Way.TASK,
            _("Your books came as a file, so we cannot write a credit into them."),
            (_("Write the credit where you keep your books."), _AGAIN),
        ),
        Act.WRITE_OFF: Ability(
            Way.TASK,
            _("Your books came as a file, so we cannot write anything off in them."),
            (_("Write it off where you keep your books."), _AGAIN),
        ),
        Act.NOTE: Ability(
            Way.TASK,
            _("Your books came as a file, so we cannot leave a note in them."),
            (_("Write the note where you keep your books."),),
        ),
        Act.REMINDERS: Ability(
            Way.TASK,
            _("We do not know whether your own program sends reminders."),
            (_("If it does, turn them off for this invoice while the question is open."),),
        ),
        Act.RECEIVE: Ability(
            Way.TASK,
            _("Your books came as a file, so we cannot enter a payment in them."),
            (_("Enter the payment where you keep your books."), _AGAIN),
        ),
    },
    facts=Facts(webhooks=False, credit_memos=False),
)
