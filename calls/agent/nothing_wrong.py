"""A clear no to ``Is there something you don't agree with?``: the whole of what was said, or all but a day to pay."""

import re
from datetime import date

from calls.agent.dates import day_named
from calls.agent.numbers import words
from disputes.hearing import Intent, hear

_FILL = r"um|uh|oh|well|so|and|ok|okay|hi|hello|hey|yes|yeah|si|bueno|pues|hmm|hm|sir|maam|senor|senora|thanks|thank you|gracias|really|please"
_NO = (
    r"no (?:problem|problems|issue|issues|complaints?)(?: at all| here| with (?:it|that|the (?:bill|invoice|work|job)))?"
    r"|no hay (?:ningun )?problema|sin problemas?|nothings? wrong|nothing is wrong|nothing to dispute"
    r"|not really|not at all|nothing at all|nothing really|nothing|no|nope|nah|negative|none|para nada|nada|ninguno|ninguna"
)
_FINE = (
    r"(?:everything(?:s| is| was| looks)?|(?:its|it is|thats|that is|were|we are|im|i am)(?: all)?|its all|all)"
    r" (?:fine|good|great|ok|okay|right|correct|all right)|i agree(?: with (?:it|that|everything|the bill|the invoice))?"
    r"|(?:todo )?(?:esta )?(?:todo )?bien|estoy de acuerdo"
)
_CLEAR = re.compile(rf"^(?:(?:{_FILL}) )*(?:{_NO}|{_FINE})(?: (?:{_FILL}|{_NO}|{_FINE}))*(?= |$)")
# What takes a no back, or leaves something open beside it.
_OPEN = re.compile(
    r"\b(but|except|besides|only|just|though|although|however|other than|apart from|i mean|i guess|a little|a bit|kind of|sort of|one thing|once|if"
    r"|pero|salvo|excepto|menos|solo|nomas|nada mas|aunque|un poco|o sea)\b"
)
_PAYS = frozenset({Intent.PROMISE_TO_PAY, Intent.PAY_NOW})


def says_nothing_is_wrong(text: str, today: date) -> bool:
    """``No``, ``no, everything is fine``, ``no, I'll pay it Friday``. ``No, but`` and ``no problem except the leak`` are no such thing."""
    rest = _after_a_no(text)
    if rest is None or _OPEN.search(rest):
        return False
    if not rest:
        return True
    heard = hear(rest, asked="promise")
    if heard.pause:
        return False
    return heard.intent in _PAYS or (day_named(rest, today) is not None and len(rest.split()) <= 4)


def objects_after_a_no(text: str) -> bool:
    """``No, nothing like that, well, the pump still leaks``: behind the no comes what is wrong."""
    rest = _after_a_no(text)
    return bool(rest) and hear(rest or "").pause


def _after_a_no(text: str) -> str | None:
    """What is left when the no is taken away; None where it does not begin with one."""
    joined = " ".join(words(text))
    clear = _CLEAR.match(joined)
    return None if clear is None else joined[clear.end() :].strip()
