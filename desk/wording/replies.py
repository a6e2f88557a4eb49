"""Words for mail and texts that came in."""

from django.utils.translation import gettext as _

from disputes.mail_models import InboundMail
from syntharra.templatetags.syntharra import phone


def title_of(row: InboundMail) -> str:
    """``Harbor Cafe wrote back``; of a forwarded one, who forwarded it."""
    if row.kind == InboundMail.Kind.FORWARD:
        return _("%(sender)s forwarded a complaint") % {"sender": row.sender or _("Somebody")}
    if row.channel == InboundMail.Channel.SMS:
        if row.customer is None:
            return _("Somebody texted you: %(number)s") % {"number": phone(row.sender)}
        return _("%(customer)s texted back") % {"customer": row.customer}
    return _("%(customer)s wrote back") % {"customer": row.customer}


def heard_words(row: InboundMail) -> str:
    """What we made of it, and what followed."""
    match row.outcome:
        case "dispute":
            return _("They disagree: collecting on what it names has stopped.")
        case "thread":
            return _("It stands on the thread of their dispute.")
        case "stopped":
            return _("They asked for a stop, or said something the law stops us for. It binds already; please read it.")
        case "already_paid":
            return _("They say it is paid: it is paused until somebody has looked in the books.")
        case "promise":
            return _("They say they will pay: nobody asks them for a week.")
        case "to_choose":
            return _("We could not tell which invoice it is about. Nothing is frozen yet.")
        case "help":
            return _("They asked who texts them, and were told.")
        case "resumed":
            return _("They want your texts again. Calls stay stopped until they ask for those.")
        case "nothing":
            return _("It stops nothing.")
    if row.customer_id is None and row.channel == InboundMail.Channel.SMS:
        return _("We cannot tell whose number this is. Nothing was said of anybody.")
    return _("We could not tell what it means. Nobody asks them for money until you say.")
