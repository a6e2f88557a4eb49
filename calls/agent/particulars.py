"""Particulars of an everyday answer, for whoever deals with it: which paper, which payer, which way to write, whom to ask, when not."""

import re
from datetime import time

from calls.agent.acts import ProposeContact, Restrict
from calls.agent.dates import MONTHS, time_named
from calls.agent.numbers import digit_runs, words

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
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DIAS = ("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo")
_RESTRICTING = re.compile(
    r"\b(dont|do not|never|not|cant|no me|nunca|no) (ever |please )?(call|phone|ring|reach|llam\w+)\b|^(please )?(just )?not (before|after|at|on|while)\b"
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
    joined = " ".join(words(text))
    if _RESTRICTING.search(joined) is None:
        return None
    place = (
        "work"
        if re.search(r"\b(at work|at my job|at the office|on the job|(en|a) (el|mi) trabajo|al trabajo)\b", joined)
        else ""
    )
    named = time_named(text)
    before = named if re.search(r"\b(before|antes del?)\b", joined) else None
    after = named if re.search(r"\b(after|past|despues del?)\b", joined) else None
    days = _days(joined)
    if re.search(r"\b(in the mornings?|por la manana)\b", joined):
        before = time(12)
    if not (place or before or after or days):
        return None
    return Restrict(text, place, before, after, days)


def only_restricts(text: str) -> bool:
    """``Not before noon`` forbids an hour; ``never call me again``, and not at this place, forbid more than that."""
    found = restriction(text)
    if found is None or found.place:
        return False
    more = r"\b(again|anymore|any more|stop|remove|take me off|off your list|quit|at all|ever|de nuevo|nunca mas)\b"
    return re.search(more, " ".join(words(text))) is None


def _days(joined: str) -> tuple[int, ...]:
    if re.search(r"\b(on |the )?weekends?\b|fin(es)? de semana", joined):
        return (5, 6)
    return tuple(
        number
        for number, names in enumerate(zip(_WEEKDAYS, _DIAS, strict=True))
        if re.search(rf"\b(on |el |los )?({names[0]}s?|{names[1]}s?)\b", joined)
    )


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
