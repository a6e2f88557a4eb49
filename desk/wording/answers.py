"""Words to start from when a member answers a customer who disagrees: his to change before he sends them. No demand in any."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from disputes.track_models import Specification

Kind = Specification.Kind

ANYWAY: dict[str, tuple[Any, Any]] = {
    "thanks": (
        _("We are looking into it"),
        _(
            "Thank you for telling us. I have your question in front of me, and I am looking into it myself."
            " You hear from me by [day]. Until then nobody asks you for anything."
        ),
    ),
    "talk": (
        _("May I call you?"),
        _(
            "I would like to understand this properly. When is a good time to talk for five minutes, and on which"
            " number? If you would rather write, that is just as good: an answer to this letter reaches me."
        ),
    ),
}
OF_A_KIND: dict[str, tuple[Any, Any]] = {
    Kind.SCOPE: (
        _("What was agreed, and by whom"),
        _(
            "You say that [this work] was not agreed. Our record shows that [name] said yes to it on [day]; I attach"
            " it. If that is not how you remember it, tell me, and we sort it out."
        ),
    ),
    Kind.AMOUNT: (
        _("How the bill adds up"),
        _(
            "This is how it adds up: [hours or quantity] at [price], and [tax]. The estimate of [day] said [amount];"
            " the difference is [reason]. Which of these looks wrong to you?"
        ),
    ),
    Kind.QUALITY: (
        _("Somebody comes and looks"),
        _(
            "I am sorry that it is not right. [Name] can come on [day] at [time] and look at it, free of charge."
            " Does that suit you? A photo in the meantime helps us bring the right parts."
        ),
    ),
    Kind.TERMS: (
        _("What both sides signed"),
        _(
            "I looked up what we both signed, and attach the page. It says [terms]. If you were told something else,"
            " tell me by whom and when, and I follow it up."
        ),
    ),
    Kind.DUPLICATE: (
        _("Billed twice, or credited already"),
        _(
            "I compared the two bills. [They are the same job, and one of them is taken back / They are two jobs:"
            " one on [day] for [work], one on [day] for [work].] I attach both, so that you can see it."
        ),
    ),
    Kind.NOT_RECEIVED: (
        _("Who was there, and when"),
        _(
            "Our day sheet says that [name] was there on [day] from [time] to [time], and that [name] opened the door."
            " I attach it. Could somebody else have been at home?"
        ),
    ),
    Kind.IDENTITY: (
        _("Whose bill it is"),
        _(
            "Thank you for telling us that this is not yours. The work was ordered by [name] for [address]."
            " If you know who is in charge there, I would be glad of a hint; if not, we find out ourselves."
        ),
    ),
    Kind.PAID: (
        _("We are looking for your payment"),
        _(
            "Thank you for telling us. We are looking for it in our books. The date, the check number or a photo of"
            " the confirmation would help us find it sooner."
        ),
    ),
    Kind.OTHER: (
        _("What would put it right?"),
        _("I would like to put this right. What exactly is wrong, and what would you like us to do about it?"),
    ),
}


def answers_for(kind: str, reason: str) -> dict[str, tuple[str, str]]:
    """By a short name: the title and the words, that of the kind first."""
    chosen = kind or reason
    own = chosen if chosen in OF_A_KIND else Kind.OTHER
    return {name: (str(title), str(words)) for name, (title, words) in {own: OF_A_KIND[own], **ANYWAY}.items()}
