"""What a letter about a dispute may never say: no demand, no amount due, no threat, no waiver, no pay button.

RULES.md 8; 15 USC 1692g(b), 12 CFR 1006.38: the acknowledgement of a dispute collects nothing. Refuses our own letters;
what a person at the firm wrote himself it only warns of. It is a net beneath the templates, not a substitute for reading.
"""

import html
import re
import unicodedata

from notifications.letters import Rendered
from notifications.models import Message

BUTTON = "a pay button"
_PAY = r"(pay(?!\s+attention)|remit|settle)"
_FORBIDDEN = (
    ("a demand", rf"\b(please|must|need\s+to|needs\s+to|have\s+to|has\s+to|kindly|required\s+to|asked\s+to|expect(ed)?\s+(you\s+)?to)\s+{_PAY}\b"),
    ("a demand", r"\b(send|make|mail|submit|arrange|expect|request|await)\s+(us\s+)?(your\s+|the\s+|a\s+|full\s+|prompt\s+|immediate\s+)*payment\b"),
    ("a demand", r"\bpay(ment)?\s+(now|today|immediately|at\s+once|by\s+\w+|in\s+full|the\s+(rest|balance|bill|invoice)|is\s+(now\s+)?(due|required|expected|needed))\b"),
    ("a demand", r"\b(pague|paguen|p[aá]guenos|debe\s+(usted\s+)?pagar|tiene\s+que\s+pagar|realice\s+(el|su)\s+pago|haga\s+(el|su)\s+pago|env[ií]e\s+(el|su)\s+pago|efect[uú]e\s+(el|su)\s+pago|le\s+(pedimos|rogamos|solicitamos)\s+(que\s+pague|el\s+pago)|por\s+favor\s+(salde|liquide|cancele\s+(su|la)\s+(deuda|factura)))"),
    ("an amount due", r"\b(amount|balance|total|sum)\s+(of\s+\S+\s+)?(that\s+)?(is\s+|remains\s+|still\s+)*(due|owed|owing|outstanding|payable|unpaid)\b"),
    ("an amount due", r"\b(outstanding|unpaid|remaining|open|overdue)\s+(amount|balance|sum|debt)\b"),
    ("an amount due", r"[$€]\s?\d[\d.,]*\s+(is|remains|are|still)\s+(still\s+)?(due|owed|outstanding|open|unpaid|payable)\b"),
    ("an amount due", r"\b(you|your\s+(company|account))\s+(still\s+|now\s+)?owes?\b"),
    ("an amount due", r"\b(past[-\s]due|overdue|delinquent|in\s+arrears)\b"),
    ("an amount due", r"\b(saldo|monto|importe|total|cantidad|suma)\s+(total\s+)?(pendiente|vencid[oa]|adeudad[oa]|a\s+pagar|por\s+pagar|impagad[oa])"),
    ("an amount due", r"\b(usted\s+(a[uú]n\s+|todav[ií]a\s+)?(nos\s+)?debe\b(?!\s+(saber|decir|tener))|nos\s+debe\b|adeuda\b|factura\s+(est[aá]\s+)?vencida|pago\s+atrasado|deuda\s+(pendiente|vencida))"),
    ("a threat", r"\b(legal\s+(action|proceedings|steps)|law\s?suit|sue\s+you|suing|attorneys?|(take|see)\s+(this|it|you)\s+(to|in)\s+court|(small\s+claims|in|to|before|at|a|the)\s+court\b(?!\s+(street|st|road|rd|avenue|ave|yard|house|drive|place)\b)|collections?\s+agency|collections?\s+department|(to|into|for|in)\s+collections?\b|credit\s+(bureau|report|score|rating|history)|late\s+(fees?|charges?)|(interest|penalt(y|ies))\s+(will|may|shall)|file\s+a\s+(mechanic'?s?\s+)?lien|lien\s+(on|against)\s+your)"),
    ("a threat", r"\b(acci[oó]n(es)?\s+legal(es)?|v[ií]a\s+judicial|demandar(le|lo|la|los|las|emos)?\b|(presentar|interponer|poner)(emos)?\s+(una\s+)?demanda|tribunal(es)?|juzgado|abogad[oa]s?|agencia\s+de\s+(cobro|cobranza)s?|cobranzas?|bur[oó]\s+de\s+cr[eé]dito|historial\s+(de\s+cr[eé]dito|crediticio)|recargos?|intereses?\s+(de\s+)?(mora|demora|moratorios?)|gravamen)"),
    ("a waiver", r"\b(failure\s+to\s+(respond|reply|answer|dispute)|if\s+(we\s+do\s+not|we\s+don'?t|you\s+do\s+not|you\s+don'?t)\s+(hear|respond|reply|answer|contact|write)[^.]{0,80}\b(valid|accepted|agreed?|correct|waived?|owed|assume)|(assumed?|considered|deemed)\s+(to\s+be\s+)?(the\s+(debt|charge|invoice|bill)\s+)?(is\s+|as\s+)?(valid|accepted|waived))"),
    ("a waiver", r"\b(si\s+no\s+(responde|contesta|recibimos)[^.]{0,80}(v[aá]lid|aceptad|correct|conforme|daremos\s+por)|se\s+(considerar[aá]|dar[aá]\s+por)\s+(aceptad|v[aá]lid|conforme))"),
    (BUTTON, r"href=\"[^\"]*/(pay|pagar|checkout|payment|pago)([/?\"-])"),
    (BUTTON, r">\s*(pay|pagar)\b[^<]{0,30}</a>"),
    (BUTTON, r"\bhttps?://\S*/(pay|pagar|checkout|payments?|pago)([/?\s-]|$)"),
    (BUTTON, r"\b((click|tap|here)\s+(here\s+)?to\s+pay|pay\s+(online|here)|payment\s+link|(haga\s+clic|pulse|toque)\s+(aqu[ií]\s+)?para\s+pagar|enlace\s+de\s+pago|pagar\s+(aqu[ií]|en\s+l[ií]nea))"),
)  # fmt: skip
_PATTERNS = [(what, re.compile(pattern, re.IGNORECASE)) for what, pattern in _FORBIDDEN]
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")


class Unfit(Exception):
    """This letter about a dispute holds what it must not; nothing was sent."""


def check(message: Message, letter: Rendered) -> None:
    """Raises Unfit for a `dispute` letter of ours that demands, threatens, names an amount due or links to a payment.

    The firm's own words in it are left out of the text; a pay button none of them can make.
    """
    if message.purpose != "dispute":
        return
    text, page = f"{letter.subject}\n{letter.text}", letter.html
    for name in letter.names:
        text, page = text.replace(name, ""), page.replace(html.escape(name), "")
    own = [words for words in letter.own if words.strip()]
    for words in own:
        text = text.replace(words, "")
    for problem in problems(text if own else f"{text}\n{page}"):
        raise Unfit(problem)
    for problem in problems(page, only=BUTTON) if own and not _speaks_of_paying(own) else ():
        raise Unfit(problem)


def without_links(text: str) -> str:
    """The letter as it is kept: tokens of signed links are masked."""
    return re.sub(r"(/(?:l|p)/(?:number/)?)[\w-]{20,}", r"\1…", text)


def problems(text: str, *, only: str = "") -> list[str]:
    """Each forbidden thing found, with the words that are it; ``only`` one kind of them."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", html.unescape(text)))
    found = []
    for what, pattern in _PATTERNS:
        match = pattern.search(plain) if only in ("", what) else None
        if match:
            found.append(f"{what}: “{' '.join(match.group(0).split())}”")
    return found


def _speaks_of_paying(own: list[str]) -> bool:
    return any(problems(words, only=BUTTON) for words in own)
