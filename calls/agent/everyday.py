"""The trade's everyday answers that are no stop and no yes: papers first, waiting for the insurer, not my department.

Looked at only after hearing has said that nothing must stop. Each pattern is tried on words without accents and punctuation.
"""

import re
from collections.abc import Collection
from enum import StrEnum
from functools import lru_cache

from calls.agent.acts import HowPaid
from calls.agent.numbers import digit_runs, without_numbers, words


class Everyday(StrEnum):
    """What was heard beside the meanings of hearing; the order is the order of trial."""

    VULNERABLE = "vulnerable"
    RECORDING_REFUSED = "recording_refused"
    ACTIVE_DUTY = "active_duty"
    LANGUAGE = "language"
    WANTS_SPANISH = "wants_spanish"
    WANTS_ENGLISH = "wants_english"
    DISTRUSTS_CALL = "distrusts_call"
    HOLD_THE_LINE = "hold_the_line"
    PAPERWORK_FIRST = "paperwork_first"
    WAITING_FOR_PAYER = "waiting_for_payer"
    COPY_WANTED = "copy_wanted"
    OTHER_CONTACT = "other_contact"
    WRITTEN_ONLY = "written_only"
    OTHER_JOB = "other_job"
    WHO_IS_CALLING = "who_is_calling"
    REPEAT = "repeat"
    GOODBYE = "goodbye"


_PATTERNS: dict[Everyday, str] = {
    Everyday.VULNERABLE: (
        r"kill (myself|himself|herself)|suicid|end my life|hurt myself|want to die|quiero morir|me quiero matar"
        r"|call(ing)? 911|nine one one|ambulance|heart attack|having a stroke|(?<!been )(?<!was )in the (er|emergency room|hospital|icu|hospice)\b"
        r"|en el hospital|ambulancia|emergencia|(house|building) is on fire|he(s| is) hitting|he hits me"
        r"|cant breathe|chest pains?|(having|had) a (seizure|stroke)|in hospice|on oxygen|(has|got|with) a (gun|knife)|overdos|no puedo respirar|tiene una pistola"
        r"|^(yes |no |well |um )*i(m| am) (ten|eleven|twelve|thirteen|10|11|12|13)$|i(m| am) only (5|6|7|8|9|10|11|12|13|14|15|16|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen)$"
        r"|i(m| am) (only )?(5|6|7|8|9|10|11|12|13|14|15|16|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen) (years old|and|my (mom|dad|mother|father|parents))"
        r"|i(m| am) (just |only )?a (kid|minor|child)|tengo (ocho|nueve|diez|once|doce|trece|catorce) anos"
        r"|(my )?(mom|dad|mommy|daddy|mama|papa|parents)s? (isnt|is not|aint|not|arent|are not) (home|here)|mi (mama|papa) no esta"
        r"|my (mommy|daddy|mom|dad|parents)s?( is| are)? (at work|asleep|sleeping|outside|out|at the store)"
        r"|dementia|alzheimer|demencia|dont know (what day|where i am|who i am)|i get (so )?confused"
    ),
    Everyday.RECORDING_REFUSED: (
        r"(dont|do not|didnt|did not|not) (consent|agree|want|okay|ok).{0,30}record|stop (the )?recording|not (be|being) recorded"
        r"|(cant|cannot|may not|no permission to|not allowed to|wont let you) record|if (you are|youre|this is|its) (being )?record\w*.{0,20}hang"
        r"|dont record|turn (off|that) .{0,12}record|no (quiero|acepto|autorizo).{0,25}grab|no me grabe[ns]?|no (doy|tiene) permiso (para|de) grabar|dejen? de grabar"
    ),
    Everyday.ACTIVE_DUTY: (
        r"active duty|(im|i am|hes|shes|husband is|wife is|son is) (currently )?(deployed|overseas with the (army|navy|marines|military))"
        r"|in the (army|navy|marines|air force|coast guard|military).{0,20}(deployed|overseas|right now)|servicio activo|desplegado"
    ),
    Everyday.LANGUAGE: (
        r"(speak|talk).{0,20}\b(chinese|mandarin|cantonese|vietnamese|korean|russian|arabic|portuguese|french|tagalog|polish|hindi|creole|somali|hmong|farsi|urdu|punjabi|amharic|ukrainian|haitian|nepali|japanese|german|italian|greek)\b"
        r"|parlez vous|parle francais|falo portugues|nao falo"
        r"|\b(no|not|dont) (speak |understand |good )?(much )?english(?!.{0,20}(spanish|espanol))\b|only (speak )?(chinese|mandarin|vietnamese|korean|russian|arabic)"
    ),
    Everyday.WANTS_SPANISH: r"(speak|have|in|habla\w*|hable|en) (spanish|espanol)|^(spanish|espanol)( please| por favor)?$|\bno (hablo|hablamos|entiendo|comprendo|se)?( mucho| bien| nada de| el)? ?ingles\b|\b(solo|solamente|hablo|hablamos)( solo| solamente| nada mas)? espanol|speaks spanish",
    Everyday.WANTS_ENGLISH: r"(speak|in|habl\w*|en) (english|ingles)|^(english|ingles)( please)?$",
    Everyday.DISTRUSTS_CALL: (
        r"(dont|do not|wont|not) (answer|talk to|talking to|deal with|speak to|speaking to) (a |any )?(robots?|machines?|computers?|recordings?)|prove (it|who|that)|no le creo|es un fraude"
        r"|(dont|do not) believe (this|that|you)( call)?( is| are)? ?(real|legit|for real|from)|is this (even )?(real|legit|for real|fraud|a fraud)|verify (who you|that you|this is)|\bscam|\bspam\b|fraud(ulent)? call|phishing|estafa|how do i know (this|you|that|youre)|como se que (es|son|usted)"
        r"|(dont|do not|not|wont|never) (give|giving|share|sharing|tell|telling).{0,25}(over the phone|on the phone|to (a )?(stranger|robot|machine)|information|that out|my (zip|address))"
        r"|(dont|do not) trust (this|you|these|that)|not (comfortable|giving).{0,25}(phone|info)|doesnt sound (legit|real)|are you (even )?(legit|for real)"
        r"|no doy (informacion|datos)|no confio"
    ),
    Everyday.HOLD_THE_LINE: (
        r"^(please )?hold( please)?$|(can|could|would|will) you (please )?hold|\b(hold on|hang on|one (moment|second|sec|minute)|just a (moment|second|sec|minute)|please hold)\b"
        r"|(ill|let me|i can|im going to|ill just) (get|grab|put|transfer|connect|patch|see if)|transferring|give me a (sec|second|minute)"
        r"|\b(un momento|un segundo|no cuelgue|espere|espereme|esperame|permitame|tantito|un ratito|ahorita se lo paso|se lo paso|le paso|permitame)\b"
    ),
    Everyday.PAPERWORK_FIRST: (
        r"\b(w 9|w9|w nine)\b|\b(need\w*|require\w*|send|without|missing|waiting (on|for)|put|no|not (have|had))\b.{0,30}\b(purchase order|p o|po)\b|\b(purchase order|p o|po)( number)? first|certificate of insurance|\bcoi\b|lien (waiver|release)"
        r"|(vendor|supplier|ap|payment|procurement) (portal|form|packet|set ?up)|set (you|them|yall) up (as a|in)|upload.{0,30}(portal|ariba|coupa|system)"
        r"|(submit|enter|upload|load|put) (it|that|them|the invoice|your invoice|the bill).{0,12}(ariba|coupa|portal|system|website)|\b(ariba|coupa)\b|vendor number|banking (form|info) first"
        r"|(go|goes|come|comes|run) (in |through |into |in through )(our|the|your) (\w+ )?(portal|system)|(not|never|arent|isnt|get|be|been) set ?up (as|in|with|on)"
        r"|(insurance|insured) cert\w*|certificado de seguro|sub\w+ (lo |la |la factura )?(al|en el) (portal|sistema)|formulario w ?9|orden de compra|exoneracion de gravamen"
    ),
    Everyday.WAITING_FOR_PAYER: (
        r"(waiting|wait|held up|holding).{0,30}\b(insurance|insurer|adjuster|claim|hoa|association|general contractor|gc|the owner|lender|bank|financing|grant|reimburse)"
        r"|(insurance|adjuster|hoa|association|gc|general contractor|lender|warranty company) (hasnt|has not|is|will|needs|still|has to|pays|is going).{0,30}(paid|pay|release|approve|cut|fund|process)?"
        r"|(with|through|up to|at) (my|our|the) (financing|finance|insurance|mortgage|warranty) (company|people|lender)"
        r"|(bank|lender|gc|general contractor|city|state|county|school|owner) (has|have|needs|need|still has|still needs) to (release|fund|pay|approve|sign)"
        r"|(insurance|insurer|hoa|association|lender|fema|escrow|title company) (company )?(is )?(handling|covering|supposed|covers|said|sends|cuts|reviewing)"
        r"|waiting (on|for) (fema|the closing|closing|escrow|the draw|my claim|the claim|the settlement)|claim (is )?(pending|open|being processed)|once the (insurance|claim|draw|loan|gc|hoa)"
        r"|get paid when|paid when paid|when (we|i) get paid|(seguro|aseguradora|asociacion|contratista|banco|financiera) (tiene que|debe|va a|no (nos |me )?ha|todavia no|aun no)|cuando (nos |me )?pague (el|la) (seguro|aseguradora|contratista|asociacion)|(esperando|espero).{0,25}(seguro|banco|prestamo|financiera|aseguradora|asociacion|contratista)"
    ),
    Everyday.COPY_WANTED: (
        r"(lost|misplaced|cant find|dont have|do not have) (the|my|your|that|a|any) (invoice|bill|paperwork|statement)|(send|email|mail|text|fax) (me|us) (a|the|another|that|your)? ?(copy|statement|invoice|bill|pdf)"
        r"|(never|didnt|havent|did not|have not) (even )?(got|get|gotten|received|receive) (it|one|anything|nothing)( from you( guys)?| in the mail| yet)?$|(resend|send|email|mail) (me )?(it|that|the invoice|the bill) (over |to me )?again|resend it"
        r"|(need|have|want|like) to (see|look at|review|check) (the|a|your|that|an) (\w+ )?(invoice|bill|statement)"
        r"|(can|could|may) (i|we) (have|get|see).{0,15}\b(copy|invoice|bill)\b|need (a|another|the) (copy|invoice)\b|(send|email|mail|resend|forward).{0,25}\b(copy|another one|the invoice|that invoice|the bill|a pdf|it again)\b"
        r"|(never|didnt|havent|did not|have not) (even )?(get|got|gotten|see|saw|seen|receive|received).{0,15}\b(an?|the|any|your|that|this)? ?(invoice|bill|statement|email from)"
        r"|(mand\w+|envi\w+|reenvi\w+).{0,25}(copia|factura)|no (he recibido|recibi|me llego).{0,12}(factura|cuenta)"
    ),
    Everyday.OTHER_CONTACT: (
        r"(talk|speak|call|email|contact|ask|reach)( to| with| out to)? (our|my|the) (bookkeeper|accountant|accounting|accounts payable|ap\b|office manager|controller|cpa|billing|corporate|head office|property manager)"
        r"|(bookkeeper|accountant|accounting|accounts payable|office manager|controller|cpa|corporate|head office) (handles|does|takes care|pays|deals)"
        r"|(that|this|it|bills?|invoices?|they) (all )?(goes?|go|should go|needs to go|get sent|is handled) (to|by|through) (our |the |my )?(ap|accounts payable|accounting|bookkeeper|corporate|head office|property manager|home office)\b"
        r"|(property manager|bookkeeper|accountant|accounting|corporate|head office|home office|main office|management company) (pays|handles|does|takes care)"
        r"|my (wife|husband|spouse|daughter|son|mother|mom|father|dad|sister|brother|partner)s? (handles|pays|takes care|does|deals|is in charge)"
        r"|mi (esposa|esposo|hija|hijo|mama|papa) (se encarga|paga|maneja|lleva)|not my department|i dont (handle|do|deal with) (the )?(bills|billing|payments|payables|invoices|that)|(her|his|their) (number|email|extension) is"
        r"|(lo|los|eso|las facturas) (lo |los |las )?(ve|lleva|maneja|paga|hace|atiende) (el |la |nuestra |nuestro )?(contador|contadora|contabilidad|oficina|administracion)"
        r"|hable con \w+ (de|en) (contabilidad|cuentas|administracion)|no es mi departamento|yo no (llevo|manejo|veo|pago) (las cuentas|los pagos|las facturas|eso)"
        r"|(contador|contabilidad|oficina central) (se encarga|paga|maneja)|hable con (el|la|nuestro|mi) (contador|contadora|contabilidad)"
    ),
    Everyday.WRITTEN_ONLY: (
        r"(just |only |please |rather |prefer(ably)? |can you )(e ?mail|mail|write|text)( it| me| us| that| this)?( instead)?\b|(in writing|by (e ?mail|mail)|through e ?mail)( only| please)?"
        r"|(e ?mail|mail|write|text|letters?) (me |us )?only\b|only (want|take|accept|do|by) (an? )?(e ?mails?|mail|letters?|writing)|solo (por )?(correo|escrito|carta)"
        r"|(rather|prefer).{0,25}\b(e ?mail|writing|letter|mail)\b|send (me|us) (a letter|an e ?mail|something in writing)|put it in (writing|an e ?mail)|por (escrito|correo)|mandeme un correo"
    ),
    Everyday.OTHER_JOB: (
        r"(other|another|different|previous|last|earlier) (job|project|visit|house|property|unit|site)|otro trabajo|la otra obra"
    ),
    Everyday.WHO_IS_CALLING: (
        r"who(s| is| are)? (this|calling|you|it|speaking)|what(s| is)? (this|it|is this|the call) (about|regarding|concerning)|what do you want|whats this( about)?$"
        r"|what company|where are you calling from|in regards? to|quien (es|habla|llama)|de parte de quien|de que se trata|que (quiere|desea)"
    ),
    Everyday.REPEAT: (
        r"^((oh|um|uh|eh|ay|oiga|perdon|disculpe|sorry) )*(what|huh|sorry|pardon|excuse me|come again|say what|say again|que|como|mande|como dice|que dice|como dijo|que dijo|mande usted)( (perdon|disculpe|sorry|please|por favor))*$|(say|repeat) (that|it)( again| one more| please)?|(can|could) you repeat"
        r"|didnt (hear|catch|understand|get) (that|you|what)|say again|breaking up|otra vez|repit[ae]|no (le )?(entendi|escuche|oi)"
    ),
    Everyday.GOODBYE: r"\b(bye|goodbye|good bye|have a good (one|day)|talk later|adios|hasta luego|chao|take care)\b",
}
_COMPILED = {kind: re.compile(pattern) for kind, pattern in _PATTERNS.items()}

_YES = re.compile(
    r"^(well |um |uh |oh |and |ok |okay |so )*(yes|yeah|yep|yup|yea|sure|correct|right|exactly|absolutely|of course|that(s| is| will be| would be| works)( fine| right| correct| good| great| perfect)?"
    r"|ok|okay|fine|sounds good|perfect|uh huh|mhm|mm hmm|please do|you got it|go ahead|i do|there is|si|claro|correcto|asi es|esta bien|de acuerdo|exacto|bueno|perfecto|eso es|por supuesto)\b"
)
_NO = re.compile(
    r"^(well |um |uh |oh |no )*(no|nope|nah|not really|not at all|negative|nothing|none|wrong|that(s| is) (not|wrong)|para nada|nada|todo (esta )?bien|ninguno|ninguna)\b"
    r"|\b(all good|its all fine|everything(s| is) (fine|good|right|correct)|nothing(s| is)? (wrong|to dispute)|no (problem|problems|issue|issues|complaints?)|it(s| is) (fine|right|correct)|i agree with (it|everything)|todo (esta )?bien|esta todo bien|no hay problema)\b"
)
_HOW: tuple[tuple[HowPaid, str], ...] = (
    (HowPaid.CHECK, r"\b(check|cheque|cheques|checks|money order|mailed it|in the mail)\b"),
    (
        HowPaid.TRANSFER,
        r"\b(ach|wire|wired|transfer|transferred|zelled?|venmo(ed)?|cash ?app|paypal(ed)?|deposit|deposited|bank|bill pay|transferencia|deposite|deposito)\b",
    ),
    (HowPaid.CARD, r"\b(card|visa|mastercard|amex|credit|debit|tarjeta)\b"),
    (HowPaid.CASH, r"\b(cash|efectivo)\b"),
    (HowPaid.LINK, r"\b(link|online|portal|website|app|enlace|en linea)\b"),
    (HowPaid.OFFICE, r"\b(office|in person|front desk|stop by|come by|drop it|drop by|swing by|oficina)\b"),
)


@lru_cache(maxsize=8)  # asked several times in one turn
def everyday(text: str) -> Everyday | None:
    """The first everyday meaning these words have, or none."""
    joined = " ".join(words(text))
    for kind, pattern in _COMPILED.items():
        if pattern.search(joined):
            return kind
    return None


def assent(text: str) -> bool | None:
    """True for a clear yes, False for a clear no, None for neither. ``No, that's fine`` is a no to the question asked."""
    joined = " ".join(words(text))
    if _NO.search(joined):
        return False
    return True if _YES.search(joined) else None


def how_paid(text: str) -> HowPaid:
    joined = " ".join(words(text))
    return next((how for how, pattern in _HOW if re.search(pattern, joined)), HowPaid.UNKNOWN)


_SOMEBODY = (
    r"(?:an? |the |your |some |el |la |un |una |su |al )?(?:real |actual |live |human |otra )?"
    r"(?:person|human|human being|manager|owner|boss|supervisor|somebody|someone|representative|rep|agent|operator"
    r"|persona|gerente|encargado|encargada|dueno|duena|jefe|jefa|supervisora|alguien)\b"
)
_WANTS_PERSON = re.compile(
    rf"\b(?:let me|can i|could i|may i|can you|could you|i want to|i wanna|i would like to|id like to|i need to|have to|please|just|and|or) "
    rf"(?:talk|speak|get|be connected|be transferred|transfer me|connect me|put me through|put me on)(?: to| with)? {_SOMEBODY}"
    rf"|\b(?:get|give|transfer|connect) me(?: to| with)? {_SOMEBODY}|\bput {_SOMEBODY} on\b|\bhave {_SOMEBODY} call\b"
    rf"|\b(?:quiero|quisiera|necesito|puedo|dejeme|me puede|podria) (?:hablar|comunicarme|comunicar|pasar)(?: con| a)? {_SOMEBODY}"
    rf"|\b(?:paseme|pongame|comuniqueme) (?:con|a) {_SOMEBODY}|\bque me llame {_SOMEBODY}"
)

CARD_RUN = 8
SHORTEST_PART = 3  # of a number read out in parts; as long as a security code
_SECURITY_CODE = re.compile(r"\b(cvv|cvc|cvv2|security code|codigo de seguridad)\b")
_CARD = re.compile(
    r"\b(card|visa|mastercard|amex|discover|account|routing|debit|credit|cvv|security code|expir\w+|social|tarjeta|cuenta|banco)\b"
)
_PHONE = re.compile(
    r"\b(call|number|phone|reach|cell|mobile|text|extension|office|fax|llam\w+|numero|telefono|celular|oficina)\b"
)
_OTHER_FIGURES = re.compile(r"\b\d{1,2}[/-]\d{1,2}[/-]\d{2,4}\b|\$\s?[\d,]+(?:\.\d\d)?")


def reads_card_number(text: str, known: Collection[str] = ()) -> bool:
    """A card or bank number is being read out: a run of eight digits or more that is no telephone number, date or sum.

    ``known``: numbers that may be said here, such as those of the invoices and the ZIP code on file.
    """
    plain = _OTHER_FIGURES.sub(" and ", text)
    joined = " ".join(words(plain))
    about_card = _CARD.search(joined) is not None
    if _SECURITY_CODE.search(joined) and any(len(run) >= SHORTEST_PART for run in digit_runs(plain)):
        return True
    for run in digit_runs(plain):
        for allowed in known:
            run = run.replace(re.sub(r"\D", "", allowed) or " ", "")
        if len(run) >= CARD_RUN and (about_card or not (_PHONE.search(joined) and _may_be_phone(run))):
            return True
    return False


def goes_on_reading(text: str, before: str) -> bool:
    """Nothing but digits, said after words about a card, other digits, or digits already taken out: one number in several breaths."""
    if not _is_all_digits(text):
        return False
    return "#" in before or _CARD.search(" ".join(words(before))) is not None or _is_all_digits(before)


def _is_all_digits(text: str) -> bool:
    """At least three digits and no other word."""
    runs = digit_runs(text)
    return len(runs) == 1 and len(runs[0]) >= SHORTEST_PART and all(digit_runs(word) for word in words(text))


def _may_be_phone(run: str) -> bool:
    """A number of this country, whole or still growing: ten digits, an area code and an exchange that exist."""
    run = run.removeprefix("1") if len(run) == 11 else run
    return len(run) <= 10 and run[0] in "23456789" and run[3] in "23456789"


def asks_about_recording(text: str) -> bool:
    """Whether it is recorded; the notice was at the beginning, and whoever asks is told again. ``Is this a recording`` asks who speaks."""
    return (
        re.search(
            r"\b(are|is|am|be|being) (you|this|it|i|they)?.{0,12}((?<!\ba )recording|recorded)\b|\bestan? grab",
            " ".join(words(text)),
        )
        is not None
    )


def asks_for_person(text: str) -> bool:
    """A person is wanted, whatever else is said in the same breath; who says that he spoke with one wants none."""
    joined = " ".join(words(text))
    return _WANTS_PERSON.search(joined) is not None


def is_social_security(text: str) -> bool:
    """Whoever reads that out means to say who they are, not to pay."""
    return bool({"social", "ssn"} & set(words(text)))


def without_digits(text: str) -> str:
    """The words with every number taken out, for what must not be kept."""
    return without_numbers(text)


def names_time_to_call(text: str) -> bool:
    """``Back on Monday``, ``try after five``: words that turn a day or an hour into a time to call."""
    cues = r"\b(back|try|call|reach|until|till|after|in at|in tomorrow|vuelve|regresa|llame|hasta|despues)\b"
    return re.search(cues, " ".join(words(text))) is not None


def told_before(text: str) -> bool:
    """The person says that the firm has been told already; it is never asked of them again."""
    return bool(
        re.search(
            r"\b(already|i|we|ive|weve|ya|just|you) ?(have |already )*(told|said|explained|mentioned|emailed|called|complained|reported|spoke|talked|wrote|dije|avise|explique|llame|comente)\b.{0,60}"
            r"\b(your|you guys|you people|yall|them|office|guy|technician|tech|manager|somebody|someone|people|him|owner|crew|ustedes|oficina|tecnico|muchacho|dueno)\b"
            r"|\b(already|ya) (emailed|called|complained|reported|explained|wrote|avise|llame)\b|\b(told|called|emailed) your \w+"
            r"|\b(your|the) (tech|technician|guy|office|crew|manager|owner|boss|girl|lady|people)( already)? (knows?|was told|is aware|has been told|have been told|said (he|she|they)d fix)"
            r"|\b(been over|gone over|been through) this\b|\b(spoke|talked|complained) (with|to) \w+.{0,20}about (this|it|that)|complained about (this|it|that)"
            r"|\b(sent|wrote) you (guys )?(an|a|two|several) (e ?mail|email|letter|text)s?|left (a |you a |two |several )?(message|voicemail)s?"
            r"|\bfor the (second|third|fourth|fifth|tenth|last|hundredth|umpteenth) time|\bhow many times|\bi keep telling|\b(ya )?se lo (dije|comente|explique|avise)"
            r"|\b(le|les) (dije|comente|avise|explique) (a|al|que|ya)\b",
            " ".join(words(text)),
        )
    )


def is_urgent(text: str) -> bool:
    """Safety words: the owner's alert says urgent."""
    return bool(
        re.search(
            r"\b(gas (leak|smell)|smell(s|ing|ed)? (like |of )?gas|leaking gas|flood(ed|ing|s)?(?! with (bills|calls|work|mail))|no heat|without heat|heat (is|went|has been) out|heats out"
            r"|(furnace|boiler|heater|heat) (is |has been )?(dead|out|down)|sewage|sewer|spark(s|ing|ed)?|(?<!cigarette )smok(e|ing)(?! detector (is )?fine)|(on|caught|catch|caused a|electrical) fire(?! sale)"
            r"|electrocuted|(shock|shocked|shocks).{0,25}(outlet|switch|panel|plug|faucet|touch)|(outlet|switch|panel|faucet).{0,25}shock|burning smell|smells? (like )?(its |it is |something )?burning"
            r"|water (is |was )?(pouring|gushing|running|coming) (\w+ ){0,3}(through|down|out of|from) the (ceiling|wall|walls|roof)|(ceiling|roof) (is )?(leaking|fell|collapsed|collapsing|caving|coming down|is coming)"
            r"|carbon monoxide|no (hot )?water|fuga de gas|(huele|olor) a gas|inunda\w*|inundo|inundacion|chispas|humo|aguas negras|sin calefaccion|no hay calefaccion|incendio"
            r"|techo se (cayo|cae|esta cayendo)|sin agua)\b",
            " ".join(words(text)),
        )
    )
