"""``manage.py rehearse_calls`` as it is typed, and dialogues that are none."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from calls.agent.dialogues import DialogueError, read
from calls.agent.rehearsal import rehearse

ROOT = Path(__file__).resolve().parents[2]
NO_DATABASE = {"DATABASE_URL": "postgres://nobody:x@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
FACTS = {
    "customer_name": "Ida Brandt",
    "business_name": "Ava's Plumbing",
    "invoice_number": "1088",
    "amount": "$310.00",
    "due_date": "2026-02-20",
    "work": "water heater repair",
    "zip": "43215",
    "street": "Elm",
}


def written(*turns: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"id": "r1", "debtor_type": "consumer", "lang": "en", "facts": FACTS, "turns": list(turns), **changes}


def turn(say: str, when: str | None = None, *partials: str) -> dict[str, Any]:
    return {"say": say, "when": when, "partials": list(partials)}


def went(*turns: dict[str, Any]) -> dict[str, Any]:
    return rehearse(read(json.dumps(written(*turns))))


def customer(report: dict[str, Any]) -> list[tuple[int, int | None]]:
    return [(event["turn"], event["partial"]) for event in report["events"] if event["who"] == "customer"]


KNOWN = (turn("yes this is ida", "identity_asked"), turn("four three two one five", "identity_asked"))


def test_the_command_prints_the_call_turn_by_turn() -> None:
    line = json.dumps(
        written(*KNOWN, turn("the thing still drips so no", "debt_stated", "the thing", "the thing still drips"))
    )
    done = subprocess.run(
        [sys.executable, "manage.py", "rehearse_calls"],
        input=f"{line}\nnonsense\n".encode(),
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, **NO_DATABASE},
        timeout=60,
    )

    report = json.loads(done.stdout)
    assert list(report) == ["id", "events", "stopped_at", "frozen", "suppressed", "disposition", "reason"]
    assert report["stopped_at"] == {"turn": 2, "partial": 1, "word": 4, "intent": "dispute"}
    assert (report["disposition"], report["frozen"], report["reason"]) == ("dispute", True, "quality")
    assert (done.returncode, "line 2: not JSON" in done.stderr.decode()) == (1, True)


def test_partials_are_heard_before_the_whole_and_counted_from_nought() -> None:
    report = went(*KNOWN, turn("okay I'll pay it Friday", "debt_stated", "okay", "okay I'll pay"))

    assert customer(report)[2:5] == [(2, 0), (2, 1), (2, None)]


def test_the_last_answer_is_repeated_when_identity_is_asked_again() -> None:
    report = went(turn("yes", "identity_asked"), turn("nope", "debt_stated"))

    assert customer(report) == [(0, None), (0, None), (0, None)]
    assert report["disposition"] == "identity_unconfirmed"


def test_a_condition_that_was_overtaken_is_dropped() -> None:
    report = went(
        *KNOWN, turn("because it leaks", "asked_what_is_wrong"), turn("I'll pay Friday", "debt_stated"), turn("yes")
    )

    assert customer(report) == [(0, None), (1, None), (3, None), (4, None)]


def test_a_question_that_is_never_asked_leaves_its_answer_unsaid() -> None:
    report = went(turn("because it leaks", "asked_what_is_wrong"))

    assert customer(report) == []
    assert report["disposition"] == "no_answer"


def test_a_turn_whose_time_never_comes_is_said_after_a_pause() -> None:
    assert customer(went(turn("hello?", "debt_stated")))[0] == (0, None)


def test_a_customer_who_cuts_in_hears_half_of_what_may_be_interrupted() -> None:
    report = went(*KNOWN, turn("you people charged me twice", "any"))
    spoken = [event["text"] for event in report["events"] if event["who"] == "agent"]

    assert any(text.startswith("This is an attempt to collect a debt") for text in spoken)
    assert not any("When can Ava's Plumbing expect it" in text for text in spoken)
    assert report["stopped_at"]["turn"] == 2


def test_who_cuts_in_is_heard_before_an_answer_is_repeated() -> None:
    report = went(turn("yes this is ida", "identity_asked"), turn("stop calling me", "any"))

    assert customer(report) == [(0, None), (1, None)]
    assert report["disposition"] == "opt_out"


def test_a_turn_for_the_bill_waits_for_it_to_be_named() -> None:
    report = went(turn("i'll pay friday", "debt_stated"), *KNOWN)
    texts = [event["text"] for event in report["events"]]

    assert customer(report)[:2] == [(1, None), (2, None)]  # overtaken: the bill's turn came first in the file
    assert "i'll pay friday" not in texts


def test_one_identity_turn_for_each_question_in_their_order() -> None:
    report = went(turn("who is this", "identity_asked"), *KNOWN, turn("i dispute it", "debt_stated"))

    assert customer(report)[:4] == [(0, None), (1, None), (2, None), (3, None)]
    assert report["stopped_at"]["turn"] == 3


def test_a_turn_without_a_condition_waits_for_those_before_it() -> None:
    report = went(turn("because it leaks", "asked_what_is_wrong"), turn("yes this is ida"), turn("43215"))

    assert customer(report)[:2] == [(1, None), (2, None)]


def test_a_doubt_that_goes_away_leaves_no_stop() -> None:
    report = went(*KNOWN, turn("i'm not disputing it i'll pay friday", "debt_stated", "i'm not"), turn("yes"))

    assert (report["stopped_at"], report["frozen"], report["disposition"]) == (None, False, "promise_to_pay")


def test_every_line_is_answered_in_its_order_whatever_stands_between() -> None:
    lines = [json.dumps(written(*KNOWN, id=f"r{number}")) for number in range(3)]
    done = subprocess.run(
        [sys.executable, "manage.py", "rehearse_calls"],
        input="\n".join((lines[0], "{}", "", lines[1], '{"id": 7}', "\ufeff", lines[2])).encode() + b"\n\xff\xfe\n",
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, **NO_DATABASE},
        timeout=60,
    )

    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["r0", "r1", "r2"]
    assert [line.split(":")[0] for line in done.stderr.decode().splitlines() if line.startswith("line")] == [
        "line 2", "line 5", "line 6", "line 8",
    ]  # fmt: skip
    assert (done.returncode, "Traceback" in done.stderr.decode()) == (1, False)


def test_what_is_left_when_the_agent_ends_stays_unsaid() -> None:
    assert customer(went(turn("stop calling me"), turn("and another thing"))) == [(0, None)]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("nonsense", "not JSON"),
        ("[]", "a JSON object"),
        (json.dumps(written(id="")), '"id"'),
        (json.dumps(written(turns=None)), '"turns" must be a list'),
        (json.dumps(written({"say": 3})), r'"turns"\[0\]'),
        (json.dumps(written(turn("x", "whenever"))), '"when" must be null or one of any, identity_asked'),
        (json.dumps(written(facts={})), '"business_name"'),
        (json.dumps(written(facts={**FACTS, "amount": "many"})), '"amount" must look like'),
        (json.dumps(written(facts={**FACTS, "amount": "$1.234"})), '"amount"'),
        (json.dumps(written(facts={**FACTS, "amount": "$0.00"})), "nothing left to pay"),
        (json.dumps(written(facts={**FACTS, "due_date": "soon"})), '"due_date" must be a day'),
        (json.dumps(written(at="noon")), '"at" must be a moment'),
        (json.dumps(written(debtor_type="robot")), "consumer or business"),
    ],
)
def test_what_is_no_dialogue_is_refused_by_name(line: str, message: str) -> None:
    with pytest.raises(DialogueError, match=message):
        read(line)
