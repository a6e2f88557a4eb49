"""Whole calls, written turn by turn and played against the agent. What must hold for every one of them is checked on every one."""

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from calls.agent import acts
from calls.agent.dialogues import read
from calls.agent.rehearsal import Stage

DIALOGUES = [
    json.loads(line)
    for path in sorted(Path(__file__).with_name("rehearsals").glob("*.jsonl"))
    for line in path.read_text("utf-8").splitlines()
]
DEBT_WORDS = re.compile(
    r"\b(invoices?|debts?|owe[sd]?|pay|paid|payments?|bills?|balance|due|overdue|amount|collect\w*|account|money|deuda|factura|"
    r"pag\w+|deb[eo]|dinero|cobr\w+|monto)\b|\$",
    re.IGNORECASE,
)
MONEY_AFTER_A_STOP = re.compile(
    r"\$|\d+\.\d\d|\b(pay|paid|payments?|owe[sd]?|balance|due|amount|link|expect it|when can|pag\w+|deb[eo]|monto|venc\w+|enlace)\b",
    re.IGNORECASE,
)
BUSINESS_MAY_HEAR = re.compile(r"accounts payable|cuentas por pagar", re.IGNORECASE)


def _frozen(stage: Stage) -> list[str]:
    return [number for act in stage.acts if isinstance(act, acts.Freeze) for number in act.invoices]


def _first(stage: Stage, kind: type) -> Any:
    return next((act for act in stage.acts if isinstance(act, kind)), None)


def _detail(stage: Stage) -> str:
    return next((act.detail for act in stage.acts if isinstance(act, acts.Note) and act.detail), "")


def _told_on(stage: Stage) -> str | None:
    told = _first(stage, acts.Freeze).told_on
    return told.isoformat() if told else None


def _promised(stage: Stage) -> list[Any]:
    promise = _first(stage, acts.Promise)
    return [str(promise.amount.amount), list(promise.invoices)]


def _contact(stage: Stage) -> list[str]:
    named = _first(stage, acts.ProposeContact)
    return [named.name, named.phone]


# What else is expected of a call, and where it is found.
_LOOKED_AT: dict[str, Callable[[Stage], Any]] = {
    "freezes": _frozen,
    "told_on": _told_on,
    "urgent": lambda stage: _first(stage, acts.Freeze).urgent,
    "wants_person": lambda stage: _first(stage, acts.Freeze).wants_person,
    "never_asked": lambda stage: not any(event.get("asks") == "what_is_wrong" for event in stage.events),
    "detail": _detail,
    "contact": _contact,
    "right_party": lambda stage: stage.step.state.right_party,
    "promised": _promised,
    "restricted": lambda stage: _first(stage, acts.Restrict) is not None,
}


@cache
def staged(index: int) -> Stage:
    """Each call is played once for all that is asked of it."""
    stage = Stage(read(json.dumps(DIALOGUES[index])))
    stage.play()
    return stage


@pytest.fixture(params=range(len(DIALOGUES)), ids=lambda index: DIALOGUES[index]["id"])
def call(request: pytest.FixtureRequest) -> tuple[dict[str, Any], dict[str, Any]]:
    return DIALOGUES[request.param], staged(request.param).report()


WITH_ACTS = [index for index, one in enumerate(DIALOGUES) if set(one["expect"]) & set(_LOOKED_AT)]


def test_the_call_ends_as_expected(call: tuple[dict[str, Any], dict[str, Any]]) -> None:
    written, went = call
    expected = written["expect"]

    assert expected["disposition"] in (None, went["disposition"])
    assert expected["frozen"] in (None, went["frozen"])
    assert went["suppressed"] == expected["suppressed"]
    if "reason" in expected:
        assert went["reason"] == expected["reason"]


@pytest.mark.parametrize("index", WITH_ACTS, ids=lambda index: DIALOGUES[index]["id"])
def test_what_was_heard_is_acted_on(index: int) -> None:
    expected = DIALOGUES[index]["expect"]
    found = {key: look(staged(index)) for key, look in _LOOKED_AT.items() if key in expected}

    assert found == {key: expected[key] for key in found}


OWED_IN_WORDS = [index for index, one in enumerate(DIALOGUES) if "says" in one["expect"]]


@pytest.mark.parametrize("index", OWED_IN_WORDS, ids=lambda index: DIALOGUES[index]["id"])
def test_what_is_owed_in_words_is_said(index: int) -> None:
    said = " ".join(event["text"] for event in staged(index).events if event["who"] == "agent")

    assert [part for part in DIALOGUES[index]["expect"]["says"] if part not in said] == []


def test_what_must_not_be_kept_is_in_no_act() -> None:
    for index, one in enumerate(DIALOGUES):
        if (hidden := one["expect"].get("never_said")) is not None:
            assert hidden not in repr(staged(index).acts)
            assert hidden not in " ".join(event["text"] for event in staged(index).events if event["who"] == "agent")


def test_it_is_known_when_the_talk_of_money_stopped(call: tuple[dict[str, Any], dict[str, Any]]) -> None:
    written, went = call
    turn = (went["stopped_at"] or {}).get("turn")

    assert turn == written["expect"].get("stopped_turn", turn)
    if written["expect"].get("stopped") is False:
        assert went["stopped_at"] is None


def test_nothing_is_said_of_money_after_a_stop(call: tuple[dict[str, Any], dict[str, Any]]) -> None:
    _written, went = call

    assert [text for text in _after_the_stop(went) if MONEY_AFTER_A_STOP.search(text)] == []


def test_no_word_of_a_debt_is_said_before_the_right_party(call: tuple[dict[str, Any], dict[str, Any]]) -> None:
    written, went = call

    said = [
        BUSINESS_MAY_HEAR.sub("", text) if written["debtor_type"] == "business" else text
        for text in _before_the_debt(went)
    ]

    assert [text for text in said if DEBT_WORDS.search(text)] == []


def test_every_number_that_is_spoken_is_in_the_facts(call: tuple[dict[str, Any], dict[str, Any]]) -> None:
    written, went = call
    known = [*re.sub(r"\D", " ", json.dumps(written["facts"])).split(), "614", "555", "0199"]
    promised = re.findall(
        r"\d+",
        " ".join(
            text for text in _agent(went) if "March" in text or "marzo" in text or "abril" in text or "April" in text
        ),
    )

    spoken = {number for text in _agent(went) for number in re.findall(r"\d+", text.replace(",", ""))}

    plain = {str(int(number)) for number in known}
    amounts = {
        str(int(one)) for facts in _invoices(written) for one in re.findall(r"\d+", facts["amount"].replace(",", ""))
    }
    total = {str(sum(int(re.findall(r"\d+", facts["amount"].replace(",", ""))[0]) for facts in _invoices(written)))}
    assert {str(int(number)) for number in spoken} - plain - amounts - total - {str(int(one)) for one in promised} - {
        "0"
    } == set()


def test_the_first_words_say_that_it_is_automated_and_recorded(call: tuple[dict[str, Any], dict[str, Any]]) -> None:
    written, went = call
    first = went["events"][0]

    words = ("asistente automático", "se graba") if written["lang"] == "es" else ("automated AI assistant", "recorded")
    assert first["act"] == "disclose"
    assert all(word in first["text"] for word in words)


def _agent(went: dict[str, Any]) -> list[str]:
    return [event["text"] for event in went["events"] if event["who"] == "agent"]


def _after_the_stop(went: dict[str, Any]) -> list[str]:
    stop = went["stopped_at"]
    if stop is None:
        return []
    events = went["events"]
    at = next(
        place
        for place, event in enumerate(events)
        if event["who"] == "customer" and (event["turn"], event["partial"]) == (stop["turn"], stop["partial"])
    )
    return [event["text"] for event in events[at + 1 :] if event["who"] == "agent"]


def _before_the_debt(went: dict[str, Any]) -> list[str]:
    texts = []
    for event in went["events"]:
        if event["who"] == "agent" and event["act"] in ("legal_notice", "state_debt"):
            break
        if event["who"] == "agent":
            texts.append(event["text"])
    return texts


def _invoices(written: dict[str, Any]) -> list[dict[str, Any]]:
    return written["facts"].get("invoices") or [written["facts"]]
