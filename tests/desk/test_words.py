"""Nothing that happens is shown as a code: every act, reason, outcome and problem has its sentence."""

import re
from pathlib import Path

import pytest

from calls.agent.outcomes import OUTCOMES, Disposition
from compliance.rulebook import RuleBook
from compliance.rules.product import REASONS
from desk.wording.activity import ACTS, act, detail
from desk.wording.gate import against
from desk.wording.outcomes import follows, means, not_placed, short
from desk.wording.tasks import task_words

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "integrations", "compliance", "notifications", "invoices", "disputes", "calls", "billing", "desk")
RECORDED = re.compile(r'timeline\.record\(\s*[\w.]+,\s*"([a-z_]+)"(?: if \w+ else "([a-z_]+)")?')


def verbs() -> set[str]:
    sources = [file.read_text(encoding="utf-8") for app in APPS for file in (ROOT / app).rglob("*.py")]
    return {verb for source in sources for found in RECORDED.findall(source) for verb in found if verb}


def test_every_act_on_record_has_its_sentence() -> None:
    assert verbs() - set(ACTS) == set()


def test_every_reason_of_the_gate_has_its_sentence() -> None:
    codes = set(RuleBook.load().file.codes) | {reason.code for reason in REASONS}

    assert {code for code in codes - {"OK"} if against(code) == code} == set()


def test_every_outcome_has_its_words() -> None:
    assert [item.value for item in Disposition if not (short(item) and means(item) and follows(item))] == []
    assert [code for code, row in OUTCOMES.items() if row.task and task_words(code.value) == code.value] == []


@pytest.mark.parametrize(
    ("because", "words"),
    [
        ("called_off", "You called it off."),
        ("carrier_21211", "The carrier did not take it."),
        ("DISPUTE_OPEN", "A dispute about it is open. Collecting stops until it is settled."),
    ],
)
def test_a_call_not_placed_says_why(because: str, words: str) -> None:
    assert not_placed(because) == words


@pytest.mark.parametrize(
    ("verb", "facts", "words"),
    [
        ("called", {"result": "dispute", "invoices": ["2207", "2229"]}, "Disputed · 2207, 2229"),
        ("froze", {"reason": "quality", "invoice": "2207"}, "quality · 2207"),
        ("asks_owner", {"task": "find_number"}, "Find the right number: the carrier refused the one on file."),
        ("synced", {"seen": 12, "written": 3, "set_aside": 0}, "12 records, 3 new or changed"),
        (
            "balance_changed",
            {"number": "2207", "was": "796.00", "now": "600", "currency": "USD"},
            "2207: $796.00 is now $600.00",
        ),
        ("recovered", {"amount": "333.33", "currency": "USD", "invoice": "2240"}, "$333.33 · 2240"),
        ("says_paid", {"words": "I sent a check."}, "“I sent a check.”"),
    ],
)
def test_the_facts_of_an_act_are_said_in_words(verb: str, facts: dict[str, object], words: str) -> None:
    assert detail(verb, facts) == words


def test_a_letter_is_named_by_what_it_does() -> None:
    assert act("sent_dispute_acknowledgement").words == "Letter: acknowledged a dispute to the customer"
