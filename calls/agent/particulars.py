"""Particulars of an everyday answer, for whoever deals with it: which paper, which payer, which way to write, whom to ask, when not."""

import re
from datetime import date, time, timedelta

from calls.agent.acts import ProposeContact, Restrict
from calls.agent.dates import DIAS, MONTHS, WEEKDAYS, day_named, time_named
from calls.agent.numbers import digit_runs, words
from disputes.hearing import Intent, hear

_PAPERS = (
    ("w9", r"\bw ?9\b|\bw nine\b"),
    ("certificate_of_insurance", r"certificate of insurance|\bcoi\b|insurance certificate|certificado de seguro"),
    ("lien_waiver", r"lien (waiver|release)|exoneracion de gravamen"),
    ("purchase_order", r"purchase order|\bp o\b|\bpo\b|orden de compra"),
    ("portal", r"portal|set (you|them|yall) up|vendor (form|packet)|supplier (form|packet)|ariba|coupa|upload"),
)
_PAYERS = (
    ("insurer", r"insur\w+|adjuster|claim|seguro|aseguradora"),
    ("association", r"\bhoa\b|association|asociacion|condo"),
    ("general_contractor", r"general contractor|\bgc\b|contratista"),
    ("lender", r"financ\w+|lender|bank|mortgage|loan|draw|banco|prestamo"),
)
_WAYS = (
    ("email", r"\be ?mails?\b|correo electronico|\bemailed\b"),
    ("text", r"\btexts?\b|mensaje"),
    ("mail", r"\bmail\b|letters?|in writing|write|carta|escrito|correo"),
)
_RESTRICTING = re.compile(
    r"\b(dont|do not|never|not|cant|no me|nunca|no) (you )?(ever |please )?(be )?(vuelvan? a )?(call(?:ing)?|phone|ring|reach|llam\w+|marqu\w+|marcar\w*)\b"
    r"|^(please )?(just )?(not|never) (before|after|at|on|while|in the|mornings|afternoons|evenings|nights|weekends|weekdays)\b|^nunca (antes|despues|los|por)\b"
)
_CALLING = (
    r"(?:(?:please|por favor) )?(?:dont|do not|never|not|cant|cannot|no|nunca)(?: (?:ever|please|you|be|want you to|me|nos|le|vuelvan? a|vuelva a))*"
    r" (?:call|calling|phone|ring|reach|contact|llam\w+|marqu\w+|marcar\w*)(?: me| us| back| here| at home| her| him| (?:this|my|our) (?:number|phone|cell|house|home|wife|husband)|(?: so| too)? (?:early|late))*"
)
_HOUR = (
    r"(?:(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|las? \w+|el mediodia|mediodia)"
    r"(?: (?:\d\d|thirty|fifteen|forty five|oclock|sharp|y media))?"
    r"(?: (?:am|pm|a m|p m|in the (?:morning|afternoon|evening)|at night|de la (?:manana|tarde|noche)))?|noon|midnight|lunch)"
)
_A_DAY = (
    rf"(?:(?:{'|'.join(WEEKDAYS)})s?|(?:{'|'.join(DIAS)})s?|weekends?|weekdays?|fin(?:es)? de semana|mornings?|afternoons?|evenings?|nights?"
    r"|mananas?|tardes?|noches?)"
)
_WHEN = (
    rf"(?:(?:before|after|past|antes de|despues de|at|a) {_HOUR}"
    rf"|(?:on|in|at|during|los|el|por|en)(?: the| an?| las?| los| el)? {_A_DAY}|(?:the )?{_A_DAY})"
)
_MORE_WHEN = rf"{_WHEN}(?: (?:(?:or|and|nor|y|o|ni|not|never|to|through|thru) )*{_WHEN})*"
# ``Don't call me before noon``, ``before noon please don't call``, ``not on Sundays``.
_RESTRICTION = re.compile(
    rf"\b{_CALLING}(?: not)? {_MORE_WHEN}\b|(?<!work )(?<!working )(?<!paid )(?<!paid on )(?<!cobro )(?<!cobro el )\b{_WHEN} {_CALLING}\b"
    rf"|(?:^|\b(?:and|or|but|y|o|pero) )(?:(?:please|just) )*(?:not|never|nunca) {_MORE_WHEN}\b"
)
_AN_HOUR = re.compile(rf"\b(?:before|after|past|antes de|despues de|at|a) {_HOUR}\b")
# ``Call me after ten`` beside ``never before ten`` forbids nothing.
_INVITES = re.compile(
    r"(?<!dont )(?<!not )(?<!never )(?<!ever )(?<!cant )(?<!you )(?<!be )(?<!to )(?<!no )(?<!me )(?<!nos )"
    rf"\b(?:call|try|reach|llam\w+)(?: me| us| back| again)* (?:before|after|past|antes de|despues de) {_HOUR}\b"
)
_LATER_DAY = (
    rf"(?:(?:the )?(?:next |this |el |la )?(?:proximo |next )?(?:{'|'.join(WEEKDAYS + DIAS)})|tomorrow|manana|next (?:week|month)"
    rf"|(?:la )?(?:proxima|otra) semana|the \w+|(?:{'|'.join(MONTHS)}) \w+|then|entonces)"
)
# A day to wait for, said once; ``before noon`` alone is an hour of every day.
_PUT_OFF = re.compile(
    rf"\b(?:until|till|til|hasta(?: despues)?(?: del?)?)(?: after| sometime| at least)* (?:{_LATER_DAY}|{_HOUR})\b"
    rf"|\b(?:before|antes del?) (?!the (?:morning|afternoon|evening))(?:{_LATER_DAY})\b"
)
_NO_CALL_UNTIL = re.compile(
    rf"\b{_CALLING}(?: again)?(?: please| por favor)? (?:{_PUT_OFF.pattern})|(?:{_PUT_OFF.pattern})(?: please| por favor)? {_CALLING}"
)
# What forbids calls beyond the hour or the day it stands beside.
_MORE = re.compile(
    r"\b(again|anymore|any more|stop|remove|take me off|off (?:of )?(?:your|the) list|your (?:do not call )?list|quit|at all|ever|period|end of story"
    r"|any other|any (?:day|time)|anytime|either|(?:lose|delete|forget|erase|scratch|drop) (?:my|this|the|our) (?:number|phone|info)"
    r"|de nuevo|nunca mas|la lista|su lista|ningun otro|ni nunca|borr\w+|quit\w+|elimin\w+)\b"
    # "until Friday and then never"; never "I never pick up then"
    r"|\b(?:(?:and|or|then|but|maybe|better|actually|say|how about|y|o|despues|luego|mejor|pero) (?:never|nunca|jamas)|(?:never|nunca|jamas)$)(?! (?:mind|before|after|on))"
    r"|\b(?<!i )(?<!we )(?<!they )(?:dont|do not)$"
)
_FROM_DAY_TO_DAY = re.compile(
    rf"\b({'|'.join(WEEKDAYS + DIAS)})s? (?:to|through|thru|a) ({'|'.join(WEEKDAYS + DIAS)})s?\b"
)
# Every part of the day, in one breath.
_PARTS = (
    r"\bmornings?\b|\b(?:la|las) mananas?\b",
    r"\bafternoons?\b|\b(?:la|las) tardes?\b",
    r"\b(?:evenings?|nights?)\b|\b(?:la|las) noches?\b",
)
EARLIEST, LATEST = time(9), time(20)  # of the house's hours (RULES 3)
# An answer to ``when would be a better time``.
_AT_NO_TIME = re.compile(
    r"^(?:(?:um|uh|oh|well|no|yeah|just|please|how about|what about|lets say|say|try|maybe|honestly|look|at|bueno|pues|a|en) )*"
    r"(?:(?:is |its |it is |thats |there is |theres |there are |es )?(?:never|nunca|jamas)(?: (?:ever|again|thanks|thank you|please|is good|works|gracias|(?:es )?(?:(?:a|un) )?(?:good|better|buen|mejor) (?:time|momento)))*"
    r"|not ever|not at all|(?:dont|do not)(?: please| you dare| even (?:try|think about it))?|"
    r"(?:(?:(?:there is|theres|there are) )?no|(?:there isnt|there is not|there never is) (?:a|any)) (?:(?:good|better|right) )?times?"
    r"(?: (?:is|are|would be|works?|good|better|right|for me|at all|ever))*"
    r"|ningun[oa]?(?: (?:hora|dia|momento|buena hora))?|no hay (?:ninguna )?(?:buena )?hora)(?: (?:thanks|thank you|please|sir|maam|gracias))*$"
)

_NO_HOUR_LEFT = re.compile(
    r"\b(?:or|nor|and|ni|o) (?:at |on |in )?(?:any (?:other )?(?:time|day|hour)|anytime|ever|at all|nunca|ningun (?:otro )?(?:dia|momento))\b"
)
_NO_NAMES = frozenset(
    {"the", "our", "my", "your", "her", "his", "their", "to", "with", "for", "a", "an", "in", "at", "him", "them", "accounting",
     "accounts", "billing", "bookkeeper", "accountant", "corporate", "office", "property", "that", "it", "somebody", "someone"}
)  # fmt: skip


def paper(text: str) -> str:
    """Which paper is wanted first: w9, certificate_of_insurance, lien_waiver, purchase_order, portal, or empty."""
    return _first(_PAPERS, text)


def payer(text: str) -> str:
    """Whose money is waited for: insurer, association, general_contractor, lender, or empty."""
    return _first(_PAYERS, text)


def way_to_write(text: str) -> str:
    """email, text or mail; empty where none is named."""
    return _first(_WAYS, text)


def contact(text: str) -> ProposeContact:
    """Whom to ask instead, as far as it was said: a name, a telephone number of ten digits, an e-mail address."""
    phone = next((run[-10:] for run in digit_runs(text) if len(run) in (10, 11)), "")
    return ProposeContact(_name(text), f"+1{phone}" if phone else "", _email(text), text)


def restriction(text: str) -> Restrict | None:
    """``Not at work``, ``never before noon``, ``not on Sundays``; None where the words forbid no place and no time."""
    said, joined = text, " ".join(words(text))
    if _RESTRICTING.search(joined) is None:
        return None
    joined, put_off = _PUT_OFF.subn(" ", joined)  # "until Tuesday" is no word about Tuesdays
    joined = _INVITES.sub(" ", joined)
    place = (
        "work"
        if re.search(r"\b(at work|at my job|at the office|on the job|(en|a) (el|mi) trabajo|al trabajo)\b", joined)
        else ""
    )
    clauses = " ".join(found[0] for found in _RESTRICTION.finditer(joined))
    # "I get paid Friday, don't call me before nine" is no word about Fridays
    days = _days(clauses if clauses or put_off else joined)
    before, after = _hours(joined, clauses)
    if not (place or before or after or days):
        return None
    return Restrict(said, place, before, after, days)


def _hours(joined: str, clauses: str) -> tuple[time | None, time | None]:
    """The first and the last hour at which a call is welcome. Of a part of the day that lies between both, the rest after it is left out."""
    before, after = _hour(joined, r"before|antes del?"), _hour(joined, r"after|past|despues del?")
    if (
        after is not None and after <= EARLIEST
    ):  # "after nine" is nine in the evening: nobody is called earlier than nine
        after = time(after.hour + 12, after.minute)
    parts = _AN_HOUR.sub(" ", clauses)  # "before ten in the morning" is no word about mornings
    morning, afternoon, evening = (re.search(part, parts) is not None for part in _PARTS)
    if morning:
        before = time(17) if afternoon else time(12)
    elif afternoon:
        after = time(12)
    if evening:
        after = min(after or time(17), time(17))
    return before, after


def _hour(joined: str, which: str) -> time | None:
    """The hour behind this word, and not the one behind another."""
    upto = r"(?:(?!\b(?:before|after|past|antes|despues|until|till|hasta)\b).)*"
    found = re.search(rf"\b(?:{which}) ({upto})", joined)
    if found is None:
        return None
    return time_named(found[1] if found[1].startswith(("la ", "las ", "el ")) else f"at {found[1]}")


def only_restricts(text: str) -> bool:
    """``Not before noon`` forbids an hour; ``never call me again``, and not at this place, forbid more than that.

    Without the words that forbid an hour or a day, nothing may be left that forbids calls; in doubt they are forbidden.
    """
    found = restriction(text)
    if found is None or found.place or forbids_every_hour(text):
        return False
    return not _forbids_more(_RESTRICTION.sub(" ", " ".join(words(text))))


def forbids_every_hour(text: str) -> bool:
    """``Not after five, or at any time``, ``not before ten and not after ten``, seven days by name: none is left."""
    found, joined = restriction(text), " ".join(words(text))
    if found is None:
        return False
    hours = found.not_before is not None and found.not_after is not None and found.not_before >= found.not_after
    return hours or len(found.not_on) == len(WEEKDAYS) or _NO_HOUR_LEFT.search(joined) is not None


def only_names_hours(text: str) -> bool:
    """``Not before noon and not after two``, and not a word beside it: nothing in it is about a bill."""
    rest = set(words(without_restriction(text)))
    return restriction(text) is not None and rest <= {"please", "and", "but", "thanks", "por", "favor", "y"}


def wants_no_time(text: str) -> bool:
    """``Never``, ``no time is good``, ``don't``: said to ``when would be a better time``, calls are forbidden. A bare no is not it."""
    return _AT_NO_TIME.match(" ".join(words(text))) is not None


def without_restriction(text: str) -> str:
    """What is left of the words when the hours and days on which not to call are taken out."""
    return text if restriction(text) is None else _RESTRICTION.sub(" ", " ".join(words(text)))


def puts_off(text: str) -> bool:
    """``Not until Tuesday``, ``don't call before Friday``: the day on which to call is named, and calls are not forbidden."""
    joined = " ".join(words(text))
    if _RESTRICTING.search(joined) is None or _PUT_OFF.search(joined) is None:
        return False
    return not _forbids_more(_NO_CALL_UNTIL.sub(" ", joined))


def day_put_off_to(text: str, today: date) -> tuple[date | None, time | None]:
    """The first day, and hour, at which a call is welcome again: after Monday is Tuesday."""
    joined = " ".join(words(text))
    until = _PUT_OFF.search(joined)
    if until is None:
        return None, None
    moment = joined[until.start() :].partition(" ")[2]  # without the "until"
    on, at = day_named(until[0], today), time_named(moment) or time_named(f"at {moment}")
    if on is None and re.search(r"\b(then|entonces)$", until[0]):  # "I get paid Friday, don't call me till then"
        on = day_named(joined, today)
    if on is not None and re.search(r"\b(after|despues)\b", until[0]):
        on += timedelta(days=1)
    return on, at


def _forbids_more(rest: str) -> bool:
    if _MORE.search(rest):
        return True
    return bool(rest.strip()) and hear(rest).has(Intent.OPT_OUT)


def _days(joined: str) -> tuple[int, ...]:
    found = {
        number
        for number, names in enumerate(zip(WEEKDAYS, DIAS, strict=True))
        if re.search(rf"\b({names[0]}s?|{names[1]}s?)\b", joined)
    }
    if re.search(r"\bweekends?\b|\bfin(es)? de semana\b", joined):
        found |= {5, 6}
    if re.search(r"\bweekdays?\b|\bentre semana\b|\bdias de semana\b", joined):
        found |= {0, 1, 2, 3, 4}
    for first, last in _FROM_DAY_TO_DAY.findall(joined):
        start, end = _number_of_day(first), _number_of_day(last)
        found |= {(start + further) % 7 for further in range((end - start) % 7 + 1)}
    return tuple(sorted(found))


def _number_of_day(name: str) -> int:
    return WEEKDAYS.index(name) if name in WEEKDAYS else DIAS.index(name)


def _first(table: tuple[tuple[str, str], ...], text: str) -> str:
    joined = " ".join(words(text))
    return next((code for code, pattern in table if re.search(pattern, joined)), "")


def _name(text: str) -> str:
    """The word after ``talk to``, ``ask for``, ``call``, or before ``in accounting`` and ``handles``; capitals are not relied on."""
    joined = " ".join(words(text))
    for pattern in (
        r"\b([a-z]+)(?: [a-z]+)? (?:in|from|at|over in) (?:accounting|accounts payable|ap|billing|payables|contabilidad)\b",
        r"\b(?:talk|speak|ask|reach out|call|contact|email|hable)(?: to| with| for| con)? ([a-z]+)\b",
        r"\b([a-z]+) (?:handles|pays|does|takes care of) (?:all |the |our |those |that )?",
    ):
        for name in re.findall(pattern, joined):
            if name not in _NO_NAMES and name not in MONTHS and not name.isdigit() and len(name) > 2:
                return str(name).title()
    return ""


def _email(text: str) -> str:
    written = re.search(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", text)
    if written:
        return written[0].lower()
    spoken = re.search(
        r"\b([a-z0-9]+(?: dot [a-z0-9]+)*) (?:at|arroba) ([a-z0-9]+(?: dot [a-z0-9]+)+)\b", " ".join(words(text))
    )
    if spoken is None or not re.search(r"\b(com|net|org|us|biz|co|io)$", spoken[2]):
        return ""
    return f"{spoken[1].replace(' dot ', '.')}@{spoken[2].replace(' dot ', '.')}"
