"""The trade's everyday answers, and the short words between them."""

import pytest

from calls.agent.acts import HowPaid
from calls.agent.address import gives_a_fact
from calls.agent.everyday import Everyday, assent, everyday, how_paid, is_urgent, reads_card_number, told_before
from calls.agent.identity import handles_payables, names_themselves
from calls.agent.invoices_named import invoices_named
from tests.calls.agent_cast import consumer, firm


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("we need a W-9 before we can pay", Everyday.PAPERWORK_FIRST),
        ("put the PO number on it", Everyday.PAPERWORK_FIRST),
        ("send me your certificate of insurance", Everyday.PAPERWORK_FIRST),
        ("upload it into our vendor portal", Everyday.PAPERWORK_FIRST),
        ("we're waiting for the insurance to pay us", Everyday.WAITING_FOR_PAYER),
        ("the HOA hasn't approved it", Everyday.WAITING_FOR_PAYER),
        ("can you send me a copy", Everyday.COPY_WANTED),
        ("I never got the invoice", Everyday.COPY_WANTED),
        ("no me llegó la factura", Everyday.COPY_WANTED),
        ("talk to our bookkeeper", Everyday.OTHER_CONTACT),
        ("that's not my department", Everyday.OTHER_CONTACT),
        ("please just email me", Everyday.WRITTEN_ONLY),
        ("is this a scam", Everyday.DISTRUSTS_CALL),
        ("I don't give my zip to strangers, how do I know you are real", Everyday.DISTRUSTS_CALL),
        ("don't record me", Everyday.RECORDING_REFUSED),
        ("do you speak Vietnamese", Everyday.LANGUAGE),
        ("do you speak Spanish", Everyday.WANTS_SPANISH),
        ("no hablo inglés", Everyday.WANTS_SPANISH),
        ("call 911", Everyday.VULNERABLE),
        ("my mom isn't home", Everyday.VULNERABLE),
        ("hold on let me get her", Everyday.HOLD_THE_LINE),
        ("who is this", Everyday.WHO_IS_CALLING),
        ("say that again", Everyday.REPEAT),
        ("okay bye", Everyday.GOODBYE),
        ("mande el certificado de seguro", Everyday.PAPERWORK_FIRST),
        ("tiene que subirlo al portal", Everyday.PAPERWORK_FIRST),
        ("el contratista no nos ha pagado", Everyday.WAITING_FOR_PAYER),
        ("eso lo ve contabilidad", Everyday.OTHER_CONTACT),
        ("hable con Karen de contabilidad", Everyday.OTHER_CONTACT),
        ("no es mi departamento", Everyday.OTHER_CONTACT),
        ("espéreme tantito", Everyday.HOLD_THE_LINE),
        ("submit it through Ariba", Everyday.PAPERWORK_FIRST),
        ("it has to go through our portal", Everyday.PAPERWORK_FIRST),
        ("you're not set up as a vendor yet", Everyday.PAPERWORK_FIRST),
        ("send it over again please", Everyday.COPY_WANTED),
        ("I need to see the invoice first", Everyday.COPY_WANTED),
        ("I'd rather have that in an email", Everyday.WRITTEN_ONLY),
        ("I don't believe this is real", Everyday.DISTRUSTS_CALL),
        ("can you hold", Everyday.HOLD_THE_LINE),
        ("my wife takes care of that", Everyday.OTHER_CONTACT),
        ("my insurance is handling it", Everyday.WAITING_FOR_PAYER),
        ("I lost the invoice", Everyday.COPY_WANTED),
        ("can you mail me a statement", Everyday.COPY_WANTED),
        ("the property management company handles that", Everyday.OTHER_CONTACT),
        ("I don't talk to robots", Everyday.DISTRUSTS_CALL),
        ("no entiendo inglés", Everyday.WANTS_SPANISH),
        ("hablo solo español", Everyday.WANTS_SPANISH),
        ("parlez-vous français", Everyday.LANGUAGE),
        ("I'm having chest pains", Everyday.VULNERABLE),
        ("my mom's at work", Everyday.VULNERABLE),
        ("you don't have permission, you can't record me", Everyday.RECORDING_REFUSED),
        ("hold please", Everyday.HOLD_THE_LINE),
    ],
)
def test_an_everyday_answer_is_known(said: str, meant: Everyday) -> None:
    assert everyday(said) is meant


@pytest.mark.parametrize(
    "said",
    [
        "I'll pay it Friday",
        "yes this is Ida",
        "how much is it",
        "I have a copy right here",
        "the French drain works",
        "I've been in the hospital",
    ],
)
def test_an_ordinary_answer_is_none_of_them(said: str) -> None:
    assert everyday(said) is None


@pytest.mark.parametrize(
    ("said", "agreed"),
    [
        ("yes that's right", True),
        ("yeah sure", True),
        ("sí", True),
        ("sounds good", True),
        ("no", False),
        ("no, that's fine", False),
        ("nothing wrong", False),
        ("todo bien", False),
        ("next Monday", None),
        ("the pump", None),
    ],
)
def test_a_yes_is_a_yes_and_a_no_is_a_no(said: str, agreed: bool | None) -> None:
    assert assent(said) is agreed


@pytest.mark.parametrize(
    ("said", "how"),
    [
        ("I mailed a check", HowPaid.CHECK),
        ("by Zelle", HowPaid.TRANSFER),
        ("with my Visa", HowPaid.CARD),
        ("en efectivo", HowPaid.CASH),
        ("through your website", HowPaid.LINK),
        ("at the front desk", HowPaid.OFFICE),
        ("last week", HowPaid.UNKNOWN),
    ],
)
def test_how_it_was_paid_is_understood(said: str, how: HowPaid) -> None:
    assert how_paid(said) is how


def test_a_card_number_is_known_as_one_and_a_zip_is_not() -> None:
    assert reads_card_number("it's 4111 1111 1111 1111")
    assert reads_card_number("my account is 12345678")
    assert not reads_card_number("four three two one five")
    assert not reads_card_number("call me at 614 555 0101")


@pytest.mark.parametrize(
    "said",
    [
        "I've told you people three times",
        "we've been over this with your office",
        "I already emailed about this",
        "your tech knows about it",
        "I spoke with Dave about this on Monday",
        "I left a message with your front desk",
        "for the third time",
        "ya se lo comenté a su técnico",
        "le dije al muchacho que no sirve",
    ],
)
def test_that_the_firm_was_told_before_is_understood(said: str) -> None:
    assert told_before(said)


@pytest.mark.parametrize("said", ["I already told my husband", "I told you I'd pay Friday", "for the water heater"])
def test_what_was_told_to_nobody_of_the_firm_is_not(said: str) -> None:
    assert not told_before(said)


@pytest.mark.parametrize(
    ("said", "urgent"),
    [
        ("I can smell gas", True),
        ("the furnace is dead and we have a baby", True),
        ("the ceiling is leaking", True),
        ("it smells like burning", True),
        ("I got a shock from the switch", True),
        ("se está inundando la casa", True),
        ("el techo se cayó", True),
        ("I was shocked by the price", False),
        ("I'm flooded with bills", False),
        ("you guys fired me", False),
        ("the gas station on the corner", False),
    ],
)
def test_only_danger_is_urgent(said: str, urgent: bool) -> None:
    assert is_urgent(said) is urgent


def test_who_was_told_before_and_what_is_urgent() -> None:
    assert told_before("I already told your technician")
    assert not told_before("it still leaks")
    assert is_urgent("the outlet is sparking")
    assert is_urgent("se inundó el sótano, está inundado")
    assert not is_urgent("the price is wrong")


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("four three two one five", True),
        ("43215", True),
        ("it's 412 Elm", True),
        ("E L M", True),
        ("Oak street", False),
        ("1 2 3 4 5", False),
        ("yes", False),
    ],
)
def test_a_harmless_fact_is_compared_with_what_is_on_file(said: str, right: bool) -> None:
    assert gives_a_fact(said, consumer()) is right


def test_a_name_given_by_its_bearer_is_not_one_spoken_of() -> None:
    assert names_themselves("this is Ida", consumer())
    assert not names_themselves("Ida is not here", consumer())
    assert not names_themselves("this is Ida's husband", consumer())
    assert handles_payables("I do the books")
    assert not handles_payables("I don't do the books")


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("twenty two thirty two is wrong", ("2232",)),
        ("the seven hundred one", ("2233",)),
        ("the $700 one", ("2233",)),
        ("the drain was never cleaned", ("2233",)),
        ("it is all wrong", ("2232", "2233")),
    ],
)
def test_an_objection_is_tied_to_the_invoice_it_names(said: str, named: tuple[str, ...]) -> None:
    assert invoices_named(said, firm()) == named
