"""Made-up customers by the hundred, with everything a bad line does to their words, called by our agent.

What each of them meant is known, so every call can be judged. 200 with a fixed seed in every run, 5,000 with PROOF=full.
"""

import os
import sys
import time
from dataclasses import dataclass, field

import pytest

from integrations.twilio.simulation.generator import Generated, generate, phrases
from tests.calls import call_rules as rules
from tests.calls.virtual_telephone import Played, play

CALLS = 5_000 if os.environ.get("PROOF") == "full" else 200
# Objections in words that are not plain, or that the line cut off, which the present model did not recognize: over 5,000 calls
# 7.8 %, over the first 200 of them 4.6 %.
MOST_MISSED = 0.12
# Calls of people who objected to nothing and were frozen all the same: over 5,000 calls 5.7 %, over the first 200 8.0 %.
MOST_SILENCED = 0.12


@dataclass
class Tally:
    """What 200 or 5,000 calls came to. `broken` names each rule with the seeds of the calls that broke it."""

    broken: dict[str, list[tuple[int, object]]] = field(default_factory=dict)
    calls: int = 0
    disputes: int = 0
    missed: list[int] = field(default_factory=list)
    unclear: int = 0
    ordinary: int = 0
    silenced: list[int] = field(default_factory=list)

    def breaks(self, rule: str, seed: int, what: object) -> None:
        if what:
            self.broken.setdefault(rule, []).append((seed, what))


def judge(tally: Tally, customer: Generated) -> None:
    """One call, held against every rule and against what the person meant."""
    brief, seed, truth = rules.brief_of(customer.bill), customer.seed, customer.truth
    played = play(customer.persona, brief)
    tally.calls += 1
    tally.breaks("money after a stop", seed, rules.money_after_a_stop(played))
    tally.breaks("a number that is not in the books", seed, rules.numbers_not_in_the_books(played, brief))
    tally.breaks("no result", seed, played.disposition is None)
    if customer.bill.debtor == "consumer":
        tally.breaks("a debt before the right party", seed, rules.debt_before_the_right_party(played))
    if not truth.disputes:
        _count_ordinary(tally, customer, played)
    elif played.heard(truth.words) is not None:
        _judge_dispute(tally, customer, played)


def _judge_dispute(tally: Tally, customer: Generated, played: Played) -> None:
    """Recognized, or said in words that nobody can miss: then not a word of money follows, and the invoice is frozen."""
    truth, state = customer.truth, played.state
    tally.disputes += 1
    tally.unclear += not truth.plain
    recognized = state is not None and state.frozen
    if recognized or truth.plain:
        tally.breaks("money after a dispute", customer.seed, rules.money_after(played.after(truth.words)))
    if truth.plain:
        tally.breaks("a plain dispute that freezes nothing", customer.seed, not recognized)
    elif not recognized:
        tally.missed.append(customer.seed)


def _count_ordinary(tally: Tally, customer: Generated, played: Played) -> None:
    if set(customer.truth.means) & {
        "opt_out",
        "attorney_represented",
        "bankruptcy",
        "deceased",
        "wrong_number",
        "already_paid",
    }:
        return
    tally.ordinary += 1
    if played.state is not None and played.state.frozen:
        tally.silenced.append(customer.seed)


@pytest.mark.timeout(3600)
def test_no_generated_customer_makes_the_agent_break_a_rule(capsys: pytest.CaptureFixture[str]) -> None:
    tally, began = Tally(), time.monotonic()

    for seed in range(CALLS):
        judge(tally, generate(seed))

    missed, silenced = len(tally.missed) / tally.unclear, len(tally.silenced) / tally.ordinary
    with capsys.disabled():
        sys.stdout.write(
            f"\n{tally.calls} generated calls in {time.monotonic() - began:.0f} s: {tally.disputes} disputes, of them not recognized "
            f"{len(tally.missed)} ({len(tally.missed) / tally.disputes:.1%}; {missed:.1%} of those not said plainly); of "
            f"{tally.ordinary} ordinary calls {len(tally.silenced)} ended frozen ({silenced:.1%})\n"
        )
    assert tally.broken == {}
    assert missed <= MOST_MISSED, tally.missed
    assert silenced <= MOST_SILENCED, tally.silenced


def test_the_same_seed_is_the_same_customer_and_the_same_call_word_for_word() -> None:
    first, again = generate(17), generate(17)

    assert first == again
    assert play(first.persona, rules.brief_of(first.bill)) == play(again.persona, rules.brief_of(again.bill))
    assert generate(18) != first


def test_generated_customers_cover_every_kind_trade_language_noise_and_delivery() -> None:
    customers = [generate(seed) for seed in range(400)]

    assert {customer.kind for customer in customers} == set(phrases()["kinds"])
    assert {customer.trade for customer in customers} == set(phrases()["trades"])
    assert {customer.language for customer in customers} == {"english", "spanish", "mixed"}
    assert {customer.noise for customer in customers} == {"clean", "spoken", "bad_line"}
    assert {customer.delivery for customer in customers} == {"in_turn", "barge_in", "cut_off"}
    assert {customer.bill.debtor for customer in customers} == {"business", "consumer"}
    assert {len(customer.bill.invoices) for customer in customers} == {1, 2, 3}


def test_a_kind_and_a_trade_can_be_ordered() -> None:
    customer = generate(5, kind="dispute_quality", trade="roofer")

    assert (customer.truth.means, customer.truth.reason) == (("dispute",), "quality")
    assert customer.bill.business == "Buckeye Roofing"
    assert customer.persona.steps[customer.truth.step].action in {"say", "barge_in", "say_and_drop"}
