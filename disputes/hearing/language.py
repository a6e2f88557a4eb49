"""Which language a line is in: ``en``, ``es`` or ``es-en``. By the small words that only one of the two has."""

import re

from disputes.hearing.text import LONGEST, plain

_SPANISH = frozenset(
    "el la los las un una unos unas de del que y es esta este esto esa ese eso estan estoy esto por para con sin pero porque "
    "no_ si_ yo tu usted ustedes nosotros ellos ella mi su sus nos se le les lo me_ ya muy mas cuando donde como quien cual cuanto "
    "hola gracias bueno buenos buenas dias tardes senor senora factura cuenta dinero pago pagar pague pagado pagamos debo deuda "
    "llame llamen llamar llamada numero trabajo casa bano cocina nunca nada nadie todo todos tambien hoy manana ayer lunes martes "
    "miercoles jueves viernes sabado domingo semana mes ano tengo tiene tienen hay fue era son soy habla hablo diga digame mande "
    "claro quiero quiere puedo puede hablar espanol equivocado equivocada abogado hicieron hizo dijo dijeron vino vinieron cobraron "
    "cobrando mal bien roto rota arreglaron arreglar cheque transferencia despues antes ahora ahorita aqui alla cosa dueno duena "
    "esposo esposa hijo hija murio fallecio ocupado ocupada perdon disculpe favor oiga oye verdad tarjeta enlace correo quincena pedi pedimos uno dos tres cuatro cinco seis siete ocho nueve cero diez veinte treinta cien mil codigo postal calle".split()
)
_ENGLISH = frozenset(
    "the a an and is are was were be been it its this that these those i im ill ive you your youre we our they their them he she his "
    "her my me to for of with not dont didnt doesnt wasnt isnt cant wont never nobody what when where who which how why there here "
    "have has had do does did will would can could should pay paid bill invoice call calling called number money work job done fix "
    "fixed broken leak price charge charged wrong right okay yes yeah yep nope please thanks thank hello hi bye just still already "
    "told said know think want need send get got on in at by from about up out if so but or then now today tomorrow next week one two three four five six seven eight nine zero ten twenty thirty hundred street zip".split()
)
_AMBIGUOUS = frozenset({"no", "si", "a", "me", "he", "on", "es", "son", "as", "has", "once", "come"})


def language_of(text: str) -> str:
    """Words that both languages have say nothing; a line with neither counts as English."""
    text = text[:LONGEST]
    words = [word for word in re.findall(r"[a-z]+", plain(text)) if word not in _AMBIGUOUS]
    spanish = sum(word in _SPANISH for word in words)
    english = sum(word in _ENGLISH for word in words)
    marks = any(mark in text for mark in "¿¡ñ") or bool(re.search(r"[áéíóú]", text.lower()))
    if marks:
        spanish += 1
    if not spanish:
        if (
            not english
            and re.fullmatch(r"\s*(no|si|sí)?[\s,.]*(si|sí|no es|es)[\s,.!]*", text.lower())
            and text.lower().strip(" .,!") != "no"
        ):
            return "es"
        return "en"
    if not english:
        return "es"
    return "es-en" if min(spanish, english) / max(spanish, english) >= 0.2 else ("es" if spanish > english else "en")
