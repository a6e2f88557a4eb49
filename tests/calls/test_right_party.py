"""Who hears the debt: the person asked for, and nobody who only says something like it (15 USC 1692c(b))."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calls.agent import Brief, Language, State, Step, advance
from calls.agent.acts import RightParty
from calls.agent.address import gives_a_fact
from calls.agent.events import MachineHeard, Said
from calls.agent.identity import gives_another_name, names_themselves
from calls.agent.names import on_file
from calls.agent.steps import Asks
from calls.agent.turn import ABOUT_THE_DEBT
from tests.calls.agent_cast import consumer, firm, known, said, talk

ZIP = "43215"


def heard_the_debt(steps: list[Step]) -> bool:
    return any(line.key in ABOUT_THE_DEBT for step in steps for line in step.say) or any(
        isinstance(act, RightParty) for step in steps for act in step.acts
    )


def later(state: State, *texts: str) -> list[Step]:
    steps: list[Step] = []
    for text in texts:
        steps.append(advance(steps[-1].state if steps else state, Said(text)))
    return steps


# the name


@pytest.mark.parametrize(
    "words",
    [
        "this is jenny", "hi this is bob", "yes this is bob", "yeah it's bob", "soy maria", "sí, soy María", "it's me maria", "hablo yo maria",
        "bob speaking", "maria here", "i'm bob", "my name is maria", "me llamo maria", "es maria", "habla maria",
        "its me maria who is this", "this is ida cole", "This is Ida Cole.", "this is ida brandt junior", "bob brandt", "this is junior",
        "this is ridiculous", "this is crazy", "this is private property", "yes this is private property", "this is brandt",
        "Ida?", "who am i speaking with", "who is speaking", "speaking for myself who are you", "i'll be frank", "are you speaking to ida",
    ],
)  # fmt: skip
def test_another_name_is_asked_again_and_no_zip_code_makes_up_for_it(words: str) -> None:
    steps = talk(consumer(), words, ZIP)

    assert not steps[-1].state.right_party
    assert not heard_the_debt(steps)


@pytest.mark.parametrize("words", ["this is jenny", "this is ridiculous", "bob speaking"])
def test_who_gave_another_name_may_still_say_yes(words: str) -> None:
    steps = talk(consumer(), words, "yes", ZIP)

    assert said(steps[1]) == "I am looking for Ida Brandt. Is that you?"
    assert steps[-1].state.right_party


@pytest.mark.parametrize(
    "words",
    [
        "yes", "yeah", "uh huh", "sí", "claro que sí", "es correcto", "yes who is this", "yes what do you want", "sí diga",
        "this is ida", "yes this is ida", "ida", "ida brandt", "ida here", "ida speaking", "hello ida speaking how can i help",
        "i d a", "this is i d a brandt", "speaking", "yes speaking", "this is she", "yes this is her", "this is her how can i help you",
        "it's me", "that's me", "you got her", "you've got her", "that would be me", "in the flesh", "soy yo", "con ella habla", "la misma",
        "Yes, this is Ida. Sorry, I was outside.", "yes this is ida sorry i was outside", "Yeah. Ida. What's up?", "yes this is mrs brandt",
        "mrs brandt speaking", "hi this is ida what's this about", "Yes, I'm Ida.", "yes this is Ida Brandt and who are you",
    ],
)  # fmt: skip
def test_a_yes_or_her_own_name_is_one(words: str) -> None:
    assert talk(consumer(), words, ZIP)[-1].state.right_party


@pytest.mark.parametrize(
    ("person", "words"),
    [
        ("Ida De La Cruz", "soy ida de la cruz"),
        ("Ida De La Cruz", "this is mrs de la cruz"),
        ("Ida Garcia Lopez", "this is ida lopez"),
        ("Ida Smith-Jones", "this is ida smith jones"),
        ("Mary Ann Brandt", "this is mary"),
        ("Mary Ann Brandt", "this is ann brandt"),
        ("J. R. Brandt", "this is jr brandt"),
        ("I. Brandt", "this is ida brandt"),
        ("Brandt, Ida", "this is ida"),
        ("Ida & Tom Brandt", "this is tom"),
        ("Mr. and Mrs. Tom Brandt", "this is tom brandt"),
        ("Robert Brandt", "yes this is bob"),
        ("Francisco Reyes", "sí, Paco"),
        ("Robert Brandt Jr.", "robert brandt junior"),
        ("Will Case", "this is will"),
        ("Bill May", "this is bill"),
        ("Siobhan O'Neil", "this is siobhan oneil"),
        ("José Núñez", "soy jose nunez"),
        ("Van Nguyen", "this is van"),
        ("Li Wei", "this is wei li"),
        ("Madonna", "this is madonna"),
    ],
)
def test_a_name_is_known_in_every_form_its_bearer_gives_it(person: str, words: str) -> None:
    assert talk(consumer(customer_name=person), words)[-1].state.phase.value == "fact"


@pytest.mark.parametrize(
    ("person", "words"),
    [
        ("Ida De La Cruz", "this is maria de la cruz"),
        ("Ida De La Cruz", "soy de la compañía"),
        ("Ida De La Cruz", "the de la cruz residence"),
        ("Ida Garcia Lopez", "soy pedro garcia lopez"),
        ("Ida Garcia Lopez", "ida perez"),
        ("Ida Smith-Jones", "bob smith-jones"),
        ("Mary Ann Brandt", "this is ann"),
        ("Mary Ann Brandt", "this is mary cole"),
        ("J. R. Brandt", "this is bob brandt"),
        ("I. Brandt", "this is ida"),
        ("I. Brandt", "this is maria brandt"),
        ("Ida & Tom Brandt", "this is bob and who are you"),
        ("Robert Brandt", "this is bob"),
        ("Robert Brandt", "this is bob cole"),
        ("Robert Brandt", "this is robert brandt junior"),
        ("Robert Brandt Jr.", "this is robert brandt senior"),
        ("Will Case", "what will you do"),
        ("Will Case", "in that case no"),
        ("Will Case", "this is the case"),
        ("Bill May", "which bill is this"),
        ("Bill May", "may i ask who is calling"),
        ("Mark Price", "this is the price"),
        ("Frank Rich", "i'll be frank"),
        ("Guy Manning", "this guy"),
        ("Hope Miller", "i hope so"),
        ("Joy Summers", "what a joy"),
        ("Art Wood", "this is real art"),
    ],
)
def test_a_relative_of_the_same_name_and_a_name_that_is_a_word_are_no_answer(person: str, words: str) -> None:
    steps = talk(consumer(customer_name=person), words, ZIP)

    assert not steps[-1].state.right_party
    assert not heard_the_debt(steps)


# the fact


@pytest.mark.parametrize(
    "words",
    [
        "no I'm not ida, her zip is 43215", "well she lives at four three two one five but she's not in", "43215 but i'm not her",
        "she lives on 412 elm street I'm just the cleaner", "412 elm street she's out", "this is maria it's 43215", "i think her zip is 43215",
        "yeah this is her daughter 43215", "ida's zip is 43215", "my mom's zip is 43215", "she says it's 43215", "the zip here is 43215 but she moved",
        "su codigo es 43215 pero no esta", "el código de ella es 43215", "ida is out but it's 43215", "i'm the new tenant 43215", "soy su vecina, vive en la calle elm 412",
    ],
)  # fmt: skip
def test_a_fact_given_by_somebody_else_proves_nothing(words: str) -> None:
    assert not heard_the_debt(talk(consumer(), "yes", words))


@pytest.mark.parametrize(
    "words",
    [
        "43215 tom speaking", "it's 43215 tom", "tomás, 43215", "our zip is 43215 my wife is at work", "her's is 43215", "43215 according to her",
        "43215 do you want to talk to her", "43215, ¿se la paso?", "43215 she's right here", "43215 pero está dormida", "43215 dice ella",
        "412 elm street the new owners", "412 elm street apartment b the upstairs neighbor", "43215 I'll get her", "43215 my wife's name is ida",
        "43215 but I'm at work I can't talk", "43215 is this a scam", "43215 for ida", "ida's at 43215",
    ],
)  # fmt: skip
def test_a_fact_counts_only_where_it_is_the_whole_answer(words: str) -> None:
    assert not heard_the_debt(talk(consumer(), "yes", words))


@pytest.mark.parametrize(
    "words",
    [
        "43215 what is this about", "sure it's 43215", "of course 43215", "412 elm street columbus ohio 43215", "412 elm street, Columbus, Ohio",
        "43215 ohio", "43215 who's this", "okay 43215, what's going on", "43215 how can I help you", "43215 y de qué se trata", "el 43215",
        "it's four three two one five, thanks", "43215, this is ida brandt", "43215 that's it", "my zip code is 43215 and who are you",
        "43215 is that right", "um 43215 I believe", "43215 ma'am", "like I said 43215", "it's 43215 but why do you need it", "43215 now what do you want", "you want my zip? 43215", "43215 who did you say you were",
        "43215 is this about the heater", "es el 43215, ¿para qué?",
    ],
)  # fmt: skip
def test_her_own_small_questions_and_courtesies_take_nothing_from_it(words: str) -> None:
    assert talk(consumer(), "yes", words)[-1].state.right_party


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    "words",
    [
        "yes ida lives here", "yes Ida is here, who's calling?", "yes ida is my roommate", "yes ida is my landlord", "yes ida is my mom why",
        "yes ida is the lady upstairs", "yes ida wants to know who it is", "yeah ida, my wife", "yes ida, she's here", "yes bob", "yes bob cole",
        "yes Mr Brandt speaking", "yes she is with me", "yes you may speak with her", "yes you can talk to her", "yes she can talk",
        "yes what did she do", "yes why do you want her", "yes I'll tell her", "yes I'm translating for her", "yes I pay her bills", "sí yo le digo",
        "sí aquí vive", "yes I'm her translator", "you're talking to her lawyer", "you got her voicemail", "yes they live here", "sí, ella está aquí",
        "yes we both live here", "yes both of us", "yes roommate", "yeah my husband here", "yes, wife speaking", "yes my daughter is", "correct my sister", "yes the owner of the house", "sí, soy su esposo", "sí, yo le aviso", "sí, es mi mamá", "yes Tom", "yes may I take a message",
    ],
)  # fmt: skip
def test_a_yes_that_speaks_of_somebody_else_is_none_and_forbids_no_calls(words: str, language: Language) -> None:
    steps = talk(consumer(language=language), words, ZIP)

    assert not heard_the_debt(steps)
    assert steps[-1].state.suppressed == ()


@pytest.mark.parametrize(
    "words",
    [
        "yes who are you with", "yes where are you calling from", "yes what is this for", "yes it is she", "yes what's wrong", "yes indeed",
        "you're talking to her", "you've got her", "yes ida what do you want", "Yes. Ida. Why?", "ella misma",
        "yes how are you", "that is correct", "yes can you hear me", "yes make it quick", "yes why are you calling me", "yes is everything ok", "yeah why",
        "yes did something happen", "yes is this about my appointment", "yes good morning", "está hablando con ella",
    ],
)  # fmt: skip
def test_a_yes_with_her_own_small_question_is_hers(words: str) -> None:
    assert talk(consumer(), words, ZIP)[-1].state.right_party


@pytest.mark.parametrize("contact", ["Ben Oak", ""])
@pytest.mark.parametrize(
    "words",
    [
        "yes ben is here, who's calling", "yes ben works here", "yes ben is the boss", "yes ben runs this", "yes ben does the books",
        "yeah what about him", "yes he can talk",
    ],
)  # fmt: skip
def test_whoever_says_yes_to_knowing_him_does_not_pay_the_bills(contact: str, words: str) -> None:
    step = talk(firm(contact_name=contact), words)[-1]

    assert not heard_the_debt([step])
    assert step.state.suppressed == ()


@pytest.mark.parametrize(
    "words", ["I'm not ida but 43215", "her zip is 43215, she's at work", "this is bob, 412 elm street"]
)
def test_nor_does_it_together_with_the_name(words: str) -> None:
    assert not heard_the_debt(talk(consumer(), words))


@pytest.mark.parametrize(
    "words",
    ["this is ida 43215", "43215 this is ida", "it's ida, 43215", "ida here 412 elm street", "this is ida I live on elm street 412", "43215 ida", "not a problem, 43215"],
)  # fmt: skip
def test_the_fact_with_her_own_name_is_hers_and_never_a_wrong_number(words: str) -> None:
    step = talk(consumer(), "yes", words)[-1]

    assert step.state.suppressed == ()
    assert step.state.right_party


@pytest.mark.parametrize("words", ["this here is ida", "you're speaking with ida", "you are talking with ida brandt", "you are speaking to ida"])  # fmt: skip
def test_her_own_name_in_its_place_is_a_yes_whatever_stands_before_it(words: str) -> None:
    steps = talk(consumer(), words, ZIP)

    assert steps[-1].state.suppressed == ()
    assert steps[-1].state.right_party


@pytest.mark.parametrize("words", ["ida here, elm street", "this is ida I'm on elm"])
def test_half_an_address_with_her_own_name_is_asked_again(words: str) -> None:
    steps = talk(consumer(), "yes", words, ZIP)

    assert not heard_the_debt(steps[:-1])
    assert steps[-1].state.right_party


@pytest.mark.parametrize(
    "words",
    ["what's wrong", "is something wrong", "not sure", "I'm not sure what my zip is", "isn't it in your file", "yes what's wrong", "yes not now", "yes why not", "oh no"],
)  # fmt: skip
def test_a_question_is_no_denial_of_who_she_is(words: str) -> None:
    asked, proved = talk(consumer(), "yes", words, ZIP)[2:]

    assert asked.state.phase.value == "fact"
    assert proved.state.right_party


@pytest.mark.parametrize("words", ["no", "not me", "no it's not her", "not ida", "I'm not her", "that's not me"])  # fmt: skip
def test_a_no_to_the_name_is_one_though_a_yes_came_before_it(words: str) -> None:
    step = talk(consumer(), "yes", words)[-1]

    assert said(step) == "Thank you. When would be a good time to reach Ida Brandt?"


@pytest.mark.parametrize(
    "words",
    [
        "it's still me", "yes it's still me", "still me", "yeah still ida", "hi sorry, ida again", "yes I'm here", "I'm back", "okay I'm back",
        "sorry about that, I'm back", "hey it's me again", "sí, aquí estoy", "this is still ida",
    ],
)  # fmt: skip
def test_who_held_the_line_says_in_her_own_words_that_she_is_back(words: str) -> None:
    start = later(known(consumer()), "hold on a sec")[-1].state

    assert later(start, words)[-1].state.right_party
    assert later(start, "hello", words)[-1].state.right_party


@pytest.mark.parametrize("words", ["it's me bob", "I'm here", "hello", "this is bob, I'm back", "I'm back with her", "it's her husband again", "bob again"])  # fmt: skip
def test_nobody_else_is_back_when_another_voice_follows_hold_on(words: str) -> None:
    assert not heard_the_debt(later(known(consumer()), "hold on a sec", words)[1:])


@pytest.mark.parametrize("words", ["it's still me", "I'm back", "yes I'm here"])
def test_who_announced_somebody_else_is_not_back_by_saying_so(words: str) -> None:
    assert not heard_the_debt(later(known(consumer()), "hold on let me get my husband", words, "yes", "how much is it"))


def test_whoever_reads_out_the_fact_after_hold_on_has_not_said_a_name() -> None:
    steps = talk(consumer(), "yes this is Ida", "hold on a second", "four three two one five")

    assert said(steps[2]) == "Thank you, I will wait."
    assert not heard_the_debt(steps)
    assert later(steps[-1].state, "yes", ZIP)[-1].state.right_party


@pytest.mark.parametrize(
    ("street", "words"),
    [
        ("412 Elm Street", "412 elm"),
        ("412 Elm Street", "four twelve elm street"),
        ("412 Elm Street", "four hundred twelve elm"),
        ("412 Elm Street", "calle elm 412"),
        ("412 Elm Street", "e as in echo l as in lima m as in mary"),
        ("12 First Street", "twelve 1st street"),
        ("12 Main Street", "it's twelve main street"),
        ("101 W 5th Ave", "one oh one west fifth avenue"),
        ("1205 Twenty-First St", "twelve oh five 21st street"),
        ("400 Oak Hill Rd Apt 4", "four hundred oak hill road apartment four"),
        ("4B Oak St", "four b oak"),
        ("4B Oak St", "4b oak"),
        ("Calle Luna 12", "luna doce"),
        ("Elm", "on elm street"),
        ("Main", "it's main street"),
    ],
)
def test_a_street_counts_with_its_number_however_it_is_read_out(street: str, words: str) -> None:
    assert gives_a_fact(words, consumer(street=street, zip_code=""))


@pytest.mark.parametrize(
    ("street", "words"),
    [
        ("412 Elm Street", "elm street"),
        ("412 Elm Street", "421 elm street"),
        ("12 First Street", "who is this in the first place"),
        ("12 Main Street", "what is the main reason you are calling"),
        ("Main", "what is the main reason you are calling"),
        ("400 Oak Hill Rd Apt 4", "apartment 4 oak hill"),
        ("Park", "i was at the park"),
        ("12 Poplar Road", "put the p o number on it"),
        ("12 K Street", "okay k"),
    ],
)
def test_a_street_said_in_passing_is_no_fact(street: str, words: str) -> None:
    assert not gives_a_fact(words, consumer(street=street, zip_code=""))


def test_a_house_number_in_spanish_is_no_wrong_number() -> None:
    step = talk(consumer(language=Language.SPANISH), "sí soy Ida", "calle elm número 412")[-1]

    assert step.state.suppressed == ()
    assert step.state.right_party


def test_a_zip_code_inside_a_telephone_number_is_none() -> None:
    assert not gives_a_fact("call me at 614 432 1512", consumer())
    assert gives_a_fact("43215-1200", consumer())


# businesses


@pytest.mark.parametrize("contact", ["Ben Oak", ""])
@pytest.mark.parametrize(
    "words",
    [
        "front desk this is amy", "good morning oak and sons this is jenny", "yes this is the receptionist", "this is ridiculous",
        "yes how can I help you", "oak and sons landscaping this is jenny how can I help you", "yes this is oak and sons", "this is jenny",
        "yes this is reception", "yes this is sales", "jenny speaking", "yes jenny speaking how can i help you", "who am i speaking with",
        "who handles what", "i don't handle that", "yes this is ben's assistant jenny", "yes but ben is out today", "is ben speaking with you",
        "sí, ¿en qué le puedo ayudar?", "recepción, buenos días", "can i take a message", "yeah who wants to know",
    ],
)  # fmt: skip
def test_a_front_desk_is_not_who_pays_the_bills(contact: str, words: str) -> None:
    assert not heard_the_debt(talk(firm(contact_name=contact), words))


@pytest.mark.parametrize(
    "words",
    [
        "yes", "yes who is this", "uh huh", "sí", "sí, ¿de parte de quién?", "yes go ahead", "speaking", "this is he", "yes that's me",
        "accounts payable speaking", "this is accounts payable", "this is maria in accounting", "i handle the bills", "I pay the bills around here",
        "yes this is maria I handle payables", "Yes, this is Ana.", "yes this is ana reyes who's calling", "I'm the owner", "soy la contadora",
    ],
)  # fmt: skip
def test_who_pays_the_bills_is_known_with_and_without_a_name_on_file(words: str) -> None:
    assert talk(firm(), words)[-1].state.right_party
    assert talk(firm(contact_name=""), words)[-1].state.right_party


@pytest.mark.parametrize("contact", ["Ben Oak", ""])
@pytest.mark.parametrize(
    "words",
    [
        "accounts payable this is jenny", "this is the owner", "accounts payable", "AP", "good morning accounts payable", "payables how can I help",
        "I'm not ben but I handle payables", "ben's not here but I do payables", "he's not in, I handle it", "he's not in I handle it",
    ],
)  # fmt: skip
def test_the_desk_that_pays_the_bills_answers_for_itself(contact: str, words: str) -> None:
    assert talk(firm(contact_name=contact), words)[-1].state.right_party


def test_a_business_that_says_its_own_name_first_may_go_on_with_his() -> None:
    assert talk(firm(), "oak and sons ben speaking how can I help you")[-1].state.right_party
    assert not talk(firm(), "oak and sons jenny speaking how can I help you")[-1].state.right_party


@pytest.mark.parametrize("contact", ["Ben Oak", ""])
@pytest.mark.parametrize(
    "words",
    [
        "accounts payable?", "accounts payable, not my thing", "who handles accounts payable", "this is jenny I don't handle accounts payable",
        "ben is not here he handles payables", "I'm not in accounts payable", "do you want accounts payable", "accounts payable is closed",
        "you want accounts payable", "accounts payable this is the receptionist", "who do I pay that to", "this is the owner's wife",
    ],
)  # fmt: skip
def test_naming_that_desk_is_not_being_it(contact: str, words: str) -> None:
    assert not heard_the_debt(talk(firm(contact_name=contact), words))


@pytest.mark.parametrize(
    ("person", "words"),
    [
        ("Penny Price", "this is penny price"), ("Penny Price", "penny price"), ("Bill Jones", "it's bill"), ("Bill Jones", "you got bill"),
        ("William Jones", "yes it's bill"), ("Bill Fix", "bill fix"), ("Bill Fix", "this is bill fix"), ("Ana Hernandez", "soy la señora hernandez"),
        ("Ida Brandt", "sí ella habla, soy ida"), ("Ida Brandt", "this is ida brand"), ("Ida Brandt", "yes this is Ida Brent"), ("Ida Brandt", "ajá"),
    ],
)  # fmt: skip
def test_a_name_that_is_a_word_of_bills_or_misheard_is_hers_and_disputes_nothing(person: str, words: str) -> None:
    step = talk(
        consumer(customer_name=person, language=Language.SPANISH if "soy" in words else Language.ENGLISH), words
    )[-1]

    assert step.state.phase.value == "fact"
    assert not step.state.frozen


@pytest.mark.parametrize(
    "person", ["Destiny Owens", "Rich Banks", "Sue Law", "Mark Cash", "Jose Nunez", "Noah Nobody", "Chase Bank", "Art Goodman", "Bill May"]
)  # fmt: skip
@pytest.mark.parametrize("words", ["it's {first}", "{first} here", "this is {whole}"])
def test_no_name_objects_to_anything(person: str, words: str) -> None:
    brief, first = consumer(customer_name=person), person.split()[0].lower()
    named = words.format(first=first, whole=person.lower())

    proved = talk(brief, named, f"{person.lower()} 43215")[-1]
    assert proved.state.right_party
    assert talk(brief, "yes", f"my name is {person.lower()} and my zip is 43215")[-1].state.right_party
    assert later(proved.state, "hold on a sec", f"still {first}")[-1].state.right_party


@pytest.mark.parametrize("words", ["you've reached ida brandt", "you have reached ida brandt please leave a message"])
def test_the_greeting_of_her_machine_is_not_her(words: str) -> None:
    assert talk(consumer(), words)[-1].end == "voicemail_greeting"


@pytest.mark.parametrize("words", ["William, I don't owe this bill", "you got bill wrong", "I don't owe this bill", "this is bill, this bill is wrong"])  # fmt: skip
def test_a_bill_that_is_objected_to_is_no_name(words: str) -> None:
    assert talk(consumer(customer_name="Bill Jones"), words)[-1].state.frozen


@pytest.mark.parametrize("before", [(), ("yes",), ("yes", ZIP, "hold on a sec")])
@pytest.mark.parametrize(
    "words",
    ["I just told you", "what? I didn't catch that", "no, why", "you should have that", "I don't give that out", "no no no what happened", "I already told you who I am"],
)  # fmt: skip
def test_impatience_before_anybody_is_known_opens_no_dispute(before: tuple[str, ...], words: str) -> None:
    step = talk(consumer(), *before, words)[-1]

    assert not step.state.frozen
    assert not step.state.paused


# a new voice


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    "words",
    [
        "no this is maria, ida went out", "hello this is maria", "Hello? This is Maria Lopez.", "hi this is bob her brother what's this about",
        "maria speaking", "my name is maria", "soy maria", "no, esta es maria, ida salió", "this is her husband", "I'm her sister",
        "ida gave me the phone, who is this", "she handed me the phone I'm her daughter", "ida went out", "this is ida's mom",
        "just a second my husband wants to talk to you", "here talk to my husband", "one second I'll put my wife on", "let me get my wife",
        "un momento, mi esposo quiere hablar con usted", "le paso a mi esposa", "hold on a sec", "can you hold",
    ],
)  # fmt: skip
def test_whoever_speaks_next_is_asked_who_it_is(words: str, language: Language) -> None:
    start = talk(consumer(language=language), "yes this is Ida" if language is Language.ENGLISH else "sí soy Ida", ZIP)[
        -1
    ]
    assert start.state.right_party

    steps = later(start.state, words, "hello this is maria who is this", "how much is it")

    assert not any(step.state.right_party for step in steps)
    assert not heard_the_debt(steps)


@pytest.mark.parametrize(
    "words",
    [
        "this is crazy", "this is so annoying", "no", "no not really", "no thank you", "no no that's fine", "it's fine", "this is ida",
        "no sé", "no I don't know", "no I just want to know how much", "I need to talk to my husband about it", "I'll pay by bank transfer friday",
        "let me talk to my wife and I'll pay friday", "hmm this is about the heater", "my name is ida", "soy pobre",
    ],
)  # fmt: skip
def test_an_annoyed_customer_is_still_the_customer(words: str) -> None:
    assert later(known(consumer()), words)[-1].state.right_party


@pytest.mark.parametrize(
    "words",
    [
        "hello it's maria",
        "Hi, it's Maria.",
        "this is maria I'll pay it friday",
        "this is Maria, we'll pay Friday",
        "maria her daughter speaking",
        "Maria Lopez here",
    ],
)
def test_nor_does_a_promise_by_another_voice_bring_it_out(words: str) -> None:
    steps = later(known(consumer()), words, "how much is it")

    assert not any(step.state.right_party for step in steps)
    assert not heard_the_debt(steps)


@pytest.mark.parametrize(
    "words",
    [
        "ida went out, I'll pay friday", "she left but I'll pay for her friday", "I'm her son I'll pay it now", "my husband wants to talk to you, he'll pay friday",
        "yeah it's bob what's going on", "what do you want with my mother", "don't talk to my wife like that", "hi I took the phone from ida",
        "talk to my wife, here", "mi esposo le quiere hablar", "hello who is this", "hello? who's calling?",
    ],
)  # fmt: skip
def test_whatever_another_voice_promises_or_complains_of_it_is_asked_who_it_is(words: str) -> None:
    steps = later(known(consumer()), words, "how much is it again", "hello what's this bill for")

    assert not heard_the_debt(steps)
    assert not any(step.state.draft for step in steps)


def test_a_day_she_named_herself_outlives_another_voice() -> None:
    steps = later(known(consumer()), "I'll pay friday", "hello this is maria", "this is ida", ZIP)

    assert not heard_the_debt(steps[1:3])
    assert steps[-1].state.right_party
    assert said(steps[-1]).endswith("I have noted Friday, March 20. Is that right?")


@pytest.mark.parametrize(
    "words",
    [
        "let me talk to my wife and I'll pay friday", "my wife will pay it friday", "I'll have my wife pay it", "my husband pays the bills, he'll pay friday",
        "yeah it's fine", "yes it's friday", "yeah it's ida", "I talked to my wife", "I have the phone number", "who is this", "who are you again",
        "Things here are bad",
    ],
)  # fmt: skip
def test_who_speaks_of_her_family_is_still_the_customer(words: str) -> None:
    assert later(known(consumer()), words)[-1].state.right_party


@pytest.mark.parametrize("words", ["who is this", "who's calling", "who are you again"])
def test_who_is_calling_is_said_again_and_passed_on_to_nobody(words: str) -> None:
    assert said(later(known(consumer()), words)[-1]).startswith("I am calling for Ava's Plumbing.")


@pytest.mark.parametrize("contact", ["Ben Oak", ""])
@pytest.mark.parametrize("words", ["hello this is jenny", "no I'm just the janitor", "ben left, this is amy", "no ben went home this is amy", "hello, front desk", "hello who is this"])  # fmt: skip
def test_a_business_has_new_voices_too(contact: str, words: str) -> None:
    start = talk(firm(contact_name=contact), "I handle the bills")[-1].state

    steps = later(start, words, "how much is it")

    assert not heard_the_debt(steps)
    assert "accounts payable" in said(steps[0])


@pytest.mark.parametrize(
    "words",
    [
        "ask ben", "I'll ask ben and pay friday", "this is accounts payable", "this is oak and sons", "this is ben", "we'll pay friday",
        "hello? are you there", "yes this is fine", "the front desk has the mail",
    ],
)  # fmt: skip
def test_who_pays_the_bills_may_speak_of_the_others_at_the_business(words: str) -> None:
    start = talk(firm(), "yes this is Ben")[-1].state

    assert later(start, words)[-1].state.right_party


@pytest.mark.parametrize(
    ("person", "words"),
    [
        ("Ida Brandt", "this is ava's plumbing right"),
        ("Ida Brandt", "money's tight here"),
        ("Ida Brandt", "you got some nerve"),
        ("Ida Brandt", "soy maestra y no me pagan hasta el viernes"),
        ("Ida Brandt", "this is highway robbery"),
        ("Ida Brandt", "habla más despacio"),
        ("Bill Young", "what bill"),
        ("Bill Young", "is the bill correct"),
        ("Will Case", "will do"),
        ("Mark May", "in may maybe"),
        ("Rob Price", "what is the price"),
    ],
)
def test_a_name_that_is_a_word_makes_no_new_voice(person: str, words: str) -> None:
    assert later(known(consumer(customer_name=person)), words)[-1].state.right_party


def test_after_hold_on_the_name_is_confirmed_again_and_the_call_goes_on_where_it_was() -> None:
    held, back, yes, agreed = later(
        known(consumer()), "I'll pay it friday", "hold on let me check my calendar", "ok", "yes", "yes"
    )[1:]

    assert said(held) == "Thank you, I will wait."
    assert said(back).endswith("Am I speaking with Ida Brandt?")
    assert said(yes) == "Thank you. I have noted Friday, March 20. Is that right?"
    assert agreed.end == "promise_to_pay"


def test_where_somebody_else_was_announced_a_yes_alone_is_not_enough() -> None:
    steps = later(known(consumer()), "hold on let me get my husband", "hello", "yes", "how much is it")

    assert not heard_the_debt(steps)
    assert later(steps[2].state, ZIP)[-1].state.right_party


@pytest.mark.parametrize(
    "words", ["one second, what is the invoice number", "un momento, ¿de parte de quién?", "hold on, is this a robot"]
)
def test_who_asks_something_while_we_wait_is_told_who_calls_and_asked_who_it_is_and_hears_no_bill(words: str) -> None:
    for brief in (consumer(), firm()):
        waits, again, answered = later(known(brief), "hold on a sec", "one moment please", words)

        assert [line.key for line in waits.say] == ["will_hold"]
        assert again.say == ()
        assert [line.asks for line in answered.say if line.asks] == [Asks.IDENTITY]
        assert not heard_the_debt([answered])


@pytest.mark.parametrize(
    "words",
    [
        "hold on, let me get someone",
        "one moment please, let me get a real person for you",
        "hold please, transferring you to a representative",
    ],
)
def test_who_fetches_somebody_while_we_wait_is_not_talked_over(words: str) -> None:
    for brief in (consumer(), firm()):
        assert later(known(brief), "hold on a sec", words)[-1].say == ()


def test_a_late_verdict_about_a_machine_ends_no_call_that_is_on_hold() -> None:
    held = later(known(firm()), "hold on a sec")[-1].state

    assert advance(held, MachineHeard()).end is None


def test_a_day_is_asked_for_three_times_at_most() -> None:
    steps = later(known(consumer()), "i'll pay soon", *["are you a robot"] * 12)

    assert sum(line.key == "ask_day" for step in steps for line in step.say) == 3
    assert [line.key for line in steps[-1].say if line.asks is not None] == ["ask_anything_else"]


# whatever is said


OTHERS = (
    "jenny", "bob", "maria", "María", "Tom Brandt", "bob brandt", "ida cole", "karen", "jose", "Luis Delgado", "mrs cole", "bobby", "siobhan",
    "ada", "linda", "tyrone", "mei", "fatima", "doctor cole",
)  # fmt: skip
NO_NAMES = (
    "ridiculous",
    "crazy",
    "private property",
    "a bad time",
    "the cleaner",
    "her sister",
    "harassment",
    "who",
    "not the time",
)
GIVING = (
    "this is {}", "hi this is {}", "yes this is {}", "no this is {}", "hello, this is {}, who is this?", "my name is {}", "soy {}", "sí, soy {}",
    "me llamo {}", "it's me {}", "yes hello this is {} how can i help",
)  # fmt: skip
FACTS = (
    "43215",
    "it's 43215",
    "four three two one five",
    "412 elm street",
    "e l m",
    "elm",
    "what?",
    "who is this",
    "hello",
    "why do you ask",
)
another = st.builds(str.format, st.sampled_from(GIVING), st.sampled_from(OTHERS))
something = st.builds(
    str.format, st.sampled_from(("this is {}", "hi this is {}", "yes this is {}")), st.sampled_from(NO_NAMES)
)
several = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@several
@given(
    st.lists(st.one_of(another, something, st.sampled_from(FACTS)), min_size=1, max_size=6),
    st.sampled_from([consumer(), consumer(street="Elm")]),
)
def test_nobody_who_only_gives_another_name_hears_the_debt(texts: list[str], brief: Brief) -> None:
    assert not heard_the_debt(talk(brief, *texts))


@several
@given(
    another,
    st.lists(st.sampled_from(("how much is it", "what is this", "hello", ZIP)), max_size=3),
)
def test_nor_does_who_takes_the_telephone_from_her(text: str, after: list[str]) -> None:
    assert not heard_the_debt(later(known(consumer()), text, *after))


@several
@given(st.sampled_from(GIVING[:4]), st.sampled_from(("Ida", "ida brandt", "Ida Brandt", "mrs brandt", "i d a")))
def test_her_own_name_is_never_another(frame: str, name: str) -> None:
    text = frame.format(name)

    assert not gives_another_name(text, consumer())
    assert names_themselves(text, consumer()) or text.startswith("no ")


@several
@given(
    st.lists(
        st.sampled_from(
            ("the", "first", "main", "in", "place", "who", "is", "reason", "street", "on", "what", "main street")
        ),
        max_size=8,
    ),
    st.sampled_from(("12 First Street", "12 Main Street")),
)
def test_without_the_number_no_words_make_a_street(said_words: list[str], street: str) -> None:
    assert not gives_a_fact(" ".join(said_words), consumer(street=street, zip_code=""))


@several
@given(st.text(max_size=60), st.text(max_size=40))
def test_any_name_and_any_words_can_be_compared(text: str, person: str) -> None:
    brief = consumer(customer_name=person if person.strip() else "x")

    assert isinstance(gives_another_name(text, brief), bool)
    assert on_file(brief.person).first >= frozenset()


@pytest.mark.parametrize("words", ["hi this is Maria, what do you want", "hello this is Maria, are you a robot"])
def test_another_name_in_place_of_the_zip_code_is_asked_the_name_again_and_for_no_zip_code(words: str) -> None:
    steps = talk(consumer(), "yes", words)

    assert not heard_the_debt(steps)
    assert "ZIP" not in said(steps[-1])


@pytest.mark.parametrize("words", ["Ida's zip is 43215", "43215 Ida's", "she says 43215", "my mom's zip is 43215"])
def test_a_fact_told_of_her_ends_the_asking(words: str) -> None:
    steps = talk(consumer(), "yes", words)

    assert not heard_the_debt(steps)
    assert "When would be a good time to reach Ida Brandt?" in said(steps[-1])
