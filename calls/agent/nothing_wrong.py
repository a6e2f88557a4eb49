"""A clear no to ``Is there something you don't agree with?``: the whole of what was said, or all but a day to pay."""

import re
from datetime import date, timedelta

from calls.agent.dates import day_named
from calls.agent.numbers import words
from disputes.hearing import Intent, hear

_FILL = r"um|uh|oh|well|so|and|ok|okay|hi|hello|hey|bueno|pues|hmm|hm|sir|maam|senor|senora|thanks|thank you|gracias|really|please"
_YES = r"yes|yeah|si"
_NO = (
    r"no (?:problem|problems|issue|issues|complaints?)(?: at all| here| with (?:it|that|the (?:bill|invoice|work|job)))?"
    r"|no hay (?:ningun )?problema|sin problemas?|nothings? wrong|nothing is wrong|nothing to dispute"
    r"|not really|not at all|nothing at all|nothing really|nothing|no|nope|nah|negative|none|para nada|nada|ninguno|ninguna"
)
# Clear without a no. ``That is correct`` and ``I agree`` may be a yes to the question: they count only behind a no.
_FINE = (
    r"everything(?:s| is| was| looks)? (?:fine|good|great|ok|okay|right|correct|all right)"
    r"|(?:(?:its|it is|thats|that is|were|we are|im|i am)(?: all)?|its all|all) (?:fine|good|great|ok|okay)|(?:its|it is) all right"
    r"|i agree with (?:everything|the bill|the invoice)|todo (?:esta )?bien|esta todo bien|estoy de acuerdo con (?:todo|la factura)"
)
_FINE_BEHIND_A_NO = r"(?:its|it is|thats|that is|all|were|we are) (?:all )?(?:right|correct|all right)|i agree(?: with (?:it|that))?|(?:esta )?bien|estoy de acuerdo"
_CLEAR = re.compile(
    rf"^(?:(?:{_FILL}) )*(?:(?:(?:{_YES}) )?(?:{_NO})(?: (?:{_FILL}|{_NO}|(?:{_FINE}|{_FINE_BEHIND_A_NO})(?: (?:{_YES}))?))*"
    rf"|(?:{_FINE})(?: (?:{_YES}))?(?: (?:{_FILL}|{_NO}|{_FINE}))*)(?= |$)"
)
# What takes a no back, or leaves something open beside it.
_OPEN = re.compile(
    r"\b(but|except|besides|only|just|though|although|however|other than|apart from|i mean|i guess|a little|a bit|kind of|sort of|one thing|once|if"
    r"|pero|salvo|excepto|menos|solo|nomas|nada mas|aunque|un poco|o sea)\b"
)
_PAYS = frozenset({Intent.PROMISE_TO_PAY, Intent.PAY_NOW})
# ``I just want to pay``: the only thing open is how.
_WANTS_TO_PAY = re.compile(
    r"^(?:i |we |yo )?(?:(?:just|only|solo) )?(?:want to|wanna|need to|would like to|quiero|queremos) (?:pay|pagar(?:lo|la)?)"
    r"(?: (?:it|this|that|the|bill|invoice|off|in|full|now|today|online|please|la|factura|ahora|hoy|ya|por|favor))*$"
)
_BEGINS_TO_PAY = re.compile(
    r"^(?:ill|i will|im|i am|i can|let me|we|well|i get paid|pay (?:it )?now|put me down|mark me down|you(?:ll| will) have"
    r"|(?:just )?(?:please )?(?:can you )?(?:send|text|email|mail|shoot)(?: me| us)?(?: it| (?:a |the |your |that )?(?:payment )?link)"
    r"|(?:se |yo )?(?:lo|la) (?:pago|pagare|mando|envio)|pago|pagare|voy a|vamos a|(?:mande|envie|pase)(?:me)?(?: el (?:enlace|link|pago))?)\b"
)
_A_DAY = re.compile(
    rf"^(?:(?:{_FILL}|on|by|for|this|next|el|la|este|esta|proximo|proxima|para|maybe|say|lets say|how about) )*"
    r"(?:the |dia |el )?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|lunes|martes|miercoles|jueves|viernes|sabado|domingo|today|tonight|tomorrow|hoy|manana"
    r"|week|month|semana|mes|end of (?:the |this )?(?:week|month)|fin de (?:semana|mes)|\d{1,2}(?:st|nd|rd|th)?|[a-z]+(?: [a-z]+)?(?:th|first|second|third)"
    r"|(?:la )?(?:proxima )?semana(?: que viene)?|(?:january|february|march|april|may|june|july|august|september|october|november|december) \w+(?: \w+)?"
    r"|\w+ de (?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre))"
    rf"(?: (?:{_FILL}|is fine|is good|works|would work|will work|is ok|morning|afternoon|evening|esta bien))*$"
)
_SOON = timedelta(days=62)  # a day of the last weeks, said without its year, is not the one of next year


def says_nothing_is_wrong(text: str, today: date) -> bool:
    """``No``, ``no, everything is fine``, ``no, I'll pay it Friday``. ``No, but`` and ``no problem except the leak`` are no such thing."""
    rest = _after_a_no(text)
    if rest is None:
        return False
    if not rest:
        return True
    if hear(rest, asked="promise").pause:
        return False
    if _WANTS_TO_PAY.match(rest):
        return True
    return _OPEN.search(rest) is None and (_pays(rest) or _is_a_day(rest, today))


def is_nothing_but_a_no(text: str) -> bool:
    """No day, no link beside it: what was said before it is what is left to answer."""
    return _after_a_no(text) == ""


def _pays(rest: str) -> bool:
    """``I'll pay Friday``, ``send me the link``; ``Tuesday we agreed on`` begins with what was, not with what will be."""
    return _BEGINS_TO_PAY.match(rest) is not None and hear(rest, asked="promise").intent in _PAYS


def _is_a_day(rest: str, today: date) -> bool:
    """``Friday``, ``the fifteenth works``, and not a word more; ``last Friday`` and ``Monday he left`` are days of the work."""
    on = day_named(rest, today) if _A_DAY.match(rest) else None
    return on is not None and on - today <= _SOON


def objects_after_a_no(text: str) -> bool:
    """``No, nothing like that, well, the pump still leaks``: behind the no comes what is wrong."""
    rest = _after_a_no(text)
    return bool(rest) and hear(rest or "").pause


def _after_a_no(text: str) -> str | None:
    """What is left when the no is taken away; None where it does not begin with one."""
    joined = " ".join(words(text))
    clear = _CLEAR.match(joined)
    return None if clear is None else joined[clear.end() :].strip()
