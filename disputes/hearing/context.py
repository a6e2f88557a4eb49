"""What the agent's last question makes of a short answer."""

import re

from disputes.hearing.labels import Intent, Reason
from disputes.hearing.text import tokens

_FILL = r"(?:um |uh |oh |well |so |and |ok |okay |hi |hello |hey |yes |yeah |si |bueno |pues |hmm |hm |actually |no )*"
_YES = re.compile(
    rf"^{_FILL}(?:yes|yeah|yep|yup|yea|ya|si|correct|right|thats right|thats correct|sure|mhm|uh huh|mm hmm|it is|i am|you are|exactly|absolutely|indeed|of course|claro|correcto|asi es|exacto|afirmativo)"
    r"(?: (?:yes|yeah|it is|i am|you are|there is|i do|sir|maam|thats right|thats correct|correct|speaking|si|senor|senora|hay))*[ .]*$"
)
_NO = re.compile(
    rf"^{_FILL}(?:no|nope|nah|not really|no not really|no sir|no maam|negative|not at all|nothing|none|para nada|no nada|nada)"
    r"(?:[ .]+(?:no|nope|sir|maam|not really|nothing|thanks|thank you|really|its fine|its all good|thats fine|everything is (?:fine|good|ok)|everythings (?:fine|good|ok)|its good|were good|were fine|im good|gracias|todo bien|todo esta bien|senor|senora|ok|i agree|its right|its correct))*[ .]*$"
)
_ALL_FINE = (
    r"(?:everything(?:s| is| was| looks)? (?:fine|good|great|ok|okay|right|correct|all right)|(?:its|it is|thats|that is|were|we are|im|i am)?(?: all)? ?(?:fine|good|correct|right)"
    r"|all good|all is well|nothing(?:s| is)? wrong(?: with (?:it|that|the (?:bill|invoice|work)))?|no complaints?|no problems?|no issues?|i (?:dont )?(?:have )?no (?:complaints|problems|issues)"
    r"|i agree(?: with (?:it|that|everything|all of it|the (?:bill|invoice)))?|(?:todo )?(?:esta )?(?:todo )?bien|no hay (?:ningun )?problema|de acuerdo|esta correcto)"
)
_TAIL = r"(?:no|nope|sir|maam|thanks|thank you|really|honestly|gracias|senor|senora|ok|okay|here|with (?:it|that|me|everything|the (?:bill|invoice))|con (?:eso|la factura))"
# What may follow without taking any of it back: that it will be paid. A condition (``once it is fixed``) takes it back.
_WILL_PAY = r"(?:(?:and|so|just|i just|pero|y) )*(?:ill|i will|im going to|im gonna|we will|well|let me|i can|lo|la|voy a) (?:\w+ )?(?:pay|send|mail|take care|get|pago|pagar)\b(?!.*\b(?:but|except|when|once|if|unless|after|until|till|half|part|less|cuando|si|hasta|pero|menos)\b)(?!.* # (?:you|it|its|they|he|she|that|this|the|everything)\b).*"
_FINE = re.compile(
    rf"^{_FILL}(?:(?:no|nope|nah|not really|not at all|nada)[ .]+)*{_ALL_FINE}(?:[ .]+(?:{_ALL_FINE}|{_TAIL}))*(?:[ .]+{_WILL_PAY})?[ .]*$"
)
_SPEAKING = r"(?<!who is )(?<!whos )(?<!who am i )(?<!am i )(?<!are you )(?<!who are you )speaking(?! (?:for|to|with|of|on|up|about|as|spanish|english|ingles|espanol)\b)"
_IT_IS_ME = re.compile(
    rf"\b(?:{_SPEAKING}|this is (?:he|she|him|her|me)(?! \w+s)(?: speaking)?(?=[ .]*$|[ .]+(?:speaking|how|who|whos|what|whats|yes|can|may)\b)|thats me|its me|you got (?:him|her|me)|youre talking to (?:him|her)|im (?:him|her)|soy yo|(?:el|ella) habla|habla (?:el|ella)|yo soy|con (?:el|ella) habla|a sus ordenes)\b"
)
# ``This is Ida``, ``this is ridiculous``: hearing knows no names. It is no dispute, and whose name it is others compare.
_INTRODUCES = re.compile(
    rf"^{_FILL}(?:this is|soy|le habla|habla|its me|my name is|me llamo) \w+(?: \w+)?(?: speaking| here)?[ .]*$"
)
# A ``not`` or a ``wrong`` that says nothing of who is speaking: after a yes, in a question, or of something else.
_NOT_ABOUT_A_NAME = re.compile(
    r"^(?:um |uh |oh |well |so |ok |okay |hi |hello |hey |and |but |no )*(?:(?:yes|yeah|yep|yup|si)\b|(?:what|whats|why|how|is|isnt|arent|are|did|didnt|do|dont|does|doesnt|can|cant|whos|who)\b)"
    r"|\bnot (?:a problem|sure|certain|now|yet|right now|at the moment|today|interested|that i know|again|bad|good|a good|the best|much|too|going|gonna|giving|telling|sharing|comfortable|allowed)\b"
)
_NOT_ME = re.compile(r"\b(?:not|isnt|aint|no soy|no es|wrong|not (?:my|the right) (?:name|person))\b")
# A no to a name and to nothing else.
_NOT_THE_NAME = re.compile(
    r"\b(?:not|isnt|aint) (?:me|her|him|she|he|them|my name|her name|his name|here|in|home|around|available|that person|the (?:right )?(?:person|one|name|guy|lady))\b"
    r"|\bwrong (?:person|name|guy|lady|man|woman|house|home|party|place)\b|\bno soy\b|\bno es (?:aqui|ella|el|mi nombre|la persona)\b"
    rf"|^{_FILL}(?:this|that|thats|its|it)(?: is)? (?:wrong|not right|not correct|not true|incorrect)[ .]*$"
)
# Whoever says one of these speaks of a bill, though nobody has named it yet.
_OF_A_BILL = re.compile(
    r"\b(?:owe[sd]?|owing|pay|pays|paid|paying|payment|bill|bills|billed|invoice|invoices|debt|debts|charge|charges|charged|account|balance|money|collect\w*|amount|price|cost"
    r"|stole|stolen|theft|thief|fraud\w*|scam\w*|forged|ex|order|ordered|hired|signed|authorized|work|job|fix|fixed|finished|dispute\w*"
    r"|deb[eo]|pag\w+|cuenta|factura|deuda|cobr\w+|dinero|robo|robaron|robada|fraude|pedi|trabajo|mine|ours|mio|mia)\b"
)

# Impatience, a question back, words to be said again: while it is open who is speaking, no objection to a bill nobody has named.
_SMALL_TALK = re.compile(
    r"^(?:(?:um|uh|oh|well|so|and|but|ok|okay|hi|hello|hey|yes|yeah|si|no|nope|wait|look|listen|sorry|please|again|really|seriously|jesus|come on|what|huh|pardon|pardon me|excuse me|why|how come|what for|que|como|por que|para que|mande"
    r"|(?:(?:he|she|they) (?:says?|said) )?(?:its )?#|(?:like )?i (?:just |already )+(?:said|told you|gave (?:it|that) to you)(?: (?:that|it|so|who i am|my name|my zip|my address|what it is))?|i (?:just )?told you (?:who i am|my name|my zip(?: code)?|my address)|i said (?:that|it|so|yes|no|my name|who i am)"
    r"|i (?:didnt|did not|couldnt|cant|could not) (?:catch|hear|get|understand) (?:you|that|it|what you said|a word)|(?:say|come) (?:that |it )?again|(?:can|could) you (?:say|repeat) that"
    r"|(?:you|yall|you guys) should (?:already |all )?(?:have|know) (?:that|it|this|my \w+)(?: on file| already| there)?|(?:isnt|its|it is) (?:it |that )?(?:already )?in (?:your|the) (?:file|files|system|records|computer)"
    r"|i (?:dont|do not|wont) (?:give|share|tell|say)(?: you)? (?:that|it|this)(?: out)?(?: over the phone| on the phone)?|i dont give out (?:that|it|this|my \w+)"
    r"|what (?:happened|is it|is this|is going on|is wrong|did i do)|whats (?:wrong|going on|happening|up|this|it)|que (?:paso|pasa)|ya (?:le|se lo|te lo) dije(?: quien soy| mi nombre)?|no (?:le )?(?:entendi|escuche|oi))[ .?!]*)+$"
)
_WONDERS = re.compile(
    r"\b(?:check|see|find out|ask|look|make sure|not sure|dont know|wonder\w*)\b(?: \w+){0,4} (?:whether|if)\b(?: \w+){0,6} "
    r"(?:really|actually|even|ever)\b(?: \w+){0,3} (?:finished|done|fixed|working|right|delivered|included|installed|came|ordered)\b"
)

SHORT_ANSWER = 7  # words
VAGUE_ABOUT_A_NAME = frozenset({Reason.OTHER_VAGUE, Reason.IDENTITY, Reason.AMOUNT})


def wonders(words: str) -> bool:
    """Whether the work was really done is in question: reason enough to ask, not to freeze."""
    return _WONDERS.search(words) is not None


def is_yes(words: str) -> bool:
    return _YES.match(words) is not None


def is_no(words: str) -> bool:
    return _NO.match(words) is not None


def denies_a_name(text: str) -> bool:
    """``That's not me``, ``wrong person``; of words as they were said."""
    return _NOT_THE_NAME.search(" ".join(tokens(text))) is not None


def is_bare_no(text: str) -> bool:
    """A no, in any of its forms, and nothing else; of words as they were said."""
    return is_no(" ".join(tokens(text)))


def all_is_fine(words: str) -> bool:
    """The whole of what was said is that nothing is wrong. ``It's fine, but the hours`` is not."""
    return _FINE.match(words) is not None or is_no(words)


def only_about_a_name(words: str, *, sure: bool) -> bool:
    """A short answer to ``am I speaking with ...?`` that is about who is speaking and nothing else.

    ``sure``: a phrase that is nearly always a dispute was found in it; then only a no to the name itself is taken for one.
    """
    if _SMALL_TALK.match(words):
        return True
    if len(words.split()) > SHORT_ANSWER or _OF_A_BILL.search(words):
        return False
    answer = about_identity(words)
    if answer is Intent.CONFIRM_IDENTITY_NO:
        return not sure or is_no(words) or _NOT_THE_NAME.search(words) is not None
    if answer is Intent.CONFIRM_IDENTITY_YES or introduces(words):
        return True
    return not sure and _NOT_ME.search(words) is not None  # ``What's wrong?``: no answer, and no objection


def is_of_a_bill(word: str) -> bool:
    """``Price``, ``bill``: a word of bills, though it may be a name."""
    return _OF_A_BILL.fullmatch(word) is not None


def introduces(words: str) -> bool:
    """``This is Ida``: somebody gives a name of himself, or something in its place."""
    return _INTRODUCES.match(words) is not None


def about_identity(words: str) -> Intent | None:
    """A short answer while it is still open who is speaking."""
    if is_yes(words) or (_IT_IS_ME.search(words) and not re.search(r"\b(?:not|isnt|no|wrong)\b", words)):
        return Intent.CONFIRM_IDENTITY_YES
    if is_no(words):
        return Intent.CONFIRM_IDENTITY_NO
    if len(words.split()) > SHORT_ANSWER or "number" in words or "numero" in words:
        return None
    if _NOT_THE_NAME.search(words) or (_NOT_ME.search(words) and not _NOT_ABOUT_A_NAME.search(words)):
        return Intent.CONFIRM_IDENTITY_NO
    return None
