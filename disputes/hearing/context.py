"""What the agent's last question makes of a short answer."""

import re

from disputes.hearing.labels import Intent, Reason

_FILL = r"(?:um |uh |oh |well |so |and |ok |okay |hi |hello |hey |yes |yeah |si |bueno |pues |hmm |hm |actually |no )*"
_YES = re.compile(
    rf"^{_FILL}(?:yes|yeah|yep|yup|yea|ya|si|correct|right|thats right|thats correct|sure|mhm|uh huh|mm hmm|it is|i am|you are|exactly|absolutely|of course|claro|correcto|asi es|exacto|afirmativo)"
    r"(?: (?:yes|yeah|it is|i am|you are|there is|i do|sir|maam|thats right|thats correct|correct|speaking|si|senor|senora|hay))*[ .]*$"
)
_NO = re.compile(
    rf"^{_FILL}(?:no|nope|nah|not really|no not really|no sir|no maam|negative|not at all|nothing|none|para nada|no nada|nada)"
    r"(?: (?:no|sir|maam|not really|nothing|thanks|thank you|really|its fine|its all good|thats fine|everything is (?:fine|good|ok)|everythings (?:fine|good|ok)|its good|were good|were fine|im good|gracias|todo bien|todo esta bien|senor|senora|ok|i agree|its right|its correct))*[ .]*$"
)
_FINE = re.compile(
    r"\b(?:everything(?:s| is| was| looks)? (?:fine|good|great|ok|okay|right|correct|all right)|(?:its|it is|thats) (?:all )?(?:fine|good|correct|right)|all good|nothing wrong|no complaints|todo (?:esta )?bien)\b"
)
_IT_IS_ME = re.compile(
    r"\b(?:speaking|this is (?:he|she|him|her|me|(?!(?:an?|the|my|our|his|her|no|not)\b)\w+)(?: \w+)?|thats me|its me|you got (?:him|her|me)|youre talking to (?:him|her)|im (?:him|her)|soy yo|(?:el|ella) habla|habla (?:el|ella)|yo soy|con (?:el|ella) habla|a sus ordenes)\b"
)
_NOT_ME = re.compile(r"\b(?:not|isnt|aint|no soy|no es|wrong|not (?:my|the right) (?:name|person))\b")

_WONDERS = re.compile(
    r"\b(?:check|see|find out|ask|look|make sure|not sure|dont know|wonder\w*)\b(?: \w+){0,4} (?:whether|if)\b(?: \w+){0,6} "
    r"(?:really|actually|even|ever)\b(?: \w+){0,3} (?:finished|done|fixed|working|right|delivered|included|installed|came|ordered)\b"
)

VAGUE_ABOUT_A_NAME = frozenset({Reason.OTHER_VAGUE, Reason.IDENTITY, Reason.AMOUNT})


def wonders(words: str) -> bool:
    """Whether the work was really done is in question: reason enough to ask, not to freeze."""
    return _WONDERS.search(words) is not None


def is_yes(words: str) -> bool:
    return _YES.match(words) is not None


def is_no(words: str) -> bool:
    return _NO.match(words) is not None


def all_is_fine(words: str) -> bool:
    return _FINE.search(words) is not None or is_no(words)


def about_identity(words: str) -> Intent | None:
    """A short answer while it is still open who is speaking."""
    if is_yes(words) or (_IT_IS_ME.search(words) and not re.search(r"\b(?:not|isnt|no|wrong)\b", words)):
        return Intent.CONFIRM_IDENTITY_YES
    if is_no(words):
        return Intent.CONFIRM_IDENTITY_NO
    if _NOT_ME.search(words) and len(words.split()) <= 7 and "number" not in words and "numero" not in words:
        return Intent.CONFIRM_IDENTITY_NO
    return None
