"""What a customer who speaks Spanish reads is Spanish: every letter and every signed page, whole, and kind."""

import io
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation
from django.utils.translation.template import templatize

from disputes.freeze import NewClaim
from disputes.models import Claim, Dispute, Post, Resolution, Specification
from disputes.services import open_dispute
from invoices.models import Customer
from notifications import lint
from notifications.letters import Rendered
from notifications.models import Message
from syntharra import clock, links, money
from tests.cast import Firm, make_customer, make_invoice

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "notifications" / "wording" / "customers" / "es" / "LC_MESSAGES"
#: Written to members of the firm, in English.
TO_THE_FIRM = {
    "books_moved", "books_stale", "card_payment_told", "customer_wrote", "dispute_alert", "dispute_digest", "evening_preview",
    "dispute_alert_text", "dispute_digest_text", "letter_failed", "pause_alert", "phone_code", "plan_ended", "promise_due", "resolution_to_confirm", "specified", "your_turn",
}  # fmt: skip
#: Set by law: their wording is the law's, in English, and is translated only by a lawyer.
OF_THE_LAW = {"validation_notice", "verification"}
#: Letters about a dispute: nothing in them may ask for money.
OF_A_DISPUTE = (
    "bill_stands", "closing_statement", "decision_extended", "decision_late", "dispute_added", "dispute_closed_agreed",
    "dispute_closed_paid", "dispute_closed_zero", "firm_wrote", "page_again", "plain_question", "rework_agreed",
    "rework_asked", "settlement_offer", "specification_reminder", "unsure_letter",
)  # fmt: skip
PAGES = (
    "signed.html", "signed_fact.html", "signed_closed.html", "signed_too_fast.html", "disputes/what_is_wrong.html",
    "disputes/dead_link.html", "disputes/pay.html", "disputes/pay_by_phone.html", "disputes/pay_go.html",
    "calls/no_email.html", "desk/number_check.html",
)  # fmt: skip
CODE = ("disputes/page.py", "disputes/page_forms.py", "disputes/questions.py", "invoices/fact_check.py",
        "disputes/uploads.py", "disputes/customer_acts.py", "disputes/specifying.py", "disputes/pay_page.py",
        "disputes/pay_views.py", "invoices/paying.py")  # fmt: skip
KEYWORDS: Any = {"_": None, "gettext": None, "ngettext": (1, 2)}


def letters() -> list[str]:
    found = {file.name.partition(".")[0] for file in (ROOT / "templates" / "letters").glob("*.txt")}
    return sorted(name for name in found - TO_THE_FIRM - OF_THE_LAW if not name.startswith("_"))


def words_of(file: Path) -> set[str]:
    """The English words of a template or module that are to be translated."""
    source = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        source = templatize(source, origin=str(file))
    found = extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS)
    return {part for _line, said, _comments, _context in found for part in ((said,) if isinstance(said, str) else said)}


def spanish() -> dict[str, str]:
    with (CATALOGUE / "django.po").open("rb") as file:
        kept: dict[str, str] = {}
        for message in read_po(file):
            if not message.id:
                continue
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            words = message.string if isinstance(message.string, tuple) else (message.string,)
            kept |= dict(zip(map(str, ids), map(str, words), strict=True))
        return kept


@pytest.mark.parametrize("letter", letters())
def test_every_word_of_a_letter_to_a_customer_has_its_spanish(letter: str) -> None:
    files = list((ROOT / "templates" / "letters").glob(f"{letter}.*"))
    foot = [file for file in (ROOT / "templates" / "letters").glob("_*.*") if not file.name.startswith("_paper")]

    wanted = set().union(*(words_of(file) for file in (*files, *foot)))

    assert wanted - spanish().keys() == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_word_of_a_signed_page_has_its_spanish(page: str) -> None:
    assert words_of(ROOT / "templates" / page) - spanish().keys() == set()


@pytest.mark.parametrize("module", CODE)
def test_every_question_and_refusal_of_the_page_has_its_spanish(module: str) -> None:
    assert words_of(ROOT / module) - spanish().keys() == set()
    with translation.override("en-us"):
        choices = {str(choice) for choice in (*Specification.Kind.labels, *Specification.About.labels)}
    assert choices - spanish().keys() == set()


def first(words: Any) -> str:
    return words if isinstance(words, str) else words[0]


def all_of(words: Any) -> list[str]:
    return [words] if isinstance(words, str) else list(words)


def test_the_catalogue_is_whole_polite_and_compiled() -> None:
    with (CATALOGUE / "django.mo").open("rb") as file:
        compiled = {first(message.id): all_of(message.string) for message in read_mo(file) if message.id}
    with (CATALOGUE / "django.po").open("rb") as file:
        written = {first(message.id): all_of(message.string) for message in read_po(file) if message.id}

    assert compiled == written
    assert [english for english, said in spanish().items() if not said.strip()] == []
    familiar = {"tú", "tu", "tus", "te", "contigo", "puedes", "debes", "haz", "responde tú"}
    assert [said for said in spanish().values() if familiar & set(said.lower().replace(",", " ").split())] == []


@pytest.fixture
def dispute(plumber: Firm) -> Dispute:
    customer = make_customer(plumber, "Lucía Ortega", kind=Customer.Kind.CONSUMER, company="", language="es")
    claim = NewClaim(source="call", source_key="CA1", words="El techo gotea", reason="quality", by="Lucía Ortega")
    return open_dispute(make_invoice(plumber, customer).pk, claim=claim)[0]


def told(dispute: Dispute) -> dict[str, Any]:
    """All that letters about a dispute tell, of one dispute."""
    now = clock.now()
    Dispute.objects.filter(pk=dispute.pk).update(
        extended_because="el técnico estuvo enfermo", collect_again_on=date(2026, 12, 7)
    )
    dispute.refresh_from_db()
    resolution = Resolution(
        dispute=dispute, kind="settlement", words="Luis va el jueves.", expires_at=now + timedelta(days=10),
        visit_on=date(2026, 12, 3), balance_before=dispute.balance_at_opening, currency="USD",
    )  # fmt: skip
    return {
        "business": dispute.invoice.business, "customer": dispute.customer, "invoice": dispute.invoice, "dispute": dispute,
        "invoices": [dispute.invoice], "resolution": resolution, "agreed": money.of("600.00", "USD"),
        "before": money.of("796.00", "USD"), "url": "https://syntharra.example/l/AbCdEfGhIjKlMnOpQrStUvWxYz0",
        "post": Post(words="Luis va el jueves."), "words": "Luis va el jueves.", "disputes": [dispute],
        "message": Message(letter="x"), "until": resolution.expires_at, "claim": Claim.objects.get(),
    }  # fmt: skip


@pytest.mark.parametrize("language", ["en-us", "es"])
@pytest.mark.parametrize("letter", OF_A_DISPUTE)
def test_a_letter_about_a_dispute_asks_for_nothing_in_either_language(
    dispute: Dispute, letter: str, language: str
) -> None:
    with translation.override(language):
        text = render_to_string(f"letters/{letter}.txt", told(dispute))

    subject, _, body = text.strip().partition("\n")
    rendered = Rendered(subject, body, f"<p>{body}</p>")
    lint.check(Message(purpose="dispute", business_id=dispute.business_id), rendered)
    assert ("Estimado/a Lucía Ortega:" in body) == (language == "es")
    assert ("Dear Lucía Ortega," in body) == (language == "en-us")


def test_both_languages_of_the_acknowledgement_have_the_same_parts() -> None:
    said = tomllib.loads((ROOT / "disputes" / "acknowledgement.toml").read_text(encoding="utf-8"))

    assert said["en"].keys() == said["es"].keys()
    assert said["en"]["kinds"].keys() == said["es"]["kinds"].keys()


def test_the_page_of_who_speaks_spanish_is_spanish_whatever_the_browser_says(client: Client, dispute: Dispute) -> None:
    page = f"/l/{links.make('dispute', dispute.pk, lasts=timedelta(days=60))}"
    asked = client.get(page, headers={"accept-language": "en-US"}).content.decode()
    client.post(page, {"fact": "43215"})

    kinds = client.get(f"{page}?step=kind").content.decode()
    client.post(page, {"act": "kind", "kind": "quality"})
    details = client.get(f"{page}?step=details").content.decode()
    client.post(page, {"act": "details", "about": "whole", "q_told_firm": "yes", "words": "Sigue goteando"})
    after = client.get(f"{page}?done=sent").content.decode()

    assert "¿Cuál es su código postal (ZIP)?" in asked
    assert '<html lang="es"' in kinds
    assert "El trabajo no está bien" in kinds
    assert "¿Se lo ha dicho a la empresa?" in details
    assert "Gracias. Hemos dejado de pedirle el pago." in after


def test_the_firm_reads_the_questions_in_english_and_the_answer_in_the_customers_words(
    client: Client, dispute: Dispute
) -> None:
    page = f"/l/{links.make('dispute', dispute.pk, lasts=timedelta(days=60))}"
    client.post(page, {"fact": "43215"})
    client.post(page, {"act": "kind", "kind": "quality"})
    client.post(page, {"act": "details", "about": "whole", "q_told_firm": "yes", "words": "Sigue goteando"})

    assert Claim.objects.get(source="page").words.splitlines() == [
        "The work isn't right",
        "Have you told the firm? Yes",
        "Sigue goteando",
    ]


def test_a_members_page_is_in_his_own_language_not_the_browsers(
    client: Client, plumber: Firm, dispute: Dispute
) -> None:
    client.force_login(plumber.owner)

    with translation.override("en-us"):  # what the request leaves behind in this thread is put back
        text = client.get(f"/disputes/{dispute.number}/", headers={"accept-language": "es"}).content.decode()

    assert "Photos or papers" in text
    assert "Fotos o documentos" not in text
