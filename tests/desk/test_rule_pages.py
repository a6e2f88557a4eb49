"""The pages of the gate: rules in words, every rule about one invoice, the firm's own, stops, consents, private persons."""

import json
import re
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import Business, Role
from compliance.models import Consent, ConsumerGoLive, FirmRules, Statement, StopEntry, StopKind, Suppression
from compliance.rulebook import RuleBook
from compliance.services import stop, stop_number, stopped_numbers
from desk.rule_pages import age
from invoices.models import Customer, Invoice, ValidationNotice
from invoices.notices import owe_notice
from notifications.models import Message
from notifications.outbox import work
from syntharra.tenancy import acting_for
from tests.cast import Firm, make_business, make_customer, make_invoice, make_member
from tests.desk.scene import a_day

pytestmark = pytest.mark.django_db


def text_of(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, answer
    return " ".join(answer.content.decode().split())


@pytest.fixture
def invoice(ava: Client, plumber: Firm) -> Invoice:
    return make_invoice(plumber, number="2207")


def test_the_rules_stand_there_in_words_with_layer_source_and_date(ava: Client) -> None:
    page = text_of(ava, "/rules/")

    for code in RuleBook.load().file.codes:
        assert f'id="{code}"' in page
    assert "12 CFR 1006.14(b)(2)(i)(A)" in page
    assert "(seen in the source)" in page
    assert "(to be checked by counsel)" in page
    assert "Massachusetts: at most two contacts in seven days about one debt" in page
    assert "As of Sun, Nov 22. Live calls may go out on it until May 21, 2027." in page


@pytest.mark.parametrize(("days", "tone"), [(0, ""), (150, ""), (151, "clock"), (180, "clock"), (181, "late")])
def test_a_review_that_is_near_or_overdue_is_said(days: int, tone: str) -> None:
    assert age(RuleBook.load().file.as_of + timedelta(days=days)).tone == tone


def test_every_rule_about_an_invoice_stands_on_its_page_now_and_at_another_moment(
    ava: Client, invoice: Invoice
) -> None:
    now = text_of(ava, "/invoices/2207/rules/")
    assert "Harbor Cafe may be called about it now." in now
    assert "0 of 3 attempts made" in now
    assert "Eastern" not in now

    night = text_of(ava, "/invoices/2207/rules/?at=2026-11-24T22:30")
    assert "Not now. The next permitted moment is" in night
    assert "It is outside calling hours where the customer is" in night
    assert "closed in New York" in night
    assert "The law alone" in night
    assert "would allow it." in night

    assert "That is no date and time." in text_of(ava, "/invoices/2207/rules/?at=soon")
    assert "That is no date" not in text_of(ava, "/invoices/2207/rules/?at=2026-11-24T22:30Z")


def test_a_window_under_two_hours_is_warned_about(ava: Client, plumber: Firm) -> None:
    far = make_customer(plumber, "Aloha Diner", state="US-HI")
    make_invoice(plumber, far, number="2300")

    page = text_of(ava, "/invoices/2300/rules/")

    assert "There is little room" not in page  # 2 pm to 5 pm Eastern
    Business.objects.filter(pk=plumber.business.pk).update(call_until="15:30")
    assert "There is little room" in text_of(ava, "/invoices/2300/rules/")


def test_nobody_sees_the_rules_about_another_firms_invoice(rex: Client, invoice: Invoice) -> None:
    assert rex.get(f"/invoices/{invoice.pk}/rules/").status_code == 404


STRICTER = {
    "call_from": "10:00", "call_until": "16:00", "consumer_from": "11:00", "consumer_until": "19:00",
    "weekdays": ["1", "3"], "max_attempts": "2", "min_gap_days": "5", "first_attempt_day": "7",
}  # fmt: skip


def test_an_owner_makes_the_rules_stricter(ava: Client, plumber: Firm) -> None:
    answer = ava.post("/rules/yours/", STRICTER)

    assert (answer.status_code, answer["Location"]) == (302, "/rules/")
    row = FirmRules.objects.get()
    assert (row.weekdays, row.max_attempts, row.min_gap_days, row.first_attempt_day) == ("13", 2, 5, 7)
    page = text_of(ava, "/rules/")
    assert "Tuesday, Thursday" in page
    assert "day 7 after the due date" in page
    assert "no message" in page  # on a business's voicemail: the box was not ticked


def test_an_owner_lets_no_message_be_left_on_voicemail_and_then_one_again(ava: Client, plumber: Firm) -> None:
    assert "a short message" in text_of(ava, "/rules/")
    assert re.search(r'<input[^>]*name="leaves_messages"[^>]*checked', text_of(ava, "/rules/yours/"))

    for posted, left in (({}, False), ({"leaves_messages": "on"}, True)):
        ava.post("/rules/yours/", STRICTER | posted)
        assert Business.objects.get(pk=plumber.business.pk).leaves_messages is left


@pytest.mark.parametrize(
    ("looser", "words"),
    [
        ({"call_from": "08:00"}, "Nobody is called before 9:00 am."),
        ({"consumer_until": "20:30"}, "Nobody is called after 8:00 pm."),
        ({"call_until": "09:30"}, "This must be later than the time before it."),
        ({"weekdays": ["5"]}, "Select a valid choice"),
        ({"weekdays": []}, "This field is required."),
        ({"max_attempts": "4"}, "1 to 3: nobody is called more often than that."),
        ({"max_attempts": "0"}, "1 to 3: nobody is called more often than that."),
        ({"min_gap_days": "2"}, "3 days or more, up to a year."),
        ({"first_attempt_day": "99999"}, "3 days or more, up to a year."),
    ],
)
def test_what_is_looser_is_refused_with_what_the_law_or_the_house_is(
    ava: Client, plumber: Firm, looser: dict[str, Any], words: str
) -> None:
    answer = ava.post("/rules/yours/", STRICTER | looser)

    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not FirmRules.objects.exists()


def test_only_those_in_charge_change_the_rules(ava: Client, plumber: Firm) -> None:
    helper = Client()
    helper.force_login(make_member(plumber, "kim@avasplumbing.example", Role.CONTRIBUTOR))

    assert helper.get("/rules/").status_code == 200
    assert helper.post("/rules/yours/", STRICTER).status_code == 403
    assert helper.post("/rules/private-persons/end/", {"reason": "x"}).status_code == 403
    assert helper.get("/rules/private-persons/").status_code == 403
    assert not FirmRules.objects.exists()


COUNSEL = {"counsel": "Dana Lee", "on": "2026-11-01", "reference": "letter in the safe", "sure": "on"}


def test_private_persons_are_switched_on_with_counsels_word_and_off_with_a_reason(ava: Client, plumber: Firm) -> None:
    page = text_of(ava, "/rules/private-persons/")
    assert "It is not on record how your customers gave you their numbers." in page
    refused = ava.post("/rules/private-persons/", COUNSEL)
    assert "Not yet: It is not on record how your customers gave you their numbers." in refused.content.decode()
    assert not ConsumerGoLive.objects.exists()

    Business.objects.filter(pk=plumber.business.pk).update(
        consent_attested_at=timezone.now(), consent_wording="they gave them to us"
    )
    assert ava.post("/rules/private-persons/", COUNSEL).status_code == 302

    assert "Private persons may be called." in text_of(ava, "/rules/private-persons/")
    assert ConsumerGoLive.objects.get().counsel == "Dana Lee"
    ava.post("/rules/private-persons/end/", {"reason": "counsel asked us to wait"})
    plumber.business.refresh_from_db()
    assert not plumber.business.consumer_calls
    assert ConsumerGoLive.objects.get().ended_reason == "counsel asked us to wait"


def test_what_a_customer_said_is_recorded_and_ended_on_his_page(ava: Client, plumber: Firm) -> None:
    customer = make_customer(plumber)
    reach = f"/customers/{customer.pk}/reach/"
    said = {"kind": "not_between", "start": "08:00", "end": "12:00", "words": "I sleep until noon"}

    assert ava.post(f"/customers/{customer.pk}/statements/", said).status_code == 302
    page = text_of(ava, reach)
    assert "not between 8:00 am and 12:00 pm" in page
    assert "“I sleep until noon”" in page

    told = Statement.objects.get()
    ava.post(f"/statements/{told.pk}/end/", {"reason": "Mornings are fine now"})
    assert "no longer, since Tue, Nov 24: Mornings are fine now" in text_of(ava, reach)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"kind": "not_between", "start": "08:00"}, "This belongs to it."),
        ({"kind": "not_between", "start": "08:00", "end": "08:00"}, "Another time than the first."),
        ({"kind": "not_on"}, "This belongs to it."),
        ({"kind": "zone"}, "This belongs to it."),
        ({"kind": "workplace"}, "This belongs to it."),
        ({"kind": "nonsense"}, "Select a valid choice"),
    ],
)
def test_what_says_nothing_is_sent_back_with_the_field_that_is_missing(
    ava: Client, plumber: Firm, said: dict[str, str], words: str
) -> None:
    customer = make_customer(plumber)

    answer = ava.post(f"/customers/{customer.pk}/statements/", {"words": "x", **said})

    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not Statement.objects.exists()


def test_anybody_of_the_firm_may_record_a_stop(ava: Client, plumber: Firm) -> None:
    customer = make_customer(plumber, phone="+16145550101")
    reader = Client()
    reader.force_login(make_member(plumber, "lou@avasplumbing.example", Role.READ_ONLY))

    reader.post(f"/customers/{customer.pk}/stops/", {"kind": "opt_out", "number": "", "words": "told the crew to stop"})

    assert Suppression.objects.get().number == "+16145550101"
    assert stopped_numbers(["+16145550101"]) == {"+16145550101": {StopKind.OPT_OUT}}
    page = text_of(ava, "/stops/")
    assert "1 stop binds" in page
    assert "“told the crew to stop”" in page
    assert "Harbor Cafe" in text_of(ava, "/stops/?q=crew")
    assert "Nothing here" in text_of(ava, "/stops/?q=nobody")


def stopped(plumber: Firm, kind: StopKind = StopKind.OPT_OUT) -> Suppression:
    customer = make_customer(plumber, phone="+16145550101")
    return stop(customer.pk, kind, number="+16145550101", words="never call me again", source="call:1", by="agent")


ASKED = {"how": "email", "on": "2026-11-24", "words": "Please call me again about my bill", "sure": "on"}


def test_a_stop_is_lifted_by_an_owner_on_the_customers_own_request_with_his_paper(
    ava: Client, plumber: Firm, settings: Any, tmp_path: Any
) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    }
    found = stopped(plumber)
    paper = SimpleUploadedFile("mail.pdf", b"%PDF-1.4 please call me", content_type="application/pdf")

    answer = ava.post(f"/stops/{found.pk}/lifting/", ASKED | {"file": paper})

    assert answer.status_code == 302
    found.refresh_from_db()
    assert (found.lifted_by, found.lifted_how) == (plumber.owner.email, "email")
    assert found.lifted_reason == "Please call me again about my bill"
    assert found.lifted_asked_on == date(2026, 11, 24)
    assert found.lifted_file.startswith(f"{plumber.business.pk}/stops/request-")
    assert stopped_numbers(["+16145550101"]) == {"+16145550101": set()}
    assert Consent.objects.get().confirmed_on == date(2026, 11, 24)
    kept = ava.get(f"/stops/{found.pk}/request/")
    assert kept.content == b"%PDF-1.4 please call me"
    assert kept["Content-Disposition"].startswith("attachment;")
    assert "lifted Tue, Nov 24 by ava@avasplumbing.example" in text_of(ava, "/stops/?show=lifted")


def test_lifting_here_lifts_nowhere_else_and_a_new_stop_binds_everywhere_again(
    ava: Client, plumber: Firm, rival: Firm
) -> None:
    found = stopped(plumber)
    ava.post(f"/stops/{found.pk}/lifting/", ASKED)
    assert stopped_numbers(["+16145550101"]) == {"+16145550101": set()}

    with acting_for(rival.business.pk):
        assert stopped_numbers(["+16145550101"]) == {"+16145550101": {StopKind.OPT_OUT}}
        import time_machine

        with time_machine.travel("2026-11-25T15:00:00Z", tick=False):
            stop_number("+16145550101", StopKind.OPT_OUT)

    assert stopped_numbers(["+16145550101"]) == {"+16145550101": {StopKind.OPT_OUT}}
    assert StopEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"on": "2026-11-20"}, "That is before they asked us to stop."),
        ({"on": "2026-11-25"}, "That day is still to come."),
        ({"words": ""}, "This field is required."),
        ({"sure": ""}, "This field is required."),
        ({"how": "smoke"}, "Select a valid choice"),
        ({"file": SimpleUploadedFile("a.exe", b"MZ")}, "A PDF, a picture, an e-mail or a text file belongs here."),
    ],
)
def test_without_the_customers_own_request_a_stop_stays(
    ava: Client, plumber: Firm, wrong: dict[str, Any], words: str
) -> None:
    found = stopped(plumber)

    answer = ava.post(f"/stops/{found.pk}/lifting/", ASKED | wrong)

    assert answer.status_code == 200
    assert words in answer.content.decode()
    found.refresh_from_db()
    assert found.lifted_at is None


def test_a_manager_or_another_firm_lifts_nothing(ava: Client, rex: Client, plumber: Firm) -> None:
    found = stopped(plumber)
    manager = Client()
    manager.force_login(make_member(plumber, "max@avasplumbing.example"))

    assert manager.post(f"/stops/{found.pk}/lifting/", ASKED).status_code == 403
    assert rex.post(f"/stops/{found.pk}/lifting/", ASKED).status_code == 404
    assert rex.get(f"/customers/{found.customer_id}/reach/").status_code == 404
    found.refresh_from_db()
    assert found.lifted_at is None


def test_consents_stand_there_by_number_and_are_confirmed(ava: Client, plumber: Firm) -> None:
    customer = make_customer(plumber, phone="+16145550101")
    consent = Consent.objects.get()
    reach = f"/customers/{customer.pk}/reach/"
    assert "number given on the signed work order" in text_of(ava, reach)
    Consent.objects.update(given_on=date(2026, 1, 5))
    assert "too old: ask whether the number is still theirs" in text_of(ava, reach)

    ava.post(f"/consents/{consent.pk}/confirmation/", {"on": "2026-12-01", "how": "by mail"})
    consent.refresh_from_db()
    assert consent.confirmed_on is None
    ava.post(f"/consents/{consent.pk}/confirmation/", {"on": "2026-11-23", "how": "Ana Reyes by e-mail"})

    consent.refresh_from_db()
    assert consent.confirmed_on == date(2026, 11, 23)
    assert "confirmed Mon, Nov 23: Ana Reyes by e-mail" in text_of(ava, reach)


def test_a_notice_is_printed_and_posted(ava: Client, plumber: Firm) -> None:
    ida = make_customer(plumber, "Ida Ortiz", kind=Customer.Kind.CONSUMER, email="")
    ida.contacts.update(email="")
    owe_notice(ida, [make_invoice(plumber, ida, number="2290")], key="call:1")
    notice = ValidationNotice.objects.get()
    assert "to be sent by Sun, Nov 29; until then no second call" in text_of(ava, f"/customers/{ida.pk}/reach/")

    printed = text_of(ava, f"/notices/{notice.pk}/")
    assert "Syntharra Sandbox is a debt collector." in printed
    assert "Friday, January 1, 2027" in printed
    ava.post(f"/notices/{notice.pk}/posting/", {"on": "2026-11-20"})
    notice.refresh_from_db()
    assert notice.sent_at is None
    ava.post(f"/notices/{notice.pk}/posting/", {"on": "2026-11-24"})

    notice.refresh_from_db()
    assert (notice.sent_how, notice.period_ends_on) == ("post", date(2027, 1, 1))
    assert "posted Tue, Nov 24; written disputes ask for proof until" in text_of(ava, f"/customers/{ida.pk}/reach/")


def explained(*args: str) -> str:
    out = StringIO()
    call_command("explain_call", *args, stdout=out)
    return out.getvalue()


def test_explain_call_says_every_rule_with_source_and_figures(ava: Client, invoice: Invoice) -> None:
    told = explained("2207", "--at", "2026-11-24T22:30")

    assert "Ava's Plumbing, 2207, Harbor Cafe, 2026-11-25T03:30:00Z: refused: HOURS_HOUSE" in told
    assert "Next permitted moment: 2026-11-25T14:00:00Z" in told
    assert "HOURS_HOUSE  [our own rules]  It is outside calling hours where the customer is: 9:00" in told
    assert "The law alone: OK" in told
    assert "FREQ_MA_2IN7" in told

    found = json.loads(explained("2207", "--at", "2026-11-24T10:40-05:00", "--json"))
    assert (found["decision"], found["customer"]) == ("allowed", "Harbor Cafe")
    assert {rule["code"] for rule in found["rules"]} == set(RuleBook.load().file.codes)
    kept = next(rule for rule in found["rules"] if rule["code"] == "MAX_ATTEMPTS_HOUSE")
    assert kept["figures"] == {"attempts": 0, "max_attempts": 3}
    assert explained(str(invoice.pk)).startswith("Ava's Plumbing, 2207")


def test_explain_call_says_what_it_cannot_find(ava: Client, invoice: Invoice) -> None:
    with pytest.raises(CommandError, match="no invoice 9999"):
        explained("9999")
    with pytest.raises(CommandError, match="tomorrow is no time"):
        explained("2207", "--at", "tomorrow")
    other = make_business("Other Firm", email="o@other.example")
    with acting_for(other.business.pk):
        make_invoice(other, number="2207")
    with pytest.raises(
        CommandError, match="several firms have an invoice 2207; add --business: Ava's Plumbing, Other Firm"
    ):
        explained("2207")
    assert explained("2207", "--business", "other firm").startswith("Other Firm, 2207")


def test_every_rule_is_explained_whatever_stands_against_the_invoice(ava: Client, plumber: Firm, live: None) -> None:
    scene = a_day(plumber)
    customer = scene.disputed.customer
    for kind, said in (
        ("not_between", {"start": "00:00", "end": "12:00"}),
        ("not_between", {"start": "17:00", "end": "00:00"}),
        ("not_on", {"weekday": "1"}),
        ("not_at_work", {}),
        ("zone", {"zone": "America/Denver"}),
    ):
        ava.post(f"/customers/{customer.pk}/statements/", {"kind": kind, "words": "x", **said})
    assert Statement.objects.count() == 5

    page = text_of(ava, f"/invoices/{scene.disputed.pk}/rules/")

    assert "not 12:00 am to 12:00 pm · closed in Denver, New York" in page
    assert "not on Tuesday" in page
    for found in Invoice.objects.order_by("number"):
        assert "Kept" in text_of(ava, f"/invoices/{found.pk}/rules/?at=2026-11-26T21:30")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("mine", "Thank you. We know that it is you."),
        ("not_mine", "That number is never called again."),
        ("no_calls", "We have stopped."),
    ],
)
def test_a_customer_is_asked_by_e_mail_whether_the_number_is_still_his(
    ava: Client, plumber: Firm, settings: Any, answer: str, words: str
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    make_customer(plumber, phone="+16145550101", email="ana@harborcafe.example")
    consent = Consent.objects.get()
    Consent.objects.update(given_on=date(2026, 1, 5))

    ava.post(f"/consents/{consent.pk}/question/")
    ava.post(f"/consents/{consent.pk}/question/")
    work()

    (letter,) = mail.outbox
    body = str(letter.body)
    assert letter.subject == "Is this still your number? - Ava's Plumbing"
    assert "(614) 555-0101" in body
    assert not re.search(r"invoice|owe|balance|due", body)
    path = re.search(r"https?://[^/]+(/l/number/[\w-]+)", body)[1]  # type: ignore[index]
    assert path.rpartition("/")[2] not in Message.objects.get(letter="number_check").text
    stranger = Client()
    assert "Is (614) 555-0101 still your number?" in text_of(stranger, path)
    assert stranger.post(path, {"answer": "perhaps"}).status_code == 400
    assert words in " ".join(stranger.post(path, {"answer": answer}).content.decode().split())
    assert stranger.post(path, {"answer": "mine"}).status_code == 410

    consent.refresh_from_db()
    stops = set(Suppression.objects.values_list("kind", flat=True))
    if answer == "mine":
        assert (consent.confirmed_on, consent.confirmed_by, stops) == (date(2026, 11, 24), "Harbor Cafe", set())
    else:
        assert (consent.confirmed_on, len(stops)) == (None, 1)
        assert stopped_numbers(["+16145550101"])["+16145550101"] == stops


def test_without_an_address_nobody_is_asked(ava: Client, plumber: Firm) -> None:
    make_customer(plumber, email="").contacts.update(email="")

    answer = ava.post(f"/consents/{Consent.objects.get().pk}/question/", follow=True)

    assert "no e-mail address to ask at" in answer.content.decode()
    assert not Message.objects.exists()
