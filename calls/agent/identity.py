"""Is this the right person? Everything somebody says of who is speaking: a yes, a name, a relative, a front desk, a new voice.

In doubt it is nobody: then nothing is said of the bill, and the name is asked for once more.
"""

import re
from functools import lru_cache

from calls.agent.address import only_gives_a_fact, words_beside
from calls.agent.facts import Brief
from calls.agent.introductions import WITH_A_YES, introduction, is_another_after_yes, speaks_about, without_own_name
from calls.agent.names import RELATIONS, is_first_name, is_possessive, is_short, on_file
from calls.agent.numbers import words
from disputes.hearing.context import is_of_a_bill

_NEAR = "|".join(sorted(RELATIONS | {"in law"}))
_RELATIVE = re.compile(
    r"\b(this is|im|i am|its|soy|habla|speaking) (her|his|their|the|el|la|su|just|only|just her|just his|just the|ms \w+s|mr \w+s|\w+s)? ?"
    rf"({_NEAR})\b"
)
# ``She is my wife``, ``her daughter``, ``wife of Ida``, ``speaking for her``: whoever says so is somebody else.
_SOMEBODY_ELSE = re.compile(
    rf"\b(shes|hes|she is|he is|thats|that is|es|ella es|el es) (my|mi) ({_NEAR})\b|\b(her|his|their) ({_NEAR})\b|\b({_NEAR}) (of|de) \w+"
    r"|\b(speaking|answering|talking|here|calling) (for|on behalf of) (her|him|them|my|mr|mrs|ms)\b|\bon (her|his|their) behalf\b"
    r"|\bpower of attorney\b|\ba nombre de\b|\bde parte de (ella|el)\b"
)
# Whoever speaks of her as ``she``: where she is, where she lives, what her ZIP code is.
_ABOUT_THEM = re.compile(
    r"\b(she|he|they)s? (is |are |just )?(not|isnt|arent|aint) (here|home|in|around|available|at home|with me|able)\b|\b(she|he|they)s? (is |are )?(out|away|gone|asleep|at work)\b"
    r"|\b(she|he|they) (lives?|stepped|went|moved|left (for|the|to|already|early)|gave me|handed me|passed me|told me to|asked me to|cant come|doesnt live|dont live)\b"
    r"|\b(her|his|their) (zip|address|street|house|home|place|phone|cell|number|code|postal)\b"
    r"|\b(ella|el) (no esta|vive|salio|trabaja|fue|no vive|no se encuentra)\b|\bno se encuentra\b|\bsu (codigo|direccion|calle|casa|telefono|celular) (es|esta)\b"
    r"|\bsalio\b|\bno esta (en casa|aqui|ahorita|ahora)\b"
)
_ROLES = (
    r"(cleaner|cleaning lady|maid|housekeeper|gardener|landscaper|plumber|contractor|tenant|renter|guest|visitor|house ?sitter|dog ?sitter|sitter"
    r"|babysitter|nanny|janitor|caretaker|caregiver|neighbor|landlord|landlady|new owner|receptionist|secretary|assistant|temp|intern|operator|answering service"
    r"|limpiadora|empleada|muchacha|jardinero|inquilin[oa]|visita|ninera|vecin[oa]|recepcionista|secretari[oa])"
)
_IN_A_ROLE = re.compile(
    rf"\b(im|i am|soy|this is|its) (just |only |solo |nada mas )*(the |a |an |her |his |their |el |la |un |una |su )?{_ROLES}\b"
    r"|\b(im|i am) (just )?(visiting|house ?sitting|babysitting|watching (the|her|his))\b"
    r"|\b(her|his|their|wrong) phone\b"
)
_NOT_ME = re.compile(
    r"\b(im|i am|this is|its|thats|that is|it is) (not|no) (her|him|she|he|me|them|the (right )?(person|one))\b|\b(isnt|aint) (her|him|me|she|he)\b"
    r"|^(no )*not (me|her|him|she|he)\b|\byou (dont|didnt) have (her|him)\b|\bno soy (yo|ella|el|esa|ese|la persona)\b|\bno es (ella|el)\b|\b(im|i am) somebody else\b"
)
# ``Her`` with nothing behind it that she could have: ``you're talking to her``, and not to her lawyer.
_HERSELF = (
    r"(her|him)(?= (speaking|how|who|whos|what|whats|yes|can|may|go|i|im|here|this|hi|hello|why|again|now|is this)\b|$)"
)
_IT_IS_ME = re.compile(
    r"\b(soy yo|yo soy|yo mism[oa]|con (el|ella|la misma|el mismo) habla|(el|ella) habla|habla (el|ella|la misma|el mismo)|a sus ordenes|a la orden"
    rf"|(esta|usted esta) hablando con (el|ella|la misma|el mismo)|(el|ella) mism[oa]|this is (she|he|me|myself)|(its|it is|that is|thats) (she|he)|(its|it is|thats|that is|that would be|that will be|thatd be) me|(im|i am) (she|he|{_HERSELF})"
    rf"|you(ve| have)? (got|found|reached) (me|{_HERSELF})|(youre|you are) (speaking|talking) (to|with) (me|{_HERSELF})|in the flesh)\b"
    rf"|\bthis is {_HERSELF}|^(si |yes )*con (el|ella|la misma|el mismo)$|^(si |yes )*(la misma|el mismo|presente|servidora?)$"
)
# Somebody else is spoken of: ``yes, I'll tell her``, ``sí, aquí vive``.
_A_THIRD = re.compile(
    r"\b(she|he|her|him|hers|his|they|them|their|theirs|shes|hes|theyre|shell|shed|herself|himself|both|us|we are|owner|house|household|residence|ella|ellas|ellos"
    r"|le (digo|aviso|doy|dire|pregunto|comento|llamo|hablo)|(la|lo|le) paso|(?<!como )esta(?! bien| es)|vive|viven|trabaja|salio|viene|llega|duerme|anda)\b"
)
# Small questions that belong to a yes: who calls, from where, for what.
_ASKS_WHO = re.compile(
    r"\b(who|whos|what|whats|where|wheres) (company )?((is|are|was) )?((this|it|you|that|the call|calling) )*(for|from|with|about|regarding)\b|\b(what|how) can i (do|help)( you)?( for| with)?( you)?\b|\bwhat for\b|\b(and |so )?why( (are|were|did) you call(ing)?)?( me)?\b"
    r"|\bhow are you\b|\b(can you|i can) hear (me|you)\b|\bis (everything|something|anything|this|it) (ok|okay|alright|wrong|important|urgent|about (the|my|our|an?) \w+)\b"
    r"|\bdid something happen\b|\bgood (morning|afternoon|evening)\b|\b(im|i am) listening\b|\bstill here\b|\bmake it quick\b|\bquickly\b|\bis this the (plumber|electrician|contractor|office)\b"
)
_THEIR_FACT = re.compile(
    rf"\b(codigo|zip|calle|direccion|casa)( postal)? de (ella|el|mi ({_NEAR})|la senora|ellos)\b|"
    rf"\b({_NEAR})s (zip|address|street|house|home|place|postal|code)\b|\b(she|he|they|ella|my ({_NEAR})|mi ({_NEAR})) (says?|said|told|is telling|dice|dijo)\b"
)
_DENIED = re.compile(r"\b(not|isnt|aint|no soy|no es|nunca)\b")
_DENYING_A_NAME = re.compile(
    r"\b(not|isnt|aint|out|away|no|wife|husband|son|daughter|mother|assistant|left|esposa|esposo|hija|hijo)\b"
)
# ``Speaking``, as an answer; never ``who is speaking``, ``speaking for her``.
_SPEAKING = re.compile(
    r"^((yes|yeah|yep|si|hi|hello|hey|good|morning|afternoon|uh|um|oh|well|ok|okay|this|is|its|it|she|he|her|him|accounts|payable) )*"
    r"speaking(?! (for|to|with|of|on|up|about|as|spanish|english|espanol|ingles))\b"
)
_HANDLES = re.compile(
    r"\bi (do|handle|pay|take care of|do all|can pay|can handle|manage) (handle |pay |all |of )?(the |that |all |our |their )?(bills|billing|books|bookkeeping|payables|accounts payable|invoices|payments)"
    r"|\bi (do|handle|pay|take care of) (all )?(that|it|those)\b|\b(this is|its) (the )?(accounts payable|accounting|ap|billing|bookkeeping|payables)( department| dept| desk)?\b"
    r"|\bthis is \w+( \w+)? (in|from|with) (the )?(accounts payable|accounting|ap|billing|payables)\b|\bi (do|keep|run) (the |our )?(books|office|accounts)|\bin charge of (the )?(bills|payables|accounts|billing)"
    r"|\b(im|i am|this is) (the |our )?(\w+ )?(owner|bookkeeper|office manager|controller|accountant|cfo|treasurer)\b|\b(im|i am|this is) the manager\b|\baccounts payable speaking"
    r"|\b(yo (me encargo|llevo|pago)|soy (el dueno|la duena|la contadora|el contador))\b"
)
# ``Accounts payable, this is Jenny``: how that desk answers its telephone.
_GREETING = (
    r"(?:hi|hello|hey|good morning|good afternoon|good evening|thank you for calling|thanks for calling|yes|yeah)"
)
_PAYABLES_ANSWERS = re.compile(
    rf"^(?:{_GREETING} )*(?:this is )?(?:accounts payable|ap|payables|accounting|bookkeeping|billing)(?: department| dept| desk| office)?"
    rf"(?: (?:{_GREETING}|(?!this is the )this is \w+(?: \w+)?|\w+ speaking|speaking|here|how (?:can|may) i help(?: you)?|(?:can|may) i help you))*$"
)
_CLAUSES = re.compile(r"(?i)[,.;!?]|\b(?:but|because|so)\b")
_I_AFTER_THEM = re.compile(
    r"(?i)\b(in|here|out|away|available|around|today|home|left|me|him|her) (?=i (?:do|handle|pay|take|keep|run|can|manage)\b)"
)
_INTRODUCING = frozenset(
    {
        "my",
        "name",
        "names",
        "still",
        "again",
        "youre",
        "youve",
        "you",
        "are",
        "got",
        "have",
        "found",
        "talking",
        "to",
        "with",
        "habla",
        "le",
        "con",
        "me",
        "llamo",
        "aqui",
    }
)
_OBJECTS = re.compile(r"\b(not|no|never|wrong|dont|didnt|isnt|wasnt|aint|nunca|mal|equivocad[oa])\b")
_NO_PAYABLES = re.compile(r"\b(not|dont|isnt|doesnt|who|nobody|no one|cant|wont)\b")
_DESK = re.compile(
    r"\b(receptionist|front desk|reception|switchboard|answering service|recepcion|recepcionista|operator|temp|intern|security|warehouse|dispatch)\b"
)
_AT_YOUR_SERVICE = re.compile(
    r"\b(how|what) (can|may) (i|we) (help|direct|do|get)\b|\bhelp you\b|\bdirect your call\b|\ben que (le |lo |la )?(puedo|podemos) (ayudar|servir)\b|\bthank you for calling\b|\bgracias por llamar\b"
)
# Whoever comes back after ``hold on`` and was the right person before it: the whole of what is said.
_COMES_BACK = re.compile(
    r"^(?P<yes>(yes|yeah|yep|yup|ok|okay|all right|alright|si|bueno) )*((hi|hello|hey|hola|um|uh|so|well|sorry|sorry about that|sorry for that|thanks for (waiting|holding)"
    r"|thank you for (waiting|holding)|perdon|disculpe|gracias por esperar|yes|yeah|ok|okay) )*"
    r"(((its|it is|this is|yes) )?(just )?(still )?(only )?me|(im|i am) back|back|soy yo|(todavia|sigo siendo|sigo) (soy )?yo|yo otra vez|ya (estoy (aqui|de vuelta)|regrese|volvi)"
    r"|still here|(im|i am) still here|sigo aqui|(?(yes)((im|i am) here|aqui estoy|estoy aqui)|(?!)))( (again|now|here|speaking|sorry|otra vez|de nuevo|go ahead|diga|digame|where were we))*$"
)
_YES = re.compile(
    r"^((um|uh|oh|well|so|and|ok|okay|all right|alright|fine|hi|hello|hey|bueno|pues|hola|mm) )*(yes|yeah|yep|yup|yea|ya|si|correct|right|sure|exactly|absolutely|of course|claro|correcto|exacto"
    r"|asi es|es correcto|uh huh|mm hmm|mhm|aja|aha|it is|i am|i do|you are|we do|(thats|that is) (right|correct))\b"
)
_PUTS_ON = re.compile(
    rf"\b(want|wants|wanted|would like|needs|need|wanna|going) to (talk|speak) (to|with) you\b|\b({_NEAR}) (wants|would like|is going|will) (to )?(talk|speak)\b"
    rf"|\b(here|you can|can you|please|just) (talk|speak) (to|with) (my|her|his|the) ({_NEAR})\b|\b(talk|speak) (to|with) my ({_NEAR}) here\b"
    rf"|\b(let me|ill|i will|im going to|gonna|im|hold on|wait|can i|ill go|let me go|go) (just )?(go )?(get|getting|grab|put|putting|bring|fetch|give|giving|hand|handing|pass|passing) "
    rf"((you|the phone|it|this) )?((over )?to )?(her|him|them|my ({_NEAR})|the ({_NEAR}))\b"
    rf"|\b(put|putting) (my|her|his) ({_NEAR}) on\b|\bput (her|him) on\b|\b(here is|heres|here comes) (my ({_NEAR})|her|him)\b"
    r"|\btransfer\w* you\b|\b(connect|patch)\w* you\b"
    rf"|\b(se (lo|la)|le|te) (paso|comunico)\b|\bquiere hablar con (usted|ustedes|ud|contigo)\b|\ble quiere hablar\b|\bquiere hablarle\b|\b(hable|hablale) con mi ({_NEAR})\b|\b(aqui|ahi) (esta|le va|te va) mi ({_NEAR})\b"
)
_IT_IS_SOMEBODY = re.compile(
    r"^(?:(?:yes|yeah|yep|yup|yo|hello|hi|hey|hola|no|um|uh|si|bueno) )+(?:its|it is|es) (\w+)(?: (?:what|whats|who|whos|how|why|here|speaking|again|can|may|que|quien)\b|$)"
)
# How a front desk answers, and nothing else; a warehouse that is spoken of answers nothing.
_FRONT_DESK_ANSWERS = re.compile(
    rf"^(?:{_GREETING} |no )*(?:this is )?(?:the )?(?:front desk|reception|receptionist|switchboard|operator|answering service|recepcion|recepcionista)(?= (?:this|how|can|may|who|what|speaking|here|hello|\w+ speaking)\b|$)"
)
_TAKES_THE_LINE = re.compile(
    rf"\b(what|why|who|whos|whats) (\w+ ){{0,4}}(with|for|from|to|about|bothering|calling|harassing|call) my ({_NEAR})\b|\b(dont|do not|stop|quit) (you )?(ever )?(talk|talking|speak|speaking|yell|yelling|bother|bothering|harass|harassing|call|calling) (to |with |at )?my ({_NEAR})\b"
    r"|\bi (just )?(took|grabbed|picked up) (the|her|his) phone\b|\bpay (it |this |that |the bill )?for (her|him|them)\b"
    r"|^((um|uh|oh|well|no|sorry|hi|hello) )*(she|he)s? (is |has |just |already )*(left|went out|stepped out|gone|out|not here|isnt here|not in)\b|"
    rf"\b(this is (just |only )*|(im|i am) (just|only) )(the |a |her |their ){_ROLES}\b|"
    rf"\b(her|his|their) ({_NEAR}) (speaking|here)\b|\b(this is|im|i am|soy|habla) (just )?(her|his|their|su|\w+s) ({_NEAR})\b|\b(handed|gave|passed) (me|us) (the|her|his) phone\b|\bme (paso|dio) el telefono\b"
)


def names_themselves(text: str, brief: Brief) -> bool:
    """``This is Ida``: the person gives a name of the one asked for, and does not speak of somebody else."""
    joined = " ".join(words(text))
    if _DENYING_A_NAME.search(joined) or is_somebody_near(text) or _ABOUT_THEM.search(joined):
        return False
    return introduction(text, brief.person).own and not speaks_about(text, brief.person)


def with_plain_name(text: str, brief: Brief) -> str:
    """``This is Penny Price`` is heard as ``this is Robin``: her own name objects to no bill, whatever word it is.

    Where more is said beside it, only a name that is a word of bills is heard as another.
    """
    found, name = introduction(text, brief.person), on_file(brief.person)
    named = found.own or found.part or (mentions(text, brief) and only_gives_a_fact(text, brief))
    if not named or speaks_about(text, brief.person) or _OBJECTS.search(" ".join(words(text))):
        return text
    if not [word for word in words_beside(text, brief) if word not in _INTRODUCING and not is_short(word, name)]:
        return "This is Robin."
    for word in dict.fromkeys(words(text)):
        if (word in name.own or is_short(word, name)) and is_of_a_bill(word):
            text = re.sub(rf"(?i)\b{re.escape(word)}\b", "Robin", text, count=1)
    return text


def mentions(text: str, brief: Brief) -> bool:
    """The first name of the one asked for is among the words, whoever says it."""
    return bool(on_file(brief.person).first & set(words(text)))


def says_it_is_me(text: str, brief: Brief) -> bool:
    """``Soy yo``, ``speaking``, or the name: said of oneself, whatever else is asked in the same breath."""
    joined = " ".join(words(text))
    if names_themselves(text, brief):
        return True
    if _DENIED.search(joined) or is_somebody_else(text, brief) or gives_another_name(text, brief):
        return False
    # ``Yes, Bob``, where it is Robert; at a business the family name is often that of the house.
    part = brief.is_consumer and introduction(text, brief.person).part and begins_with_yes(text)
    return part or _IT_IS_ME.search(joined) is not None or _SPEAKING.search(joined) is not None


def is_somebody_near(text: str) -> bool:
    """``This is her husband``: a relative, housemate or receptionist is never the customer, whatever fact they know."""
    joined = " ".join(words(text))
    return _RELATIVE.search(joined) is not None or _SOMEBODY_ELSE.search(joined) is not None


@lru_cache(maxsize=8)  # asked several times in one turn
def is_somebody_else(text: str, brief: Brief) -> bool:
    """The person asked for is spoken of (``she is out``, ``her ZIP is``), or denied (``I'm just the cleaner``): nobody speaks so of himself."""
    joined = " ".join(words(text))
    return (
        is_somebody_near(text)
        or any(pattern.search(joined) is not None for pattern in (_ABOUT_THEM, _IN_A_ROLE, _NOT_ME))
        or speaks_about(text, brief.person)
    )


def gives_their_fact(text: str, brief: Brief) -> bool:
    """``Ida's ZIP``, ``my mom's street``, ``she says it's 43215``: the fact of somebody who is not speaking."""
    joined = " ".join(words(text))
    return is_somebody_else(text, brief) or is_possessive(text, brief.person) or _THEIR_FACT.search(joined) is not None


def gives_another_name(text: str, brief: Brief) -> bool:
    """``This is Bob``, ``Bob Brandt``, ``the Brandt residence`` where Ida Brandt was asked for: no answer by herself.

    ``This is`` with anything else behind it (``this is ridiculous``) is none either.
    """
    found = introduction(text, brief.person)
    return found.other or found.something or (found.part and not begins_with_yes(text) and not found.own)


def another_voice(text: str, brief: Brief) -> bool:
    """Somebody new speaks in the middle of the call: ``hello, this is Maria``, where it was Ida. ``This is crazy`` is no name."""
    house = r"\W+".join(map(re.escape, re.findall(r"[^\W_]+", brief.business_name)))
    greets = re.match(r"(?i)\W*(hello|hi|hey|hola)\b", text) is not None  # in the middle of a call: a new voice
    text = re.sub(rf"(?i)\b{house}\b", "it", text)  # ``this is Ava's Plumbing, right?``
    other = introduction(text, brief.person, weak=greets).other or _answers_as_another(text, brief)
    return other and not names_themselves(text, brief)


def _answers_as_another(text: str, brief: Brief) -> bool:
    """``Yeah, it's Bob, what's going on``: a common first name behind words that anything may follow."""
    named = _IT_IS_SOMEBODY.search(" ".join(words(text)))
    if named is None or not is_first_name(named[1]):
        return False
    name = on_file(brief.person)
    return named[1] not in name.own and not is_short(named[1], name)


def answers_for_the_house(text: str, brief: Brief) -> bool:
    """At a business, in the middle of a call: ``hello, front desk``, ``Ben left, this is Amy``, where it was who pays the bills."""
    if handles_payables(text):
        return False
    plain = without_house(text, brief)
    first = "|".join(map(re.escape, sorted(on_file(brief.person).first))) or "(?!)"
    left = rf"\b(?:{first})s? (?:just |has |is |already )*(?:left|went|stepped|gone|out|away|not (?:here|in)|isnt (?:here|in))\b"
    joined = " ".join(words(plain))
    return (
        another_voice(plain, brief)
        or _FRONT_DESK_ANSWERS.search(joined) is not None
        or _IN_A_ROLE.search(joined) is not None
        or re.search(left, joined) is not None
    )


def comes_back(text: str) -> bool:
    """``It's still me``, ``okay, I'm back``, and nothing beside it: said after ``hold on`` by whoever it was before."""
    return _COMES_BACK.search(" ".join(words(text))) is not None


def brings_somebody(text: str) -> bool:
    """``My husband wants to talk to you``, ``le paso a mi esposa``: the next voice is another."""
    return _PUTS_ON.search(" ".join(words(text))) is not None


def takes_the_line(text: str, brief: Brief) -> bool:
    """``She handed me the phone, I'm her daughter``; ``Ida went out``, where Ida was on the line."""
    return _TAKES_THE_LINE.search(" ".join(words(text))) is not None or speaks_about(text, brief.person)


def handles_payables(text: str) -> bool:
    """``I do the books``: for a business whoever pays the bills is the right party."""
    if is_front_desk(text):
        return False
    if _PAYABLES_ANSWERS.search(" ".join(words(text))) and not text.rstrip().endswith("?"):
        return True
    parts = [" ".join(words(part)) for part in _CLAUSES.split(_I_AFTER_THEM.sub(r"\1, ", text))]
    return any(_HANDLES.search(part) is not None and not _NO_PAYABLES.search(part) for part in parts)


def without_house(text: str, brief: Brief) -> str:
    """``Oak and Sons, Ben speaking`` is ``Ben speaking``: a business says its own name first. All of it, where nothing else is said."""
    house = [re.escape(word) for word in words(brief.customer_name.replace("&", " ")) if word not in ("and", "the")]
    if not house:
        return text
    between = r"\W+(?:and\W+|&\W*)?"
    tail = "".join(rf"(?:{between}{word}\b)?" for word in house[2:])
    begins = re.compile(rf"(?i)^\W*(?:{_GREETING}\W+)*(?:the\W+)?{between.join(house[:2])}\b{tail}\W*")
    return begins.sub("", text) or text


def is_front_desk(text: str) -> bool:
    """A receptionist, whatever name is given with it: somebody who may put a call through, and nobody to tell of a bill."""
    return _DESK.search(" ".join(words(text))) is not None


def begins_with_yes(text: str) -> bool:
    return _YES.search(" ".join(words(text))) is not None


def speaks_of_another(text: str, brief: Brief) -> bool:
    """A yes, and then somebody else: ``yes, I'll tell her``, ``yes, Bob``, ``yeah, Ida, my wife``. In doubt it is one."""
    joined = " ".join(words(text))
    rest = _IT_IS_ME.sub(" ", joined)
    if _A_THIRD.search(rest) or RELATIONS & set(words(rest)):
        return True
    return mentions(text, brief) or is_another_after_yes(_ASKS_WHO.sub(" ", joined), brief.person)


def is_plain_yes(text: str, brief: Brief) -> bool:
    """A yes to the question asked, and nothing beside it but who is calling; ``yes, how can I help you`` answers another question.

    At a business a name may come with it: whoever pays the bills has one, and nobody need know it beforehand.
    """
    joined = " ".join(words(text))
    if not begins_with_yes(text) or _AT_YOUR_SERVICE.search(joined) is not None:
        return False
    no_names = frozenset(words(brief.customer_name)) - frozenset(words(brief.contact_name)) | RELATIONS | WITH_A_YES
    said = words(text) if brief.is_consumer else without_own_name(text, no_names)
    rest = _ASKS_WHO.sub(" ", " ".join(said))
    return set(rest.split()) <= WITH_A_YES
